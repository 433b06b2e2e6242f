"""Reads log lines that differ in one word only (a city, a user) as one pattern, beside the lines themselves.

The key of a line masks numbers and ids. A word that varies is known only from many lines: one position that takes many
values while all other words stay. Without the pattern nobody would see that such a line is missing, because each of its
values alone is rare.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.rca.items import VisitTable

LEAST_VALUES = 4
"""So many values make a word one that varies."""
LEAST_WORDS = 3
"""Level and two words at least: two lines of one word have nothing in common."""
MOST_WORDS = 40
VARIES = "<*>"
_LOG = "log:"
_ROUNDS = 2
"""A line may have two words that vary."""


def with_line_patterns(table: VisitTable) -> VisitTable:
    """Return the visits with one more item for each line whose pattern takes several values in the same service."""
    code, items = pd.factorize(table.item)
    logged = np.array([str(item).startswith(_LOG) for item in items], dtype=np.bool_)
    rows = np.flatnonzero(logged[code])
    visit = table.item_visit[rows]
    services, names = pd.factorize(table.service)
    pair, known = pd.factorize(code[rows].astype(np.int64) * max(len(names), 1) + services[visit])
    keys = [(str(names[one % len(names)]), str(items[one // len(names)])) for one in known.tolist()]
    pattern = line_patterns(sorted(keys))
    if not pattern:
        return table
    number, texts = pd.factorize(np.array([pattern.get(key) for key in keys], dtype=object))
    kept = number[pair] >= 0
    visit, number = visit[kept], number[pair][kept].astype(np.int64)
    fresh = ~pd.Series(visit * len(texts) + number).duplicated().to_numpy()
    return replace(
        table,
        item_visit=np.concatenate([table.item_visit, visit[fresh]]),
        item=np.concatenate([table.item, np.asarray(texts, dtype=object)[number[fresh]]]),
    )


def line_patterns(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the pattern of each (service, line item) that has one; the widest when there are several."""
    found: dict[tuple[str, str], str] = {}
    current = {key: key[1] for key in keys}
    for _ in range(_ROUNDS):
        values: dict[tuple[str, str], set[str]] = {}
        places: dict[tuple[str, str], list[str]] = {}
        for key, text in current.items():
            words = text.split(" ")
            if not LEAST_WORDS <= len(words) <= MOST_WORDS:
                continue
            # The first word is the level: a line that becomes an error is another line.
            places[key] = [" ".join([*words[:at], VARIES, *words[at + 1 :]]) for at in range(1, len(words))]
            for at, made in enumerate(places[key], 1):
                values.setdefault((key[0], made), set()).add(words[at])
        for key, choices in places.items():
            width, best = max((len(values[key[0], made]), made) for made in choices)
            if width >= LEAST_VALUES:
                found[key] = current[key] = best
    return found
