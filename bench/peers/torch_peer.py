"""PyTorch on the CPU: Linear and Tanh in a Sequential, CrossEntropyLoss, optim.SGD; batches by index.

The way says how it uses the cores; the numbers of BLAS and OpenMP threads come in the environment:
    1 thread        neither the BLAS nor torch has more than one
    BLAS threads    the matrix product is split by the BLAS, all else is serial
    torch threads   torch splits its own operations, the BLAS does not
    processes       DistributedDataParallel over gloo, a process a core, each with its part of the batch
"""

import os
import sys
import tempfile

import torch
from torch import distributed, multiprocessing, nn

import steps


def make_network(layers, Activation=nn.Tanh):
    modules = []
    for inputs, outputs in zip(layers, layers[1:]):
        modules += [nn.Linear(inputs, outputs), Activation()]
    return nn.Sequential(*modules[:-1])


class Trainer:
    """A network, resident rows, and the step."""

    def __init__(self, network, layers, rows, batch):
        self.network = network
        self.x = torch.rand(rows, layers[0])
        self.y = torch.randint(layers[-1], (rows,))
        self.loss = nn.CrossEntropyLoss()
        self.sgd = torch.optim.SGD(network.parameters(), lr=steps.LEARNING_RATE)
        self.batches = steps.Batches(torch.randperm, rows, batch)

    def learn(self, rows):
        self.sgd.zero_grad(set_to_none=False)
        loss = self.loss(self.network(self.x[rows]), self.y[rows])
        loss.backward()
        self.sgd.step()
        return loss

    def step(self):
        self.learn(self.batches.next())

    def check(self, count):
        rows = torch.arange(count)
        losses = [self.learn(rows).item() for _ in range(steps.CHECK_STEPS + 1)]
        steps.check(losses[0], losses[-1])


def measure_alone(arguments):
    torch.set_num_threads(arguments.cores if arguments.way == "torch threads" else 1)
    trainer = Trainer(make_network(arguments.layers), arguments.layers, arguments.rows, arguments.batch)
    trainer.check(arguments.check_rows)
    steps.time_steps(trainer.step, arguments)


def measure_rank(rank, arguments, meeting):
    """One process of several. All must do the same number of steps, so rank 0 says how many."""
    ranks = arguments.cores
    distributed.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=ranks)
    torch.set_num_threads(1)
    torch.manual_seed(rank)
    part = arguments.batch * (rank + 1) // ranks - arguments.batch * rank // ranks
    network = nn.parallel.DistributedDataParallel(make_network(arguments.layers))
    trainer = Trainer(network, arguments.layers, arguments.rows, part)
    trainer.check(min(part, arguments.check_rows))
    distributed.barrier()
    if rank == 0:
        steps.emit("ready")
    clock = steps.Clock(trainer.step, arguments.seconds, arguments.limit)
    warm = [clock.once() for _ in range(steps.WARM_UP_STEPS)]
    # The later half: the first steps make buffers.
    typical = sorted(warm[2:])[1]
    more = torch.tensor([max(1, int(steps.WARM_UP_SECONDS / typical)), max(steps.LEAST_STEPS, int(clock.seconds / typical))])
    distributed.broadcast(more, 0)
    for _ in range(more[0]):
        clock.once()
    distributed.barrier()
    times = [clock.once() for _ in range(more[1])]
    distributed.barrier()
    if rank == 0:
        steps.report(times)
    distributed.destroy_process_group()


def main():
    steps.answer_versions(PyTorch=torch)
    arguments = steps.Arguments(sys.argv[1:])
    if arguments.way != "processes":
        return measure_alone(arguments)
    if arguments.batch < arguments.cores:
        raise ValueError(f"a batch of {arguments.batch} has no row for each of {arguments.cores} processes")
    with tempfile.TemporaryDirectory() as folder:
        meeting = os.path.join(folder, "ranks")
        multiprocessing.spawn(measure_rank, args=(arguments, meeting), nprocs=arguments.cores)


if __name__ == "__main__":
    main()
