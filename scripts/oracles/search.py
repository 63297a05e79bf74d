"""Random search by SciPy, halving by scikit-learn: writes test/fixtures/search.json.

    /usr/bin/python3 scripts/oracles/search.py        (Debian: apt install python3-scipy python3-sklearn)

samples: sorted draws of scipy.stats.loguniform, uniform and randint, and the distance D of two samples of SIZE that is exceeded
once in a thousand times where both are of one distribution (Kolmogorov and Smirnov). rungs: n_candidates_ and
n_resources_ of HalvingRandomSearchCV for many n, η, least and most resources.
"""

import itertools
import json
import pathlib
import warnings

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn.base import BaseEstimator
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingRandomSearchCV

SIZE = 1000
OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "search.json"

# A range as it is written in a space, and SciPy's distribution.
RANGES = {
    "lr=0.0001..1 log": stats.loguniform(1e-4, 1),
    "lr=0.02..0.05 log": stats.loguniform(0.02, 0.05),
    "l2=0..0.3": stats.uniform(0, 0.3),
    "momentum=0.5..0.99": stats.uniform(0.5, 0.49),
    "lr-every=3..90": stats.randint(3, 91),
    # A whole number k has the share of [k, k + 1) on a log scale.
    "hidden=8..512 log": stats.loguniform(8, 513),
}


class Steps(BaseEstimator):
    """Learns nothing, and is the better the larger a is."""

    def __init__(self, a=0.0, epochs=1):
        self.a, self.epochs = a, epochs

    def fit(self, x, y=None):
        return self

    def score(self, x, y=None):
        return self.a


def rungs(n, eta, least, most):
    search = HalvingRandomSearchCV(
        Steps(),
        {"a": stats.uniform(0, 1)},
        n_candidates=n,
        factor=eta,
        resource="epochs",
        min_resources="exhaust" if least is None else least,
        max_resources=most,
        cv=2,
        refit=False,
        random_state=1,
    )
    x = np.zeros((4, 1))
    search.fit(x, np.zeros(4))
    return list(zip(map(int, search.n_candidates_), map(int, search.n_resources_)))


def samples():
    # The critical distance of two samples of one size, asymptotically.
    critical = float(stats.kstwobign.ppf(0.999) * np.sqrt(2 / SIZE))
    draws = {}
    for i, (text, distribution) in enumerate(RANGES.items()):
        values = np.sort(distribution.rvs(size=SIZE, random_state=i + 1))
        if text.startswith("hidden"):
            values = np.floor(values)
        draws[text] = [float(f"{v:.6g}") for v in values]
    return critical, draws


def main():
    warnings.simplefilter("ignore")
    cases = [
        {"trials": n, "eta": eta, "minEpochs": least, "epochs": most, "rungs": rungs(n, eta, least, most)}
        for n, eta, least, most in itertools.product(
            [1, 2, 3, 8, 9, 10, 20, 26, 27, 81, 100], [2, 3, 4], [None, 1, 2, 5], [5, 9, 27, 30, 81, 100]
        )
    ]
    critical, draws = samples()
    made = f"scripts/oracles/search.py, SciPy {scipy.__version__}, scikit-learn {sklearn.__version__}"
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    texts = ",\n".join(f"{json.dumps(t)}:{json.dumps(v, separators=(',', ':'))}" for t, v in draws.items())
    OUT.write_text(
        f'{{"madeBy":{json.dumps(made)},"critical":{critical},"samples":{{\n{texts}\n}},"rungs":[\n{lines}\n]}}\n'
    )
    print(f"{OUT.name}: {len(cases)} plans, {len(draws)} distributions, D {critical:.4f}")


if __name__ == "__main__":
    main()
