"""One column of a log's sample lines, with the tests that tell how it behaves."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from workbench.signals.fields import DECORATION, MOST_FIELDS, WORD, kind_of, plain_words, spans

COVERAGE = 0.9
"""Share of lines, and (less 0.1) mean share over distinct messages, in which a column must behave alike."""
CARDINALITY = 3
"""Distinct followers for each word of a closed vocabulary."""
INDEPENDENCE = 0.3
"""Share of a column's diversity that must stay when the rest of the line is fixed."""
FEW_RESTS = 3
"""Distinct messages without which nothing can be said about a column of words."""
FOLLOWED = 0.98
"""Share of lines in which something must stand behind a header's column of words; a few messages are empty."""
_FREQUENT = 4
"""Lines in which an independent value has shown itself."""
_REST_WORDS = 12
_FIRST_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class Row:
    """One sample line, cut into fields; `rest(c)` are the first plain words right of column `c`."""

    __slots__ = ("_offsets", "_words", "fields", "kinds", "starts")

    def __init__(self, line: str) -> None:
        found = spans(line)
        self.starts = [start for start, _ in found]
        self.fields = [line[start:end] for start, end in found]
        self.kinds = [kind_of(field) for field in self.fields]
        texts = [*self.fields, line[found[-1][1] :]] if len(found) == MOST_FIELDS else self.fields
        self._words: list[str] = []
        self._offsets = [0]
        for text in texts:
            self._words += plain_words(text)
            self._offsets.append(len(self._words))

    def rest(self, column: int) -> tuple[str, ...]:
        """Return the first plain words right of a column."""
        start = self._offsets[column + 1]
        return tuple(self._words[start : start + _REST_WORDS])

    def first_word(self, column: int) -> str | None:
        """Return the first plain word of a column, None if it has none."""
        if column + 1 >= len(self._offsets) or self._offsets[column] == self._offsets[column + 1]:
            return None
        return self._words[self._offsets[column]]

    def has_sub_name(self, column: int) -> bool:
        """Tell whether the next field is `(sub):`, a second part of this one."""
        following = self.fields[column + 1] if len(self.fields) > column + 1 else ""
        return following[:1] in ("(", "[") and following.endswith(":")

    def join_sub_name(self, column: int) -> None:
        """Make `name[pid] (sub):` one field."""
        if self.fields[column][-1] != ":" and self.has_sub_name(column):
            self.fields[column] += " " + self.fields.pop(column + 1)
            del self.kinds[column + 1], self.starts[column + 1], self._offsets[column + 1]


