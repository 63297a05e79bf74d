"""The update rules, made outside this project: PyTorch in float64 writes test/fixtures/optimizers.json.

    /usr/bin/python3 scripts/oracles/optimizers.py        (Debian: apt install python3-torch)

Each case takes the same network, rows and initial weights through twenty full-batch steps. torch.optim has all rules
but LARS (arXiv 1708.03888) and LAMB (arXiv 1904.00962), which stand below as their papers write them, per layer,
biases neither decayed nor adapted. `l2` and `l1` are parts of E, and so of the gradient that is clipped; `weightDecay`
is not. Decay and penalties are for weights alone, hence two groups of parameters.
"""

import json
import pathlib

import torch
from oracle import draw, flatten, shorten
from torch import nn
from torch.nn import functional as F

STEPS = 20
ROWS = 9
LAYERS = [4, 7, 5, 3]
OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "optimizers.json"

# name, learning rate, what is not as usual in src/model/optimizer.ts, λ of L2
CASES = [
    ("sgd", 0.2, {"momentum": 0.9}, 0),
    ("sgd", 0.2, {"momentum": 0.9, "nesterov": True}, 0.01),
    ("sgd", 0.2, {"momentum": 0.5, "weightDecay": 0.05}, 0),
    ("sgd", 0.3, {"l1": 0.01}, 0.02),
    ("sgd", 0.3, {"clipValue": 0.02}, 0),
    ("sgd", 0.3, {"clipNorm": 0.1, "l1": 0.005}, 0.01),
    ("sgd", 0.2, {"momentum": 0.9, "clipNorm": 0.05}, 0),
    ("adam", 0.01, {}, 0),
    ("adam", 0.02, {"beta1": 0.8, "beta2": 0.99, "epsilon": 1e-6}, 0.01),
    ("adam", 0.01, {"clipNorm": 0.1}, 0),
    ("adamw", 0.01, {"weightDecay": 0.1}, 0),
    ("rmsprop", 0.005, {}, 0),
    ("rmsprop", 0.005, {"momentum": 0.9, "beta2": 0.9, "clipValue": 0.05}, 0),
    ("adagrad", 0.05, {}, 0),
    ("rprop", 0.01, {}, 0),
    ("lars", 2, {"weightDecay": 0.0005, "trust": 0.01}, 0),
    ("lars", 2, {"weightDecay": 0.0005, "trust": 0.01, "momentum": 0.5, "clipNorm": 0.1}, 0),
    ("lamb", 0.01, {"weightDecay": 0.01}, 0),
    ("lamb", 0.02, {"weightDecay": 0.01, "clipNorm": 0.1, "clipValue": 0.05}, 0.01),
]

