"""Tells the statements apart that share a span name, by the text of the query that the caller's span carries.

Span names of database calls are short by convention (`SELECT orders`), so a statement without an index hides among
fast ones of the same name. Texts by the OpenTelemetry conventions for database spans: `db.query.text`, older
`db.statement`. Literals are masked: they would make every call a statement of its own, and may be private.
"""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd

from workbench.rca.columns import Ints, Texts
from workbench.rca.visits import SpanTable

SEPARATOR = " · "
"""Stands between the name of a span and its statement."""
MOST_STATEMENTS = 40
"""A name with more of them has texts that are no templates; then the name is all that calls have in common."""
LONGEST = 160
_LITERAL = re.compile(r"'(?:[^'\\]|\\.|'')*'|\b0x[0-9a-f]+\b|(?<![\w$])[-+]?\d+(?:\.\d+)?\b", re.IGNORECASE)
_LIST = re.compile(r"\(\s*(?:\?|[$:]\w+)(?:\s*,\s*(?:\?|[$:]\w+))+\s*\)")
_TEXT = re.compile(r'"db\.(?:query\.text|statement)"\s*:\s*"((?:[^"\\]|\\.)*)"')


def statement_of(attributes: str) -> str:
    """Return the statement in the attributes (JSON text) of a span, with `?` for literals; '' when there is none."""
    found = _TEXT.search(attributes)
    if found is None:
        return ""
    try:
        text = str(json.loads(f'"{found[1]}"'))
    except json.JSONDecodeError:
        text = found[1]
    return _LIST.sub("(?)", _LITERAL.sub("?", text))[:LONGEST].strip()


def with_statements(table: SpanTable, at: Ints) -> Texts:
    """Return what the calls at these positions do: the name of the span, with its statement where it has one."""
    codes, texts = pd.factorize(table.attributes[at])
    known = np.array([statement_of(str(text)) for text in texts], dtype=object)
    statements = known[codes] if len(codes) else np.zeros(0, dtype=object)
    names = table.operation[at]
    kinds = pd.DataFrame({"caller": table.service[at], "callee": table.peer[at], "name": names, "text": statements})
    many = kinds.groupby(["caller", "callee", "name"])["text"].transform("nunique").to_numpy() > MOST_STATEMENTS
    told = (statements != "") & (statements != names) & ~many
    found: Texts = np.where(told, names + SEPARATOR + statements, names)
    return found


def span_name(operation: str) -> str:
    """Return the name of the spans of an operation that `with_statements` named."""
    return operation.partition(SEPARATOR)[0]


def words_of(operation: str) -> str:
    """Return the longest part of the operation's statement that its spans carry literally; '' without a statement."""
    return max(operation.partition(SEPARATOR)[2].split("?"), key=len)
