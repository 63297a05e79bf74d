"""An oracle made outside this project: PyTorch in float64 writes test/fixtures/oracle.json.

    /usr/bin/python3 scripts/oracles/oracle.py        (Debian: apt install python3-torch)

For each network: x, y, initial weights, the outputs z of every layer, gradE at the start, the losses of twenty
steps of full-batch SGD and the weights after them. Weights and gradients lie as lockstep has them: W(1),
W(2), ... row after row, W(l) of size (inputs + 1, outputs) with the bias in row 0; torch's weight is
(outputs, inputs), so W without row 0 is its transpose. Inputs and initial weights are multiples of 2^-10,
so float32 holds them exactly. `losses` is E with its L2 term, `dataLosses` without; losses[t] is taken
before step t.
"""

import json
import pathlib

import torch
from torch import nn
from torch.nn import functional

STEPS = 20
ROWS = 7
DIGITS = 12  # significant; float64 has 16, the tests compare to 1e-11
OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "oracle.json"

ACTIVATIONS = {
    "identity": lambda a: a,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky-relu": functional.leaky_relu,
    "elu": functional.elu,
    "selu": functional.selu,
    "gelu": lambda a: functional.gelu(a, approximate="tanh"),
    "silu": functional.silu,
    "softplus": functional.softplus,
    # Not functional.hardsigmoid: its derivative is 1/6 in float32, whatever the tensor's type.
    "hard-sigmoid": lambda a: torch.clamp(a / 6 + 0.5, 0, 1),
    "hard-tanh": functional.hardtanh,
    "mish": functional.mish,
    "cosine": torch.cos,
    "softmax": lambda a: torch.softmax(a, dim=1),
}

SSE, BCE, CE, ABSOLUTE = "sse", "binary-cross-entropy", "cross-entropy", "absolute"

# Pinball loss of this quantile.
QUANTILE = {"quantile": 0.75}

# Of inputs within 0 and 1, which are the targets.
RECONSTRUCTION = "reconstruction"

# layers, hidden activations, output activation, loss (a number: Huber's, of that delta), reduction, l2, learning rate
NETWORKS = [
    ([4, 2], [], "identity", SSE, "sum", 0, 0.01),
    ([4, 1], [], "sigmoid", BCE, "mean", 0, 0.5),
    ([4, 3], [], "softmax", CE, "mean", 0, 0.5),
    ([4, 5, 2], ["tanh"], "identity", SSE, "mean", 0, 0.05),
    ([4, 5, 1], ["sigmoid"], "sigmoid", BCE, "sum", 0, 0.1),
    ([4, 6, 3], ["relu"], "softmax", CE, "mean", 0, 0.2),
    ([4, 5, 2], ["sigmoid"], "sigmoid", SSE, "sum", 0, 0.2),
    ([4, 6, 5, 3], ["tanh", "tanh"], "softmax", CE, "mean", 0.05, 0.2),
    ([4, 6, 5, 1], ["relu", "relu"], "identity", SSE, "mean", 0, 0.02),
    ([4, 5, 4, 2], ["identity", "sigmoid"], "tanh", SSE, "mean", 0, 0.2),
    ([4, 6, 5, 4, 3], ["tanh", "tanh", "tanh"], "softmax", CE, "sum", 0, 0.05),
    ([4, 6, 5, 4, 1], ["relu", "tanh", "sigmoid"], "sigmoid", BCE, "mean", 0.01, 0.3),
    ([4, 5, 4, 3, 2], ["sigmoid", "relu", "identity"], "relu", SSE, "sum", 0, 0.02),
    ([4, 6, 5, 3], ["gelu", "silu"], "softmax", CE, "mean", 0, 0.2),
    ([4, 6, 5, 2], ["leaky-relu", "elu"], "gelu", SSE, "mean", 0, 0.1),
    ([4, 6, 5, 1], ["selu", "selu"], "sigmoid", BCE, "mean", 0, 0.1),
    ([4, 6, 5, 2], ["softplus", "hard-tanh"], "silu", SSE, "sum", 0, 0.02),
    ([4, 6, 5, 4, 2], ["hard-sigmoid", "silu", "gelu"], "hard-sigmoid", SSE, "mean", 0.01, 0.2),
    ([4, 5, 3], ["elu"], "softplus", SSE, "mean", 0, 0.05),
    ([4, 5, 2], ["tanh"], "identity", 0.5, "mean", 0, 0.1),
    ([4, 6, 5, 3], ["relu", "tanh"], "tanh", 1.0, "sum", 0.01, 0.05),
    ([4, 5, 2], ["silu"], "gelu", 0.1, "mean", 0, 0.3),
    ([4, 5, 2], ["tanh"], "identity", ABSOLUTE, "mean", 0, 0.05),
    ([4, 6, 5, 1], ["relu", "tanh"], "softplus", ABSOLUTE, "sum", 0.01, 0.01),
    ([4, 3, 4], ["tanh"], "sigmoid", RECONSTRUCTION, "mean", 0, 0.5),
    ([4, 6, 5, 2], ["mish", "tanh"], "mish", SSE, "mean", 0, 0.1),
    ([4, 5, 2], ["tanh"], "identity", QUANTILE, "mean", 0, 0.05),
    ([4, 6, 5, 2], ["cosine", "identity"], "cosine", SSE, "mean", 0, 0.1),
]


