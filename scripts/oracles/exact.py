#!/usr/bin/env python3
"""Predictions and figures of the command line, exact to the last step: against NumPy and scikit-learn, in float64.

For each table: `lockstep train` with validation rows in a file; `predict` to CSV, JSON and Parquet, which must hold the
same float64; every figure of `evaluate --json`, of the run's summary.json and of the table of targets or classes against
scikit-learn's of the written predictions, within 1e-9. Targets are time stamps, UTM coordinates, amounts, tiny and
negative numbers, some with weights; classes come of models as they are trained, and of the same with weights times 1000,
whose probabilities are 0 and 1. Of linear models the RMSE is also compared with that of the same weights in float64.
Needs a built project, scikit-learn 1.2 or later, and pyarrow.

    python3 scripts/oracles/exact.py
"""
import csv
import json
import os
import struct
import subprocess
import sys
import tempfile

import numpy as np
import pyarrow.parquet
import sklearn
from sklearn import datasets, metrics

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from descent import read_safetensors  # noqa: E402

MACRO = dict(average="macro", zero_division=0)
TOLERANCE = 1e-9


def lockstep(*words):
    command = ["node", "dist/src/cli.js", *words]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True).stdout


def write_table(path, columns):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in zip(*columns.values()):
            writer.writerow([cell if isinstance(cell, str) else repr(float(cell)) for cell in row])


