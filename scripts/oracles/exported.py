"""Compares exported models with the predictions of lockstep: ONNX by onnxruntime, JSON by numpy.

  lockstep export runs/first --to onnx
  lockstep predict runs/first rows.csv --unseen ignore --out predictions.csv
  python scripts/oracles/exported.py rows.csv predictions.csv runs/first/model.onnx runs/first/model.json

Needs onnxruntime and numpy. Prints a line of JSON for each model: the largest difference of two probabilities, or of two values
in shares of the range of the predictions of their target; how many labels differ; and how many of these are not as likely as the
other, up to rounding. Hashed columns and parts of dates are not read from JSON.
"""
import csv
import datetime
import json
import re
import sys

import numpy as np
import onnxruntime

MISSING = {"", "na", "n/a", "nan", "-nan", "+nan", "null", "?"}
YES = {"true", "yes", "t", "y", "1"}
TIE = 1e-4


def trimmed(text):
    """Without blanks around it, of which U+FEFF is one."""
    return text.replace("\ufeff", " ").strip()


def is_missing(text):
    return trimmed(text).lower() in MISSING


def number(text, kind):
    if is_missing(text):
        return np.nan
    if kind == "date" and re.fullmatch(r"\d+:\d+(:[\d.]+)?", text.strip()):
        return sum(float(part) * unit for part, unit in zip(text.split(":"), [3600, 60, 1]))
    if kind == "date":
        when = datetime.datetime.fromisoformat(text.strip().replace("/", "-").replace("Z", "+00:00"))
        return (when.replace(tzinfo=when.tzinfo or datetime.timezone.utc) - EPOCH).total_seconds()
    return float(text.strip().lower() in YES) if kind == "boolean" else float(text)


EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def spelt(text):
    """A graph knows missing texts without blanks around them."""
    return "" if text != trimmed(text) and is_missing(text) else text


def cells(table, name, kind):
    """(rows, 1): texts, or numbers with NaN for missing ones."""
    if kind == "text":
        return np.array([[spelt(row[name])] for row in table], dtype=object)
    return np.array([[number(row[name], kind)] for row in table], np.float64)


