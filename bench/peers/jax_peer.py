"""JAX on the CPU, a jit of whole steps that are given their weights back (donated buffers). Argument: the way.

    step      one step a call
    scan      several steps a call, by lax.scan
    devices   the same over as many devices as XLA_FLAGS makes of the processor, each with its part of every batch
"""

import sys

import jax
import jax.numpy as jnp
from jax import lax
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as Spec

import steps

BETA1, BETA2, EPSILON = steps.BETA1, steps.BETA2, steps.EPSILON
# A call of a scan is one burst's grain: enough work that its start doesn't matter.
CALL_OPERATIONS = 5e9


def loss_of(weights, x, y, loss, rows):
    """The loss of a part of a batch of so many rows, as its share of the mean over all of them."""
    for w, b in weights[:-1]:
        x = jnp.tanh(x @ w + b)
    w, b = weights[-1]
    a = x @ w + b
    if loss == "sse":
        return 0.5 * jnp.sum((a - y) ** 2) / rows
    return -jnp.sum(jnp.take_along_axis(jax.nn.log_softmax(a), y[:, None], 1)) / rows


def descend(state, gradients, rate):
    weights, *rest = state
    return (jax.tree.map(lambda w, g: w - rate * g, weights, gradients), *rest)


def adam(state, gradients, rate):
    weights, m, v, time = state
    time = time + 1
    m = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, m, gradients)
    v = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, v, gradients)
    scale, root = rate / (1 - BETA1 ** time), jnp.sqrt(1 - BETA2 ** time)
    change = lambda w, m, v: w - scale * m / (jnp.sqrt(v) / root + EPSILON)
    return jax.tree.map(change, weights, m, v), m, v, time


class Trainer:
    def __init__(self, cell, way):
        self.cell, self.way, self.next = cell, way, 0
        mesh = Mesh(jax.devices(), ("part",))
        place = lambda value, spec=Spec(): jax.device_put(value, NamedSharding(mesh, spec))
        weights = [(jnp.asarray(w), jnp.asarray(b)) for w, b in cell.weights]
        state = (weights,)
        if cell.optimizer == "adam":
            zeros = jax.tree.map(jnp.zeros_like, weights)
            state = (weights, zeros, jax.tree.map(jnp.zeros_like, weights), jnp.zeros(()))
        self.state = place(state)
        # All rows of a full batch are split among the devices; else each has the table, and its part of the row numbers.
        split = Spec("part") if cell.full and way == "devices" else Spec()
        self.x, self.y = place(cell.x, split), place(cell.y, split)
        batches = [None] if cell.full else list(cell.batches())
        self.unit = 1 if way == "step" else self.steps_of_a_call(len(batches))
        group = lambda rows: place(self.rows_of(rows), Spec(None, "part") if way == "devices" and not cell.full else Spec())
        calls = range(len(batches) // self.unit) if not cell.full else range(1)
        self.calls = [group(batches[i * self.unit:(i + 1) * self.unit]) for i in calls]
        self.first = group([cell.first] * self.unit)
        self.rates = jnp.full(self.unit, cell.learningRate, jnp.float32)
        self.function = self.compile(mesh, split)

    def steps_of_a_call(self, batches):
        layers = self.cell.layers
        operations = 6 * self.cell.batch * sum(m * n for m, n in zip(layers, layers[1:]))
        wanted = max(1, int(CALL_OPERATIONS / operations))
        return wanted if self.cell.full else min(wanted, batches)

    def rows_of(self, rows):
        """Row numbers (steps, rows); of full batches none (steps, 0)."""
        return jnp.zeros((self.unit, 0), jnp.int32) if self.cell.full else jnp.asarray([list(r) for r in rows], jnp.int32)

    def compile(self, mesh, split):
        cell, update = self.cell, descend if self.cell.optimizer == "sgd" else adam

        def step(state, x, y, rows, rate, among=None):
            if not cell.full:
                x, y = (table.at[rows].get(mode="promise_in_bounds") for table in (x, y))
            weights = state[0]
            if among is not None:
                weights = jax.tree.map(lambda w: lax.pcast(w, among, to="varying"), weights)
            gradients = jax.grad(loss_of)(weights, x, y, cell.loss, cell.batch)
            return update(state, gradients if among is None else lax.psum(gradients, among), rate)

        def scan(state, x, y, rows, rates, among=None):
            one = lambda state, of: (step(state, x, y, *of, among), None)
            return lax.scan(one, state, (rows, rates))[0]

        if self.way == "step":
            return jax.jit(lambda state, x, y, rows, rates: step(state, x, y, rows[0], rates[0]), donate_argnums=0)
        if self.way == "scan":
            return jax.jit(scan, donate_argnums=0)
        part = Spec() if cell.full else Spec(None, "part")
        mapped = jax.shard_map(lambda *arguments: scan(*arguments, among="part"), mesh=mesh,
                               in_specs=(Spec(), split, split, part, Spec()), out_specs=Spec())
        return jax.jit(mapped, donate_argnums=0)

    def call(self, rows, rates):
        self.state = self.function(self.state, self.x, self.y, rows, rates)

    def check(self):
        """The compiled function itself, with a rate of 0 for all steps but the first."""
        self.call(self.first, jnp.zeros(self.unit, jnp.float32).at[0].set(self.cell.checkRate))
        return [(w, b) for w, b in jax.device_get(self.state[0])]

    def run(self, calls):
        for _ in range(calls):
            self.call(self.calls[self.next], self.rates)
            self.next = (self.next + 1) % len(self.calls)
        jax.block_until_ready(self.state)


if __name__ == "__main__":
    way = sys.argv[1]
    steps.serve(lambda cell: Trainer(cell, way), {"JAX": jax.__version__})
