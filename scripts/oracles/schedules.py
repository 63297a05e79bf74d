"""Learning rates by torch.optim.lr_scheduler: writes test/fixtures/schedules.json.

    /usr/bin/python3 scripts/oracles/schedules.py        (Debian: apt install python3-torch)

For each case the rate of every step of STEPS, PER_EPOCH of them an epoch. Schedules by epoch are stepped once an
epoch. LambdaLR has inverse-time's formula, as PyTorch has no scheduler of it. Of plateau the rate after each epoch of
a series of figures, without its least change of a rate (eps), which lockstep has not.
"""

import json
import math
import pathlib
import random

import torch
from torch.optim import lr_scheduler as by

STEPS, PER_EPOCH, RATE = 40, 4, 0.5
OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "schedules.json"

# what is not as usual in the schedule, whether it goes by epoch, and PyTorch's
CASES = [
    ({"name": "constant"}, False, lambda o: by.ConstantLR(o, 1)),
    ({"name": "constant", "warmup": 7}, False, lambda o: by.LinearLR(o, 1 / 7, total_iters=6)),
    ({"name": "step", "gamma": 0.3, "every": 3}, True, lambda o: by.StepLR(o, 3, 0.3)),
    ({"name": "exponential", "gamma": 0.9}, True, lambda o: by.ExponentialLR(o, 0.9)),
    ({"name": "inverse-time", "gamma": 0.2}, True, lambda o: by.LambdaLR(o, lambda e: 1 / (1 + 0.2 * e))),
    ({"name": "cosine"}, False, lambda o: by.CosineAnnealingLR(o, STEPS)),
    ({"name": "cosine", "end": 0.1}, False, lambda o: by.CosineAnnealingLR(o, STEPS, 0.1 * RATE)),
    ({"name": "polynomial", "power": 2}, False, lambda o: by.PolynomialLR(o, STEPS, 2)),
    ({"name": "polynomial", "power": 1}, False, lambda o: by.PolynomialLR(o, STEPS, 1)),
    ({"name": "one-cycle"}, False, lambda o: by.OneCycleLR(o, RATE, total_steps=STEPS, cycle_momentum=False)),
    # RealMLP's schedules (arXiv 2407.04491), which PyTorch has not.
    ({"name": "coslog4"}, False, lambda o: by.LambdaLR(o, lambda t: (1 - math.cos(2 * math.pi * math.log2(1 + 15 * t / STEPS))) / 2)),
    ({"name": "flat-cosine"}, False, lambda o: by.LambdaLR(o, lambda t: (1 + math.cos(math.pi * max(0, 2 * t / STEPS - 1))) / 2)),
    # After a warm-up the schedule has the steps that are left.
    (
        {"name": "cosine", "warmup": 8},
        False,
        lambda o: by.SequentialLR(
            o, [by.LinearLR(o, 1 / 8, total_iters=7), by.CosineAnnealingLR(o, STEPS - 8)], [8]
        ),
    ),
]


# what is not as usual in plateau, the figure, and PyTorch's
PLATEAUS = [
    ({"patience": 4}, "loss", {"patience": 4}),
    ({"gamma": 0.5, "patience": 2}, "loss", {"factor": 0.5, "patience": 2}),
    ({"patience": 0, "gamma": 0.7, "cooldown": 3}, "loss", {"patience": 0, "factor": 0.7, "cooldown": 3}),
    ({"patience": 1, "threshold": 0.05, "end": 0.02}, "loss", {"patience": 1, "threshold": 0.05, "min_lr": 0.02 * RATE}),
    ({"patience": 1, "threshold": 0, "gamma": 0.3}, "loss", {"patience": 1, "threshold": 0, "factor": 0.3}),
    ({"patience": 2, "cooldown": 1, "gamma": 0.5}, "accuracy", {"mode": "max", "patience": 2, "cooldown": 1, "factor": 0.5}),
]


def figures(metric):
    """Falls (or rises) fast, then hardly, with noise, some equal and one that is not a number."""
    generator = random.Random(metric)
    values = [math.exp(-t / 8) + 0.02 * generator.random() + 0.3 for t in range(60)]
    values[20:24] = [values[20]] * 4
    values[30] = math.nan
    return [1.4 - value for value in values] if metric == "accuracy" else values


def plateau(values, given):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    scheduler = by.ReduceLROnPlateau(optimizer, eps=0, **given)
    found = []
    for value in values:
        scheduler.step(value)
        found.append(optimizer.param_groups[0]["lr"])
    return found


def plateau_run(schedule, metric, given):
    values = figures(metric)
    kept = [None if math.isnan(value) else value for value in values]
    return {"schedule": {"name": "plateau", **schedule}, "metric": metric, "values": kept, "rates": plateau(values, given)}


def rates(by_epoch, make):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    scheduler = make(optimizer)
    found = []
    for step in range(STEPS):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if not by_epoch or (step + 1) % PER_EPOCH == 0:
            scheduler.step()
    return found


def main():
    runs = [json.dumps({"schedule": s, "rates": rates(e, make)}, separators=(",", ":")) for s, e, make in CASES]
    plateaus = [json.dumps(plateau_run(*case), separators=(",", ":")) for case in PLATEAUS]
    head = f'"madeBy":"scripts/oracles/schedules.py, PyTorch {torch.__version__}"'
    sizes = f'"steps":{STEPS},"stepsPerEpoch":{PER_EPOCH},"rate":{RATE}'
    OUT.write_text("{" + head + "," + sizes + ',"runs":[\n' + ",\n".join(runs) + '\n],"plateaus":[\n' + ",\n".join(plateaus) + "\n]}\n")
    print(f"{OUT.name}: {len(runs)} schedules, {len(plateaus)} plateaus")


if __name__ == "__main__":
    main()
