"""Reads the small language of search fields, `service:cart level>=error "timed out" -health`, into a condition of SQL.

    query    = either { "OR" either }           words next to each other have all to be there
    either   = { ["-" | "NOT"] ( "(" query ")" | term ) }
    term     = field op value | "text" | text    op is : = != > >= < <=
    value    = word{,word} | "text"              `*` in a word stands for anything; `field:*` asks that there is a value

What a person typed only ever becomes a parameter, never a part of the statement.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workbench.errors import BadInput
from workbench.semconv import SEVERITY, SEVERITY_LETTERS

MOST_CHARACTERS, MOST_TERMS = 4000, 100
_TOKEN = re.compile(r'\s*(?:(?P<paren>[()])|(?P<not>-(?=[^\s\-]))|(?P<word>(?:"(?:\\.|[^"\\])*"|[^\s()"])+))')
_TERM = re.compile(r"(?P<field>[A-Za-z_@][\w.@/-]*)(?P<op>:|>=|<=|!=|>|<|=)(?P<value>.*)", re.DOTALL)
_NUMBER = re.compile(r"(?P<number>-?\d+(?:\.\d+)?)(?P<unit>ns|us|µs|ms|s|m|min|h)?")
_NANOS = {"ns": 1, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "min": 60e9, "h": 3600e9}
_HINT = 'Try service:cart level>=error "timed out" -health; words in quotes are searched as they are'


@dataclass(frozen=True, slots=True)
class Field:
    """A name that may stand before the colon."""

    sql: str
    kind: Literal["text", "within", "level", "number", "duration"] = "text"
    """`within` is text that a value only has to be a part of; a `duration` is in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of SQL with `?` marks, and what stands for them."""

    sql: str
    values: tuple[Any, ...] = ()


def parse(text: str, fields: Mapping[str, Field], *, within: str, attributes: str = "attributes") -> Condition:
    """Return the condition that a search text means; an empty text is always true.

    Args:
        text: What the person typed.
        fields: Names before the colon, in lower case.
        within: The column that words without a field are looked for in, whatever their case.
        attributes: The column of JSON that `@name:value` looks into.

    Raises:
        BadInput: it cannot be read; the message says where and how to mend it.
    """
    if len(text) > MOST_CHARACTERS:
        raise BadInput(f"the search has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read", where="search")
    return _Reader(text, fields, within, attributes).read()


class _Reader:
    def __init__(self, text: str, fields: Mapping[str, Field], within: str, attributes: str) -> None:
        self._fields, self._within, self._attributes = fields, within, attributes
        self._tokens = _tokens(text)
        self._place = 0

    def read(self) -> Condition:
        if len(self._tokens) > MOST_TERMS:
            raise BadInput(f"the search has more than {MOST_TERMS} words", where="search")
        found = self._query()
        if self._place < len(self._tokens):
            raise BadInput("a ')' has no '('", where="search", hint=_HINT)
        return found

    def _query(self) -> Condition:
        either = [self._either()]
        while self._peek() == ("word", "OR"):
            self._place += 1
            either.append(self._either())
        if len(either) > 1 and any(one.sql == "true" for one in either):
            raise BadInput("OR needs a word on both sides", where="search", hint=_HINT)
        return _joined(either, " OR ")

    def _either(self) -> Condition:
        found: list[Condition] = []
        while self._peek() not in (("end", ""), ("paren", ")"), ("word", "OR")):
            if self._peek() == ("word", "AND"):
                self._place += 1
                continue
            found.append(self._one())
        return _joined(found, " AND ")

    def _one(self) -> Condition:
        kind, text = self._next()
        if kind == "not" or (kind, text) == ("word", "NOT"):
            if self._peek() in (("end", ""), ("paren", ")")):
                raise BadInput("after NOT or - a word is missing", where="search", hint=_HINT)
            inner = self._one()
            return Condition(f"NOT ({inner.sql})", inner.values)
        if kind == "paren":
            inner = self._query()
            if self._next() != ("paren", ")"):
                raise BadInput("a '(' has no ')'", where="search", hint=_HINT)
            return inner
        match = _TERM.fullmatch(text)
        if match is None:
            return _contains(self._within, _unquoted(text))
        return self._field(match["field"], match["op"], match["value"], text)

    def _field(self, name: str, op: str, value: str, whole: str) -> Condition:
        if not value:
            raise BadInput(f"after {name}{op} a value is missing", where="search", hint=_HINT)
        if name.startswith("@"):
            path = '$."' + name[1:].replace('"', "") + '"'
            return _text(f"json_extract_string({self._attributes}, ?)", op, value, name, before=(path,))
        field = self._fields.get(name.lower())
        if field is None:
            known = ", ".join([*self._fields, "@attribute"])
            raise BadInput(
                f"no field {name!r}; there are {known}",
                where="search",
                hint=f'To search for the text, quote it: "{whole}"',
            )
        if field.kind == "level":
            return _level(field.sql, op, value, name)
        if field.kind in ("number", "duration"):
            return _number(field, op, value, name)
        if field.kind == "within" and op in (":", "=", "!="):
            return _negated(_contains(field.sql, _unquoted(value)), op)
        return _text(field.sql, op, value, name)

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._place] if self._place < len(self._tokens) else ("end", "")

    def _next(self) -> tuple[str, str]:
        found = self._peek()
        self._place += 1
        return found


def _tokens(text: str) -> list[tuple[str, str]]:
    found, place = [], 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise BadInput(f"a quote is not closed: {text[place : place + 40]}", where="search", hint=_HINT)
        found.append((match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return found


def _joined(parts: list[Condition], word: str) -> Condition:
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return Condition("true")
    return Condition(
        word.join(f"({part.sql})" for part in parts), tuple(value for part in parts for value in part.values)
    )


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return str(json.loads(text))
        except ValueError:
            return text[1:-1]
    return text.replace('"', "")


def _contains(column: str, text: str) -> Condition:
    return Condition(f"contains(lower({column}), ?)", (text.lower(),))


def _negated(found: Condition, op: str) -> Condition:
    return Condition(f"NOT ({found.sql})", found.values) if op == "!=" else found


def _text(sql: str, op: str, value: str, name: str, before: tuple[Any, ...] = ()) -> Condition:
    if op not in (":", "=", "!="):
        if before:
            return _attribute_number(sql, op, value, name, before)
        raise BadInput(f"{name} is text: it knows : and !=, not {op}", where="search")
    if value == "*":
        return _negated(Condition(f"coalesce({sql}, '') <> ''", before), op)
    quoted = value.startswith('"')
    words = [_unquoted(value)] if quoted else [word for word in value.split(",") if word]
    parts = [_alike(sql, word, before) if "*" in word and not quoted else _equal(sql, word, before) for word in words]
    return _negated(_joined(parts, " OR "), op)


def _equal(sql: str, word: str, before: tuple[Any, ...]) -> Condition:
    return Condition(f"coalesce({sql}, '') = ?" if before else f"{sql} = ?", (*before, word))


def _alike(sql: str, word: str, before: tuple[Any, ...]) -> Condition:
    pattern = re.sub(r"([\\%_])", r"\\\1", word).replace("*", "%")
    return Condition(f"coalesce({sql}, '') ILIKE ? ESCAPE '\\'", (*before, pattern))


def _attribute_number(sql: str, op: str, value: str, name: str, before: tuple[Any, ...]) -> Condition:
    found = _NUMBER.fullmatch(value)
    if not found or found["unit"]:
        raise BadInput(f"{name}{op} wants a number, not {value!r}", where="search")
    return Condition(f"coalesce(TRY_CAST({sql} AS DOUBLE) {op} ?, false)", (*before, float(value)))


def _number(field: Field, op: str, value: str, name: str) -> Condition:
    found = _NUMBER.fullmatch(value)
    if not found or (found["unit"] and field.kind != "duration") or (field.kind == "duration" and not found["unit"]):
        wanted = "a time such as 250ms or 1.5s" if field.kind == "duration" else "a number"
        raise BadInput(f"{name}{op} wants {wanted}, not {value!r}", where="search")
    factor = _NANOS[found["unit"]] if found["unit"] else 1
    return Condition(
        f"{field.sql} {'=' if op == ':' else op.replace('!=', '<>')} ?", (float(found["number"]) * factor,)
    )


def _level(sql: str, op: str, value: str, name: str) -> Condition:
    words = [word for word in _unquoted(value).split(",") if word]
    if op in (":", "=", "!="):
        # A level stands for its band of four numbers, as OpenTelemetry has them.
        bands = [(band(_severity(word, name)),) for word in words]
        parts = [Condition(f"({sql} + 3) // 4 = ?", one) for one in bands]
        return _negated(_joined(parts, " OR "), op)
    if len(words) != 1:
        raise BadInput(f"{name}{op} wants one level, not {value!r}", where="search")
    number = _severity(words[0], name)
    low = 4 * band(number) - 3
    return {
        ">=": Condition(f"{sql} >= ?", (low,)),
        ">": Condition(f"{sql} >= ?", (low + 4,)),
        "<": Condition(f"{sql} < ?", (low,)),
        "<=": Condition(f"{sql} < ?", (low + 4,)),
    }[op]


def band(severity_number: int) -> int:
    """Return 0 for an unknown level, 1 trace, 2 debug, 3 info, 4 warn, 5 error, 6 fatal."""
    return (severity_number + 3) // 4


def _severity(word: str, name: str) -> int:
    upper = word.upper()
    if upper in ("NONE", "UNKNOWN"):
        return 0
    found = SEVERITY.get(upper) or SEVERITY_LETTERS.get(upper)
    if found is None and word.isdigit() and int(word) <= 24:
        found = int(word)
    if found is None:
        raise BadInput(
            f"{name}: no level {word!r}", where="search", hint="Levels: trace, debug, info, warn, error, fatal"
        )
    return found