def run_onnx(path, table):
    """What ran it, numbers (rows, width), and labels (rows, targets) or None."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = session.get_modelmeta().custom_metadata_map
    feeds = {one["name"]: cells(table, one["name"], one["kind"]) for one in json.loads(names["inputs"])}
    is_matrix = [one.name for one in session.get_inputs()] == ["input"] and list(feeds) != ["input"]
    if is_matrix:
        feeds = {"input": np.concatenate(list(feeds.values()), axis=1)}
    outputs = json.loads(names["outputs"])
    # onnxruntime plans its memory in the first run.
    first, *others = [session.run(None, feeds) for _ in range(3)]
    for other in others:
        for one, again in zip(first, other):
            assert (one == again).all() or np.array_equal(one, again, equal_nan=True), "runs of one session differ"
    found = dict(zip([one.name for one in session.get_outputs()], first))
    by = f"{'matrix' if is_matrix else 'columns'}, onnxruntime {onnxruntime.__version__}"
    if "values" in outputs:
        return by, found[outputs["values"]], None
    return by, found[outputs["probabilities"]], found[outputs["label"]].reshape(len(table), -1)


def run_json(path, table):
    """The same by the description in the file."""
    with open(path, encoding="utf-8") as file:
        model = json.load(file)
    inputs = [cells(table, one["name"], one["kind"])[:, 0] for one in model["inputs"]]
    x = np.concatenate([FEATURES[one["kind"]](one, inputs[one["input"]]) for one in model["features"]], axis=1)
    members = [one["layers"] for one in model["members"]] if "members" in model else [model["layers"]]
    output = model["output"]
    answer = np.mean([meaning(forward(layers, x), output) for layers in members], axis=0)
    if output["kind"] == "values":
        return "JSON, numpy", answer, None
    if output["kind"] == "labels":
        pairs = np.array(output["classes"], dtype=object)
        return "JSON, numpy", answer, np.where(answer > 0.5, pairs[:, 1], pairs[:, 0])
    return "JSON, numpy", answer, np.array(output["classes"], dtype=object)[answer.argmax(axis=1)][:, None]


def number_features(feature, cell):
    missing = np.isnan(cell)
    value = np.where(missing, feature["fill"], cell)
    x = np.zeros(len(value)) if feature.get("constant") else (value - feature["mean"]) / feature["deviation"]
    if "clip" in feature:
        x = np.clip(x, -1e9, 1e9)
        x = x / np.sqrt(1 + (x / feature["clip"]) ** 2)
    edges = feature.get("edges", [])
    bins = [np.clip((value - low) / (high - low), 0, 1) for low, high in zip(edges, edges[1:])]
    flags = [missing.astype(float)] if feature.get("indicator") else []
    return np.stack([x, *bins, *flags], axis=1)


def category_features(feature, cell):
    places = {value: place for place, value in enumerate(feature["values"])}

    def place_of(text):
        if text in places:
            return places[text]
        return feature["missing"] if is_missing(text) else -1

    place = np.array([place_of(text) for text in cell])
    if "single" in feature:
        single = feature["single"]
        return np.array(single["values"] + [single["other"]])[place][:, None]
    is_one = place[:, None] == np.arange(len(places))
    levels = feature.get("levels", {"on": [1.0] * len(places), "off": [0.0] * len(places)})
    return np.where(is_one, levels["on"], levels["off"])


FEATURES = {"number": number_features, "category": category_features}


def forward(layers, x):
    z = x
    for layer in layers:
        z = np.concatenate([x, z], axis=1) if layer.get("withX") else z
        z = ACTIVATIONS[layer["activation"]](np.array(layer["bias"]) + z @ np.array(layer["weights"]))
    return z


def sigmoid(a):
    return np.exp(-np.logaddexp(0, -a))


def selu(a):
    return 1.0507009873554805 * np.where(a > 0, a, 1.6732632423543772 * np.expm1(np.minimum(a, 0)))


def softmax(a):
    parts = np.exp(a - a.max(axis=1, keepdims=True))
    return parts / parts.sum(axis=1, keepdims=True)


ACTIVATIONS = {
    "identity": lambda a: a,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0),
    "leaky-relu": lambda a: np.where(a > 0, a, 0.01 * a),
    "elu": lambda a: np.where(a > 0, a, np.expm1(np.minimum(a, 0))),
    "selu": selu,
    "gelu": lambda a: a * sigmoid(2 * np.sqrt(2 / np.pi) * (a + 0.044715 * a**3)),
    "silu": lambda a: a * sigmoid(a),
    "softplus": lambda a: np.logaddexp(0, a),
    "hard-sigmoid": lambda a: np.clip(a / 6 + 0.5, 0, 1),
    "hard-tanh": lambda a: np.clip(a, -1, 1),
    "cosine": np.cos,
    "mish": lambda a: a * np.tanh(np.logaddexp(0, a)),
}


def meaning(z, output):
    if output["kind"] == "classes":
        return np.concatenate([1 - z, z], axis=1) if z.shape[1] == 1 else z
    if output["kind"] == "labels":
        return z
    t = np.array([one["mean"] for one in output["scales"]]) + z * [one["deviation"] for one in output["scales"]]
    for k, transform in enumerate(output.get("transforms", [])):
        if transform["kind"] == "log":
            t[:, k] = np.sign(t[:, k]) * transform["unit"] * np.expm1(np.abs(t[:, k]))
        else:
            t[:, k] = np.interp(t[:, k], transform["scores"], transform["values"])
    ranges = output.get("ranges")
    if ranges is None:
        return t
    return np.clip(t, [one["least"] for one in ranges], [one["greatest"] for one in ranges])


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main(rows, predictions, *models):
    csv.field_size_limit(1 << 30)
    table, own = read(rows), read(predictions)
    for model in models:
        by, numbers, labels = (run_json if model.endswith(".json") else run_onnx)(model, table)
        names = [name for name in own[0] if labels is None or name.startswith("probability_")]
        expected = np.array([[float(row[name]) for name in names] for row in own])
        spread = np.ptp(expected, axis=0)
        unit = np.where(spread > 0, spread, 1) if labels is None else 1
        difference = np.max(np.abs(numbers - expected) / unit)
        result = {"by": by, "largest": float(np.nan_to_num(difference, nan=np.inf)), "otherLabels": 0, "wrongLabels": 0}
        if labels is not None:
            of_labels = [name for name in own[0] if name not in names]
            wanted = np.array([[row[name] for name in of_labels] for row in own], dtype=object)
            other = wanted != labels
            if len(of_labels) == 1:
                ranked = np.sort(expected, axis=1)
                margin = (ranked[:, -1] - ranked[:, -2])[:, None]
            else:
                margin = np.abs(2 * expected - 1)
            result |= {"otherLabels": int(other.sum()), "wrongLabels": int((other & (margin > TIE)).sum())}
        print(json.dumps(result))


main(*sys.argv[1:])
