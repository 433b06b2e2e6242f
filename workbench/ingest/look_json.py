"""Tells OTLP, Jaeger, Zipkin, Prometheus and plain objects apart, and finds the columns of objects."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from workbench.ingest.files import Found
from workbench.ingest.profile import FileRule, Format
from workbench.ingest.readers.objects import knows
from workbench.ingest.shape import SAMPLE_ROWS, Shape

_JSON_KINDS: tuple[tuple[Format, str], ...] = (
    ("otlp_json", r'"resource(?:Spans|Logs|Metrics)"\s*:'),
    ("prometheus_json", r'"resultType"\s*:'),
    ("jaeger_json", r'"spans"\s*:.*"(?:traceID|spanID|operationName)"\s*:'),
    ("zipkin_json", r'"traceId"\s*:.*"localEndpoint"\s*:|"localEndpoint"\s*:.*"traceId"\s*:'),
)


def look_at_json(file: Found, rule: FileRule, text: str) -> Shape | None:
    """Return what the beginning of a JSON file tells; None when it is of no known kind."""
    first = text.lstrip().split("\n", 1)[0]
    # The first line of a .jsonl file may be longer than what has been read of it.
    by_line = file.suffix in (".jsonl", ".ndjson") or (_is_object(first) and "\n" in text.strip())
    kind = rule.format if rule.format not in (None, "json", "jsonl") else next(
        (kind for kind, pattern in _JSON_KINDS if re.search(pattern, text, re.DOTALL)), None
    )  # fmt: skip
    if kind is not None:
        said = "one document per line" if by_line else "one document"
        return Shape(kind, lines=by_line, variant=_variant(kind, text), reasons=(said,))
    if rule.format is None and not (by_line and "\n" in text.strip() and _is_object(first)) and knows(text):
        return Shape("objects_json", lines=False, reasons=("a document of objects, each known by what it holds",))
    if text.lstrip().startswith("["):
        return _objects("json", _elements(text), lines=False)
    if by_line or _is_object(first):
        loaded = [_load(line) for line in text.splitlines()[:SAMPLE_ROWS]]
        return _objects("jsonl", [one for one in loaded if isinstance(one, dict)], lines=True)
    return None


def _variant(kind: Format, text: str) -> str:
    if kind == "jaeger_json" and (data := re.search(r'"data"\s*:\s*([\[{])', text)):
        return "data_list" if data[1] == "[" else "data_object"
    return "array" if text.lstrip().startswith("[") else ""


def _load(line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        return None


def _is_object(line: str) -> bool:
    return isinstance(_load(line), dict)


def _elements(text: str) -> list[dict[str, Any]]:
    """Return the first objects of a JSON array whose end may be cut off."""
    decoder, at = json.JSONDecoder(), text.index("[") + 1
    found: list[dict[str, Any]] = []
    while len(found) < SAMPLE_ROWS:
        while at < len(text) and text[at] in " \r\n\t,":
            at += 1
        try:
            element, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError:
            break
        if isinstance(element, dict):
            found.append(element)
    return found


def _objects(kind: Format, objects: Sequence[dict[str, Any]], *, lines: bool) -> Shape | None:
    if not objects:
        return None
    flat = [flatten(one) for one in objects]
    paths = {name: path for one in reversed(flat) for name, path, _ in one}
    columns = tuple(dict.fromkeys(name for one in flat for name, _, _ in one))
    cells = [{name: cell for name, _, cell in one} for one in flat]
    rows = tuple(tuple(one.get(name, "") for name in columns) for one in cells)
    said = "one object per line" if lines else "an array of objects"
    return Shape(
        kind, columns=columns, paths=tuple(paths[name] for name in columns), rows=rows, lines=lines, reasons=(said,)
    )


def flatten(value: dict[str, Any], prefix: str = "", path: str = "$") -> list[tuple[str, str, str]]:
    """Return name with dots, JSON path and text of each leaf of a JSON object; arrays stay JSON."""
    found: list[tuple[str, str, str]] = []
    for key, inner in value.items():
        name, where = prefix + key, path + "." + json.dumps(key, ensure_ascii=False)
        if isinstance(inner, dict) and inner:
            found += flatten(inner, f"{name}.", where)
        elif inner is None:
            found.append((name, where, ""))
        else:
            found.append((name, where, inner if isinstance(inner, str) else json.dumps(inner)))
    return found
