"""NumPy by hand: the textbook's step in float32, its matrix products by the OpenBLAS that NumPy brings.

W(l) is (inputs, outputs), the bias a row beside it. Whole batches, no compiled parts; all results go to buffers that are
kept.
"""

import numpy as np
from threadpoolctl import threadpool_info

import steps

BETA1, BETA2, EPSILON = steps.BETA1, steps.BETA2, steps.EPSILON


class Trainer:
    unit = 1

    def __init__(self, cell):
        self.cell, self.next, self.time = cell, 0, 0
        self.w, self.b = [w for w, _ in cell.weights], [b for _, b in cell.weights]
        rows = cell.batch
        like = lambda arrays: [np.zeros_like(array) for array in arrays]
        self.x = cell.x if cell.full else np.empty((rows, cell.layers[0]), np.float32)
        self.z = [np.empty((rows, m), np.float32) for m in cell.layers[1:]]
        self.delta = [np.empty((rows, m), np.float32) for m in cell.layers[1:]]
        self.gw, self.gb = like(self.w), like(self.b)
        self.m, self.v = like(self.w + self.b), like(self.w + self.b)
        self.row = np.arange(rows)
        self.batches = [None] if cell.full else list(cell.batches())

    def forward(self, rows):
        """z(0), …; the last of them are net inputs. And y of the rows."""
        y = self.cell.y
        if rows is not None:
            np.take(self.cell.x, rows, axis=0, out=self.x, mode="clip")
            y = y[rows]
        z = [self.x]
        for w, b, out in zip(self.w, self.b, self.z):
            np.matmul(z[-1], w, out=out)
            out += b
            z.append(out if out is self.z[-1] else np.tanh(out, out=out))
        return z, y

    def output_delta(self, a, y):
        delta = self.delta[-1]
        if self.cell.loss == "sse":
            return np.subtract(a, y, out=delta)
        np.subtract(a, a.max(axis=1, keepdims=True), out=delta)
        np.exp(delta, out=delta)
        delta /= delta.sum(axis=1, keepdims=True)
        delta[self.row, y] -= 1
        return delta

    def step(self, rows, rate):
        z, y = self.forward(rows)
        delta = self.output_delta(z[-1], y)
        for l in range(len(self.w) - 1, -1, -1):
            np.matmul(z[l].T, delta, out=self.gw[l])
            np.sum(delta, axis=0, out=self.gb[l])
            if l > 0:
                below = np.matmul(delta, self.w[l].T, out=self.delta[l - 1])
                # z is not needed any more: 1 − z² takes its place.
                np.multiply(z[l], z[l], out=z[l])
                np.subtract(1, z[l], out=z[l])
                below *= z[l]
                delta = below
        (self.descend if self.cell.optimizer == "sgd" else self.adam)(rate)

    def descend(self, rate):
        scale = np.float32(rate / self.cell.batch)
        for parts, gradients in ((self.w, self.gw), (self.b, self.gb)):
            for p, g in zip(parts, gradients):
                g *= scale
                p -= g

    def adam(self, rate):
        self.time += 1
        scale = np.float32(rate / (1 - BETA1 ** self.time))
        root = np.float32((1 - BETA2 ** self.time) ** 0.5)
        for p, g, m, v in zip(self.w + self.b, self.gw + self.gb, self.m, self.v):
            g /= np.float32(self.cell.batch)
            m *= np.float32(BETA1)
            m += np.float32(1 - BETA1) * g
            v *= np.float32(BETA2)
            v += np.float32(1 - BETA2) * g * g
            p -= scale * m / (np.sqrt(v) / root + np.float32(EPSILON))

    def check(self):
        self.step(None if self.cell.full else self.cell.first, self.cell.checkRate)
        return list(zip(self.w, self.b))

    def run(self, count):
        for _ in range(count):
            self.step(self.batches[self.next], self.cell.learningRate)
            self.next = (self.next + 1) % len(self.batches)


if __name__ == "__main__":
    blas = next((pool for pool in threadpool_info() if pool["user_api"] == "blas"), {})
    name = f", OpenBLAS {blas['version']}, {blas['architecture']}" if blas.get("internal_api") == "openblas" else ""
    steps.serve(Trainer, {"NumPy": np.__version__ + name})
