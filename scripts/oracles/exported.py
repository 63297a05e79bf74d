"""Compares an exported model.onnx with the predictions of lockstep, by onnxruntime.

  lockstep export runs/first --to onnx
  lockstep predict runs/first rows.csv --out predictions.csv
  python scripts/oracles/exported.py runs/first/model.onnx rows.csv predictions.csv

Needs onnxruntime and numpy. Prints the largest difference and how many labels differ.
"""
import csv
import datetime
import json
import sys

import numpy as np
import onnxruntime

MISSING = {"", "na", "n/a", "nan", "-nan", "+nan", "null", "?"}
YES = {"true", "yes", "t", "y", "1"}


def number(text, kind):
    if text.strip().lower() in MISSING:
        return np.nan
    if kind == "date":
        when = datetime.datetime.fromisoformat(text.strip().replace("/", "-").replace("Z", "+00:00"))
        return when.replace(tzinfo=when.tzinfo or datetime.timezone.utc).timestamp()
    return float(text.strip().lower() in YES) if kind == "boolean" else float(text)


def column(table, name, kind):
    if kind == "text":
        return np.array([[row[name]] for row in table], dtype=object)
    return np.array([[number(row[name], kind)] for row in table], np.float64)


def main(model, rows, predictions):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    names = session.get_modelmeta().custom_metadata_map
    table = list(csv.DictReader(open(rows, newline="")))
    own = list(csv.DictReader(open(predictions, newline="")))
    inputs = json.loads(names["inputs"])
    feeds = {one["name"]: column(table, one["name"], one["kind"]) for one in inputs}
    if [one.name for one in session.get_inputs()] == ["input"]:
        feeds = {"input": np.concatenate(list(feeds.values()), axis=1)}
    outputs = json.loads(names["outputs"])
    found = dict(zip([one.name for one in session.get_outputs()], session.run(None, feeds)))
    numeric = found[outputs.get("values") or outputs["probabilities"]]
    is_number = lambda name: name.startswith("probability_") or "values" in outputs
    columns = [name for name in own[0] if is_number(name)]
    expected = np.array([[float(row[name]) for name in columns] for row in own])
    unit = expected.std(axis=0) if "values" in outputs else 1
    print(f"onnxruntime {onnxruntime.__version__}, {len(table)} rows, largest difference {np.max(np.abs(numeric - expected) / unit):.2g}", end="")
    if "label" in outputs:
        kept = [name for name in own[0] if not is_number(name)]
        labels = np.array([[row[name] for name in kept] for row in own])
        print(f", {np.sum(labels != found[outputs['label']].reshape(labels.shape))} other labels", end="")
    print()


main(*sys.argv[1:])
