"""Writes a planned table with the csv, json and pyarrow modules, and notes for each cell how it was stored."""

import csv
import datetime
import gzip
import io
import json
import os
import re
import struct
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

JSON_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")


def write(table, folder):
    """Writes all files of a table; returns what lockstep is to be given: a path, or a pattern."""
    os.makedirs(folder)
    for column in table.columns:
        column.kinds = ["m" if cell is None else "t" for cell in column.cells]
    style = STYLES[table.format](table)
    names = []
    for i, part in enumerate(table.parts):
        name = f"{i + 1}.{style['extension']}"
        with open(os.path.join(folder, name), "wb") as file:
            file.write(style["write"](table, part, style))
        names.append(name)
    path = os.path.join(folder, f"*.{style['extension']}" if len(names) > 1 else names[0])
    described = {key: value for key, value in style.items() if key != "write"}
    return path, described


def names_of(table, part):
    return [part.names.get(i, table.columns[i].name) for i in part.columns]


def csv_style(table, delimiters=",;|\t", extension="csv"):
    random = table.random
    style = {
        "delimiter": random.choice([",", *delimiters]) if table.has("dialect") else delimiters[0],
        "quoting": random.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]) if table.has("dialect") else csv.QUOTE_MINIMAL,
        "end": random.choice(["\n", "\r\n"]) if table.has("dialect") else "\n",
        "encoding": random.choice(["utf-8", "utf-8-sig"]) if table.has("dialect") else "utf-8",
        "final": not table.has("dialect") or random.random() < 0.7,
        "gzip": table.has("dialect") and random.random() < 0.2,
        "write": write_csv,
    }
    return {**style, "extension": extension + (".gz" if style["gzip"] else "")}


def tsv_style(table):
    return {**csv_style(table, "\t", "tsv"), "delimiter": "\t"}


def write_csv(table, part, style):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=style["delimiter"], quoting=style["quoting"], lineterminator=style["end"])
    if table.options["header"]:
        writer.writerow(names_of(table, part))
    for row in range(part.begin, part.end):
        writer.writerow([table.columns[i].cells[row] for i in part.columns])
    contents = text.getvalue()
    if table.has("ragged"):
        contents = make_ragged(table.random, contents, style)
    if not style["final"]:
        contents = contents[: -len(style["end"])]
    data = contents.encode(style["encoding"])
    return gzip.compress(data) if style["gzip"] else data


def make_ragged(random, contents, style):
    """A cell too many, or one too few, in one line: never to be read."""
    lines = contents.split(style["end"])
    at = random.randrange(1, max(2, len(lines) - 1))
    cut = lines[at].rfind(style["delimiter"])
    lines[at] = lines[at] + style["delimiter"] + "1" if random.random() < 0.5 or cut < 0 else lines[at][:cut]
    return style["end"].join(lines)


def json_style(table):
    random = table.random
    zip = table.has("dialect") and random.random() < 0.2
    extension = "json" if table.format == "json" else random.choice(["ndjson", "jsonl"])
    return {
        "indent": random.choice([None, 1]) if table.has("dialect") else None,
        "ascii": random.random() < 0.5,
        "gzip": zip,
        "strings": {i for i in range(len(table.columns)) if random.random() < 0.2},
        "lines": table.format == "ndjson",
        "write": write_json,
        "extension": extension + (".gz" if zip else ""),
    }


def write_json(table, part, style):
    objects = [json_object(table, part, row, style) for row in range(part.begin, part.end)]
    if style["lines"]:
        text = "\n".join(objects) + "\n"
    else:
        text = "[" + (",\n" if style["indent"] else ", ").join(objects) + "]"
    data = text.encode()
    return gzip.compress(data) if style["gzip"] else data


def json_object(table, part, row, style):
    members = []
    for i, name in zip(part.columns, names_of(table, part)):
        value = json_value(table.columns[i], row, i in style["strings"], style["ascii"])
        if value == "null" and table.has("absent keys"):
            continue
        members.append(f"{json.dumps(name, ensure_ascii=style['ascii'])}: {value}")
    if table.has("order"):
        table.random.shuffle(members)
    return "{" + ", ".join(members) + "}"


def json_value(column, row, as_string, ascii):
    text = column.cells[row]
    if text is None:
        return "null"
    if not as_string and JSON_NUMBER.fullmatch(text):
        column.kinds[row] = "n"
        return text
    if not as_string and text in ("true", "false"):
        column.kinds[row] = "b"
        return text
    return json.dumps(text, ensure_ascii=ascii)


