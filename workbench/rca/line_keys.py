"""Names the place in the code that wrote each of many log lines: lines that differ in numbers and ids are read once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from workbench.rca.columns import Flags, Ints, Texts
from workbench.semconv import SEVERITY
from workbench.signals.logkey import HEAD, LEVEL_LETTERS, log_key

_FROM_DIGIT = "[0-9][A-Za-z0-9_]*"
"""What of a word is dropped from every key that names no place in the code, whatever it is."""


def line_keys(bodies: Texts, severities: Texts) -> tuple[Ints, list[str]]:
    """Return the number of each line's key, and the keys: see `line_key`."""
    # Of ten lines with an id in them, nine differ in nothing else.
    codes, shapes = pd.factorize(_shapes(bodies))
    levels, names = pd.factorize(severities)
    pairs, known = pd.factorize(codes.astype(np.int64) * max(len(names), 1) + levels)
    keys = [line_key(str(shapes[one // len(names)]), str(names[one % len(names)])) for one in known.tolist()]
    number, found = pd.factorize(np.array(keys, dtype=object))
    return number[pairs].astype(np.int64), [str(key) for key in found]


def line_key(body: str, severity: str) -> str:
    """Return level and code location (or masked words) of a line; the level comes from the line if it has one."""
    key = log_key(body)
    return key if not severity or key.split(" ", 1)[0] in SEVERITY else f"{severity.upper()} {key}"


def _shapes(bodies: Texts) -> Texts:
    """Return texts with the same keys as these: numbers and ids are one 0 where the key cannot hold any of them."""
    column = pa.array(bodies.tolist(), type=pa.large_string())
    # A place in the code has a line number, and a level may stand right behind a number.
    placed = _has(column, "#") | (_has(column, ".") & (_has(column, ":") | _has(column, "(")))
    levelled = pc.match_substring_regex(column, f"{_FROM_DIGIT}(?:{LEVEL_LETTERS})")
    long = pc.greater(pc.utf8_length(column), HEAD)
    as_it_is = placed | np.asarray(pc.or_(levelled, long), dtype=np.bool_)
    shapes = np.asarray(pc.replace_substring_regex(column, _FROM_DIGIT, "0"), dtype=object)
    found: Texts = np.where(as_it_is, bodies, shapes)
    return found


def _has(column: pa.Array, text: str) -> Flags:
    return np.asarray(pc.match_substring(column, text), dtype=np.bool_)
