"""Fifty steps of --preset tabular in float64, written out in numpy: writes test/fixtures/recipe.json.

    python3 scripts/oracles/recipe.py        (Debian: apt install python3-numpy)

RealMLP-TD-S as its paper has it (arXiv 2407.04491) in the neural tangent parametrisation, z = W x / sqrt(d) + b
with W and b from N(0, 1) and a last layer of 0; selu and cross-entropy for classes, mish and half the squared error for numbers; Adam with
beta2 0.95; rates by coslog4, a tenth of them for biases; batches whose smaller last one is dropped. Of each step the loss, and
weights and gradient in the usual parametrisation, W / sqrt(d) and sqrt(d) dE/dW, as one list: W(1), W(2), ... row by row, the
bias in row 0. In them the factors of the scale layer, x * s, are part of W(1).
"""

import json
import pathlib

import numpy as np

OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "recipe.json"
ROWS, BATCH, EPOCHS = 54, 16, 17  # 3 steps an epoch, 51 in all
STEPS = ROWS // BATCH * EPOCHS
BETA1, BETA2, EPSILON = 0.9, 0.95, 1e-8
SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772


def selu(a):
    return SCALE * np.where(a > 0, a, ALPHA * np.expm1(np.minimum(a, 0)))


def selu_slope(a):
    return SCALE * np.where(a > 0, 1, ALPHA * np.exp(np.minimum(a, 0)))


def mish(a):
    return a * np.tanh(np.log1p(np.exp(a)))


def mish_slope(a):
    t = np.tanh(np.log1p(np.exp(a)))
    return t + a * (1 - t * t) / (1 + np.exp(-a))


def forward(layers, x, g):
    """The net inputs a and outputs z of all layers; z of the last is a."""
    zs, nets = [x], []
    for i, (w, b) in enumerate(layers):
        a = zs[-1] @ w / np.sqrt(len(w)) + b
        nets.append(a)
        zs.append(g(a) if i + 1 < len(layers) else a)
    return nets, zs


def loss_and_delta(out, y, is_classes):
    n = len(out)
    if not is_classes:
        r = out - y
        return 0.5 * np.sum(r * r) / n, r / n
    shifted = out - out.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    hot = np.eye(out.shape[1])[y]
    return -np.sum(hot * log_p) / n, (np.exp(log_p) - hot) / n


def gradients(layers, x, y, is_classes, g, slope):
    nets, zs = forward(layers, x, g)
    loss, delta = loss_and_delta(zs[-1], y, is_classes)
    found = []
    for i in reversed(range(len(layers))):
        w, _ = layers[i]
        root = np.sqrt(len(w))
        found.append((zs[i].T @ delta / root, delta.sum(axis=0)))
        delta = delta @ w.T / root
        if i > 0:
            delta = delta * slope(nets[i - 1])
    return loss, found[::-1], delta


def flat(pairs, power):
    """Bias and weights of each layer; weights times sqrt(d) to the power."""
    return np.concatenate([np.concatenate([b, (w * np.sqrt(len(w)) ** power).ravel()]) for w, b in pairs])


def coslog4(t):
    return 0.5 * (1 - np.cos(2 * np.pi * np.log2(1 + 15 * t)))


def single(values):
    """Numbers that float32 holds exactly, so that both sides start from the same."""
    return np.float32(values).astype(float)


def run(is_classes, sizes, seed):
    rng = np.random.default_rng(seed)
    x = single(rng.normal(size=(ROWS, sizes[0])))
    score = x @ rng.normal(size=(sizes[0], sizes[-1])) + 0.3 * rng.normal(size=(ROWS, sizes[-1]))
    y = score.argmax(axis=1) if is_classes else single(np.tanh(score))
    g, slope = (selu, selu_slope) if is_classes else (mish, mish_slope)
    layers = [(rng.normal(size=(m, n)), rng.normal(size=n)) for m, n in zip(sizes, sizes[1:])]
    layers[-1] = tuple(np.zeros_like(part) for part in layers[-1])
    layers = [(single(w / np.sqrt(len(w))) * np.sqrt(len(w)), single(b)) for w, b in layers]
    scale = np.ones(sizes[0])
    scale_mean, scale_square = np.zeros(sizes[0]), np.zeros(sizes[0])
    means = [[np.zeros_like(part) for part in pair] for pair in layers]
    squares = [[np.zeros_like(part) for part in pair] for pair in layers]
    rate = 0.04 if is_classes else 0.07
    steps = []
    for t in range(STEPS):
        at = t % (ROWS // BATCH) * BATCH
        batch = slice(at, at + BATCH)
        loss, grad, grad_scaled = gradients(layers, x[batch] * scale, y[batch], is_classes, g, slope)
        grad_scale = np.sum(grad_scaled * x[batch], axis=0)
        # The gradient at weights that float32 holds, for the comparison of single gradients.
        whole = [(layers[0][0] * scale[:, None], layers[0][1]), *layers[1:]]
        near = [(single(w / np.sqrt(len(w))) * np.sqrt(len(w)), single(b)) for w, b in whole]
        _, grad_near, _ = gradients(near, x[batch], y[batch], is_classes, g, slope)
        digits = lambda values, n: [float(f"{v:.{n}g}") for v in values]
        steps.append({"loss": loss, "weights": digits(flat(near, -1), 9), "gradient": digits(flat(grad_near, 1), 7)})
        alpha = rate * coslog4(t / STEPS)
        updated = []
        for i, pair in enumerate(layers):
            parts = []
            for k, part in enumerate(pair):
                means[i][k] = BETA1 * means[i][k] + (1 - BETA1) * grad[i][k]
                squares[i][k] = BETA2 * squares[i][k] + (1 - BETA2) * grad[i][k] ** 2
                m = means[i][k] / (1 - BETA1 ** (t + 1))
                v = squares[i][k] / (1 - BETA2 ** (t + 1))
                parts.append(part - alpha * (1 if k == 0 else 0.1) * m / (np.sqrt(v) + EPSILON))
            updated.append(tuple(parts))
        layers = updated
        scale_mean = BETA1 * scale_mean + (1 - BETA1) * grad_scale
        scale_square = BETA2 * scale_square + (1 - BETA2) * grad_scale**2
        m, v = scale_mean / (1 - BETA1 ** (t + 1)), scale_square / (1 - BETA2 ** (t + 1))
        scale = scale - alpha * 6 * m / (np.sqrt(v) + EPSILON)
    return {
        "task": "multiclass" if is_classes else "regression",
        "layers": sizes,
        "activation": "selu" if is_classes else "mish",
        "learningRate": rate,
        "x": x.tolist(),
        "y": y.tolist(),
        "steps": steps,
    }


fixture = {
    "source": f"scripts/oracles/recipe.py, numpy {np.__version__}",
    "batchSize": BATCH,
    "epochs": EPOCHS,
    "runs": [run(True, [3, 6, 5, 4, 3], 1), run(False, [3, 6, 5, 4, 2], 2)],
}
OUT.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
print(OUT.name, STEPS, "steps")
