"""PyTorch on the CPU. Arguments: PROGRAM THREADS RANKS.

PROGRAM is how the gradient is computed:
    eager     F.linear, tanh, the loss, torch.autograd.grad
    compiled  the same by torch.func.grad, in one torch.compile with the gather and the update
    by-hand   the textbook's backward pass in PyTorch's operators, into buffers that are kept
Weights are changed by torch._foreach or, for Adam, the fused kernel. With several RANKS, each process has a part of every
batch, and their gradients are added in shared memory (ranks.py).
"""

import os
import sys

import torch
import torch.nn.functional as F

import ranks
import steps

BETA1, BETA2, EPSILON = steps.BETA1, steps.BETA2, steps.EPSILON


def loss_of(parameters, x, y, loss, rows):
    """The loss of a part of a batch of so many rows, as its share of the mean over all of them."""
    for l in range(0, len(parameters) - 2, 2):
        x = torch.tanh(F.linear(x, parameters[l], parameters[l + 1]))
    a = F.linear(x, parameters[-2], parameters[-1])
    if loss == "sse":
        return 0.5 * (a - y).square().sum() / rows
    return F.cross_entropy(a, y, reduction="sum") / rows


class Descent:
    """w ← w − α g."""

    def __init__(self, parameters):
        self.parameters = parameters

    def update(self, gradients, rate):
        torch._foreach_add_(self.parameters, gradients, alpha=-rate)


class Adam:
    """Adam by the kernel of torch.optim.Adam(fused=True), without what that does in Python at each step."""

    def __init__(self, parameters):
        self.parameters = parameters
        self.m = [torch.zeros_like(p) for p in parameters]
        self.v = [torch.zeros_like(p) for p in parameters]
        self.steps = [torch.zeros(()) for _ in parameters]

    def update(self, gradients, rate):
        torch._foreach_add_(self.steps, 1)
        torch._fused_adam_(self.parameters, gradients, self.m, self.v, [], self.steps, lr=rate, beta1=BETA1, beta2=BETA2,
                           weight_decay=0.0, eps=EPSILON, amsgrad=False, maximize=False)


RULES = {"sgd": Descent, "adam": Adam}


class Eager:
    def __init__(self, cell, parameters, x, y):
        self.cell, self.x, self.y = cell, x, y
        self.parameters = [p.requires_grad_() for p in parameters]

    def gradient(self, rows):
        x, y = (self.x, self.y) if rows is None else (self.x[rows], self.y[rows])
        return torch.autograd.grad(loss_of(self.parameters, x, y, self.cell.loss, self.cell.batch), self.parameters)


