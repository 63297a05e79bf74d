"""Other methods on the tables that tables.R wrote, without tuning, as a user would call them first.

    python scripts/studies/tables/peers.py FOLDER [METHOD,...] [TABLE,...]

METHOD: constant, linear, mlp, forest, boosting (scikit-learn), lightgbm, realmlp (pytabkit). realmlp takes minutes a split, is
left out unless it is named, and computes in one thread. Appends a line of JSON to FOLDER/peers.jsonl for each table, split and
method that is not there yet, the first splits of all tables first: error (share of wrong classes, or root mean squared error),
log-loss, seconds of fit. Numbers are standardised and categories one-hot for linear, mlp and forest; missing
numbers are filled by the mean, as by lockstep here, and targets of mlp are
standardised.
"""

import itertools
import json
import pathlib
import sys
import time
import warnings

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss, mean_squared_error
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

warnings.filterwarnings("ignore")
METHODS = ["constant", "linear", "mlp", "forest", "boosting", "lightgbm", "realmlp"]


def encoded(numbers, categories, estimator):
    """Pipeline: numbers filled and standardised, categories one-hot, then the estimator."""
    return make_pipeline(
        ColumnTransformer([
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), numbers),
            ("categories", OneHotEncoder(handle_unknown="ignore"), categories),
        ]),
        estimator,
    )


def coded(numbers, categories, estimator):
    """Pipeline: categories as codes, as trees take them."""
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan, max_categories=200)
    return make_pipeline(
        ColumnTransformer([("categories", codes, categories), ("numbers", "passthrough", numbers)]),
        estimator,
    )


def build(method, classes, numbers, categories, split):
    """The method with its defaults."""
    first = list(range(len(categories)))
    if method == "constant":
        return DummyClassifier(strategy="prior") if classes else DummyRegressor()
    if method == "linear":
        return encoded(numbers, categories, LogisticRegression(max_iter=1000) if classes else Ridge())
    if method == "mlp":
        if classes:
            return encoded(numbers, categories, MLPClassifier(random_state=split))
        regressor = encoded(numbers, categories, MLPRegressor(random_state=split))
        return TransformedTargetRegressor(regressor, transformer=StandardScaler())
    if method == "forest":
        forest = RandomForestClassifier if classes else RandomForestRegressor
        return encoded(numbers, categories, forest(random_state=split, n_jobs=2))
    if method == "boosting":
        boosting = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
        return coded(numbers, categories, boosting(random_state=split, categorical_features=first))
    if method == "lightgbm":
        import lightgbm

        boosting = lightgbm.LGBMClassifier if classes else lightgbm.LGBMRegressor
        return coded(numbers, categories, boosting(random_state=split, n_jobs=2, verbose=-1))
    from pytabkit import RealMLP_TD_S_Classifier, RealMLP_TD_S_Regressor

    realmlp = RealMLP_TD_S_Classifier if classes else RealMLP_TD_S_Regressor
    return realmlp(random_state=split, device="cpu", n_threads=1)


def measure(folder, target, classes, method, split):
    """Fits on one split and judges its test rows."""
    train, test = (pd.read_csv(folder / f"{part}-{split}.csv") for part in ("train", "test"))
    y, true = train.pop(target), test.pop(target)
    if classes:
        y, true = y.astype(str), true.astype(str)
    numbers = [name for name in train if pd.api.types.is_numeric_dtype(train[name])]
    categories = [name for name in train if name not in numbers]
    for part in (train, test):
        part[categories] = part[categories].astype(str)
        part[numbers] = part[numbers].astype(float)
    if method == "realmlp":
        middle = train[numbers].mean()
        train[numbers], test[numbers] = train[numbers].fillna(middle), test[numbers].fillna(middle)
    model = build(method, classes, numbers, categories, split)
    begin = time.perf_counter()
    model.fit(train, y)
    seconds = time.perf_counter() - begin
    if not classes:
        return float(mean_squared_error(true, model.predict(test)) ** 0.5), None, seconds
    probabilities = model.predict_proba(test)
    names = np.asarray(model.classes_).astype(str)
    error = float(np.mean(names[probabilities.argmax(axis=1)] != true.to_numpy()))
    return error, float(log_loss(true, probabilities, labels=list(names))), seconds


root = pathlib.Path(sys.argv[1])
methods = sys.argv[2].split(",") if len(sys.argv) > 2 else METHODS[:-1]
only = sys.argv[3].split(",") if len(sys.argv) > 3 else sorted(path.parent.name for path in root.glob("*/task.txt"))
figures = root / "peers.jsonl"
known = [json.loads(line) for line in figures.read_text().splitlines()] if figures.exists() else []
done = {(r["table"], r["split"], r["method"]) for r in known}
for split, table, method in itertools.product((1, 2, 3), only, methods):
    if (table, split, method) in done:
        continue
    target, task = (root / table / "task.txt").read_text().split("\n")[:2]
    error, loss, seconds = measure(root / table, target, task == "classes", method, split)
    line = {"table": table, "split": split, "method": method, "error": error, "loss": loss, "seconds": seconds}
    with figures.open("a") as file:
        file.write(json.dumps(line) + "\n")
    print(line, flush=True)
