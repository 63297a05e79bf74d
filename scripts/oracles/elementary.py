#!/usr/bin/env python3
"""src/elementary.ts against mpmath, with 160 bits: writes test/fixtures/elementary.json, or measures the largest errors.

    python3 scripts/oracles/elementary.py                        (Debian: apt install python3-mpmath)
    python3 scripts/oracles/elementary.py --compare 1000000      (needs a built project)

A point of the fixture has the bits of the arguments, those of the exact value rounded to a double, and what the exact value
is more than that, in ulp. --compare draws so many points for each function, of every size and close to where a formula
changes, and prints the largest error in ulp with its arguments. A million points take about a minute a function.
"""

import argparse
import json
import math
import pathlib
import random
import struct
import subprocess

import mpmath
from mpmath import mp, mpf

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "test" / "fixtures" / "elementary.json"
POINTS = 64
mp.prec = 160

# Calls one function on all the arguments in a file, pairs for pow; both files hold doubles in the machine's order.
NODE = """
import { readFileSync, writeFileSync } from 'node:fs';
const [name, width, from, to] = process.argv.slice(1);
const f = (await import(process.cwd() + '/dist/src/elementary.js'))[name];
const bytes = readFileSync(from);
const x = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
const y = new Float64Array(x.length / width).map((_, i) => f(...x.subarray(width * i, width * (i + 1))));
writeFileSync(to, new Uint8Array(y.buffer));
"""


def any_size(draw, low=-1074, high=1023):
    return math.ldexp(1 + draw.random(), draw.randint(low, high))


def near(draw, places):
    """A double at most four steps from one of the places."""
    x = draw.choice(places)
    for _ in range(draw.randint(0, 4)):
        x = math.nextafter(x, draw.choice([-math.inf, math.inf]))
    return x


def signed(draw, x):
    return x if draw.random() < 0.5 else -x


def of_log(draw):
    return draw.choice([
        lambda: any_size(draw),
        lambda: draw.uniform(0.5, 2),
        lambda: draw.randint(1, 2**32) / 2**32,
        lambda: 1 + signed(draw, any_size(draw, -52, -2)),
        lambda: near(draw, [math.sqrt(0.5), 1, math.sqrt(2), 2, 2**-1022]),
    ])(),


def of_log1p(draw):
    return draw.choice([
        lambda: any_size(draw),
        lambda: math.exp(-draw.uniform(0, 40)),
        lambda: -draw.random(),
        lambda: draw.uniform(-0.5, 1.5),
        lambda: near(draw, [-0.29, 0.41, 1, math.sqrt(2) - 1, math.sqrt(0.5) - 1]),
    ])(),


def of_exp(draw):
    return draw.choice([
        lambda: draw.uniform(-746, 710),
        lambda: draw.uniform(-2, 2),
        lambda: signed(draw, any_size(draw, -60, 8)),
        lambda: near(draw, [(n + 0.5) * math.log(2) for n in range(-1074, 1024)]),
    ])(),


def of_expm1(draw):
    return draw.choice([
        lambda: draw.uniform(-42, 60),
        lambda: draw.uniform(-2, 2),
        lambda: signed(draw, any_size(draw, -1074, 5)),
        lambda: near(draw, [(n + 0.5) * math.log(2) for n in range(-60, 60)] + [40, -40]),
    ])(),


def of_tanh(draw):
    return draw.choice([
        lambda: draw.uniform(-23, 23),
        lambda: draw.uniform(-2, 2),
        lambda: signed(draw, any_size(draw, -1074, 4)),
        lambda: near(draw, [(n + 0.5) * math.log(2) / 2 for n in range(64)] + [22, 2**-28]),
    ])(),


def of_cos_pi(draw):
    return draw.choice([
        lambda: draw.uniform(-2, 2),
        lambda: draw.randint(-(2**32), 2**32) / 2**31,
        lambda: signed(draw, any_size(draw, -60, 52)),
        lambda: near(draw, [n / 8 for n in range(-16, 17)]),
    ])(),


