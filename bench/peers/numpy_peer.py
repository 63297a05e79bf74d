"""NumPy by hand: the textbook's step in float32, its matrix products by the BLAS that NumPy is linked to.

W(l) is (inputs, outputs), the bias a row beside it. Written as one would write it in NumPy: whole batches,
no compiled parts, in-place only where it costs no clarity.
"""

import sys

import numpy as np

import steps


class Network:
    def __init__(self, layers, rng):
        self.w, self.b = [], []
        for inputs, outputs in zip(layers, layers[1:]):
            bound = np.sqrt(6 / (inputs + outputs))
            self.w.append(rng.uniform(-bound, bound, (inputs, outputs)).astype(np.float32))
            self.b.append(np.zeros(outputs, np.float32))

    def learn(self, x, y):
        """One step on a batch; the mean loss before it."""
        z = [x]
        for w, b in zip(self.w[:-1], self.b[:-1]):
            a = z[-1] @ w
            a += b
            z.append(np.tanh(a, out=a))
        a = z[-1] @ self.w[-1]
        a += self.b[-1]
        a -= a.max(axis=1, keepdims=True)
        row = np.arange(len(y))
        chosen = a[row, y]
        delta = np.exp(a, out=a)
        sums = delta.sum(axis=1, keepdims=True)
        loss = float((np.log(sums[:, 0]) - chosen).mean())
        delta /= sums
        delta[row, y] -= 1
        delta /= np.float32(len(y))
        for l in range(len(self.w) - 1, -1, -1):
            below = (delta @ self.w[l].T) * (1 - z[l] * z[l]) if l > 0 else None
            self.w[l] -= np.float32(steps.LEARNING_RATE) * (z[l].T @ delta)
            self.b[l] -= np.float32(steps.LEARNING_RATE) * delta.sum(axis=0)
            delta = below
        return loss


def main():
    steps.answer_versions(NumPy=np)
    arguments = steps.Arguments(sys.argv[1:])
    rng = np.random.default_rng(1)
    x = rng.random((arguments.rows, arguments.layers[0]), np.float32)
    y = rng.integers(arguments.layers[-1], size=arguments.rows)
    network = Network(arguments.layers, rng)
    batches = steps.Batches(rng.permutation, arguments.rows, arguments.batch)

    few = slice(0, arguments.check_rows)
    losses = [network.learn(x[few], y[few]) for _ in range(steps.CHECK_STEPS + 1)]
    steps.check(losses[0], losses[-1])

    def step():
        rows = batches.next()
        network.learn(x[rows], y[rows])

    steps.time_steps(step, arguments)


if __name__ == "__main__":
    main()