USUAL = {"momentum": 0, "nesterov": False, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weightDecay": 0}
USUAL |= {"trust": 1e-3, "l1": 0, "clipValue": None, "clipNorm": None}
OWN = {"rmsprop": {"beta2": 0.99}, "adagrad": {"epsilon": 1e-10}, "lars": {"momentum": 0.9}, "lamb": {"epsilon": 1e-6}}


class Lars:
    def __init__(self, groups, lr, trust, momentum):
        self.groups, self.lr, self.trust, self.momentum = groups, lr, trust, momentum
        self.v = {}

    def step(self):
        for adapted, group in zip((True, False), self.groups):
            for w in group["params"]:
                g, beta, rate = w.grad, group["weight_decay"], self.lr
                w_norm, g_norm = w.norm(), g.norm()
                if adapted and w_norm > 0 and g_norm > 0:
                    rate = rate * self.trust * w_norm / (g_norm + beta * w_norm)
                self.v[w] = self.momentum * self.v.get(w, 0) + rate * (g + beta * w)
                w -= self.v[w]


class Lamb:
    def __init__(self, groups, lr, betas, eps):
        self.groups, self.lr, self.betas, self.eps = groups, lr, betas, eps
        self.m, self.v, self.t = {}, {}, 0

    def step(self):
        self.t += 1
        one, two = self.betas
        for adapted, group in zip((True, False), self.groups):
            for w in group["params"]:
                self.m[w] = one * self.m.get(w, 0) + (1 - one) * w.grad
                self.v[w] = two * self.v.get(w, 0) + (1 - two) * w.grad**2
                m_hat, v_hat = self.m[w] / (1 - one**self.t), self.v[w] / (1 - two**self.t)
                u = m_hat / (v_hat.sqrt() + self.eps) + group["weight_decay"] * w
                w_norm, u_norm = w.norm(), u.norm()
                ratio = w_norm / u_norm if adapted and w_norm > 0 and u_norm > 0 else 1
                w -= self.lr * ratio * u


def make(name, lr, o, weights, biases):
    decay = o["weightDecay"] if name in ("adamw", "lars", "lamb") else 0
    groups = [{"params": weights, "weight_decay": decay}, {"params": biases, "weight_decay": 0}]
    plain = [*weights, *biases]
    betas = (o["beta1"], o["beta2"])
    if name == "sgd":
        return torch.optim.SGD(plain, lr=lr, momentum=o["momentum"], nesterov=o["nesterov"])
    if name == "adam":
        return torch.optim.Adam(plain, lr=lr, betas=betas, eps=o["epsilon"])
    if name == "adamw":
        return torch.optim.AdamW(groups, lr=lr, betas=betas, eps=o["epsilon"])
    if name == "rmsprop":
        return torch.optim.RMSprop(plain, lr=lr, alpha=o["beta2"], eps=o["epsilon"], momentum=o["momentum"])
    if name == "adagrad":
        return torch.optim.Adagrad(plain, lr=lr, eps=o["epsilon"])
    if name == "rprop":
        return torch.optim.Rprop(plain, lr=lr)
    if name == "lars":
        return Lars(groups, lr, o["trust"], o["momentum"])
    return Lamb(groups, lr, betas, o["epsilon"])


def run(name, lr, given, l2, initial, x, y):
    o = USUAL | OWN.get(name, {}) | given
    weights = [w.clone().requires_grad_() for w, _ in initial]
    biases = [b.clone().requires_grad_() for _, b in initial]
    parameters = [*weights, *biases]
    optimizer = make(name, lr, o, weights, biases)
    losses = []
    for _ in range(STEPS):
        z = x
        for w, b in zip(weights[:-1], biases[:-1]):
            z = torch.tanh(F.linear(z, w, b))
        data = F.cross_entropy(F.linear(z, weights[-1], biases[-1]), y)
        E = data + sum(l2 / 2 * (w**2).sum() + o["l1"] * w.abs().sum() for w in weights)
        losses.append(data.detach())
        for p in parameters:
            p.grad = None
        E.backward()
        if o["clipValue"] is not None:
            nn.utils.clip_grad_value_(parameters, o["clipValue"])
        if o["clipNorm"] is not None:
            # Not clip_grad_norm_: it adds 1e-6 to the norm.
            norm = torch.stack([p.grad.norm() for p in parameters]).norm()
            for p in parameters:
                p.grad *= min(1, o["clipNorm"] / norm)
        with torch.no_grad():
            if name == "sgd":
                for w in weights:
                    w *= 1 - lr * o["weightDecay"]
            optimizer.step()
    return {
        "name": name,
        "given": given,
        "l2": l2,
        "learningRate": lr,
        "losses": shorten(torch.stack(losses)),
        "finalWeights": shorten(flatten(zip(weights, biases))),
    }


def main():
    generator = torch.Generator().manual_seed(11)
    initial = [
        (draw((n, m), (2 / m) ** 0.5, generator), draw((n,), 0.25, generator)) for m, n in zip(LAYERS, LAYERS[1:])
    ]
    x = draw((ROWS, LAYERS[0]), 1, generator)
    y = torch.randint(LAYERS[-1], (ROWS,), generator=generator)
    runs = [json.dumps(run(*case, initial, x, y), separators=(",", ":")) for case in CASES]
    head = {
        "madeBy": f"scripts/oracles/optimizers.py, PyTorch {torch.__version__}, float64",
        "layers": LAYERS,
        "x": shorten(x),
        "y": y.tolist(),
        "weights": shorten(flatten(initial)),
    }
    body = json.dumps(head, separators=(",", ":"))[:-1]
    OUT.write_text(body + ',"runs":[\n' + ",\n".join(runs) + "\n]}\n")
    print(f"{OUT.name}: {len(runs)} cases, {OUT.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
