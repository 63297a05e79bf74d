"""Learning rates by torch.optim.lr_scheduler: writes test/fixtures/schedules.json.

    /usr/bin/python3 scripts/schedules.py        (Debian: apt install python3-torch)

For each case the rate of every step of STEPS, PER_EPOCH of them an epoch. Schedules by epoch are stepped once an
epoch. LambdaLR has inverse-time's formula, as PyTorch has no scheduler of it.
"""

import json
import pathlib

import torch
from torch.optim import lr_scheduler as by

STEPS, PER_EPOCH, RATE = 40, 4, 0.5
OUT = pathlib.Path(__file__).resolve().parent.parent / "test" / "fixtures" / "schedules.json"

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
    # After a warm-up the schedule has the steps that are left.
    (
        {"name": "cosine", "warmup": 8},
        False,
        lambda o: by.SequentialLR(
            o, [by.LinearLR(o, 1 / 8, total_iters=7), by.CosineAnnealingLR(o, STEPS - 8)], [8]
        ),
    ),
]


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
    head = f'"madeBy":"scripts/schedules.py, PyTorch {torch.__version__}"'
    sizes = f'"steps":{STEPS},"stepsPerEpoch":{PER_EPOCH},"rate":{RATE}'
    OUT.write_text("{" + head + "," + sizes + ',"runs":[\n' + ",\n".join(runs) + "\n]}\n")
    print(f"{OUT.name}: {len(runs)} schedules")


if __name__ == "__main__":
    main()
