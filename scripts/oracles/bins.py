"""Bins of numbers by numpy: writes test/fixtures/bins.json.

    python3 scripts/oracles/bins.py        (needs numpy)

The edges that --number-bins 4 finds in the training rows of a few columns, and the features of those rows and of others: the
number, standardised, and how far along each bin it is.
"""

import json
import pathlib

import numpy as np

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "bins.json"
BINS = 4
ROWS = 53
rng = np.random.default_rng(11)
TRAIN = {
    "normal": rng.normal(3, 2, ROWS),
    "heavy": np.exp(3 * rng.normal(0, 1, ROWS)) * rng.choice([-1, 1], ROWS),
    "outlier": np.append(rng.uniform(0, 1, ROWS - 1), 1e30),
    "mostly zero": np.where(rng.uniform(0, 1, ROWS) < 0.4, rng.normal(0, 5, ROWS), 0.0),
    "whole": rng.integers(-3, 4, ROWS).astype(float),
    "two values": rng.integers(0, 2, ROWS) * 2.5,
    "constant": np.full(ROWS, 7.25),
}
OTHERS = [-1e12, -1.5, 0.0, 0.5, 2.75, 1e35]


def edges_of(values):
    edges = np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)))
    return edges if len(edges) > 2 else edges[:0]


def features(train, values):
    deviation = train.std()
    number = (values - train.mean()) / deviation if np.ptp(train) > 0 else np.zeros(len(values))
    edges = edges_of(train)
    bins = [np.clip((values - low) / (high - low), 0, 1) for low, high in zip(edges, edges[1:])]
    return np.column_stack([number, *bins])


others = {name: np.array(OTHERS if name != "outlier" else OTHERS[:-1] + [2.0]) for name in TRAIN}
fixture = {
    "source": f"numpy {np.__version__}",
    "names": list(TRAIN),
    "train": np.column_stack(list(TRAIN.values())).tolist(),
    "other": np.column_stack(list(others.values())).tolist(),
    "edges": [edges_of(values).tolist() for values in TRAIN.values()],
    "trainFeatures": np.hstack([features(TRAIN[name], TRAIN[name]) for name in TRAIN]).tolist(),
    "otherFeatures": np.hstack([features(TRAIN[name], others[name]) for name in TRAIN]).tolist(),
}
OUT.write_text(json.dumps(fixture) + "\n")
print(OUT)
