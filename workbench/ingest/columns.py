"""Compiles the columns of a profile into SQL expressions over the raw text of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workbench.ingest import sql
from workbench.ingest.components import part_of
from workbench.ingest.file_names import service_in
from workbench.ingest.levels import failure_level, words
from workbench.ingest.profile import ColumnRule
from workbench.semconv import SEVERITY, SEVERITY_LETTERS

_LEVELS = "|".join(sorted(SEVERITY, key=len, reverse=True))

_SAID = rf"(?i)\b(?:level|lvl|severity)[\"']?\s*[=:]\s*[\"']?({_LEVELS})\b"

_SUCCESS = "WHEN 'true' THEN 'OK' WHEN '1' THEN 'OK' WHEN 'false' THEN 'ERROR' WHEN '0' THEN 'ERROR' ELSE ''"

Source = Callable[[str], str]
"""From a source column's name to SQL for its text; raises ProfileError when the file does not have it."""


def text_of(rule: ColumnRule, source: Source) -> str:
    """Return SQL for the text of one target column; '' when there is none."""
    if rule.constant is not None:
        return sql.text(rule.constant)
    value = source(rule.column)
    if rule.unwrap_json:
        path = sql.text(f'$."{rule.unwrap_json}"')
        inner = f"rtrim(json_extract_string({value}, {path}), chr(10) || chr(13))"
        value = f"CASE WHEN json_valid({value}) THEN coalesce({inner}, {value}) ELSE {value} END"
    if rule.pattern:
        value = f"regexp_extract({value}, {sql.text(rule.pattern)}, 1)"
    if rule.strip_suffix_parts:
        value = strip_parts(value, rule.strip_suffix_parts, rule.separator)
    if rule.component:
        value = part_of(value, rule.component)
    if rule.success:
        value = f"CASE lower({value}) {_SUCCESS} END"
    if rule.path:
        value = service_in(value)
    if rule.scale:
        value = words(value, rule.scale)
    if rule.level_word or rule.failure_words:
        word = _level_word(value)
        value = f"coalesce(nullif({word}, ''), {failure_level(value)})" if rule.failure_words else word
    if rule.empty_if:
        value = f"CASE WHEN {value} IN ({', '.join(map(sql.text, rule.empty_if))}) THEN '' ELSE {value} END"
    return f"coalesce({value}, '')"


def _level_word(value: str) -> str:
    near = f"left({value}, 120)"
    said = f"regexp_extract({near}, {sql.text(_SAID)}, 1)"
    return f"coalesce(nullif(regexp_extract({near}, '\\b({_LEVELS})\\b', 1), ''), {said})"


def strip_parts(value: str, parts: int, separator: str) -> str:
    """Return SQL that cuts the last parts off; a text with fewer parts stays whole."""
    one = separator.replace("\\", "\\\\") if separator.isalnum() else "\\" + separator
    return f"regexp_replace({value}, {sql.text(f'(?:{one}[^{one}]*){{{parts}}}$')}, '')"


def severity_number(level: str) -> str:
    """Return SQL for the OpenTelemetry severity number of a level word or letter; 0 when it is not known."""
    words = " ".join(f"WHEN '{word}' THEN {number}" for word, number in {**SEVERITY, **SEVERITY_LETTERS}.items())
    return f"CASE upper(trim({level}, ' []:')) {words} ELSE 0 END"


def span_kind(value: str) -> str:
    """Return SQL for OpenTelemetry's word of a span kind, from the word or the number of the protocol."""
    numbers = {"1": "INTERNAL", "2": "SERVER", "3": "CLIENT", "4": "PRODUCER", "5": "CONSUMER", "0": ""}
    cases = " ".join(f"WHEN '{number}' THEN '{word}'" for number, word in numbers.items())
    return f"CASE {value} {cases} ELSE replace(upper({value}), 'SPAN_KIND_', '') END"


def status_code(value: str) -> str:
    """Return SQL for ERROR, OK or UNSET, from the word, the protocol's number, a status of HTTP or gRPC (3 to 16)."""
    word = f"replace(upper({value}), 'STATUS_CODE_', '')"
    return (
        f"CASE WHEN {value} = '' THEN '' WHEN {word} IN ('2', 'ERROR', 'FAILED', 'TRUE') THEN 'ERROR' "
        f"WHEN {word} IN ('1', 'OK', 'SUCCESS') THEN 'OK' WHEN {word} IN ('0', 'UNSET', 'FALSE') THEN 'UNSET' "
        f"WHEN try_cast({value} AS INTEGER) >= 500 OR try_cast({value} AS INTEGER) BETWEEN 3 AND 16 THEN 'ERROR' "
        f"WHEN try_cast({value} AS INTEGER) BETWEEN 100 AND 499 THEN 'UNSET' ELSE {word} END"
    )


def attributes(parts: Mapping[str, str]) -> str:
    """Return SQL for a JSON object of the given keys; empty cells are left out."""
    if not parts:
        return "'{}'"
    pairs = ", ".join(
        f"CASE WHEN {value} <> '' THEN {sql.text(_key(key))} || CAST(to_json({value}) AS VARCHAR) END"
        for key, value in parts.items()
    )
    return f"'{{' || concat_ws(', ', {pairs}) || '}}'"


def _key(key: str) -> str:
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}": '
