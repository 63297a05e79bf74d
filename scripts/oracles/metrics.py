"""Metrics by scikit-learn: writes test/fixtures/metrics.json.

    /usr/bin/python3 scripts/oracles/metrics.py        (Debian: apt install python3-sklearn)

Figures of its own models' predictions on real data, whole and rounded so that there are ties, and of cases at the edge.

Predictions are float32 values, figures are computed from them in float64, whose step 2⁻⁵² log_loss clips by. What scikit-learn refuses or warns about
(a class that isn't there, nothing to divide by) is null. Ties within a row: scikit-learn's top_k_accuracy_score takes
the last of equals first, so it is given the classes in reverse.
"""
import json
import pathlib
import warnings

import numpy as np
from sklearn import datasets, linear_model, metrics, model_selection, multioutput, preprocessing

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "metrics.json"

warnings.simplefilter("error")


def undefined_is_null(figure):
    try:
        return float(figure())
    except (ValueError, UserWarning):
        return None


def binary(y, p, w):
    taken = (p > 0.5).astype(int)
    exact = p.astype(np.float64)
    return {
        "accuracy": metrics.accuracy_score(y, taken, sample_weight=w),
        "precision": undefined_is_null(lambda: metrics.precision_score(y, taken, sample_weight=w)),
        "recall": undefined_is_null(lambda: metrics.recall_score(y, taken, sample_weight=w)),
        "f1": undefined_is_null(lambda: metrics.f1_score(y, taken, sample_weight=w)),
        "auc": undefined_is_null(lambda: metrics.roc_auc_score(y, exact, sample_weight=w)),
        "log-loss": metrics.log_loss(y, exact, labels=[0, 1], eps=2**-52, sample_weight=w),
    }


def multiclass(y, p, w):
    classes = p.shape[1]
    taken = p.argmax(axis=1)
    exact = p.astype(np.float64)
    labels = np.arange(classes)
    macro = dict(average="macro", zero_division=0)
    # One against the rest, each class by itself: with multi_class="ovr" it wants rows that sum to 1 more exactly.
    area = lambda: np.mean([metrics.roc_auc_score(y == k, exact[:, k], sample_weight=w) for k in labels])
    top = lambda k: metrics.top_k_accuracy_score(classes - 1 - y, exact[:, ::-1], k=k, labels=labels, sample_weight=w)
    clipped = np.clip(exact, 2**-52, 1 - 2**-52)
    return {
        "accuracy": metrics.accuracy_score(y, taken, sample_weight=w),
        "precision": metrics.precision_score(y, taken, sample_weight=w, **macro),
        "recall": metrics.recall_score(y, taken, sample_weight=w, **macro),
        "f1": metrics.f1_score(y, taken, sample_weight=w, **macro),
        "auc": undefined_is_null(area),
        # As log_loss does it within, without its warning about the sums of the rows.
        "log-loss": metrics.log_loss(y, clipped / clipped.sum(axis=1, keepdims=True), labels=labels, eps=1e-300, sample_weight=w),
        "top-1": top(1),
        "top-2": top(2),
    }


def multilabel(y, p, w):
    taken = (p > 0.5).astype(int)
    exact = p.astype(np.float64)
    macro = dict(average="macro", zero_division=0)
    each = [(y[:, k], exact[:, k]) for k in range(y.shape[1])]
    return {
        "accuracy": 1 - metrics.hamming_loss(y, taken, sample_weight=w),
        "subset-accuracy": metrics.accuracy_score(y, taken, sample_weight=w),
        "precision": metrics.precision_score(y, taken, sample_weight=w, **macro),
        "recall": metrics.recall_score(y, taken, sample_weight=w, **macro),
        "f1": metrics.f1_score(y, taken, sample_weight=w, **macro),
        "auc": undefined_is_null(lambda: metrics.roc_auc_score(y, exact, average="macro", sample_weight=w)),
        "log-loss": np.mean([metrics.log_loss(*label, labels=[0, 1], eps=2**-52, sample_weight=w) for label in each]),
    }


def regression(y, p, w):
    y, p = y.astype(np.float64), p.astype(np.float64)
    constant = np.any(y.max(axis=0) == y.min(axis=0))
    return {
        "mae": metrics.mean_absolute_error(y, p, sample_weight=w),
        "r2": None if constant else metrics.r2_score(y, p, sample_weight=w),
    }


