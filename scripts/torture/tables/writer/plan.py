"""What a table is: columns, options, twists, and which rows and columns each file has. One seed and number, one table."""

import random as randoms
import unicodedata
from dataclasses import dataclass, field

import values

FORMATS = ["csv", "csv", "csv", "tsv", "json", "ndjson", "parquet", "parquet"]

#: What may be unusual about a table. Tables without any, or with benign ones alone, are plain: they must be read.
BENIGN = ["files", "order", "dialect"]
TWISTS = [
    "values", "values", "values", "otherwise", "classes", "classes", "regression", "missing", "missing", "marks", "marks",
    "names", "names by case", "names twice", "name empty", "names by normalisation", "lacks a column", "adds a column",
    "late", "wide", "types by file", "index", "no header", "absent keys", "ragged", *BENIGN, *BENIGN,
]
ODD_NAMES = [
    "Price, USD", "a b", " lead", "trail ", 'say "x"', "it's", "Gr\u00f6\u00dfe", "\u65e5\u672c", "two\nlines", "semi;colon", "a|b",
    "SELECT", "select *", "%", "a.b", "x:y", "0", "1.5", "true", "__proto__", "constructor", "count(*)", "\U0001f98a", "null", "#id",
    "a\tb", "{}", "[0]", "json", "filename", "column1", "y_1", "a\\b", "-x", "--target", "rowid", "data", "NaN",
]


@dataclass(eq=False)
class Column:
    name: str
    family: str
    cells: list  # Texts as they are written; None where there is none.
    numbers: list | None = None  # What each cell may be read as, if it is a number written otherwise.
    kinds: list = field(default_factory=list)  # How each cell is stored: t(ext), n(umber), b(oolean), d(ate); m: not.
    duplicate: bool = False


@dataclass(eq=False)
class Part:
    """A file: its rows, and its columns in their order."""

    begin: int
    end: int
    columns: list
    names: dict = field(default_factory=dict)  # Names that this file spells in its own way, by column number.


@dataclass(eq=False)
class Table:
    number: int
    format: str
    twists: list
    rows: int
    columns: list
    targets: list
    parts: list
    options: dict
    random: randoms.Random

    def has(self, twist):
        return twist in self.twists


def plan(seed, number, only=None):
    """The table of that number. `only`: the one twist that it has, if any."""
    random = randoms.Random(f"{seed}:{number}")
    twists = [only] if only else draw_twists(random)
    format = random.choice(FORMATS)
    rows = random.randint(20500, 21500) if "late" in twists else random.randint(5, 12 if "wide" in twists else 60)
    features = draw_features(random, twists, rows)
    targets = draw_targets(random, twists, rows)
    columns = features + targets
    random.shuffle(columns)
    rename(random, twists, columns, targets)
    if "index" in twists:
        columns.insert(0, Column(random.choice(["", "__index_level_0__", "Unnamed: 0"]), "index", [str(i) for i in range(rows)]))
    table = Table(number, format, twists, rows, columns, targets, [], {}, random)
    make_holes(random, table)
    table.parts = split(random, table)
    if "no header" in twists and format in ("csv", "tsv"):
        for i, column in enumerate(columns):
            column.name = f"column{i}"
    table.options = {
        "target": [column.name for column in targets],
        "missing": random.choice(["error", "mean", "zero", "drop"]) if has_holes(table) else "error",
        "task": "auto",
        "header": not ("no header" in twists and format in ("csv", "tsv")),
    }
    return table


def has_holes(table):
    named = ("missing", "marks", "lacks a column", "adds a column", "late")
    return any(table.has(twist) for twist in named)


def draw_twists(random):
    count = random.choices([0, 1, 2, 3, 4], [25, 45, 15, 10, 5])[0]
    twists = sorted(set(random.choices(TWISTS, k=count)))
    # Long tables cost a hundred times as much as short ones.
    return [twist for twist in twists if twist != "late" or random.random() < 0.12]


def draw_features(random, twists, rows):
    count = random.randint(200, 260) if "wide" in twists and "late" not in twists else random.randint(1, 5)
    features = [draw(random, values.PLAIN, rows) for _ in range(count)]
    if "values" in twists:
        for i in range(random.randint(1, count)):
            features[i] = draw(random, values.HARD, rows)
    if "otherwise" in twists:
        features[0] = draw(random, values.OTHERWISE, rows)
        if random.random() < 0.3:
            spoil(random, features[0])
    if "late" in twists:
        family = random.choice(["widening", "flag to count", "late key"])
        features[-1] = Column("", family, *values.HARD.get(family, values.late_key)(random, rows))
    return features


