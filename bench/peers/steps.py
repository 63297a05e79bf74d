"""What the Python peers share: their arguments, the events they print, shuffled batches, and the clock.

Imports nothing but the standard library, so that a missing module is the peer's own to miss.
"""

import json
import statistics
import sys
import time

LEARNING_RATE = 0.01
CHECK_ROWS = 64
CHECK_STEPS = 3

# As clock.mjs has them, and near to what `lockstep bench` does.
WARM_UP_STEPS = 5
WARM_UP_SECONDS = 0.5
LEAST_STEPS = 5


class Arguments:
    """LAYERS BATCH ROWS SECONDS LIMIT WAY CORES"""

    def __init__(self, words):
        self.layers = [int(m) for m in words[0].split(",")]
        self.batch = int(words[1])
        self.rows = int(words[2])
        self.seconds = float(words[3])
        self.limit = float(words[4])
        self.way = words[5]
        self.cores = int(words[6])
        self.check_rows = min(CHECK_ROWS, self.batch)


def emit(event, **fields):
    """One event, one line; written at once, for the parent's clock hangs on it."""
    print(json.dumps({"event": event, **fields}, separators=(",", ":")), flush=True)


def check(before, after):
    """Ends the process where a few steps on the same rows did not lower the loss."""
    if not after < before:
        raise ValueError(f"the loss went from {before} to {after}")


def blas_versions():
    """The BLAS libraries that are loaded now, where threadpoolctl (scikit-learn needs it) can tell."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return {}
    return {f"BLAS of Python ({pool['internal_api']})": f"{pool['version']} {pool.get('architecture', '')}".strip()
            for pool in threadpool_info() if pool["user_api"] == "blas"}


def answer_versions(**modules):
    """Answers --versions, if that was asked, and ends."""
    if sys.argv[1:] == ["--versions"]:
        own = {name: module.__version__ for name, module in modules.items()}
        emit("versions", versions={"Python": sys.version.split()[0], **own, **blas_versions()})
        sys.exit()


class Batches:
    """Slices of a permutation of the rows, drawn anew once it is used up."""

    def __init__(self, permute, rows, batch):
        self.permute, self.rows, self.batch = permute, rows, batch
        self.order, self.at = permute(rows), 0

    def next(self):
        if self.at + self.batch > self.rows:
            self.order, self.at = self.permute(self.rows), 0
        self.at += self.batch
        return self.order[self.at - self.batch:self.at]


class Clock:
    """Times steps one by one: a warm-up, then for the asked seconds, but never far beyond the limit."""

    def __init__(self, step, seconds, limit):
        self.step, self.seconds, self.limit = step, seconds, limit
        self.begun = time.perf_counter()

    def spent(self):
        return time.perf_counter() - self.begun

    def once(self):
        start = time.perf_counter()
        self.step()
        return time.perf_counter() - start

    def warm_up(self):
        """The times of the warm-up's steps: all there is where a step is very slow."""
        times = []
        while len(times) < WARM_UP_STEPS or self.spent() < WARM_UP_SECONDS:
            times.append(self.once())
            if self.spent() > self.limit / 4:
                break
        return times

    def times(self):
        """The times of the steps that count."""
        warm = self.warm_up()
        times, start = [], time.perf_counter()
        while time.perf_counter() - start < self.seconds or len(times) < LEAST_STEPS:
            if self.spent() + (times or warm)[-1] > self.limit:
                break
            times.append(self.once())
        return times or warm


def report(times):
    emit("result", seconds=statistics.median(times), steps=len(times), partial=len(times) < LEAST_STEPS)


def time_steps(step, arguments):
    """Says ready, times steps, says the result."""
    emit("ready")
    report(Clock(step, arguments.seconds, arguments.limit).times())
