#!/usr/bin/env python3
"""Dropout and noise by the command line, beside PyTorch in float64 with the same masks.

For each case scikit-learn's digits, weights in a safetensors file, and two epochs of `lockstep train --init … --no-shuffle`
in batches; the same in PyTorch, whose masks are computed here from what src/kernels/draws.ts, src/random.ts and keyOf of
src/model/perturbation.ts say of seed, purpose, step, layer, row and unit. Prints the largest difference of the final
weights against their largest. Needs a built project, python3-torch and python3-sklearn.

    /usr/bin/python3 scripts/oracles/dropout.py              # expects 1e-5 at most
    /usr/bin/python3 scripts/oracles/dropout.py --fixture > test/fixtures/dropout.json
"""
import csv
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch
from sklearn import datasets
from torch import nn
from torch.nn import functional

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from descent import read_safetensors, write_safetensors  # noqa: E402

PURPOSES = {"dropout": 8, "noise": 9}
EPOCHS = 2
CASES = [
    # hidden units, activation, dropout of each layer and of the inputs, noise, seed, batch, update, workers, shards
    ([32], "tanh", [0.5], 0.0, 0.0, 1, 100, "sgd", 1, 1),
    ([32, 16], "tanh", [0.5, 0.2], 0.2, 0.0, 7, 100, "sgd", 2, 3),
    ([32, 16], "relu", [0.3, 0.3], 0.1, 0.0, 2, 64, "sgd", 2, 5),
    ([32, 16], "tanh", [0.5, 0.2], 0.2, 0.0, 2**40 + 3, 50, "adam", 2, 4),
    ([24], "tanh", [0.0], 0.0, 0.3, 5, 100, "sgd", 2, 2),
    ([24], "tanh", [0.25], 0.25, 0.3, 6, "full", "sgd", 2, 2),
]
RATES = {"sgd": 0.1, "adam": 0.001}


def mix(word):
    """lowbias32, of whole numbers or arrays of them; products of 32-bit words are cut off at the 32nd bit."""
    most, half, nearly = np.uint64(2**32 - 1), np.uint64(16), np.uint64(15)
    h = np.atleast_1d(np.asarray(word, np.uint64)) & most
    h = ((h ^ (h >> half)) * np.uint64(0x7FEB352D)) & most
    h = ((h ^ (h >> nearly)) * np.uint64(0x846CA68B)) & most
    return h ^ (h >> half)