def draw(random, families, rows):
    family = random.choice(list(families))
    return Column("", family, *families[family](random, rows))


def spoil(random, column):
    """Some plain numbers among those written otherwise: nothing to tell them apart by."""
    for i in random.sample(range(len(column.cells)), max(1, len(column.cells) // 10)):
        number = str(random.randint(1, 99))
        column.cells[i] = number
        column.numbers[i] = [float(number)]


def draw_targets(random, twists, rows):
    if "regression" in twists:
        return [draw(random, values.REGRESSIONS, rows) for _ in range(random.choice([1, 1, 2]))]
    pool = random.choice(values.HARD_CLASSES) if "classes" in twists else draw_classes(random)
    cells = [random.choice(pool) for _ in range(rows)]
    cells[: len(pool)] = pool[:rows]
    return [Column("", "classes " + "/".join(pool), cells)]


def draw_classes(random):
    words = random.sample(values.PLAIN_WORDS, random.randint(2, 4))
    return random.choice([words, words, ["0", "1"], ["1", "2", "3"], ["yes", "no"], ["true", "false"]])


def rename(random, twists, columns, targets):
    for i, column in enumerate(columns):
        column.name = f"c{i}"
    for i, column in enumerate(targets):
        column.name = ["y", "z"][i]
    for name, column in zip(random.sample(ODD_NAMES, 6), random.sample(columns, len(columns))):
        if "names" in twists and random.random() < 0.5:
            column.name = name
    if "name empty" in twists:
        random.choice(columns).name = ""
    one, other = random.sample(columns, 2)
    if "names by normalisation" in twists:
        random.choice(columns).name = "Gr\u00f6\u00dfe"
    if "names by case" in twists:
        one.name, other.name = random.choice([("Abc", "abc"), ("Y", "y"), ("\u00c4", "\u00e4"), ("c1", "C1")])
        spread(random, columns, [one, other])
    if "names twice" in twists:
        one.name = other.name
        one.duplicate = other.duplicate = True


def spread(random, columns, chosen):
    """Leaves no third column with one of the names that were given."""
    for column in columns:
        if column not in chosen and any(column.name.lower() == other.name.lower() for other in chosen):
            column.name = f"other{random.random()}"


def make_holes(random, table):
    for twist, pool in (("missing", [None]), ("marks", values.MARKS)):
        if not table.has(twist):
            continue
        mark = random.choice(pool)
        for column in random.sample(table.columns, random.randint(1, len(table.columns))):
            share = random.choice([0.02, 0.2, 0.5, 0.95, 1.0])
            for i in range(table.rows):
                if random.random() < share:
                    column.cells[i] = mark


def change_types(random, column, parts):
    """What looked like one type in the first file is another in those that follow."""
    families = [values.PLAIN, values.PLAIN, values.HARD]
    for part in parts[random.randint(0, 1) :]:
        other = draw(random, random.choice(families), part.end - part.begin)
        column.cells[part.begin : part.end] = other.cells
        if column.numbers or other.numbers:
            column.numbers = column.numbers or [None] * len(column.cells)
            column.numbers[part.begin : part.end] = other.numbers or [None] * len(other.cells)
    column.family += " by file"


def split(random, table):
    several = [t for t in ("files", "order", "lacks a column", "adds a column", "types by file", "names by normalisation") if table.has(t)]
    count = min(table.rows, random.randint(2, 4)) if several else 1
    cuts = sorted(random.sample(range(1, table.rows), count - 1)) if count > 1 else []
    parts = []
    for begin, end in zip([0, *cuts], [*cuts, table.rows]):
        columns = list(range(len(table.columns)))
        # Without names, columns are known by their order alone.
        if table.has("order") and parts and not table.has("no header"):
            random.shuffle(columns)
        parts.append(Part(begin, end, columns))
    if table.has("types by file"):
        for column in random.sample(table.columns, random.randint(1, min(3, len(table.columns)))):
            change_types(random, column, parts)
    features = [i for i, column in enumerate(table.columns) if column not in table.targets]
    if count > 1 and len(features) > 1 and (table.has("lacks a column") or table.has("adds a column")):
        column = random.choice(features)
        # Lacking: a later file. Adding: only a later file has it.
        without = parts[random.randint(1, count - 1) :] if table.has("lacks a column") else parts[: random.randint(1, count - 1)]
        for part in without:
            part.columns.remove(column)
            table.columns[column].cells[part.begin : part.end] = [None] * (part.end - part.begin)
    if table.has("names by normalisation") and count > 1:
        for i, column in enumerate(table.columns):
            if unicodedata.normalize("NFD", column.name) != column.name:
                parts[-1].names[i] = unicodedata.normalize("NFD", column.name)
    return parts
