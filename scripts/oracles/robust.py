"""Robust scaling by scikit-learn: writes test/fixtures/robust.json.

    python3 scripts/oracles/robust.py        (Debian: apt install python3-sklearn)

The features of a table as --scale robust makes them: OneHotEncoder (a category of two values one column of -1 and 1, cells of
no value all zeros), then RobustScaler's medians and quartiles with the rule for equal quartiles, then x / sqrt(1 + (x/3)^2).
Cells of the training rows and of others, in which the same constants are used.
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.preprocessing import OneHotEncoder, RobustScaler

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "robust.json"
rng = np.random.default_rng(5)

ROWS = 61
NUMBERS = {
    "normal": rng.normal(3, 2, ROWS),
    "heavy": np.exp(3 * rng.normal(0, 1, ROWS)) * rng.choice([-1, 1], ROWS),
    "outlier": np.append(rng.uniform(0, 1, ROWS - 1), 1e30),
    "mostly zero": np.where(rng.uniform(0, 1, ROWS) < 0.1, rng.normal(0, 5, ROWS), 0.0),
    "whole": rng.integers(-3, 4, ROWS).astype(float),
    "constant": np.full(ROWS, 7.25),
}
CATEGORIES = {
    "two even": rng.choice(["a", "b"], ROWS),
    "two uneven": rng.choice(["cold", "hot"], ROWS, p=[0.9, 0.1]),
    "three": rng.choice(["x", "y", "z"], ROWS, p=[0.6, 0.3, 0.1]),
    "five": rng.choice(list("pqrst"), ROWS),
}
OTHERS = {
    **{name: [-1e12, -1.5, 0.0, 2.75, 1e35] for name in NUMBERS},
    "two even": ["a", "b", "new", "a", "b"],
    "two uneven": ["cold", "hot", "new", "cold", "hot"],
    "three": ["x", "y", "z", "new", "x"],
    "five": ["p", "q", "r", "s", "new"],
}


def scale(train, other):
    scaler = RobustScaler().fit(train)
    centre, spread = scaler.center_, scaler.scale_.copy()
    low, high = np.quantile(train, [0.25, 0.75], axis=0)
    half = (train.max(axis=0) - train.min(axis=0)) / 2
    spread = np.where(high == low, half, high - low)
    factor = np.where(spread > 0, 1 / np.where(spread > 0, spread, 1), 0)
    results = []
    for rows in (train, other):
        x = (rows - centre) * factor
        results.append(x / np.sqrt(1 + (x / 3) ** 2))
    return results


def features(name, cells):
    if name in NUMBERS:
        return np.asarray(cells, dtype=float)[:, None]
    known = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(np.asarray(CATEGORIES[name])[:, None])
    hot = known.transform(np.asarray(cells)[:, None])
    return hot[:, 1:] - hot[:, :1] if hot.shape[1] == 2 else hot


names = [*NUMBERS, *CATEGORIES]
cells = {**NUMBERS, **CATEGORIES}
blocks = [scale(features(name, cells[name]), features(name, OTHERS[name])) for name in names]
fixture = {
    "source": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
    "names": names,
    "train": [[str(cells[name][i]) for name in names] for i in range(ROWS)],
    "other": [[str(OTHERS[name][i]) for name in names] for i in range(5)],
    "trainFeatures": np.hstack([block[0] for block in blocks]).tolist(),
    "otherFeatures": np.hstack([block[1] for block in blocks]).tolist(),
}
OUT.write_text(json.dumps(fixture) + "\n")
print(OUT)
