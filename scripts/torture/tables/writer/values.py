"""Texts of cells, by family. Knows nothing of files: a writer decides how a text is stored.

A family is a function (random, rows) -> (texts, numbers). `numbers` is None, or for texts that mean a number but are not
written plainly, what each may be read as.
"""

import struct

PLAIN_WORDS = ["red", "green", "blue", "oak", "elm", "Ulm", "Bern", "north", "south", "small", "large"]

ODD_WORDS = [
    "New York", " lead", "trail ", "a,b", 'say "hi"', "it's", "two\nlines", "crlf\r\nline", "Gr\u00f6\u00dfe",
    "Gro\u0308\u00dfe", "\u00e9", "e\u0301", "\u65e5\u672c", "\U0001f98a", "\U0001f469\u200d\U0001f467", "tab\there",
    "semi;colon", "|", "#hash", "\\", "\\N", "\\n", "back\\\"slash", "None of these", "TRUE story", "=1+1", "\u00a0nbsp",
    "\u200bzero", "\ufb01", "\u0130", "\u00df", "SS", '"', '""', "'quoted'", "a  b", "[1, 2]", '{"a": 1}', "a/b",
    "100 m", "1st", "0x1A", "1:30", "12-13", "\ufeffbom", "x" * 300, "%", "$", "--", "..", "A", "a", "Inf", "infinity",
]

MARKS = ["NA", "N/A", "n/a", "nan", "NaN", "null", "NULL", "None", "?", "-", ".", "#N/A", "<NA>", "N.A.", "none", "nil"]

BOOLEANS = [
    ("false", "true"), ("False", "True"), ("FALSE", "TRUE"), ("no", "yes"), ("No", "Yes"), ("NO", "YES"), ("f", "t"),
    ("F", "T"), ("n", "y"), ("N", "Y"), ("off", "on"), ("0", "1"),
]

#: Sets of class names that differ in spelling only, or look like something that they are not.
HARD_CLASSES = [
    ["01", "02", "10"], ["1.1", "1.10", "1.2"], ["1E2", "100", "2E1"], ["0389", "389", "00389"], ["0", "-0", "00"],
    ["+1", "1", "-1"], ["1.0", "1", "1.00"], ["V10", "20", "30", "40", "50", "60"], ["no", "no ", "yes"],
    ["a", "A", "b"], ["caf\u00e9", "cafe\u0301"], ["NA", "DE", "FR"], ["None", "Some"], ["nan", "bread"], ["null", "0"],
    ["9007199254740992", "9007199254740993"], ["1541815603606036480", "1541815603606036481"],
    ["18446744073709551615", "18446744073709551614"], ["123456789012345678901234567890", "123456789012345678901234567891"],
    ["0.1", "0.10000000000000001", "0.2"], ["1e400", "2e400"], ["1e-400", "2e-400"], ["true", "True", "false"],
    ["yes", "no"], ["Y", "N"], ["T", "F"], ["t", "f"], ["on", "off"], ["true", "false"], ["TRUE", "FALSE"], ["0", "1"],
    ["2020-01-01", "2020-01-02"], ["01/02/2020", "02/01/2020"], ["10:00", "10:00:00"], ["2020-01-01", "2020-1-1"],
    ["1,5", "2,5"], ["1,000", "1000"], ["5%", "5"], ["$5", "5"], ["inf", "Infinity"], ["1_000", "1000"], ["0x10", "16"],
    [" 1", "1"], ["1e5", "100000"], ["a\nb", "a b"], ['"a"', "a"], ["'a'", "a"], ["", "x", "y"], [" ", "x"], ["\\N", "x"],
    ["#1", "1"], ["-", "+"], [".", "1"], ["?", "!"], ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00+00:00"], ["1.", "1"],
]


def floats(random, rows):
    return [repr(random.gauss(0, 10 ** random.randint(-3, 6))) for _ in range(rows)], None


def bits(random, rows):
    """Any double of the size of a float32, with up to 17 digits."""
    texts = []
    while len(texts) < rows:
        value = struct.unpack("<d", struct.pack("<Q", random.getrandbits(64)))[0]
        if value == value and 1e-300 < abs(value) < 3e38:
            texts.append(repr(value) if random.random() < 0.5 else f"{value:.16e}")
    return texts, None


