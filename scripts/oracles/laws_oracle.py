"""Writes test/fixtures/laws.json: the laws of scaling fitted by SciPy, for the tests to compare with.

Run it with a Python that has SciPy (Debian: python3-scipy): python3 scripts/oracles/laws_oracle.py

Published data: SPEC SDM91 on a Sun SPARCcenter 2000 and a ray tracer, as Gunther (Guerrilla Capacity Planning,
2007) and the R package usl (https://github.com/smoeding/usl) have them; that package's README gives for the first
alpha 0.0277285 +- 0.0091217, beta 0.0001044 +- 0.0000199, gamma 89.9952 +- 14.2135, 82.8 on 4 degrees of freedom.
Simulated data: noise, a plateau (beta at its bound 0), and throughput that falls again.
"""

import json
import math
import os

import numpy
import scipy
from scipy.optimize import curve_fit
from scipy.stats import binom, t

random = numpy.random.default_rng(20261125)


def usl(n, gamma, alpha, beta):
    return gamma * n / (1 + alpha * (n - 1) + beta * n * (n - 1))


def simulate(parameters, workers, noise, repeats):
    n = numpy.repeat(workers, repeats)
    return n, usl(n, *parameters) * (1 + noise * random.standard_normal(len(n)))


def fit_usl(name, n, x):
    """Bounded least squares from several starts; then the errors of what lies at no bound."""
    n, x = numpy.asarray(n, float), numpy.asarray(x, float)
    bounds = ([0, 0, 0], [numpy.inf, 1, 1])
    best = None
    for alpha, beta in [(0.05, 5e-4), (0.01, 1e-6), (0.3, 1e-2), (1e-6, 1e-3)]:
        start = [x[0] / n[0], alpha, beta]
        found, _ = curve_fit(usl, n, x, start, bounds=bounds, x_scale=[x.max() / n.max(), 0.1, 1e-3],
                             ftol=1e-15, xtol=1e-15, gtol=1e-15, max_nfev=100_000)
        squares = float(((x - usl(n, *found)) ** 2).sum())
        if best is None or squares < best[0]:
            best = (squares, found)
    _, found = best
    # The solver stays a little inside its bounds.
    free = [True, 1e-9 < found[1] < 1 - 1e-9, 1e-9 < found[2] < 1 - 1e-9]
    fixed = [0 if value < 0.5 else 1 for value in found]

    def reduced(n, *values):
        values = iter(values)
        return usl(n, *[next(values) if is_free else at for is_free, at in zip(free, fixed)])

    start = [value for value, is_free in zip(found, free) if is_free]
    values, covariance = curve_fit(reduced, n, x, start, method="lm", ftol=1e-15, xtol=1e-15, gtol=1e-15)
    values, errors = iter(values), iter(numpy.sqrt(numpy.diag(covariance)))
    parameters = [next(values) if is_free else at for is_free, at in zip(free, fixed)]
    squares = float(((x - usl(n, *parameters)) ** 2).sum())
    _, alpha, beta = parameters
    return {
        "name": name,
        "workers": n.tolist(),
        "values": x.tolist(),
        "parameters": parameters,
        "standardErrors": [next(errors) if is_free else None for is_free in free],
        "residualStandardError": math.sqrt(squares / (len(n) - sum(free))),
        "rSquared": 1 - squares / float(((x - x.mean()) ** 2).sum()),
        "peak": math.sqrt((1 - alpha) / beta) if beta > 0 else None,
    }


def fit_slope(law, s, noise, workers, repeats):
    """Amdahl: 1/S - 1/p = s (1 - 1/p). Gustafson: p - S = s (p - 1)."""
    p = numpy.repeat(workers, repeats).astype(float)
    scatter = 1 + noise * random.standard_normal(len(p))
    speedup = (1 / (s + (1 - s) / p) if law == "amdahl" else p + s * (1 - p)) * scatter
    x, y = (1 - 1 / p, 1 / speedup - 1 / p) if law == "amdahl" else (p - 1, p - speedup)
    (found,), ((variance,),) = curve_fit(lambda x, s: s * x, x, y, [0.1])
    reach = t.ppf(0.975, len(p) - 1) * math.sqrt(variance)
    return {
        "law": law,
        "workers": p.tolist(),
        "values": speedup.tolist(),
        "serialFraction": found,
        "standardError": math.sqrt(variance),
        "low": found - reach,
        "high": found + reach,
    }


powers = [1, 2, 4, 8, 16, 32, 64]
fixture = {
    "scipy": scipy.__version__,
    "usl": [
        fit_usl("SPEC SDM91", [1, 18, 36, 72, 108, 144, 216], [64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2]),
        fit_usl("ray tracer", [4, 8, 12, 16, 20, 24, 28, 32, 48, 64], [78, 130, 170, 190, 210, 220, 245, 255, 280, 310]),
        fit_usl("noise", *simulate([1e5, 0.03, 2e-4], powers, 0.02, 5)),
        fit_usl("plateau", *simulate([2e6, 0.08, 0], powers, 0.01, 3)),
        fit_usl("falling", *simulate([4e4, 0.01, 4e-3], powers, 0.01, 3)),
        fit_usl("linear", [1, 2, 3, 4, 5, 6], [1.01, 2.03, 3.02, 4.08, 5.11, 6.02]),
        fit_usl("four counts, one each", [1, 2, 4, 8], [100.0, 188.0, 331.0, 470.0]),
    ],
    "slopes": [
        fit_slope("amdahl", 0.05, 0.01, powers[1:], 5),
        fit_slope("amdahl", 0.3, 0.03, [2, 3, 4], 2),
        fit_slope("gustafson", 0.1, 0.01, powers[1:], 5),
    ],
    "student": [
        {"degreesOfFreedom": nu, "confidence": c, "t": float(t.ppf((1 + c) / 2, nu))}
        for nu in [1, 2, 3, 4, 5, 10, 29, 30, 1000]
        for c in [0.5, 0.95, 0.999]
    ],
    "orderCoverage": [
        {"count": n, "rank": r, "coverage": 1 - 2 * float(binom.cdf(r, n, 0.5))}
        for n, r in [(6, 0), (9, 1), (15, 3), (30, 9), (100, 39)]
    ],
}
target = os.path.join(os.path.dirname(__file__), "..", "..", "test", "fixtures", "laws.json")
with open(target, "w") as file:
    json.dump(fixture, file, indent=1)
    file.write("\n")
