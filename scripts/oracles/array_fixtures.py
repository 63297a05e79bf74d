"""Writes test/fixtures/arrays: small tables by NumPy, PyArrow, pandas and scikit-learn, with what they hold as JSON.

    pip install numpy pyarrow pandas scikit-learn
    python scripts/oracles/array_fixtures.py
"""
import decimal
import json
import os
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
from sklearn.datasets import dump_svmlight_file

FOLDER = os.path.join(os.path.dirname(__file__), "..", "..", "test", "fixtures", "arrays")
os.makedirs(FOLDER, exist_ok=True)


def path(name):
    return os.path.join(FOLDER, name)


random = np.random.default_rng(7)
expected = {}

# NPY: each type of numbers, both orders of bytes, both orders of elements.
base = np.array([[0, 1, 2], [3, 100, 5], [6, 7, 8], [9, 10, 11]])
for name in ["i1", "u1", "<i2", ">i2", "<u4", ">i8", "<u8", "<f2", ">f2", "<f4", ">f8", "?"]:
    file = "npy-" + name.replace("<", "le-").replace(">", "be-").replace("?", "bool") + ".npy"
    array = base.astype(name)
    np.save(path(file), array)
    expected[file] = array.astype(float).tolist()
np.save(path("fortran.npy"), np.asfortranarray(base.astype("<f4")))
expected["fortran.npy"] = base.tolist()
cube = np.arange(24).reshape(4, 2, 3).astype("u1")
np.save(path("images.npy"), cube)
np.save(path("images-fortran.npy"), np.asfortranarray(cube))
expected["images.npy"] = expected["images-fortran.npy"] = cube.reshape(4, 6).tolist()
for version in [(1, 0), (2, 0), (3, 0)]:
    with open(path(f"version-{version[0]}.npy"), "wb") as out:
        np.lib.format.write_array(out, base.astype("<f8"), version=version)
    expected[f"version-{version[0]}.npy"] = base.tolist()
records = np.array(
    [(1, 0.5, "Graz"), (2, 1.5, "Köln"), (3, 2.5, "東京")],
    dtype=np.dtype([("id", ">i8"), ("size", "<f4"), ("town", "<U5")], align=True),
)
np.save(path("records.npy"), records)
expected["records.npy"] = [[int(r["id"]), float(r["size"]), str(r["town"])] for r in records]
np.save(path("objects.npy"), np.array([[1, "a"], [2, None]], dtype=object), allow_pickle=True)

# NPZ, stored and deflated.
x = random.normal(size=(6, 3)).round(3)
y = np.array(["no", "yes", "no", "yes", "no", "yes"])
np.savez(path("xy.npz"), x=x, y=y)
np.savez_compressed(path("xy-packed.npz"), X=x.astype("<f4"), labels=(y == "yes").astype("i8"), weight=np.arange(6.0))
np.savez(path("positional.npz"), x, np.array([2**53, 2**53 + 1, 5, 5, 2**53, 2**53 + 1]))
np.savez(path("lengths.npz"), x=x, y=y[:5])
np.savez(path("parts.npz"), x_train=x, y_train=y, x_test=x, y_test=y)
expected["xy.npz"] = [[*row, str(label)] for row, label in zip(x.tolist(), y)]

# Arrow: files, streams, both packings, several batches.
towns = ["Graz", None, "Köln", "Graz", "東京", "Köln"]
table = pa.table(
    {
        "i8": pa.array([1, -2, None, 4, 5, 6], pa.int8()),
        "u64": pa.array([2**64 - 1, 2**53 + 1, 0, None, 1, 2], pa.uint64()),
        "i64": pa.array([2**53 + 1, -(2**63), 2**53, 3, 4, 5], pa.int64()),
        "f16": pa.array(np.array([0.5, 1, 2, -0.25, 65504, 6e-8], "f2")),
        "f32": pa.array([0.1, None, 3, 4, 5, 6], pa.float32()),
        "f64": pa.array([0.1, 1e300, -0.0, 4, None, 6], pa.float64()),
        "flag": pa.array([True, False, None, True, False, True]),
        "text": pa.array(towns),
        "large": pa.array(towns, pa.large_utf8()),
        "dictionary": pa.array(towns).dictionary_encode(),
        "money": pa.array([decimal.Decimal("12345678901234567.89"), None, *map(decimal.Decimal, ["1.10", "-2.00", "0.01", "7"])], pa.decimal128(19, 2)),
        "cents": pa.array([decimal.Decimal(c) for c in ["1.10", "-2.00", "0.01", "7", "-0.01", "0"]], pa.decimal64(10, 2)),
        "day": pa.array([0, 1, None, 20000, -1, 5], pa.date32()),
        "time": pa.array([0, 1_500_000, None, 3, 4, 5], pa.timestamp("us")),
        "zoned": pa.array([0, 1_500, None, 3, 4, 5], pa.timestamp("ms", tz="Europe/Berlin")),
        "nothing": pa.nulls(6),
        "list": pa.array([[1.0], [2.0, 3.0], None, [], [4.0], [5.0]]),
        "struct": pa.array([{"a": 1}] * 6),
        "y": pa.array([1.5, 2.5, 3.5, 4.5, 5.5, 6.5]),
    }
)
for packing in ["uncompressed", "lz4", "zstd"]:
    feather.write_feather(table, path(f"{packing}.feather"), compression=packing, chunksize=4)
with pa.OSFile(path("stream.arrows"), "wb") as out, pa.ipc.new_stream(out, table.schema) as writer:
    for batch in table.to_batches(max_chunksize=4):
        writer.write_batch(batch)
# Long enough to be packed in several blocks, with repeats of more than 64 KiB apart.
many = 30_000
number = np.arange(many)
big = pa.table({"i": number // 100 * 2**40, "r": number % 7, "y": pa.array(["a", "b", "c"] * (many // 3)).dictionary_encode()})
feather.write_feather(big, path("many-lz4.feather"), compression="lz4", chunksize=20_000)
feather.write_feather(big, path("many-zstd.feather"), compression="zstd", chunksize=20_000)
try:
    feather.write_feather(table.select(["i64", "f64", "y"]), path("version-1.feather"), version=1)
except Exception as error:  # newer releases write version 2 alone
    print("no Feather of version 1:", error, file=sys.stderr)

# libsvm by scikit-learn.
sparse = np.array([[0, 1.5, 0, -2], [3, 0, 0, 0], [0, 0, 0.25, 1e-7], [0, 0, 0, 0]])
for zero_based in [True, False]:
    name = f"base-{0 if zero_based else 1}.libsvm"
    dump_svmlight_file(sparse, [1, -1, 1, -1], path(name), zero_based=zero_based, comment="by scikit-learn")
    expected[name] = [[label, *row] for label, row in zip([1, -1, 1, -1], sparse.tolist())]

# JSON by pandas, in each of its orientations.
frame = pd.DataFrame({"a": [1, 2, 3, 4], "y": [0.5, 1.5, 2.5, 3.5]})
for orient in ["columns", "index", "split", "values", "table", "records"]:
    frame.to_json(path(f"pandas-{orient}.json"), orient=orient)

with open(path("expected.json"), "w") as out:
    json.dump(expected, out, indent=1, ensure_ascii=False)
    out.write("\n")