class ByHand:
    """Weights, activations, deltas and gradients in buffers of their own; none is allocated in a step."""

    def __init__(self, cell, parameters, x, y, gradients=None):
        self.cell, self.x, self.y = cell, x, y
        self.w, self.b = parameters[0::2], parameters[1::2]
        self.gradients = gradients or [torch.empty_like(p) for p in parameters]
        self.rows = None

    def reserve(self, rows):
        """Buffers for batches of so many rows."""
        self.rows = rows
        self.into_x = torch.empty(rows, self.cell.layers[0])
        self.into_y = torch.empty(rows, *self.y.shape[1:], dtype=self.y.dtype)
        self.z = [torch.empty(rows, m) for m in self.cell.layers[1:]]
        self.delta = [torch.empty(rows, m) for m in self.cell.layers[1:]]
        self.minus = torch.full((rows, 1), -1.0)

    def forward(self, rows):
        x, y = self.x, self.y
        if rows is not None:
            x = torch.index_select(x, 0, rows, out=self.into_x)
            y = torch.index_select(y, 0, rows, out=self.into_y)
        z = [x]
        for w, b, out in zip(self.w, self.b, self.z):
            torch.addmm(b, z[-1], w.t(), out=out)
            z.append(torch.tanh_(out) if out is not self.z[-1] else out)
        if self.cell.loss == "sse":
            return z, torch.sub(z[-1], y, out=self.delta[-1])
        delta = torch.softmax(z[-1], 1, out=self.delta[-1])
        return z, delta.scatter_add_(1, y[:, None], self.minus)

    def passes(self, rows):
        """For each layer, the last first: its number, input and delta; the weights may be changed in between."""
        if self.rows != (count := len(self.x) if rows is None else len(rows)):
            self.reserve(count)
        z, delta = self.forward(rows)
        for l in range(len(self.w) - 1, -1, -1):
            below = None
            if l > 0:
                below = torch.mm(delta, self.w[l], out=self.delta[l - 1])
                torch.ops.aten.tanh_backward.grad_input(below, z[l], grad_input=below)
            yield l, z[l], delta
            delta = below

    def gradient(self, rows):
        for l, z, delta in self.passes(rows):
            torch.mm(delta.t(), z, out=self.gradients[2 * l])
            torch.sum(delta, 0, out=self.gradients[2 * l + 1])
        torch._foreach_mul_(self.gradients, 1 / self.cell.batch)
        return self.gradients

    def descend(self, rows, rate):
        """Gradient and plain descent in one product a layer."""
        alpha = -rate / self.cell.batch
        for l, z, delta in self.passes(rows):
            self.w[l].addmm_(delta.t(), z, alpha=alpha)
            self.b[l].add_(delta.sum(0), alpha=alpha)


class Compiled:
    def __init__(self, cell, parameters, x, y):
        self.cell, self.x, self.y, self.parameters = cell, x, y, parameters
        derive = torch.func.grad(loss_of)

        def gradient(parameters, x, y, rows):
            if rows is not None:
                x, y = x[rows], y[rows]
            return derive(parameters, x, y, cell.loss, cell.batch)

        def descend(parameters, x, y, rows, rate):
            for p, g in zip(parameters, gradient(parameters, x, y, rows)):
                p.sub_(rate * g)

        def adam(parameters, x, y, rows, rate, m, v, time):
            time.add_(1)
            scale = rate * torch.sqrt(1 - BETA2 ** time) / (1 - BETA1 ** time)
            epsilon = EPSILON * torch.sqrt(1 - BETA2 ** time)
            for p, g, mean, square in zip(parameters, gradient(parameters, x, y, rows), m, v):
                mean.mul_(BETA1).add_(g, alpha=1 - BETA1)
                square.mul_(BETA2).addcmul_(g, g, value=1 - BETA2)
                p.sub_(scale * mean / (square.sqrt() + epsilon))

        torch._dynamo.reset()
        options = {"cpp_wrapper": True, "max_autotune": True}
        compile = lambda function: torch.compile(function, fullgraph=True, dynamic=False, options=options)
        self.compiled_gradient = compile(gradient)
        self.compiled_step = compile(descend if cell.optimizer == "sgd" else adam)
        self.state = () if cell.optimizer == "sgd" else (
            [torch.zeros_like(p) for p in parameters], [torch.zeros_like(p) for p in parameters], torch.zeros(()))
        self.rate = torch.zeros(())

    def gradient(self, rows):
        return self.compiled_gradient(self.parameters, self.x, self.y, rows)

    def step(self, rows, rate):
        if self.rate.item() != rate:
            self.rate.fill_(rate)
        self.compiled_step(self.parameters, self.x, self.y, rows, self.rate, *self.state)


PROGRAMS = {"eager": Eager, "compiled": Compiled, "by-hand": ByHand}


def tensors_of(cell):
    """x, y, and W(1), b(1), W(2), …; W is (outputs, inputs), as F.linear takes it."""
    y = torch.from_numpy(cell.y)
    parameters = [torch.from_numpy(part) for w, b in cell.weights for part in (w.T.copy(), b)]
    return torch.from_numpy(cell.x), y if cell.loss == "sse" else y.long(), parameters