class ColumnView:
    """One column over all rows that have it, with the tests of its behaviour."""

    def __init__(self, rows: Sequence[Row], column: int) -> None:
        self.column = column
        self.rows = [row for row in rows if len(row.fields) > column]
        self._total = len(rows)
        self.rests = [row.rest(column) for row in self.rows]
        numbers: dict[tuple[str, ...], int] = {}
        self._group = np.array([numbers.setdefault(rest, len(numbers)) for rest in self.rests], dtype=np.int64)
        self._sizes = np.bincount(self._group, minlength=1)
        self.distinct_rests = len(numbers)
        self.values = [row.fields[column].strip(DECORATION) for row in self.rows]
        self.letters = sum(not any(map(str.isdigit, row.fields[column])) for row in self.rows)

    @property
    def common(self) -> bool:
        """Tell whether nearly all rows have this column."""
        return bool(self.rows) and len(self.rows) >= COVERAGE * self._total

    @property
    def followed(self) -> bool:
        """Tell whether a field stands behind it in almost every line: a header has a message behind it."""
        return sum(len(row.fields) > self.column + 1 for row in self.rows) >= FOLLOWED * len(self.rows)

    def covers(self, test: Callable[[Row], bool]) -> bool:
        """Tell whether nearly all lines and nearly all distinct messages pass the test."""
        flags = np.fromiter(map(test, self.rows), dtype=np.float64, count=len(self.rows))
        if flags.sum() < COVERAGE * self._total:
            return False
        by_rest = np.bincount(self._group, weights=flags) / self._sizes
        return bool(by_rest.mean() >= COVERAGE - 0.1)

    def is_vocabulary(self) -> bool:
        """Few letter-only words, each followed by many different ones, in messages of more than one event."""
        followers: set[str] = set()
        for column in range(self.column + 1, self.column + 4):
            followers = {word for row in self.rows if (word := row.first_word(column))}
            if len(followers) >= FEW_RESTS:
                break
        else:
            return False
        few = len(set(self.values)) * CARDINALITY <= len(followers) and 2 * self.letters >= len(self.rows)
        return few and not self._is_one_event()

    def _is_one_event(self) -> bool:
        """Tell whether nothing, or a constant word, comes after the first word that varies: then that is a value."""
        at = [Counter(rest[k] for rest in self.rests if len(rest) > k) for k in range(_REST_WORDS)]
        value = next((k for k, words in enumerate(at) if len(words) >= FEW_RESTS), _REST_WORDS)
        later = [words for words in at[value + 1 :] if words]
        most = COVERAGE * self._total
        return not later or any(words.most_common(1)[0][1] >= most for words in later)

    def is_constant_word(self) -> bool:
        """Nearly always the same plain word, as the constant words of a message are."""
        word, count = Counter(row.fields[self.column] for row in self.rows).most_common(1)[0]
        return word.isalpha() and count >= COVERAGE * self._total

    def is_aligned(self) -> bool:
        """Padded with blanks so that the next field starts at one place."""
        here, after = self.column, self.column + 1
        wide = [row for row in self.rows if len(row.fields) > after]
        if not wide or len(set(self.values)) < 2:
            return False
        usual = Counter(row.starts[after] - row.starts[here] for row in wide).most_common(1)[0][0]
        padded = sum(row.starts[here] + len(row.fields[here]) + 2 <= row.starts[after] for row in wide)
        return padded >= COVERAGE * len(self.rows) and self.covers(
            lambda row: len(row.fields) > after and row.starts[after] - row.starts[here] == usual
        )

    def is_independent(self) -> bool:
        """Varies while the rest of the line stays the same: its Gini index within equal rests is near its own.

        It must vary in nearly every message that is frequent enough to show it: of the messages of one program only
        some begin with a value.
        """
        overall = gini(self.values)
        within: dict[tuple[str, ...], list[str]] = {}
        for rest, value in zip(self.rests, self.values, strict=True):
            if len(rest) >= 2:
                within.setdefault(rest, []).append(value)
        repeated = [values for values in within.values() if len(values) > 1]
        seen = sum(map(len, repeated))
        if overall <= 0.05 or seen < 0.2 * self._total or self.letters < 0.2 * len(self.rows):
            return False
        words = sum(row.kinds[self.column] == WORD and row.fields[self.column][0] not in "[(<{" for row in self.rows)
        if words < COVERAGE * len(self.rows):
            return False
        frequent = [len(set(values)) > 1 for values in repeated if len(values) >= _FREQUENT]
        if len(frequent) < FEW_RESTS or sum(frequent) < (COVERAGE - 0.1) * len(frequent):
            return False
        return sum(gini(values) * len(values) for values in repeated) / seen >= INDEPENDENCE * overall

    def is_clock(self) -> bool:
        """A number that hardly ever falls: seconds since boot, or a line number."""
        found = [_FIRST_NUMBER.search(row.fields[self.column]) for row in self.rows]
        if not all(found):
            return False
        numbers = [float(match.group()) for match in found if match]
        rising = sum(a <= b for a, b in itertools.pairwise(numbers))
        return len(set(numbers)) >= FEW_RESTS and rising >= 0.95 * (len(numbers) - 1)


def gini(values: Sequence[str]) -> float:
    """Return the chance that two draws differ (Gini-Simpson index), 0..1."""
    total = len(values)
    return 1.0 - sum(count * count for count in Counter(values).values()) / (total * total) if total else 0.0