def parts(load):
    x, y = load(return_X_y=True)
    a, b, ya, yb = model_selection.train_test_split(x, y, test_size=120, random_state=0)
    scaler = preprocessing.StandardScaler().fit(a)
    return scaler.transform(a), scaler.transform(b), ya, yb


def never_a_loop(y, p):
    rows = y[:, 2] == 0
    taken = p[rows]
    taken[:, 2] /= 4
    return y[rows], taken


def cases():
    a, b, ya, yb = parts(datasets.load_breast_cancer)
    p = linear_model.LogisticRegression(C=0.01).fit(a, ya).predict_proba(b)[:, 1].astype(np.float32)
    yield "breast cancer", "binary", yb, p
    yield "breast cancer, ties", "binary", yb, np.round(p, 1).astype(np.float32)
    yield "no row of class 1", "binary", np.zeros(6, int), p[:6]
    yield "no row of class 0", "binary", np.ones(6, int), p[:6]
    yield "nothing taken for class 1", "binary", yb[:20], p[:20] / 4
    yield "sure and wrong", "binary", np.array([0, 1, 1, 0]), np.array([1, 0, 1, 0], np.float32)
    yield "all alike", "binary", yb[:20], np.full(20, 0.5, np.float32)

    a, b, ya, yb = parts(datasets.load_digits)
    p = linear_model.LogisticRegression(C=0.002, max_iter=1000).fit(a, ya).predict_proba(b).astype(np.float32)
    yield "digits", "multiclass", yb, p
    yield "digits, ties", "multiclass", yb, np.round(p, 1).astype(np.float32)
    yield "digits, no row of 7", "multiclass", yb[yb != 7], p[yb != 7]
    never = p.copy()
    never[:, 3] = 0
    yield "digits, 3 never predicted", "multiclass", yb, never

    labels = lambda digit: np.stack([digit % 2 == 0, digit > 4, np.isin(digit, [0, 6, 8, 9])], axis=1).astype(int)
    model = linear_model.LogisticRegression(C=0.002, max_iter=1000)
    p = multioutput.MultiOutputClassifier(model).fit(a, labels(ya)).predict_proba(b)
    p = np.stack([label[:, 1] for label in p], axis=1).astype(np.float32)
    yb = labels(yb)
    yield "labels of digits", "multilabel", yb, p
    yield "labels of digits, ties", "multilabel", yb, np.round(p, 1).astype(np.float32)
    yield "labels of digits, all even", "multilabel", yb[yb[:, 0] == 1], p[yb[:, 0] == 1]
    yield "labels of digits, none with a loop, none taken for it", "multilabel", *never_a_loop(yb, p)

    a, b, ya, yb = parts(datasets.load_diabetes)
    scaled = lambda y: ((y - ya.mean()) / ya.std()).astype(np.float32)
    p = linear_model.LinearRegression().fit(a, ya).predict(b)
    yield "diabetes", "regression", scaled(yb), scaled(p)
    yield "diabetes, worse than the mean", "regression", scaled(yb), -scaled(p)
    yield "all targets equal", "regression", np.full(8, 0.3, np.float32), scaled(p[:8])
    two = lambda y: np.stack([scaled(y)[:60], scaled(y)[60:]], axis=1)
    yield "two targets", "regression", two(yb), two(p)


FIGURES = {"binary": binary, "multiclass": multiclass, "multilabel": multilabel, "regression": regression}
random = np.random.default_rng(1)
# Halves, as float32 has them, and rows that don't count; cases at the edge stay without.
weights = lambda rows: random.integers(0, 7, rows) / 2
runs = []
for name, task, y, p in cases():
    run = {
        "name": name,
        "task": task,
        "outputs": p.shape[1] if p.ndim == 2 else 1,
        "y": np.ravel(y).tolist(),
        "predictions": np.ravel(p).tolist(),
    }
    runs.append({**run, "figures": FIGURES[task](y, p, None)})
    if len(y) >= 60:
        w = weights(len(y))
        runs.append({**run, "name": f"{name}, weighted", "weights": w.tolist(), "figures": FIGURES[task](y, p, w)})
OUT.write_text(json.dumps(runs) + "\n")
