#!/usr/bin/env python3
"""Fifty steps of full-batch gradient descent by the command line, beside the same in float64 NumPy.

For each task a real table of scikit-learn's (Debian: python3-sklearn), weights of NumPy's making in a
safetensors file, and `lockstep train --init … --batch-size full --no-shuffle`. Prints the largest relative
difference of the fifty losses, and of the final weights against their largest. Needs a built project.

    /usr/bin/python3 scripts/oracles/descent.py
"""
import csv
import json
import os
import struct
import subprocess
import tempfile

import numpy as np
from sklearn import datasets

STEPS = 50
RATE = 0.05
L2 = 1e-3
CASES = [
    # task, table, hidden units, activation
    ("regression", datasets.load_diabetes(scaled=False), [12], "tanh"),
    ("binary", datasets.load_breast_cancer(), [16, 8], "relu"),
    ("multiclass", datasets.load_wine(), [10], "sigmoid"),
]
ACTIVATIONS = {
    "tanh": (np.tanh, lambda z: 1 - z * z),
    "sigmoid": (lambda a: 1 / (1 + np.exp(-a)), lambda z: z * (1 - z)),
    "relu": (lambda a: np.maximum(a, 0), lambda z: (z > 0).astype(float)),
}


def write_safetensors(path, tensors):
    header, at = {}, 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [at, at + 4 * tensor.size]}
        at += 4 * tensor.size
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.astype("<f4").tobytes())


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    return {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"])
        for name, entry in header.items()
    }


def loss_and_delta(task, a, y):
    """E, averaged over the rows and without L2, and its gradient for the last net input."""
    rows = len(y)
    if task == "regression":
        return 0.5 * np.sum((a - y) ** 2) / rows, (a - y) / rows
    if task == "binary":
        loss = np.sum(np.logaddexp(0, a) - a * y) / rows
        return loss, (1 / (1 + np.exp(-a)) - y) / rows
    shifted = a - a.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -np.sum((shifted - log_sum) * y) / rows, (np.exp(shifted - log_sum) - y) / rows


def descend(task, x, y, weights, biases, activation):
    g, slope = ACTIVATIONS[activation]
    losses = []
    for _ in range(STEPS):
        z = [x]
        for w, b in zip(weights[:-1], biases[:-1]):
            z.append(g(z[-1] @ w.T + b))
        loss, delta = loss_and_delta(task, z[-1] @ weights[-1].T + biases[-1], y)
        losses.append(loss)
        for layer in reversed(range(len(weights))):
            gw, gb = delta.T @ z[layer] + L2 * weights[layer], delta.sum(axis=0)
            if layer:
                delta = (delta @ weights[layer]) * slope(z[layer])
            weights[layer] = weights[layer] - RATE * gw
            biases[layer] = biases[layer] - RATE * gb
    return np.array(losses)


def run(folder, task, table, hidden, activation):
    x = table.data.astype(float)
    path = os.path.join(folder, f"{task}.csv")
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"x{j}" for j in range(x.shape[1])] + ["target"])
        writer.writerows([*map(repr, map(float, row)), t] for row, t in zip(x, table.target))

    x = (x - x.mean(axis=0)) / x.std(axis=0)
    if task == "regression":
        y = (table.target - table.target.mean()) / table.target.std()
        y = y[:, None]
    else:
        y = np.eye(table.target.max() + 1)[table.target] if task == "multiclass" else table.target[:, None] * 1.0
    sizes = [x.shape[1], *hidden, y.shape[1]]
    random = np.random.default_rng(1)
    weights = [np.float32(random.normal(0, 0.3, (o, i))) for i, o in zip(sizes, sizes[1:])]
    biases = [np.float32(random.normal(0, 0.3, o)) for o in sizes[1:]]
    tensors = {}
    for layer, (w, b) in enumerate(zip(weights, biases)):
        tensors[f"layers.{layer}.weight"], tensors[f"layers.{layer}.bias"] = w, b
    init = os.path.join(folder, f"{task}.safetensors")
    write_safetensors(init, tensors)

    out = os.path.join(folder, task)
    words = f"node dist/src/cli.js train {path} --task {task} --init {init} --batch-size full --no-shuffle "
    words += f"--epochs {STEPS} --optimizer sgd --lr {RATE} --l2 {L2} --activation {activation} --out {out} --quiet "
    subprocess.run([*words.split(), "--hidden", ",".join(map(str, hidden))], check=True, stdout=subprocess.DEVNULL)

    weights, biases = [w.astype(float) for w in weights], [b.astype(float) for b in biases]
    expected = descend(task, x, y, weights, biases, activation)
    with open(os.path.join(out, "metrics.jsonl")) as file:
        got = np.array([json.loads(line)["loss"] for line in file])
    final = read_safetensors(os.path.join(out, "model.safetensors"))
    of_losses = np.max(np.abs(got - expected) / np.abs(expected))
    of_weights = max(
        np.max(np.abs(final[f"layers.{layer}.{name}"] - values)) / np.max(np.abs(values))
        for layer, (w, b) in enumerate(zip(weights, biases))
        for name, values in (("weight", w), ("bias", b))
    )
    print(f"{task:10}  {len(x)} rows, {sizes}, {activation}: E {expected[0]:.4f} -> {expected[-1]:.4f}, "
          f"losses within {of_losses:.1e}, weights within {of_weights:.1e}")
    return max(of_losses, of_weights)


def main():
    with tempfile.TemporaryDirectory() as folder:
        worst = max(run(folder, *case) for case in CASES)
    if not worst <= 1e-4:
        raise SystemExit(f"expected 1e-4 at most, got {worst:.1e}")


if __name__ == "__main__":
    main()