def of_pow(draw):
    def within():
        x = draw.choice([any_size(draw), draw.uniform(0.5, 2), 1 + signed(draw, any_size(draw, -52, -2))])
        return (x, draw.uniform(-745, 709) / math.log(x)) if x != 1 else (x, 3.0)

    return draw.choice([
        within,
        lambda: (draw.random(), float(draw.randint(0, 3000))),
        lambda: (1 - any_size(draw, -14, -2), float(draw.randint(0, 100000))),
        lambda: (10 ** draw.uniform(-8, 8), draw.random()),
        lambda: (near(draw, [math.sqrt(0.5), 1, math.sqrt(2), 2, 10, 0.1]), draw.uniform(-20, 20)),
        lambda: (-float(draw.randint(1, 40)), float(draw.randint(-60, 60))),
    ])()


def cos_pi(x):
    # mpmath multiplies by pi, rounded: exact arguments are reduced first.
    return mpmath.cospi(mpmath.fmod(x, 2))


FUNCTIONS = {
    "log": (of_log, mpmath.log),
    "log1p": (of_log1p, mpmath.log1p),
    "exp": (of_exp, mpmath.exp),
    "expm1": (of_expm1, mpmath.expm1),
    "tanh": (of_tanh, mpmath.tanh),
    "cosPi": (of_cos_pi, cos_pi),
    "pow": (of_pow, mpmath.power),
}


def ulp_of(value):
    """The distance of doubles at the size of the value."""
    if value == 0:
        return mpf(2) ** -1074
    return mpf(2) ** max(mpmath.frexp(value)[1] - 53, -1074)


def points(name, count):
    """Arguments with their exact values, of those that a double can hold."""
    draw = random.Random(name)
    arguments_of, exact = FUNCTIONS[name]
    found = []
    while len(found) < count:
        arguments = arguments_of(draw)
        value = mpf(exact(*map(mpf, arguments)))
        if abs(value) < mpf(2) ** 1024 * (1 - mpf(2) ** -54):
            found.append((arguments, value))
    return found


def bits(x):
    return struct.pack(">d", x).hex()


def write():
    kept = {}
    for name in FUNCTIONS:
        kept[name] = []
        for arguments, value in points(name, POINTS):
            rounded = float(value)
            rest = float((value - mpf(rounded)) / ulp_of(value))
            kept[name].append([*map(bits, arguments), bits(rounded), round(rest, 4)])
    lists = [f'"{name}":[\n' + ",\n".join(json.dumps(p, separators=(",", ":")) for p in kept[name]) + "\n]" for name in kept]
    head = f'"madeBy":"scripts/oracles/elementary.py, mpmath {mpmath.__version__}"'
    OUT.write_text("{" + head + ",\n" + ",\n".join(lists) + "\n}\n")
    print(f"{OUT.name}: {POINTS} points of each of {len(kept)} functions")


def compare(name, count, folder):
    found = points(name, count)
    width = len(found[0][0])
    source, target = folder / "x", folder / "y"
    source.write_bytes(b"".join(struct.pack(f"={width}d", *arguments) for arguments, _ in found))
    command = ["node", "--input-type=module", "--eval", NODE, "--", name, str(width), str(source), str(target)]
    subprocess.run(command, cwd=ROOT, check=True)
    results = struct.unpack(f"={count}d", target.read_bytes())
    most, where, wrong = mpf(0), None, 0
    for (arguments, value), result in zip(found, results):
        error = abs(mpf(result) - value) / ulp_of(value)
        wrong += result != float(value)
        if not error <= most:
            most, where = error, arguments
    share = 100 * (1 - wrong / count)
    print(f"{name:6} {float(most):.4f} ulp at most, at {where}; {share:.2f} % rounded correctly", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--compare", type=int, metavar="N")
    parser.add_argument("--only", choices=FUNCTIONS)
    given = parser.parse_args()
    if given.compare is None:
        return write()
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for name in [given.only] if given.only else FUNCTIONS:
            compare(name, given.compare, pathlib.Path(folder))


if __name__ == "__main__":
    main()
