"""Rows of each class in each fold by scikit-learn: writes test/fixtures/folds.json.

    /usr/bin/python3 scripts/oracles/folds.py        (Debian: apt install python3-sklearn)

StratifiedKFold with shuffling; KFold, of the sizes alone, where there are no classes. Which rows are drawn is a matter
of random numbers; how many of each class go to each fold is not.
"""

import json
import pathlib

import numpy as np
from sklearn import datasets
from sklearn.model_selection import KFold, StratifiedKFold

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "folds.json"

uneven = np.random.default_rng(1).choice(4, size=101, p=[0.1, 0.5, 0.15, 0.25])
LABELS = {
    "iris": datasets.load_iris().target,
    "wine": datasets.load_wine().target,
    "breast cancer": datasets.load_breast_cancer().target,
    "uneven": uneven,
}


def counts(labels, folds):
    parts = StratifiedKFold(folds, shuffle=True, random_state=0).split(labels, labels)
    return [np.bincount(labels[held], minlength=labels.max() + 1).tolist() for _, held in parts]


cases = [
    {"name": name, "labels": labels.tolist(), "folds": folds, "counts": counts(labels, folds)}
    for name, labels in LABELS.items()
    for folds in [2, 3, 5, 7]
]
sizes = [
    {"rows": rows, "folds": folds, "sizes": [len(held) for _, held in KFold(folds).split(np.zeros(rows))]}
    for rows, folds in [(10, 3), (101, 5), (7, 7), (442, 10)]
]
OUT.write_text(json.dumps({"cases": cases, "sizes": sizes}) + "\n")