class Trainer:
    """Steps in this process."""

    unit = 1

    def __init__(self, cell, name):
        self.cell, self.next = cell, 0
        x, y, self.parameters = tensors_of(cell)
        self.program = program = PROGRAMS[name](cell, self.parameters, x, y)
        self.batches = [None] if cell.full else list(torch.from_numpy(cell.batches()).long())
        rule = RULES[cell.optimizer](self.parameters)
        if name == "compiled":
            self.step = program.step
        elif name == "by-hand" and cell.optimizer == "sgd":
            self.step = program.descend
        else:
            def step(rows, rate):
                gradients = program.gradient(rows)
                with torch.no_grad():
                    rule.update(gradients, rate)
            self.step = step

    def check(self):
        self.step(None if self.cell.full else torch.from_numpy(self.cell.first).long(), self.cell.checkRate)
        parameters = [p.detach() for p in self.parameters]
        return [(w.numpy().T, b.numpy()) for w, b in zip(parameters[0::2], parameters[1::2])]

    def run(self, count):
        for _ in range(count):
            self.step(self.batches[self.next], self.cell.learningRate)
            self.next = (self.next + 1) % len(self.batches)


class Rank:
    """One process of several: its part of each batch, and its slice of the weights."""

    def __init__(self, cell, shared, name):
        self.cell, self.shared = cell, shared
        rank, count = shared.rank, shared.count
        x, y, parameters = tensors_of(cell)
        sizes = [p.numel() for p in parameters]
        total = sum(sizes)
        views = lambda flat: [part.view_as(p) for part, p in zip(flat.split(sizes), parameters)]
        self.weights, self.sums = shared.tensor("weights", total), shared.tensor("gradients", count * total).view(count, total)
        self.parameters, self.own = views(self.weights), views(self.sums[rank])
        if rank == 0:
            torch._foreach_copy_(self.parameters, parameters)
        begin, end = total * rank // count, total * (rank + 1) // count
        self.slice = slice(begin, end)
        self.rule = RULES[cell.optimizer]([self.weights[self.slice]])
        self.part = lambda rows: rows[len(rows) * rank // count:len(rows) * (rank + 1) // count]
        if cell.full:
            x, y = self.part(x), self.part(y)
        extra = {"gradients": self.own} if name == "by-hand" else {}
        shared.barrier()
        self.program = PROGRAMS[name](cell, self.parameters, x, y, **extra)
        self.batches = [None] if cell.full else [self.part(rows) for rows in torch.from_numpy(cell.batches()).long()]
        self.next = 0

    def step(self, rows, rate):
        gradients = self.program.gradient(rows)
        with torch.no_grad():
            if gradients is not self.own:
                torch._foreach_copy_(self.own, gradients)
            self.shared.barrier()
            self.rule.update([self.sums[:, self.slice].sum(0)], rate)
            self.shared.barrier()

    def first(self):
        self.step(None if self.cell.full else self.part(torch.from_numpy(self.cell.first).long()), self.cell.checkRate)

    def run(self, count):
        for _ in range(count):
            self.step(self.batches[self.next], self.cell.learningRate)
            self.next = (self.next + 1) % len(self.batches)

    def result(self):
        parameters = [p.detach() for p in self.parameters]
        return [(w.numpy().T, b.numpy()) for w, b in zip(parameters[0::2], parameters[1::2])]


def versions():
    blas = "MKL " + torch.__config__.show().split("Math Kernel Library Version ")[-1].split("-")[0] \
        if torch.backends.mkl.is_available() else "no MKL"
    return {"PyTorch": f"{torch.__version__}, {blas}, oneDNN, {torch.backends.cpu.get_cpu_capability()}"}


def main():
    name, threads, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    if count > 1:
        return ranks.serve(lambda cell, shared: Rank(cell, shared, name), count, versions())
    steps.serve(lambda cell: Trainer(cell, name), versions())


if __name__ == "__main__":
    main()