def floats32(random, rows):
    return [repr(struct.unpack("<f", struct.pack("<f", random.gauss(0, 100)))[0]) for _ in range(rows)], None


def ints(random, rows):
    limit = random.choice([1, 5, 100, 30000, 2**31 - 1])
    return [str(random.randint(-limit, limit)) for _ in range(rows)], None


def counts(random, rows):
    return [str(random.randint(0, random.choice([9, 255, 70000]))) for _ in range(rows)], None


def big_ints(random, rows):
    limit = random.choice([2**53 + 9, 2**63 - 1, 2**64 - 1])
    return [str(random.randint(2**53 - 2, limit)) for _ in range(rows)], None


def huge_ints(random, rows):
    return [str(random.randint(10**20, 10**30)) for _ in range(rows)], None


def decimals(random, rows):
    places = random.randint(1, 4)
    return [f"{random.uniform(-1000, 1000):.{places}f}" for _ in range(rows)], None


def trailing_zeros(random, rows):
    return [random.choice(["1.10", "1.1", "2.50", "3.00", "0.0", "10.0", "7"]) for _ in range(rows)], None


def exponents(random, rows):
    forms = ["{}e{}", "{}E{}", "{}e+{}", "{}.5e-{}"]
    return [random.choice(forms).format(random.randint(1, 9), random.randint(0, 20)) for _ in range(rows)], None


def leading_zeros(random, rows):
    return [f"{random.randint(0, 999):0{random.randint(3, 6)}d}" for _ in range(rows)], None


def odd_numbers(random, rows):
    """Plain numbers in unusual dress."""
    forms = ["+5", ".5", "5.", "-0", "-.25", "00.50", " 7", "7 ", "1E2", "0e0", "-1e-7", "3", "12.0"]
    return [random.choice(forms) for _ in range(rows)], None


def booleans(random, rows):
    pair = random.choice(BOOLEANS)
    return [random.choice(pair) for _ in range(rows)], None


def plain_booleans(random, rows):
    pair = random.choice(BOOLEANS[:6])
    return [random.choice(pair) for _ in range(rows)], None


def mixed_booleans(random, rows):
    words = ["true", "TRUE", "yes", "1", "no", "0", "false", "unknown"]
    return [random.choice(words) for _ in range(rows)], None


def booleans_and_numbers(random, rows):
    """A flag that becomes a count."""
    turn = random.randint(1, rows)
    return [random.choice(["true", "false"]) if i < turn else random.choice(["20", "0.5", "yes", "1"]) for i in range(rows)], None


def plain_words(random, rows):
    pool = random.sample(PLAIN_WORDS, random.randint(2, 6))
    return [random.choice(pool) for _ in range(rows)], None


def odd_words(random, rows):
    pool = random.sample(ODD_WORDS, random.randint(2, 8))
    return [random.choice(pool) for _ in range(rows)], None


def codes(random, rows):
    """Digits mostly, some with a letter."""
    share = random.choice([0.02, 0.05, 0.2, 0.5])
    return [f"V{random.randint(1, 9)}" if random.random() < share else str(random.randint(10, 40)) for _ in range(rows)], None


def hexadecimal(random, rows):
    pool = random.choice([["0x1A", "0x2B", "0xff"], ["1a", "2b", "12"], ["1e5", "2e5", "3d5"], ["1_000", "2_000", "30"]])
    return [random.choice(pool) for _ in range(rows)], None


def widening(random, rows):
    """Whole numbers whose last rows have fractions, more digits, or a word."""
    late = random.choice(["0.5", "1e3", "9007199254740993", "text", "true", "2020-01-01", "99999999999999999999", "-0.25"])
    turn = max(1, rows - random.randint(1, 3))
    return [str(random.randint(0, 1 if late == "true" else 40)) if i < turn else late for i in range(rows)], None


def late_key(random, rows):
    """Empty for long, then not."""
    turn = rows - random.randint(1, 9)
    value = random.choice(["7", "0.5", "word", "true"])
    return [None if i < turn else value for i in range(rows)], None


