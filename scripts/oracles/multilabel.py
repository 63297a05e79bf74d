#!/usr/bin/env python3
"""Labels, several a row, by the command line, beside PyTorch and scikit-learn.

Two real tables of scikit-learn's, whose labels are made here of what they hold: of each handwritten digit whether it is
even, is above four, has a loop; of each diabetes patient whether progression, body mass index and blood pressure are
above their medians (yes or no), from the other columns. For each case weights in a safetensors file and fifty steps of
`lockstep train --task multilabel --init … --batch-size full --no-shuffle`; the same in PyTorch, and in scikit-learn's
MLPClassifier, both in float64; `--class-weights` is PyTorch's pos_weight. Prints the largest relative difference of the losses, and of the final weights against
their largest. Then what predict and evaluate say, against PyTorch's probabilities and scikit-learn's figures of them;
and logistic regressions trained to their end by L-BFGS, against scikit-learn's of each label, plain and with the true
rows of each weighed by class_weight. Needs a built project,
python3-torch and python3-sklearn.

    /usr/bin/python3 scripts/oracles/multilabel.py
"""
import csv
import json
import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import torch
from sklearn import datasets, metrics
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neural_network import MLPClassifier
from torch import nn
from torch.nn import functional

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from descent import read_safetensors, write_safetensors  # noqa: E402
from one_hidden import difference, drawn_network, option, tensors_of  # noqa: E402

STEPS = 50
RATE = 0.05
CASES = [
    # table, options of the command line, whether rows have weights
    ("digits", "", False),
    ("diabetes", "", False),
    ("digits", "--label-smoothing 0.1", False),
    ("diabetes", "", True),
    ("digits", "--label-smoothing 0.2 --reduction sum --lr 0.00005", True),
    ("digits", "--class-weights balanced", False),
    ("diabetes", "--class-weights 3,0.5,0", False),
    ("diabetes", "--class-weights bp=4,bmi=0.25", True),
    ("digits", "--class-weights balanced --label-smoothing 0.1", True),
]


def digits():
    table = datasets.load_digits()
    x = table.data[:, table.data.std(axis=0) > 0]
    digit = table.target
    labels = {"even": digit % 2 == 0, "above four": digit > 4, "loop": np.isin(digit, [0, 6, 8, 9])}
    return x, labels, [0, 1]


def diabetes():
    table = datasets.load_diabetes(scaled=False)
    columns = dict(zip(table.feature_names, table.data.T))
    taken = {"progression": table.target, "bmi": columns.pop("bmi"), "bp": columns.pop("bp")}
    labels = {name: values > np.median(values) for name, values in taken.items()}
    return np.stack(list(columns.values()), axis=1), labels, ["no", "yes"]


def write_table(path, x, labels, names, weights):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"x{j}" for j in range(x.shape[1])] + ["weight", *labels])
        for row, weight, *given in zip(x, weights, *labels.values()):
            writer.writerow([*map(repr, map(float, row)), repr(float(weight)), *(names[int(label)] for label in given)])


def lockstep(*words):
    return subprocess.run(["node", "dist/src/cli.js", *words], check=True, stdout=subprocess.PIPE, text=True).stdout


def label_weights(options, labels, y):
    """What the error of the true rows of each label is multiplied by."""
    asked = option(options, "--class-weights")
    if asked is None:
        return np.ones(len(labels))
    if asked == "balanced":
        return (y == 0).sum(axis=0) / (y == 1).sum(axis=0)
    if "=" not in asked:
        return np.array(asked.split(","), float)
    named = dict(pair.split("=") for pair in asked.split(","))
    return np.array([float(named.get(label, 1)) for label in labels])


