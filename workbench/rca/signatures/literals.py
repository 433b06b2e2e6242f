"""Thins log lines before the patterns look at them: a pattern can only fit where a text that it needs stands.

Each pattern is read for texts of which one must stand in whatever fits it; all of them together are looked for in one
pass over the lines, so that hundreds of patterns cost little more than one.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

SHORTEST = 4
"""A shorter text stands in too many lines to thin them; a pattern that needs no longer one is searched everywhere."""


def may_fit(bodies: pd.Series, patterns: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Return which texts may fit any of the patterns."""
    needed: set[str] = set()
    everywhere: list[str] = []
    for pattern in dict.fromkeys(patterns):
        texts = needed_texts(pattern)
        if texts is None:
            everywhere.append(pattern)
        else:
            needed |= texts
    column = pa.array(bodies.astype(object).tolist(), type=pa.large_string())
    fits = np.zeros(len(column), dtype=bool)
    if needed:
        joined = "|".join(re.escape(text).replace("\\ ", " ") for text in sorted(_shortest(needed)))
        found = pc.match_substring_regex(column, joined, ignore_case=True)
        fits |= np.asarray(found.fill_null(False).to_numpy(zero_copy_only=False), dtype=bool)
    for pattern in everywhere:
        expression = re.compile(pattern, re.IGNORECASE)
        left = np.flatnonzero(~fits)
        fits[left] = [bool(expression.search(str(bodies.iloc[at]))) for at in left]
    return fits


@lru_cache(maxsize=4096)
def needed_texts(pattern: str) -> frozenset[str] | None:
    """Return texts, in lower case, of which one stands in whatever fits the pattern; None when there are none."""
    # The standard library's own parser is the one that knows how `re` reads a pattern; it has no public name.
    parser: Any = importlib.import_module("re._parser")
    found = _needed(list(parser.parse(pattern, re.IGNORECASE)))
    return found if found and min(map(len, found)) >= SHORTEST else None


def _needed(tree: Sequence[tuple[Any, Any]]) -> frozenset[str] | None:
    """Return the best of what the parts of a sequence need: its shortest text is the longest."""
    best: frozenset[str] | None = None
    run = ""
    for what, value in [*tree, ("END", None)]:
        name = str(what)
        if name == "LITERAL":
            run += chr(value).lower()
            continue
        if name == "AT":
            continue
        best, run = _better(best, frozenset({run}) if run else None), ""
        best = _better(best, _needed_by(name, value))
    return best


def _needed_by(name: str, value: Any) -> frozenset[str] | None:
    if name == "SUBPATTERN":
        return _needed(list(value[3]))
    if name == "MAX_REPEAT" or name == "MIN_REPEAT":
        return _needed(list(value[2])) if value[0] >= 1 else None
    if name == "BRANCH":
        branches = [_needed(list(one)) for one in value[1]]
        return frozenset().union(*(one for one in branches if one)) if all(branches) else None
    return None


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if not one or not other:
        return one or other
    return max(one, other, key=lambda texts: (min(map(len, texts)), -len(texts)))


def _shortest(texts: set[str]) -> list[str]:
    """Return the texts but for those that hold another one."""
    kept: list[str] = []
    for text in sorted(texts, key=lambda one: (len(one), one)):
        if not any(other in text for other in kept):
            kept.append(text)
    return kept
