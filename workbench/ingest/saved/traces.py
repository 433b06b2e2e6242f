"""Reads traces as Tempo and Jaeger answer with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from workbench.signals.plain import said


def spans(document: dict[str, Any]) -> Iterator[dict[str, object]]:
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