def dates(random, rows):
    form = random.choice(["{y}-{m:02}-{d:02}", "{d:02}/{m:02}/{y}", "{m:02}/{d:02}/{y}", "{d:02}.{m:02}.{y}", "{y}{m:02}{d:02}"])
    day = lambda: {"y": random.randint(1999, 2024), "m": random.randint(1, 12), "d": random.randint(1, 28)}
    few = [form.format(**day()) for _ in range(random.choice([3, 8, 30]))]
    return [random.choice(few) for _ in range(rows)], None


def times(random, rows):
    form = random.choice(["{:02}:{:02}", "2021-03-04 {:02}:{:02}:00", "2021-03-04T{:02}:{:02}:00Z", "2021-03-04 {:02}:{:02}:00.123456+02"])
    few = [form.format(random.randint(0, 23), random.randint(0, 59)) for _ in range(8)]
    return [random.choice(few) for _ in range(rows)], None


def written_otherwise(spell, meaning):
    """A family of numbers that are spelled by a rule."""

    def family(random, rows):
        few = [random.randint(1, 99999) / random.choice([1, 10, 100]) for _ in range(random.choice([12, rows]))]
        values = [random.choice(few) for _ in range(rows)]
        return [spell(value) for value in values], [meaning(value) for value in values]

    return family


def _swap(text):
    return text.translate(str.maketrans(",.", ".,"))


OTHERWISE = {
    "percent": written_otherwise(lambda v: f"{v:.2f}%", lambda v: [round(v, 2), round(v, 2) / 100, float(f"{v:.2f}e-2")]),
    "percent blank": written_otherwise(lambda v: f"{v:.1f} %", lambda v: [round(v, 1), round(v, 1) / 100, float(f"{v:.1f}e-2")]),
    "dollars": written_otherwise(lambda v: f"${v:,.2f}", lambda v: [round(v, 2)]),
    "euros": written_otherwise(lambda v: f"{_swap(f'{v:,.2f}')} \u20ac", lambda v: [round(v, 2)]),
    "currency code": written_otherwise(lambda v: f"EUR {v:.2f}", lambda v: [round(v, 2)]),
    "decimal comma": written_otherwise(lambda v: f"{v:.2f}".replace(".", ","), lambda v: [round(v, 2)]),
    "thousands": written_otherwise(lambda v: f"{int(v * 100):,}", lambda v: [int(v * 100)]),
    "thousands and decimals": written_otherwise(lambda v: f"{v * 100:,.1f}", lambda v: [round(v * 100, 1)]),
    "thousands by dot": written_otherwise(lambda v: _swap(f"{v * 100:,.1f}"), lambda v: [round(v * 100, 1)]),
    "thousands by blank": written_otherwise(lambda v: f"{int(v * 100):,}".replace(",", " "), lambda v: [int(v * 100)]),
    "thousands by apostrophe": written_otherwise(lambda v: f"{int(v * 100):,}".replace(",", "'"), lambda v: [int(v * 100)]),
    "minus sign": written_otherwise(lambda v: f"\u2212{v:.1f}", lambda v: [-round(v, 1)]),
    "accounting": written_otherwise(lambda v: f"({v:.1f})", lambda v: [-round(v, 1)]),
    "units": written_otherwise(lambda v: f"{v:.1f} kg", lambda v: [round(v, 1)]),
}

PLAIN = {
    "floats": floats, "floats32": floats32, "ints": ints, "counts": counts, "decimals": decimals, "booleans": plain_booleans,
    "words": plain_words,
}

HARD = {
    "bits": bits, "big ints": big_ints, "huge ints": huge_ints, "trailing zeros": trailing_zeros, "exponents": exponents,
    "leading zeros": leading_zeros, "odd numbers": odd_numbers, "any booleans": booleans, "mixed booleans": mixed_booleans,
    "flag to count": booleans_and_numbers, "odd words": odd_words, "codes": codes, "hexadecimal": hexadecimal,
    "widening": widening, "dates": dates, "times": times, **OTHERWISE,
}

REGRESSIONS = {"floats": floats, "ints": ints, "decimals": decimals, "bits": bits, "big ints": big_ints, "exponents": exponents}