def key_of(seed, purpose, step, layer):
    place = mix(mix(PURPOSES[purpose]) ^ np.uint64(step))
    low = mix(mix(seed % 2**32) ^ place)
    high = mix(mix(seed // 2**32) ^ low ^ np.uint64(0x9E3779B9))
    return mix(mix(np.uint64(layer) ^ low) ^ high)


def places(key, rows, columns):
    """mix(row ⊕ key), and mix(column ⊕ that), of each place."""
    row_keys = mix(np.arange(rows, dtype=np.uint64) ^ key)[:, None]
    return row_keys, np.arange(columns, dtype=np.uint64)[None, :]


def factors(seed, step, layer, shape, rate):
    """0 where a unit is dropped, 1 / (1 − rate) where it stays."""
    row_keys, columns = places(key_of(seed, "dropout", step, layer), *shape)
    words = mix(columns ^ row_keys)
    threshold = min(round(rate * 2**32), 2**32 - 1)
    return torch.from_numpy(np.where(words >= threshold, 1 / (1 - rate), 0.0))


def noise(seed, step, shape, deviation):
    row_keys, columns = places(key_of(seed, "noise", step, 0), *shape)
    u = (mix(columns ^ row_keys) | np.uint64(1)).astype(np.uint32).astype(np.float32).astype(float) / 2**32
    v = mix(columns ^ mix(row_keys)).astype(np.uint32).view(np.int32).astype(np.float32).astype(float) / 2**31
    return torch.from_numpy(deviation * np.sqrt(-2 * np.log(u)) * np.cos(np.pi * v))


class Network(nn.Module):
    """Linear layers; what is perturbed is told by a step, and by none nothing is."""

    def __init__(self, sizes, activation, dropout, deviation, seed):
        super().__init__()
        self.linear = nn.ModuleList(nn.Linear(m, n) for m, n in zip(sizes, sizes[1:]))
        self.activation = getattr(torch, activation)
        self.dropout, self.deviation, self.seed = dropout, deviation, seed
        self.double()

    def drop(self, z, step, layer):
        rate = self.dropout[layer]
        return z * factors(self.seed, step, layer, z.shape, rate) if rate > 0 else z

    def forward(self, x, step):
        z = x + noise(self.seed, step, x.shape, self.deviation) if self.deviation > 0 else x
        z = self.drop(z, step, 0)
        for layer, linear in enumerate(self.linear[:-1], start=1):
            z = self.drop(self.activation(linear(z)), step, layer)
        return self.linear[-1](z)


def train(network, x, y, batch, update, epochs):
    kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[update]
    optimizer = kind(network.parameters(), lr=RATES[update])
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    step = 0
    for _ in range(epochs):
        for begin in range(0, len(x), batch):
            step += 1
            optimizer.zero_grad()
            functional.cross_entropy(network(x[begin : begin + batch], step), y[begin : begin + batch]).backward()
            optimizer.step()
    return step


def tensors_of(network):
    return {
        f"layers.{i}.{kind}": getattr(linear, kind).detach().numpy()
        for i, linear in enumerate(network.linear)
        for kind in ("weight", "bias")
    }


def draw_weights(network, random):
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.from_numpy(np.float32(random.normal(0, 0.3, tuple(parameter.shape))).astype(float)))


def run(folder, case):
    hidden, activation, dropout, of_inputs, deviation, seed, batch, update, workers, shards = case
    digits = datasets.load_digits()
    x = digits.data[:, digits.data.std(axis=0) > 0]
    path = os.path.join(folder, "digits.csv")
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"x{j}" for j in range(x.shape[1])] + ["target"])
        writer.writerows([*map(int, row), target] for row, target in zip(x, digits.target))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    network = Network([x.shape[1], *hidden, 10], activation, [of_inputs, *dropout], deviation, seed)
    draw_weights(network, np.random.default_rng(1))
    init, out = os.path.join(folder, "init.safetensors"), os.path.join(folder, "run")
    write_safetensors(init, {name: np.float32(tensor) for name, tensor in tensors_of(network).items()})
    words = f"node dist/src/cli.js train {path} --target target --task multiclass --init {init} --out {out} --force "
    words += f"--no-shuffle --batch-size {batch} --epochs {EPOCHS} --optimizer {update} --lr {RATES[update]} --quiet "
    words += f"--hidden {','.join(map(str, hidden))} --activation {activation} --seed {seed} --workers {workers} "
    words += f"--shards {shards} --dropout {','.join(map(str, dropout))} --input-dropout {of_inputs} --input-noise {deviation}"
    subprocess.run(words.split(), check=True, stdout=subprocess.DEVNULL)
    steps = train(network, x, digits.target, len(x) if batch == "full" else batch, update, EPOCHS)
    final = read_safetensors(os.path.join(out, "model.safetensors"))
    worst = max(
        np.max(np.abs(final[name] - tensor)) / np.max(np.abs(tensor)) for name, tensor in tensors_of(network).items()
    )
    print(f"{'-'.join(map(str, hidden)):6} {activation:5} dropout {dropout} of inputs {of_inputs}, noise {deviation}, seed {seed}, "
          f"batch {batch}, {update}, {shards} shards: {steps} steps, weights within {worst:.1e}")
    return worst


def fixture():
    """The first 40 digits, twelve steps of 16 rows and fewer: what test/train/perturbation.test.ts expects."""
    digits = datasets.load_digits()
    x, y = digits.data[:40] / 16, digits.target[:40]
    network = Network([64, 9, 7, 10], "tanh", [0.2, 0.5, 0.25], 0.0, 3)
    draw_weights(network, np.random.default_rng(2))
    flat = lambda: np.concatenate([  # noqa: E731
        np.vstack([linear.bias.detach().numpy(), linear.weight.detach().numpy().T]).ravel() for linear in network.linear
    ])
    first = flat()
    steps = train(network, x, y, 16, "sgd", 4)
    print(json.dumps({
        "pixels": [int(value) for value in digits.data[:40].ravel()],
        "labels": [int(label) for label in y],
        "steps": steps,
        "first": [float(f"{value:.9g}") for value in first],
        "final": [float(f"{value:.9g}") for value in flat()],
    }))


def main():
    torch.set_num_threads(1)
    if sys.argv[1:] == ["--fixture"]:
        return fixture()
    with tempfile.TemporaryDirectory() as folder:
        worst = max(run(folder, case) for case in CASES)
    if not worst <= 1e-5:
        raise SystemExit(f"expected 1e-5 at most, got {worst:.1e}")


if __name__ == "__main__":
    main()
