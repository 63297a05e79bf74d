"""Several processes that train one network: shared memory, the barrier in it, and the first one's talk with the others.

Rank 0 is the process that main.ts talks to. It starts the others with the same arguments, and tells them by a line what to
do next: they sleep while other peers are measured. Within a step all meet at a barrier: each counts its arrivals in a word
of its own, and spins on those of the others. Python writes such a word by one store, and x86-64 shows stores to other
processors in their order, so what was written before a barrier is seen after it. Other processors make no such promise.
"""

import mmap
import os
import subprocess
import sys
import tempfile

import torch

import steps

RANK, PLACE = "PEER_RANK", "PEER_SHARED"
# Looks at a counter before the processor is given to others, who may need it to arrive.
SPINS = 100_000
# Each counter has a cache line to itself.
STRIDE = 8


class Shared:
    """A folder of files that all processes map."""

    def __init__(self, folder, rank, count):
        self.folder, self.rank, self.count = folder, rank, count
        path = os.path.join(folder, "counters")
        if rank == 0:
            with open(path, "wb") as file:
                file.truncate(STRIDE * count * 8)
        with open(path, "r+b") as file:
            self.counters = memoryview(mmap.mmap(file.fileno(), 0)).cast("q")
        self.others = [STRIDE * r for r in range(count) if r != rank]

    def barrier(self):
        counters, own = self.counters, STRIDE * self.rank
        counters[own] = arrived = counters[own] + 1
        for other in self.others:
            looks = 0
            while counters[other] < arrived:
                looks += 1
                if looks > SPINS:
                    os.sched_yield()

    def tensor(self, name, length):
        """The same float32 numbers in all processes."""
        path = os.path.join(self.folder, name)
        return torch.from_file(path, shared=True, size=length, dtype=torch.float32)


class Leader:
    """Rank 0's trainer: tells the others what to do, and does its part."""

    unit = 1

    def __init__(self, cell, make, shared, others):
        self.others = others
        self.tell(f"open {cell.folder}")
        self.rank = make(cell, shared)
        self.rank.first()

    def tell(self, line):
        for other in self.others:
            other.stdin.write(line + "\n")
            other.stdin.flush()

    def check(self):
        return self.rank.result()

    def run(self, count):
        self.tell(f"run {count}")
        self.rank.run(count)


def follow(make, shared):
    """Does what rank 0 says, until its input ends."""
    rank = None
    for line in sys.stdin:
        command, argument = line.rstrip("\n").split(" ", 1)
        if command == "open":
            rank = make(steps.Cell(argument), shared)
            rank.first()
        else:
            rank.run(int(argument))


def serve(make, count, versions):
    """@param make (cell, shared) → what computes a rank's part, with first(), run(steps) and, of rank 0, result()"""
    if RANK in os.environ:
        return follow(make, Shared(os.environ[PLACE], int(os.environ[RANK]), count))
    with tempfile.TemporaryDirectory(dir=os.environ.get("PEER_MEMORY")) as folder:
        shared = Shared(folder, 0, count)
        others = [subprocess.Popen([sys.executable, *sys.argv], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
                                   env={**os.environ, RANK: str(r), PLACE: folder}) for r in range(1, count)]
        steps.serve(lambda cell: Leader(cell, make, shared, others), versions)
        for other in others:
            other.stdin.close()
        for other in others:
            other.wait()
