#!/usr/bin/env python3
"""A sample of the kernels' exp and activations, and of their exact values in float64, against mpmath with 160 bits.

    python3 scripts/oracles/accuracy.py [POINTS] [--backend native|wasm]       (pip install mpmath; needs a built project)

scripts/torture/accuracy.ts measures all floats, but against float64. For floats of every size, and more of those between 2⁻⁸
and 2⁸, this prints the largest error of each function in units of the last place, where it is, and how far from mpmath the
float64 is that the other script compares with, in the same units. Exit code 1 if that is above 1e-5.
"""

import argparse
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

import mpmath
from mpmath import mp, mpf

ROOT = pathlib.Path(__file__).resolve().parents[2]
mp.prec = 160

# Writes the function's values at the floats of a file as floats, then as doubles.
NODE = """
import { readFileSync, writeFileSync } from 'node:fs';
const [name, backend, from, to] = process.argv.slice(1);
const at = path => import(process.cwd() + '/dist/' + path);
const { FUNCTIONS } = await at('scripts/torture/accuracy/functions.js');
const { Measurer, BLOCK } = await at('scripts/torture/accuracy/measure.js');
const { chooseBackend } = await at('src/kernels/choose.js');
const bytes = readFileSync(from);
const x = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const measured = FUNCTIONS.find(candidate => candidate.name === name);
const measurer = new Measurer(chooseBackend(backend, null));
const y = new Float64Array(2 * x.length);
for (let i = 0; i < x.length; i += BLOCK) y.set(measurer.values(measured, [...x.subarray(i, i + BLOCK)]), i);
y.set(Float64Array.from(x, measured.exact), x.length);
writeFileSync(to, new Uint8Array(y.buffer));
"""

SELU_SCALE, SELU_ALPHA = mpf("1.0507009873554804934193349852946"), mpf("1.6732632423543772848170429916717")


def sigmoid(a):
    return 1 / (1 + mpmath.exp(-a))


def gelu(a):
    return a * sigmoid(2 * mpmath.sqrt(2 / mpmath.pi) * (a + mpf("0.044715") * a**3))


def softplus(a):
    return mpmath.log1p(mpmath.exp(a))


FUNCTIONS = {
    "exp": mpmath.exp,
    "sigmoid": sigmoid,
    "tanh": mpmath.tanh,
    "leaky-relu": lambda a: a if a > 0 else a / 100,
    "elu": lambda a: a if a > 0 else mpmath.expm1(a),
    "selu": lambda a: SELU_SCALE * (a if a > 0 else SELU_ALPHA * mpmath.expm1(a)),
    "gelu": gelu,
    "silu": lambda a: a * sigmoid(a),
    "softplus": softplus,
    "hard-sigmoid": lambda a: min(max(a / 6 + mpf(1) / 2, mpf(0)), mpf(1)),
    "mish": lambda a: a * mpmath.tanh(softplus(a)),
}


def sample(name, count):
    draw = random.Random(name)
    bits = []
    for _ in range(count):
        exponent = draw.randint(119, 134) if draw.random() < 0.8 else draw.randint(0, 254)
        bits.append(draw.getrandbits(1) << 31 | exponent << 23 | draw.getrandbits(23))
    return list(struct.unpack(f"={count}f", struct.pack(f"={count}I", *bits)))


def ulp_of(value):
    """The distance of floats at the size of the value."""
    return mpf(2) ** max(mpmath.frexp(value)[1] - 24, -149) if value else mpf(2) ** -149


def rounds_to_infinity(value):
    return abs(value) >= mpf(2) ** 128 - mpf(2) ** 103


def compare(name, count, backend, folder):
    x = sample(name, count)
    source, target = folder / "x", folder / "y"
    source.write_bytes(struct.pack(f"={count}f", *x))
    command = ["node", "--input-type=module", "--eval", NODE, "--", name, backend, str(source), str(target)]
    subprocess.run(command, cwd=ROOT, check=True)
    values = struct.unpack(f"={2 * count}d", target.read_bytes())
    most, where, far = mpf(0), None, mpf(0)
    for a, found, double in zip(x, values, values[count:]):
        exact = FUNCTIONS[name](mpf(a))
        if rounds_to_infinity(exact):
            if found != (mpmath.inf if exact > 0 else -mpmath.inf):
                most, where = mpmath.inf, a
            continue
        unit = ulp_of(exact)
        far = max(far, abs(mpf(double) - exact) / unit)
        error = abs(mpf(found) - exact) / unit
        if not error <= most:
            most, where = error, a
    print(f"{name:13} {float(most):10.4f} ulp at most, at {where:<24} float64 {float(far):.1e} ulp off", flush=True)
    return far <= 1e-5


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("points", type=int, nargs="?", default=20_000)
    parser.add_argument("--backend", default="auto")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        held = [compare(name, given.points, given.backend, pathlib.Path(folder)) for name in FUNCTIONS]
    sys.exit(0 if all(held) else 1)


if __name__ == "__main__":
    main()
