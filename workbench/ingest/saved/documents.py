"""Reads JSON and YAML: Kubernetes objects, results of Prometheus, Loki, Tempo and Jaeger, alerts, and any other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from workbench.ingest.readers import objects
from workbench.ingest.saved import alerts, queried, traces
from workbench.ingest.saved.lines import Origin
from workbench.ingest.saved.names import singular
from workbench.ingest.saved.rows import Row, event, state
from workbench.semconv import Table
from workbench.signals.plain import Plain, gives_answer_away, leaves, said, time_of
from workbench.signals.workloads import workload_of

_MOST_LEAVES = 2_000
_CHANGE_TEXT = ("description", "summary", "message", "title", "change")
_CHANGE_NAME = ("type", "kind", "event", "action", "reason", "category")
_TIMES = ("datetime", "timestamp", "time", "date", "startsat", "startedat", "createdat", "creationdate", "at")


def load(text: str) -> list[Any] | None:
    """Return the documents of a JSON or YAML text; None when it is neither, or no more than words."""
    stripped = text.strip()
    if not stripped:
        return None
    if stripped[0] in "{[":
        try:
            return [json.loads(stripped)]
        except ValueError:
            return None
    if (
        not re.match(r"^(?:---\s*$|[\w./\"'-]+:(?:\s|$)|- [\w\"'-]+:?)", stripped, re.MULTILINE)
        or "\t" in stripped[:200]
    ):
        return None
    try:
        found = [one for one in yaml.load_all(stripped, Loader=yaml.CBaseLoader) if one is not None]
    except (yaml.YAMLError, ValueError):
        return None
    return found if found and all(isinstance(one, dict | list) for one in found) else None


def pairs(lines: Sequence[str]) -> dict[str, str] | None:
    """Return the `key: value` lines at the margin of a text that is all of them; None when it is something else."""
    margin = [line for line in lines if line[:1].strip() and not line.startswith("-")]
    found = [match for line in margin if (match := re.match(r"(?P<key>[A-Za-z_][\w.-]*):(?:\s+(?P<value>.*))?$", line))]
    if len(found) < 4 or len(found) * 5 < len(margin) * 4:
        return None
    values = {match["key"]: (match["value"] or "").strip().strip("'\"") for match in found}
    return {key: "" if value == "null" else value for key, value in values.items()}


def is_one(text: str) -> bool:
    """Tell whether a text is one JSON object that holds something."""
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return isinstance(found, dict) and bool(found)


def read(documents: list[Any], line: int, origin: Origin, *, kind: str = "", name: str = "") -> Iterator[Row]:
    """Yield the rows of documents, each as what it is."""
    for document in documents:
        yield from _one(document, line, origin, kind or "document", name)


def _one(document: Any, line: int, origin: Origin, kind: str, name: str) -> Iterator[Row]:
    if isinstance(document, dict):
        data = document.get("data")
        result: dict[str, Any] = data if isinstance(data, dict) else document
        if "resultType" in result and isinstance(result.get("result"), list):
            query = said(document.get("query"))
            yield from queried.series(result, query, line, origin)
            return
        if isinstance(result.get("groups"), list) and any(
            "rules" in one for one in result["groups"] if isinstance(one, dict)
        ):
            yield from alerts.rules(result["groups"], line)
            return
        if _spans := list(traces.spans(document)):
            for span in _spans:
                yield Row(Table.SPANS, line, span)
            return
        if alerts.is_alert(document):
            yield from alerts.told(document, line)
            return
    known = list(objects.walk(document))
    if known:
        yield from known
        if isinstance(document, dict) and "apiVersion" not in document:
            plain = {key: value for key, value in document.items() if not isinstance(value, dict | list)}
            yield from _generic(plain, line, origin, kind, name)
        return
    if isinstance(document, list) and document and all(isinstance(one, dict) for one in document):
        for one in document:
            yield from _listed(one, line, origin, kind, name)
        return
    yield from _generic(document, line, origin, kind, name)


def _listed(one: dict[str, Any], line: int, origin: Origin, kind: str, name: str) -> Iterator[Row]:
    """Yield a change or another dated event, an alert, or the leaves of what is neither."""
    plain = Plain(one)
    time, text = time_of(plain.get(*_TIMES)), plain.text(*_CHANGE_TEXT)
    if alerts.is_alert(one):
        yield from alerts.told(one, line)
    elif time and text:
        who = plain.text("name", "service", "app", "object")
        what = plain.text(*_CHANGE_NAME) or "change"
        yield event(what, text, time=time, service=workload_of(who), instance=who, line=line, type="Normal", object=who)
    else:
        yield from _generic(one, line, origin, kind, name)


def _generic(document: Any, line: int, origin: Origin, kind: str, name: str) -> Iterator[Row]:
    """Yield every leaf of a document under its path; an object of a list that has a name is an object of its own."""
    count = 0
    for owner_kind, owner, path, text in _walk(document, kind, name, ""):
        if text and count < _MOST_LEAVES and not gives_answer_away(path):
            count += 1
            yield state(owner_kind, owner, path, text, namespace=origin.namespace, service=origin.service, line=line)


def _walk(value: Any, kind: str, name: str, path: str) -> Iterator[tuple[str, str, str, str]]:
    if isinstance(value, dict):
        plain = Plain(value)
        own = plain.text("name", "node", "id", "title", "groupid", "topic")
        name = own or name
        for key, inner in value.items():
            where = f"{path}.{key}" if path else str(key)
            if isinstance(inner, list) and any(isinstance(one, dict) for one in inner):
                for one in inner:
                    below = (
                        singular(str(key)) if isinstance(one, dict) and Plain(one).text("name", "node", "id") else ""
                    )
                    yield from _walk(one, below or kind, name, "" if below else where)
            elif isinstance(inner, dict):
                yield from _walk(inner, kind, name, where)
            else:
                for deeper, text in leaves(inner, where):
                    yield kind, name, deeper, text
    elif isinstance(value, list):
        for one in value:
            yield from _walk(one, kind, name, path)
    elif value is not None:
        yield kind, name, path or "value", said(value)