def parquet_style(table):
    random = table.random
    types = {i: random.random() for i in range(len(table.columns))}
    return {"extension": "parquet", "types": types, "write": write_parquet, "index": table.has("index")}


def write_parquet(table, part, style):
    random = table.random
    arrays = []
    for i in part.columns:
        column = table.columns[i]
        texts = column.cells[part.begin : part.end]
        # One type for all files, unless they are to differ.
        draw = random.random() if table.has("types by file") else style["types"][i]
        whole = texts if table.has("types by file") else column.cells
        kind, make = choose_type(whole, draw)
        for row in range(part.begin, part.end):
            if column.cells[row] is not None:
                column.kinds[row] = kind
        arrays.append(make(texts))
    names = names_of(table, part)
    file = io.BytesIO()
    made = pa.Table.from_arrays(arrays, names=names)
    pq.write_table(
        made,
        file,
        row_group_size=random.choice([7, 1000, 100000]),
        compression=random.choice(["snappy", "zstd", "gzip", "none"]),
        use_dictionary=random.random() < 0.5,
    )
    return file.getvalue()


def choose_type(texts, draw):
    """One of the Arrow types that hold all of the texts as they are, and the kind that their cells have then."""
    found = [option for option in TYPES if option[1](texts)]
    kind, _, make = found[int(draw * len(found))]
    return kind, make


def each(texts, test):
    present = [text for text in texts if text is not None]
    return bool(present) and all(map(test, present))


def is_int(low, high):
    return lambda texts: each(texts, lambda t: re.fullmatch(r"-?(0|[1-9]\d*)", t) and t != "-0" and low <= int(t) <= high)


def is_decimal(texts):
    return each(texts, lambda t: re.fullmatch(r"-?(0|[1-9]\d{0,15})(\.\d{1,6})?", t) and t != "-0")


def is_float(texts):
    """Numbers that float64 holds to the last digit that is written."""
    return each(texts, lambda t: JSON_NUMBER.fullmatch(t) and len(t) < 330 and abs(float(t)) < 1e300 and same_number(t))


def same_number(text):
    value = float(text)
    return len(text.lstrip("-").replace(".", "")) <= 15 or Decimal(text) == Decimal(value) or repr(value) == text or f"{value:.16e}" == text


def is_float32(texts):
    narrow = lambda value: struct.unpack("<f", struct.pack("<f", value))[0]
    return each(texts, lambda t: JSON_NUMBER.fullmatch(t) and abs(float(t)) < 3e38 and narrow(float(t)) == float(t))


def is_boolean(texts):
    return each(texts, lambda t: t in ("true", "false"))


def is_date(texts):
    return each(texts, lambda t: re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])", t))


def array(type, convert):
    return lambda texts: pa.array([None if t is None else convert(t) for t in texts], type=type)


def to_date(text):
    return datetime.date.fromisoformat(text)


def is_any(_):
    return True


TYPES = [
    ("n", is_int(-128, 127), array(pa.int8(), int)),
    ("n", is_int(0, 255), array(pa.uint8(), int)),
    ("n", is_int(-32768, 32767), array(pa.int16(), int)),
    ("n", is_int(-(2**31), 2**31 - 1), array(pa.int32(), int)),
    ("n", is_int(0, 2**32 - 1), array(pa.uint32(), int)),
    ("n", is_int(-(2**63), 2**63 - 1), array(pa.int64(), int)),
    ("n", is_int(0, 2**64 - 1), array(pa.uint64(), int)),
    ("n", is_int(-(10**37), 10**37), array(pa.decimal128(38, 0), Decimal)),
    ("n", is_decimal, array(pa.decimal128(30, 6), Decimal)),
    ("n", is_float, array(pa.float64(), float)),
    ("n", is_float, array(pa.float64(), float)),
    ("n", is_float32, array(pa.float32(), float)),
    ("b", is_boolean, array(pa.bool_(), lambda t: t == "true")),
    ("d", is_date, array(pa.date32(), to_date)),
    ("t", is_any, array(pa.string(), str)),
    ("t", is_any, array(pa.large_string(), str)),
    ("t", is_any, lambda texts: pa.array(texts, type=pa.string()).dictionary_encode()),
]

STYLES = {"csv": csv_style, "tsv": tsv_style, "json": json_style, "ndjson": json_style, "parquet": parquet_style}