def draw(shape, scale, generator):
    """Normal numbers, rounded to multiples of 2^-10."""
    numbers = torch.randn(shape, generator=generator, dtype=torch.float64) * scale
    return torch.round(numbers * 1024) / 1024


def draw_targets(loss, outputs, generator):
    if loss == CE:
        return torch.randint(outputs, (ROWS,), generator=generator)
    if loss == BCE:
        return torch.randint(2, (ROWS, outputs), generator=generator).to(torch.float64)
    return draw((ROWS, outputs), 1, generator)


def flatten(weights_and_biases):
    """[(weight, bias), ...] of torch's linear layers in lockstep's flat layout."""
    slabs = [torch.cat([bias[None, :], weight.T]).flatten() for weight, bias in weights_and_biases]
    return torch.cat(slabs)


def shorten(tensor):
    return [float(f"{value:.{DIGITS}g}") for value in tensor.detach().flatten().tolist()]


def run(layers, hidden, output, loss, reduction, l2, learning_rate, seed):
    generator = torch.Generator().manual_seed(seed)
    linears = [nn.Linear(m, n, dtype=torch.float64) for m, n in zip(layers, layers[1:])]
    with torch.no_grad():
        for linear in linears:
            linear.weight.copy_(draw(linear.weight.shape, (2 / linear.in_features) ** 0.5, generator))
            linear.bias.copy_(draw(linear.bias.shape, 0.25, generator))
    x = draw((ROWS, layers[0]), 1, generator)
    y = draw_targets(loss, layers[-1], generator)
    if loss == RECONSTRUCTION:
        x = y = torch.clamp(torch.round((x / 4 + 0.5) * 1024) / 1024, 0, 1)

    def forward():
        z, activations = x, []
        for linear, name in zip(linears, [*hidden, output]):
            a = linear(z)
            z = ACTIVATIONS[name](a)
            activations.append(z)
        return a, activations

    def data_error(a, y_hat):
        if loss == CE:
            E = functional.cross_entropy(a, y, reduction="sum")
        elif loss in (BCE, RECONSTRUCTION):
            E = functional.binary_cross_entropy_with_logits(a, y, reduction="sum")
        elif loss == SSE:
            E = functional.mse_loss(y_hat, y, reduction="sum") / 2
        elif loss == ABSOLUTE:
            E = functional.l1_loss(y_hat, y, reduction="sum")
        elif loss == QUANTILE:
            residual = y - y_hat
            E = torch.maximum(loss["quantile"] * residual, (loss["quantile"] - 1) * residual).sum()
        else:
            E = functional.huber_loss(y_hat, y, reduction="sum", delta=loss)
        return E / ROWS if reduction == "mean" else E

    initial = shorten(flatten([(linear.weight, linear.bias) for linear in linears]))
    activations = [shorten(z) for z in forward()[1]]
    optimizer = torch.optim.SGD([p for linear in linears for p in linear.parameters()], lr=learning_rate)
    grad_e, losses, data_losses = None, [], []
    for _ in range(STEPS):
        a, z = forward()
        data = data_error(a, z[-1])
        E = data + l2 / 2 * sum((linear.weight**2).sum() for linear in linears)
        optimizer.zero_grad()
        E.backward()
        if grad_e is None:
            grad_e = shorten(flatten([(linear.weight.grad, linear.bias.grad) for linear in linears]))
        losses.append(E)
        data_losses.append(data)
        optimizer.step()

    return {
        "network": {
            **{"layers": layers, "hidden": hidden, "output": output},
            **({"loss": "huber", "huberDelta": loss} if isinstance(loss, float) else {"loss": loss}),
            **({"loss": BCE} if loss == RECONSTRUCTION else {}),
            **({"loss": "quantile", **QUANTILE} if loss == QUANTILE else {}),
        },
        **({"targetIsInput": True} if loss == RECONSTRUCTION else {}),
        "reduction": reduction,
        "l2": l2,
        "learningRate": learning_rate,
        "rows": ROWS,
        "x": shorten(x),
        "y": y.flatten().tolist(),
        "weights": initial,
        "activations": activations,
        "gradE": grad_e,
        "losses": shorten(torch.stack(losses)),
        "dataLosses": shorten(torch.stack(data_losses)),
        "finalWeights": shorten(flatten([(linear.weight, linear.bias) for linear in linears])),
    }


def main():
    runs = [run(*network, seed=number) for number, network in enumerate(NETWORKS, start=1)]
    # One line for each value of a run: short, and a change shows in a diff.
    blocks = []
    for values in runs:
        lines = [f'"{name}":{json.dumps(value, separators=(",", ":"))}' for name, value in values.items()]
        blocks.append("{\n" + ",\n".join(lines) + "\n}")
    made_by = json.dumps(f"scripts/oracles/oracle.py, PyTorch {torch.__version__}, float64")
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(f'{{"madeBy":{made_by},"runs":[\n' + ",\n".join(blocks) + "\n]}\n")
    print(f"{OUT.name}: {len(runs)} networks, {OUT.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
