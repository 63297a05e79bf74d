"""Writes random tables into a folder, and a line a table into its manifest.ndjson: what was written where.

    python main.py FOLDER --seed 1 --begin 0 --count 500 [--twist NAME]

Needs pyarrow, nothing of lockstep. See ../README.md.
"""

import argparse
import json
import os

from formats import write
from plan import BENIGN, plan


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--begin", type=int, default=0)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--twist")
    asked = parser.parse_args()
    with open(os.path.join(asked.folder, "manifest.ndjson"), "w") as manifest:
        for number in range(asked.begin, asked.begin + asked.count):
            table = plan(asked.seed, number, asked.twist)
            source, style = write(table, os.path.join(asked.folder, str(number)))
            manifest.write(json.dumps(describe(table, source, style)) + "\n")


def describe(table, source, style):
    return {
        "number": table.number,
        "source": source,
        "format": table.format,
        "style": {key: value for key, value in style.items() if isinstance(value, (str, int, bool))},
        "twists": table.twists,
        "plain": all(twist in BENIGN for twist in table.twists),
        "options": table.options,
        "rows": table.rows,
        "columns": [
            {
                "name": column.name,
                "isTarget": column in table.targets,
                "isDuplicate": column.duplicate,
                "family": column.family,
                "cells": column.cells,
                "kinds": "".join(column.kinds),
                "numbers": column.numbers,
            }
            for column in table.columns
        ],
    }


main()
