"""What the Python peers share: the cell that is measured, its shuffled batches, and the conversation with main.ts.

A peer is started once. Each line that it reads is a request in JSON:
    {"do": "open", "folder": FOLDER, "after": FILE}   sets up the cell in FOLDER, takes one step, writes the weights to FILE
    {"do": "burst", "seconds": S}                     takes steps for about S seconds
and each is answered by one line: {"event": "opened"}, {"event": "burst", "steps": N, "seconds": S}. It ends with its input.
"""

import json
import os
import sys
import time

import numpy as np

# Permutations of the rows that are drawn before the timing: the peers don't pay for shuffling.
PERMUTATIONS = 8
# The time between two looks at the clock, at most.
CHUNK_SECONDS = 0.02

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


class Cell:
    """A network, its rows and its first weights, as problem.ts writes them."""

    def __init__(self, folder):
        with open(os.path.join(folder, "cell.json")) as file:
            self.__dict__.update(json.load(file))
        self.folder, self.batch = folder, self.batchSize
        self.full = self.batch == self.rows
        read = lambda name, dtype: np.fromfile(os.path.join(folder, name), dtype)
        self.x = read("x.f32", np.float32).reshape(self.rows, -1)
        # Classes (rows), or values (rows, outputs).
        self.y = read("y.f32", np.float32).reshape(self.rows, -1) if self.loss == "sse" else read("y.i32", np.int32)
        self.first = read("first.u32", np.int32)
        flat = read("w.f32", np.float32)
        # (inputs, outputs) and (outputs) of each layer; in the file the bias comes first.
        self.weights, begin = [], 0
        for inputs, outputs in zip(self.layers, self.layers[1:]):
            bias, begin = flat[begin:begin + outputs].copy(), begin + outputs
            w, begin = flat[begin:begin + inputs * outputs].reshape(inputs, outputs).copy(), begin + inputs * outputs
            self.weights.append((w, bias))

    def batches(self):
        """Row numbers of each batch of some epochs (batches, rows); an epoch's last rows that fill none are left out."""
        random = np.random.default_rng(1)
        per_epoch = self.rows // self.batch
        epochs = [random.permutation(self.rows)[:per_epoch * self.batch] for _ in range(PERMUTATIONS)]
        return np.concatenate(epochs).astype(np.int32).reshape(-1, self.batch)

    @staticmethod
    def write(path, weights):
        """The weights, in the form of the file that they came from."""
        with open(path, "wb") as file:
            for w, bias in weights:
                file.write(np.ascontiguousarray(bias, np.float32).tobytes())
                file.write(np.ascontiguousarray(w, np.float32).tobytes())


def emit(event, **fields):
    """One event, one line; written at once, since main.ts waits for it."""
    print(json.dumps({"event": event, **fields}, separators=(",", ":")), flush=True)


def burst(run, seconds):
    """Takes steps for about so long. @param run: takes so many calls of unit steps, and returns when all are done"""
    steps, chunk = 0, 1
    begun = time.perf_counter()
    while True:
        run(chunk)
        steps += chunk
        spent = time.perf_counter() - begun
        if spent >= seconds:
            return {"steps": steps, "seconds": spent}
        chunk = max(1, int(min(CHUNK_SECONDS, seconds - spent) / (spent / steps)))


def serve(open_trainer, versions):
    """
    Answers until the input ends. `open_trainer(cell)` returns an object with check(), which takes one step of the check's
    rate on the first batch and returns the weights; and run(calls), with so many times `unit` steps.
    """
    emit("ready", versions=versions)
    trainer = None
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "open":
            trainer = None
            cell = Cell(request["folder"])
            trainer = open_trainer(cell)
            Cell.write(request["after"], trainer.check())
            emit("opened")
        else:
            answer = burst(trainer.run, request["seconds"])
            answer["steps"] *= trainer.unit
            emit("burst", **answer)
