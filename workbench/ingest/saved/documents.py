"""Reads JSON and YAML: Kubernetes objects, results of Prometheus, Loki, Tempo and Jaeger, alerts, and any other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from workbench.ingest.readers import objects
from workbench.ingest.saved.lines import Origin
from workbench.ingest.saved.lines import read as read_lines
from workbench.ingest.saved.names import singular, workload_of
from workbench.ingest.saved.rows import Row, event, log, state
from workbench.semconv import NANOS_PER_SECOND, Table
from workbench.signals.plain import Plain, gives_answer_away, leaves, said, time_of
from workbench.signals.times import parse_time

_LABELS = {
    "service_name": ("service_name", "service", "app", "application", "container", "deployment", "job"),
    "service_instance_id": ("pod", "instance"),
    "host_name": ("node", "host", "hostname", "nodename"),
}
_MOST_LEAVES = 2_000
_CHANGE_TEXT = ("description", "summary", "message", "title", "change")
_CHANGE_NAME = ("type", "kind", "event", "action", "reason", "category")
_TIMES = ("datetime", "timestamp", "time", "date", "startsat", "startedat", "createdat", "creationdate", "at")
_ALERT_TIMES = ("startsat", "starttimestamp", "activeat", "startedat", "creationdate", "createdat", "timestamp")


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
            yield from _series(result, query, line, origin)
            return
        if isinstance(result.get("groups"), list) and any(
            "rules" in one for one in result["groups"] if isinstance(one, dict)
        ):
            yield from _rules(result["groups"], line)
            return
        if _spans := list(_traces(document)):
            for span in _spans:
                yield Row(Table.SPANS, line, span)
            return
        if _is_alert(document):
            yield from _alert(document, line)
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
    if _is_alert(one):
        yield from _alert(one, line)
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


def _series(result: dict[str, Any], query: str, line: int, origin: Origin) -> Iterator[Row]:
    for at, one in enumerate(result["result"], start=1):
        if not isinstance(one, dict):
            continue
        if isinstance(one.get("stream"), dict) or result["resultType"] == "streams":
            yield from _stream(one, line, origin)
            continue
        labels = {str(key): said(value) for key, value in (one.get("metric") or {}).items()}
        points = list(one.get("values") or []) + ([one["value"]] if one.get("value") else [])
        name = labels.pop("__name__", "") or _metric_of(query) or f"series {at}"
        columns = {column: next((labels[key] for key in keys if key in labels), "") for column, keys in _LABELS.items()}
        for point in points:
            row = _point(point, name, labels, columns, line)
            if row:
                yield row


def _point(point: Any, name: str, labels: dict[str, str], columns: dict[str, str], line: int) -> Row | None:
    try:
        time, value = float(point[0]), float(point[1])
    except (TypeError, ValueError, IndexError):
        return None
    if value != value or abs(value) == float("inf"):
        return None
    values = {"time_unix_nano": int(time * NANOS_PER_SECOND), "metric_name": name, "value": value, "attributes": labels}
    return Row(Table.METRICS, line, values | columns)


def _metric_of(query: str) -> str:
    """Return the metric that a query is about: its first word that no function or label is."""
    words = re.findall(
        r"([a-zA-Z_:][\w:]*)(?=\s*[{\[]|\s*$|\s*\))", re.sub(r"\b(?:by|without|on)\s*\([^)]*\)", "", query)
    )
    return next((word for word in words if "_" in word or ":" in word), "")


def _stream(one: dict[str, Any], line: int, origin: Origin) -> Iterator[Row]:
    labels = {str(key): said(value) for key, value in (one.get("stream") or one.get("metric") or {}).items()}
    pod = labels.get("pod") or labels.get("instance", "")
    service = next((labels[key] for key in _LABELS["service_name"] if labels.get(key)), "") or workload_of(pod)
    for point in one.get("values") or []:
        if not isinstance(point, list) or len(point) < 2:
            continue
        inner = next(iter(read_lines([said(point[1])], line, Origin(service, pod))), None)
        values = dict(inner.values) if inner else {}
        body = said(values.get("body") or values.get("value") or point[1])
        level = said(values.get("severity_text")) or labels.get("level", "") or _level_of(values)
        time = parse_time(said(point[0])) or 0
        yield log(
            body, time=time, level=level, service=service or origin.service, instance=pod, line=line,
            namespace=labels.get("namespace", ""), container=labels.get("container", ""),
        )  # fmt: skip


def _level_of(values: dict[str, Any]) -> str:
    word = said(values.get("attribute")).removeprefix("log.")
    return "" if word == "line" else word


def _rules(groups: list[Any], line: int) -> Iterator[Row]:
    for group in groups:
        for rule in group.get("rules", []) if isinstance(group, dict) else []:
            name = said(rule.get("name") or rule.get("alert") or rule.get("record"))
            for key in ("state", "health", "lastError", "query", "expr", "duration"):
                if rule.get(key) not in (None, ""):
                    yield state("rule", name, key, rule[key], line=line)
            for key, text in (rule.get("annotations") or {}).items():
                yield state("rule", name, f"annotations.{key}", text, line=line)
            for alert in rule.get("alerts") or []:
                yield from _alert({"name": name, **alert}, line)


def _is_alert(document: dict[str, Any]) -> bool:
    plain = Plain(document)
    named = plain.has("title") or plain.has("alertname") or plain.inner("labels").has("alertname")
    told = plain.has("description") or plain.has("annotations") or plain.has("message")
    return (
        named
        and told
        and (plain.has("source") or plain.has("startsat") or plain.has("labels") or plain.has("severity"))
    )


def _alert(document: dict[str, Any], line: int) -> Iterator[Row]:
    """Yield an alert as an event when it says when it began, and what it says as states."""
    plain = Plain(document)
    labels, notes = plain.inner("labels"), plain.inner("annotations")
    subject = plain.inner("subject")
    name = labels.text("alertname") or plain.text("aggregationkey", "alertname", "name", "title")
    namespace = plain.text("subjectnamespace") or subject.text("namespace") or labels.text("namespace")
    pod = labels.text("pod") or (plain.text("subjectname") or subject.text("name"))
    service = workload_of(pod) if pod else ""
    text = ". ".join(dict.fromkeys(
        part.strip().rstrip(".") for part in
        (plain.text("title"), plain.text("description", "message"), notes.text("summary"), notes.text("description"))
        if part
    ))  # fmt: skip
    time = next((found for key in _ALERT_TIMES if (found := time_of(plain.get(key)))), 0)
    if time and (updated := plain.text("updatedat", "lastupdated")) and time_of(updated) not in (None, time):
        text = f"{text} (last told at {updated})"
    for path, said_of in leaves(
        {key: value for key, value in document.items() if key not in ("evidence", "video_links")}
    ):
        if said_of and not gives_answer_away(path):
            yield state(
                "alert", name, path, said_of, namespace=namespace, service=service, line=line, observed=time or 0
            )
    if time:
        yield event(
            name, text, time=time, service=service, instance=pod, line=line, type="Alert", object=pod,
            namespace=namespace, severity=labels.text("severity") or plain.text("severity", "priority"),
            node=plain.text("subjectnode") or labels.text("node"),
        )  # fmt: skip


def _traces(document: dict[str, Any]) -> Iterator[dict[str, object]]:
    """Yield the spans of a trace as Tempo and Jaeger answer with it."""
    inner = document.get("trace")
    trace: dict[str, Any] = inner if isinstance(inner, dict) else document
    for batch in trace.get("batches") or trace.get("resourceSpans") or []:
        resource = _attributes((batch.get("resource") or {}).get("attributes"))
        for scope in batch.get("scopeSpans") or batch.get("instrumentationLibrarySpans") or []:
            for span in scope.get("spans") or []:
                yield _otlp_span(span, resource)
    data = document.get("data")
    for one in data if isinstance(data, list) else [data] if isinstance(data, dict) else []:
        if isinstance(one, dict) and isinstance(one.get("spans"), list):
            processes = one.get("processes") or {}
            for span in one["spans"]:
                yield _jaeger_span(span, processes.get(span.get("processID")) or span.get("process") or {})


def _otlp_span(span: dict[str, Any], resource: dict[str, str]) -> dict[str, object]:
    status = span.get("status") or {}
    code = said(status.get("code")).replace("STATUS_CODE_", "")
    return {
        "start_time_unix_nano": said(span.get("startTimeUnixNano") or 0),
        "end_time_unix_nano": said(span.get("endTimeUnixNano") or 0),
        "trace_id": said(span.get("traceId")).lower(),
        "span_id": said(span.get("spanId")).lower(),
        "parent_span_id": said(span.get("parentSpanId")).lower(),
        "service_name": resource.get("service.name", ""),
        "service_instance_id": resource.get("k8s.pod.name", resource.get("service.instance.id", "")),
        "span_name": said(span.get("name")),
        "span_kind": said(span.get("kind")).replace("SPAN_KIND_", ""),
        "status_code": {"2": "ERROR", "1": "OK", "0": "UNSET", "": "UNSET"}.get(code, code),
        "status_message": said(status.get("message")),
        "attributes": _attributes(span.get("attributes")),
    }


def _jaeger_span(span: dict[str, Any], process: dict[str, Any]) -> dict[str, object]:
    tags = {said(tag.get("key")): said(tag.get("value")) for tag in span.get("tags") or []}
    parents = [said(ref.get("spanID")) for ref in span.get("references") or []]
    start = int(span.get("startTime") or 0) * 1000
    wrong = tags.get("error") == "true" or tags.get("otel.status_code") == "ERROR"
    return {
        "start_time_unix_nano": start,
        "end_time_unix_nano": start + int(span.get("duration") or 0) * 1000,
        "trace_id": said(span.get("traceID")).lower(),
        "span_id": said(span.get("spanID")).lower(),
        "parent_span_id": parents[0].lower() if parents else "",
        "service_name": said(process.get("serviceName")),
        "span_name": said(span.get("operationName")),
        "span_kind": tags.get("span.kind", "").upper(),
        "status_code": "ERROR" if wrong else "UNSET",
        "attributes": tags,
    }


def _attributes(listed: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in listed or []:
        value = one.get("value")
        text = next(iter(value.values()), "") if isinstance(value, dict) else value
        found[said(one.get("key"))] = said(text) if not isinstance(text, dict | list) else json.dumps(text)
    return found