def by_torch(layers, x, y, weights, pos_weight, options):
    smoothing = float(option(options, "--label-smoothing", 0))
    rate = float(option(options, "--lr", RATE))
    x, y, weights, pos_weight = map(torch.from_numpy, (x, y * 1.0, weights, pos_weight))
    total = weights.sum() if option(options, "--reduction", "mean") == "mean" else 1
    descent = torch.optim.SGD(layers.parameters(), lr=rate)
    losses = []
    for _ in range(STEPS):
        descent.zero_grad()
        a = layers(x)
        target = (1 - smoothing) * y + smoothing / 2
        errors = functional.binary_cross_entropy_with_logits(a, target, pos_weight=pos_weight, reduction="none")
        E = (weights * errors.sum(dim=1)).sum() / total
        if smoothing == 0 and torch.all(weights == 1):
            # PyTorch's own mean divides by rows and labels.
            assert torch.isclose(E, y.shape[1] * nn.BCEWithLogitsLoss(pos_weight=pos_weight)(a, y), rtol=1e-12)
        E.backward()
        losses.append(E.item())
        descent.step()
    final = {name: tensor.detach().numpy() for name, tensor in tensors_of(layers).items()}
    return losses, final, torch.sigmoid(layers(x)).detach().numpy()


def by_sklearn(tensors, x, y):
    """The same steps by MLPClassifier, whose error is ours: the sum over labels, the mean over rows."""
    hidden = tensors["layers.0.bias"].size
    network = MLPClassifier([hidden], activation="tanh", solver="sgd", alpha=0, batch_size=len(x), momentum=0,
                            learning_rate_init=RATE, shuffle=False, max_iter=STEPS, n_iter_no_change=STEPS, tol=0,
                            warm_start=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network.set_params(max_iter=1).fit(x, y)
        network.coefs_ = [tensors[f"layers.{i}.weight"].astype(float).T for i in (0, 1)]
        network.intercepts_ = [tensors[f"layers.{i}.bias"].astype(float) for i in (0, 1)]
        del network._optimizer
        network.loss_curve_, network.n_iter_ = [], 0
        network.set_params(max_iter=STEPS).fit(x, y)
    final = {f"layers.{i}.weight": network.coefs_[i].T for i in (0, 1)}
    final |= {f"layers.{i}.bias": network.intercepts_[i] for i in (0, 1)}
    return network.loss_curve_[-STEPS:], final


def run(folder, name, options, has_weights):
    random = np.random.default_rng(1)
    x, labels, names = {"digits": digits, "diabetes": diabetes}[name]()
    y = np.stack(list(labels.values()), axis=1).astype(int)
    weights = random.integers(0, 9, len(x)) / 4 if has_weights else np.ones(len(x))
    path, init, out = (os.path.join(folder, end) for end in ("table.csv", "init.safetensors", "run"))
    write_table(path, x, labels, names, weights)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    layers, tensors = drawn_network(random, [x.shape[1], 10, y.shape[1]])
    write_safetensors(init, tensors)
    used = ["--weight-column", "weight"] if has_weights else ["--features", ",".join(f"x{j}" for j in range(x.shape[1]))]
    lockstep(
        *f"train {path} --task multilabel --init {init} --batch-size full --no-shuffle --epochs {STEPS}".split(),
        *f"--optimizer sgd --hidden 10 --activation tanh --out {out} --force --quiet".split(), "--target", ",".join(labels), *used,
        *(options.split() if "--lr" in options else [*options.split(), "--lr", str(RATE)]),
    )
    with open(os.path.join(out, "metrics.jsonl")) as file:
        got_losses = [json.loads(line)["loss"] for line in file]
    got = read_safetensors(os.path.join(out, "model.safetensors"))
    losses, final, probabilities = by_torch(layers, x, y, weights, label_weights(options, labels, y), options)
    of_losses, of_weights = difference(got_losses, got, losses, final)
    print(f"{name:9} {f'{options} row weights' if has_weights else options or 'no option':66} "
          f"E {losses[0]:.4f} -> {losses[-1]:.4f}, PyTorch: losses within {of_losses:.1e}, weights within {of_weights:.1e}")
    worst = max(of_losses, of_weights)
    if not options and not has_weights:
        of_losses, of_weights = difference(got_losses, got, *by_sklearn(tensors, x, y))
        print(f"{name:9} MLPClassifier: losses within {of_losses:.1e}, weights within {of_weights:.1e}")
        check_predictions(folder, name, y, list(labels), names, probabilities)
        worst = max(worst, of_losses, of_weights)
    return worst


def check_predictions(folder, name, y, labels, names, expected):
    """predict's columns against PyTorch's probabilities; evaluate's figures against scikit-learn's of those columns."""
    out, path = os.path.join(folder, "run"), os.path.join(folder, "table.csv")
    rows = list(csv.DictReader(lockstep("predict", out, path).splitlines()))
    p = np.array([[float(row[f"probability_{label}"]) for label in labels] for row in rows])
    taken = np.array([[names.index(type(names[0])(row[f"prediction_{label}"])) for label in labels] for row in rows])
    assert np.array_equal(taken, p > 0.5) and np.max(np.abs(p - expected)) < 1e-5
    got = json.loads(lockstep("evaluate", out, path, "--json"))
    macro = dict(average="macro", zero_division=0)
    figures = {
        "accuracy": 1 - metrics.hamming_loss(y, taken),
        "subset-accuracy": metrics.accuracy_score(y, taken),
        "precision": metrics.precision_score(y, taken, **macro),
        "recall": metrics.recall_score(y, taken, **macro),
        "f1": metrics.f1_score(y, taken, **macro),
        "auc": metrics.roc_auc_score(y, p, average="macro"),
        "log-loss": np.mean([metrics.log_loss(y[:, k], p[:, k]) for k in range(len(labels))]),
    }
    worst = max(abs(got[figure] - value) for figure, value in figures.items())
    each = metrics.precision_recall_fscore_support(y, taken, zero_division=0)
    for k, line in enumerate(got["labels"]):
        ours = [line[key] for key in ("precision", "recall", "f1", "positives")]
        worst = max(worst, *np.abs(np.array(ours, float) - [column[k] for column in each]))
        worst = max(worst, abs(line["accuracy"] - metrics.accuracy_score(y[:, k], taken[:, k])))
    print(f"{name:9} predict: probabilities within {np.max(np.abs(p - expected)):.1e} of PyTorch's; "
          f"evaluate: figures within {worst:.1e} of scikit-learn's")
    assert worst < 1e-12, worst


def optimum(folder, name, options):
    """Logistic regressions with ½ ‖W‖² / n: the least E by L-BFGS of all labels together, and of each by itself there."""
    x, labels, names = {"digits": digits, "diabetes": diabetes}[name]()
    y = np.stack(list(labels.values()), axis=1).astype(int)
    path, out = os.path.join(folder, "table.csv"), os.path.join(folder, "optimum")
    write_table(path, x, labels, names, np.ones(len(x)))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    # scikit-learn: C Σ error + ½ ‖w‖² of each label; here the mean over rows of the sum over labels.
    # By Newton's method, which comes nearer to the least E than its L-BFGS.
    one = dict(C=1, tol=1e-10, max_iter=10000, solver="newton-cg")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # To the last digit the line search finds nothing less.
        if options:
            each = [LogisticRegression(**one, class_weight={0: 1, 1: weight}).fit(x, y[:, k])
                    for k, weight in enumerate(label_weights(options, labels, y))]
        else:
            each = MultiOutputClassifier(LogisticRegression(**one)).fit(x, y).estimators_
    theirs = np.stack([label.coef_[0] for label in each])
    lockstep(
        *f"train {path} --task multilabel --batch-size full --optimizer lbfgs --epochs 1000".split(),
        *f"--l2 {1 / len(x)!r} --out {out} --force --quiet".split(), "--hidden", "", "--target", ",".join(labels),
        "--features", ",".join(f"x{j}" for j in range(x.shape[1])), *options.split(),
    )
    ours = read_safetensors(os.path.join(out, "model.safetensors"))["layers.0.weight"].astype(float)
    worst = np.max(np.abs(ours - theirs)) / np.max(np.abs(theirs))
    print(f"{name:9} {options or 'no option':40} LogisticRegression of each label: coefficients within {worst:.1e}")
    return worst


def main():
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        worst = max(run(folder, *case) for case in CASES)
        if not worst <= 1e-5:
            raise SystemExit(f"expected 1e-5 at most, got {worst:.1e}")
        weighed = ("--class-weights balanced", "--class-weights 3,0.5,20")
        least = max(optimum(folder, name, options) for name in ("digits", "diabetes") for options in ("", *weighed))
        if not least <= 1e-3:
            raise SystemExit(f"expected coefficients within 1e-3, got {least:.1e}")


if __name__ == "__main__":
    main()
