"""Permutation importance and calibration by scikit-learn, for test/lab/explain.

  python scripts/oracles/explain.py > test/fixtures/explain.json

Two networks with fixed weights, one for numbers, one for two classes, are wrapped as estimators.
"""
import json

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.calibration import calibration_curve
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.metrics import log_loss

SHUFFLES = 40
rng = np.random.default_rng(8)


class Net(BaseEstimator):
    def __init__(self, w=None, v=None):
        self.w, self.v = w, v

    def fit(self, x, y):
        self.fitted_ = True
        return self

    def net(self, x):
        z = np.tanh(x @ self.w[1:] + self.w[0])
        return (z @ self.v[1:] + self.v[0])[:, 0]


class Numbers(RegressorMixin, Net):
    def predict(self, x):
        return self.net(x)


class Classes(ClassifierMixin, Net):
    classes_ = np.array([0, 1])

    def predict_proba(self, x):
        p = 1 / (1 + np.exp(-self.net(x)))
        return np.stack([1 - p, p], axis=1)

    def predict(self, x):
        return (self.net(x) > 0).astype(int)


def rounded(values):
    return [float(np.float32(value)) for value in np.ravel(values)]


def case(kind):
    features, units, rows = 4, 5, 300
    w = np.float32(rng.normal(0, 0.8, (features + 1, units)))
    v = np.float32(rng.normal(0, 1.5, (units + 1, 1)))
    x = np.float32(rng.normal(0, 1, (rows, features)))
    x[:, 3] = np.round(x[:, 0])  # a column that depends on another
    net = kind(w.astype(np.float64), v.astype(np.float64)).fit(None, None)
    score = net.net(x.astype(np.float64))
    is_classes = kind is Classes
    y = (rng.random(rows) < 1 / (1 + np.exp(-0.5 * score))).astype(int) if is_classes else np.float32(score + rng.normal(0, 0.5, rows))
    found = permutation_importance(net, x.astype(np.float64), y.astype(np.float64) if not is_classes else y, n_repeats=SHUFFLES, random_state=1)
    grid = partial_dependence(net, x.astype(np.float64), [1], grid_resolution=10, percentiles=(0.05, 0.95), kind="average")
    made = {
        "task": "binary" if is_classes else "regression",
        "layers": [features, units, 1],
        "weights": rounded(w) + rounded(v),
        "x": rounded(x),
        "y": rounded(y),
        "shuffles": SHUFFLES,
        "score": float(net.score(x.astype(np.float64), y)),
        "importance": [{"mean": float(m), "deviation": float(s)} for m, s in zip(found.importances_mean, found.importances_std)],
        "dependence": {"values": grid["grid_values"][0].tolist(), "means": grid["average"][0].tolist()},
    }
    if is_classes:
        p = net.predict_proba(x.astype(np.float64))
        observed, predicted = calibration_curve(y, p[:, 1], n_bins=10)
        made["calibration"] = {"observed": observed.tolist(), "predicted": predicted.tolist(), "logLoss": float(log_loss(y, p))}
    return made


print(json.dumps([case(Numbers), case(Classes)]))