def metadata_of(run):
    with open(os.path.join(run, "model.safetensors"), "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        return json.loads(json.loads(file.read(length))["__metadata__"]["encoding"])


def written(folder, run, path):
    """The predictions of each format, as columns; the same in all, or it ends."""
    out = {}
    for format in ("csv", "json", "parquet"):
        lockstep("predict", run, path, "--force", "--out", file := os.path.join(folder, f"out.{format}"))
        if format == "csv":
            with open(file, newline="") as text:
                head, *rows = csv.reader(text)
            out[format] = dict(zip(head, zip(*rows)))
        elif format == "json":
            with open(file) as text:
                rows = json.load(text)
            out[format] = {name: [row[name] for row in rows] for name in rows[0]}
        else:
            out[format] = pyarrow.parquet.read_table(file).to_pydict()
    columns = {}
    for name, values in out["parquet"].items():
        if name.startswith("prediction"):
            assert all([str(cell) for cell in out[format][name]] == [str(cell) for cell in values] for format in out), name
            columns[name] = np.array([str(cell) for cell in values])
            continue
        columns[name] = np.array(values, float)
        for format in out:
            got = np.array([float(cell) for cell in out[format][name]])
            assert np.array_equal(got.view("i8"), columns[name].view("i8")), (format, name)
    return columns


def worst_of(got, expected):
    """The largest difference of the figures that are expected, relative to each."""
    return max(abs(got[name] - value) / (abs(value) or 1) for name, value in expected.items())


def figures_of_numbers(y, y_hat, weights, scales):
    each = [
        {
            "rmse": metrics.mean_squared_error(y[:, k], y_hat[:, k], sample_weight=weights) ** 0.5,
            "mae": metrics.mean_absolute_error(y[:, k], y_hat[:, k], sample_weight=weights),
            "r2": metrics.r2_score(y[:, k], y_hat[:, k], sample_weight=weights),
        }
        for k in range(y.shape[1])
    ]
    # Of several targets the errors are in standard deviations of each, as README says.
    errors = (y - y_hat) / (scales if len(scales) > 1 else 1)
    overall = {
        "rmse": metrics.mean_squared_error(0 * errors, errors, sample_weight=weights) ** 0.5,
        "mae": metrics.mean_absolute_error(0 * errors, errors, sample_weight=weights),
        "r2": metrics.r2_score(y, y_hat, sample_weight=weights),
    }
    return overall, each


def in_float64(run, inputs):
    """What a linear model's weights make of the inputs, without a rounding of float32."""
    encoding, tensors = metadata_of(run), read_safetensors(os.path.join(run, "model.safetensors"))
    z = np.stack([(inputs[c["name"]] - c["mean"]) / c["deviation"] for c in encoding["columns"]], axis=1)
    out = z @ tensors["layers.0.weight"].astype(float).T + tensors["layers.0.bias"].astype(float)
    return out * [s["deviation"] for s in encoding["targetScales"]] + [s["mean"] for s in encoding["targetScales"]]


def check_numbers(folder, name, inputs, targets, weights, hidden):
    path, run = os.path.join(folder, "table.csv"), os.path.join(folder, "run")
    write_table(path, {**inputs, **targets, **({} if weights is None else {"weight": weights})})
    used = [] if weights is None else ["--weight-column", "weight"]
    lockstep("train", path, "--target", ",".join(targets), "--task", "regression", "--hidden", hidden, "--epochs", "80",
             "--validation", path, "--metrics", "mae,r2", "--out", run, "--force", *used)
    columns = written(folder, run, path)
    y, y_hat = np.stack(list(targets.values()), axis=1), np.stack([columns[t] for t in targets], axis=1)
    scales = np.array([scale["deviation"] for scale in metadata_of(run)["targetScales"]])
    overall, each = figures_of_numbers(y, y_hat, weights, scales)
    evaluated = json.loads(lockstep("evaluate", run, path, "--json", *used))
    with open(os.path.join(run, "summary.json")) as file:
        summary = json.load(file)["validation"]
    worst = max(worst_of(evaluated, overall), worst_of(summary, overall),
                *(worst_of(*pair) for pair in zip(evaluated["targets"], each)))
    note = ""
    if hidden == "":
        exact = in_float64(run, inputs)
        ratios = [np.sqrt(np.mean((y[:, k] - y_hat[:, k]) ** 2) / np.mean((y[:, k] - exact[:, k]) ** 2)) for k in range(len(scales))]
        note = f", RMSE {' and '.join(format(one['rmse'], '.4g') for one in each)}, {max(abs(r - 1) for r in ratios):.1e} from float64's"
        assert max(abs(ratio - 1) for ratio in ratios) < 0.01, (name, ratios)
    print(f"{name:52} {len(y):5} rows: figures within {worst:.1e}{note}")
    return worst


def figures_of_classes(y, p, taken, weights):
    """y: class numbers; p: (rows, classes)."""
    binary = p.shape[1] == 2
    labels = np.arange(p.shape[1])
    how = {} if binary else MACRO
    area = lambda k: metrics.roc_auc_score(y == k, p[:, k], sample_weight=weights)  # noqa: E731
    return {
        "accuracy": metrics.accuracy_score(y, taken, sample_weight=weights),
        "precision": metrics.precision_score(y, taken, sample_weight=weights, **how),
        "recall": metrics.recall_score(y, taken, sample_weight=weights, **how),
        "f1": metrics.f1_score(y, taken, sample_weight=weights, **how),
        "auc": area(1) if binary else np.mean([area(k) for k in labels]),
        "log-loss": metrics.log_loss(y, p, labels=labels, sample_weight=weights),
    }


def scale_weights(run, factor):
    """Makes a model surer than it is: its probabilities come to 0 and 1."""
    path = os.path.join(run, "model.safetensors")
    with open(path, "rb") as file:
        head = file.read(8)
        header = file.read(struct.unpack("<Q", head)[0])
        tensors = np.frombuffer(file.read(), "<f4")
    with open(path, "wb") as file:
        file.write(head + header + (tensors * np.float32(factor)).astype("<f4").tobytes())


def check_classes(folder, name, table, weights, factor, options=()):
    path, run = os.path.join(folder, "table.csv"), os.path.join(folder, "run")
    names = [f"class {k}" for k in range(table.target.max() + 1)]
    inputs = {f"x{j}": column for j, column in enumerate(table.data.T)}
    y = np.asarray(table.target)
    write_table(path, {**inputs, "y": [names[k] for k in y], **({} if weights is None else {"weight": weights})})
    used = [] if weights is None else ["--weight-column", "weight"]
    lockstep("train", path, "--target", "y", "--hidden", "", "--epochs", "5", "--validation", path, "--out", run,
             "--metrics", "f1,auc,log-loss", "--force", *used, *options)
    with open(os.path.join(run, "summary.json")) as file:
        summary = json.load(file)["validation"]
    scale_weights(run, factor)
    columns = written(folder, run, path)
    p = np.stack([columns[f"probability_{n}"] for n in names], axis=1)
    taken = np.array([names.index(n) for n in columns["prediction"]])
    expected = figures_of_classes(y, p, taken, weights)
    evaluated = json.loads(lockstep("evaluate", run, path, "--json", *used))
    worst = worst_of(evaluated, expected)
    if factor == 1:
        worst = max(worst, worst_of(summary, {n: expected[n] for n in ("accuracy", "f1", "auc", "log-loss")}))
    confusion = metrics.confusion_matrix(y, taken, sample_weight=weights)
    worst = max(worst, np.max(np.abs(np.array(evaluated["confusion"]) - confusion)))
    sure = int(np.sum((p == 0) | (p == 1)))
    print(f"{name:52} {len(y):5} rows: figures within {worst:.1e}, {sure} probabilities are 0 or 1")
    return worst


def number_cases(random):
    n = 600
    a, b = random.uniform(size=n), random.uniform(size=n)
    noise = lambda scale: random.normal(0, scale, n)  # noqa: E731
    inputs = {"a": a, "b": b}
    weights = random.uniform(size=n) * 3
    stamps = {"a": a, "begun": 1.7e9 + 1000 * b}
    yield "time stamps", inputs, {"y": 1.7e9 + 40 * a + 80 * b + noise(0.02)}, None, ""
    yield "time stamps of time stamps, weighed", stamps, {"y": 1.7e9 + 40 * a + 80 * b + noise(0.02)}, weights, ""
    yield "time stamps in milliseconds", inputs, {"y": 1.7e12 + 40 * a + 80 * b + noise(0.02)}, None, ""
    utm = {"easting": 5e5 + 1e3 * (2 * a - 1) + noise(0.05), "northing": 5.8e6 + 2e3 * b + 30 * a + noise(0.05)}
    yield "UTM coordinates", inputs, utm, None, ""
    yield "UTM coordinates, weighed", inputs, utm, weights, ""
    yield "amounts of hundreds of millions", inputs, {"y": 9e8 + 3000 * a - 500 * b + noise(0.5)}, None, ""
    yield "far below 0", inputs, {"y": -4e9 - 7 * a + b + noise(0.01)}, None, ""
    yield "thousandths of millionths", inputs, {"y": 1e-9 * (3 + a - 2 * b) + noise(1e-12)}, None, ""
    yield "1e15 and more, and 1e-6, beside each other", inputs, {
        "large": 3e15 + 1e9 * a + noise(1e6), "small": 1e-6 * b + noise(1e-9), "plain": 2 * a - b + noise(0.1)}, weights, ""
    yield "time stamps, a hidden layer", inputs, {"y": 1.7e9 + 40 * np.sin(6 * a) + 80 * b * b}, None, "16"


def main():
    print(f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}")
    random = np.random.default_rng(1)
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        for case in number_cases(random):
            worst = max(worst, check_numbers(folder, *case))
        cancer, wine, digits = datasets.load_breast_cancer(), datasets.load_wine(), datasets.load_digits()
        for name, table in (("breast cancer", cancer), ("wine", wine), ("digits", digits)):
            weights = random.uniform(size=len(table.target)) * 3
            for said, given, factor in (("", None, 1), (", weighed", weights, 1), (", weights times 1000", None, 1000),
                                        (", weighed, weights times 1000", weights, 1000)):
                worst = max(worst, check_classes(folder, name + said, table, given, factor))
    if not worst <= TOLERANCE:
        raise SystemExit(f"expected {TOLERANCE} at most, got {worst:.1e}")
    print(f"all figures within {worst:.1e}; CSV, JSON and Parquet hold the same float64")


if __name__ == "__main__":
    main()
