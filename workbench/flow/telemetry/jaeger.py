"""Jaeger's JSON as rows of `spans`. Times and durations are microseconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workbench.flow.listen.inbox import Item, Rejected
from workbench.flow.telemetry.columns import json_text, row_of, span_kind_of, status_code_of
from workbench.semconv import Table
from workbench.signals.plain import said

NANOS_PER_MICRO = 1000


def trace_rows(document: Any) -> Iterator[Item]:
    """Yield a row for each span of `{"data": [traces]}`, `{"data": trace}`, a trace, or a list of traces.

    Raises:
        ValueError: there is no trace in it.
    """
    for trace in _traces(document):
        processes = trace.get("processes") or {}
        for number, span in enumerate(trace.get("spans") or [], 1):
            try:
                yield _row(span, span.get("process") or processes.get(span.get("processID")) or {})
            except (ValueError, TypeError, AttributeError) as error:
                yield Rejected(str(error), json_text(span)[:2000], number)


def _traces(document: Any) -> Iterator[Mapping[str, Any]]:
    found = document.get("data", document) if isinstance(document, dict) else document
    traces = found if isinstance(found, list) else [found]
    if not traces or not all(isinstance(one, dict) and "spans" in one for one in traces):
        raise ValueError("there is no trace in it: `spans` is missing")
    yield from traces


def _row(span: Mapping[str, Any], process: Mapping[str, Any]) -> tuple[Any, ...]:
    tags, host = _tags(span.get("tags")), _tags(process.get("tags"))
    start = int(span.get("startTime") or 0) * NANOS_PER_MICRO
    status = "ERROR" if said(tags.get("error")) == "true" else ""
    values = {
        "start_time_unix_nano": start,
        "end_time_unix_nano": start + int(span.get("duration") or 0) * NANOS_PER_MICRO,
        "trace_id": str(span.get("traceID") or "").lower(),
        "span_id": str(span.get("spanID") or "").lower(),
        "parent_span_id": _parent(span).lower(),
        "service_name": str(process.get("serviceName") or ""),
        "service_instance_id": said(host.get("service.instance.id")),
        "host_name": said(host.get("host.name") or host.get("hostname")),
        "span_name": str(span.get("operationName") or ""),
        "span_kind": span_kind_of(said(tags.get("span.kind"))),
        "status_code": status_code_of(
            status or said(tags.get("otel.status_code")) or said(tags.get("http.status_code"))
        ),
        "status_message": said(tags.get("otel.status_description")),
        "peer_service_name": said(tags.get("peer.service")),
        "attributes": tags,
    }
    if not values["trace_id"] or not values["span_id"]:
        raise ValueError("traceID or spanID is empty")
    return row_of(Table.SPANS, values)


def _parent(span: Mapping[str, Any]) -> str:
    references = [one for one in span.get("references") or [] if isinstance(one, dict)]
    children = [one for one in references if one.get("refType", "CHILD_OF") == "CHILD_OF"]
    return str(next((one.get("spanID") for one in [*children, *references]), span.get("parentSpanID")) or "")


def _tags(pairs: Iterable[Any] | None) -> dict[str, Any]:
    return {str(pair["key"]): pair.get("value") for pair in pairs or [] if isinstance(pair, dict) and "key" in pair}
