"""Makes the rows that saved texts become: states, events and log lines, whether or not their time is written."""

from __future__ import annotations

from typing import Any

from workbench.ingest.readers.parsed import Row as Row
from workbench.semconv import SEVERITY, Table
from workbench.signals.plain import said

LONGEST_VALUE = 16_384
"""Characters of one value that are kept."""
_LETTERS = {"D": 5, "I": 9, "N": 10, "W": 13, "E": 17, "C": 21, "F": 21}


def state(
    kind: str,
    name: str,
    attribute: str,
    value: object,
    /,
    *,
    namespace: str = "",
    service: str = "",
    line: int = 0,
    observed: int = 0,
    **more: Any,
) -> Row:
    """Return what an object was like; `more` goes into the attributes."""
    return Row(
        Table.STATES,
        line,
        {
            "observed_unix_nano": observed,
            "object_kind": kind,
            "object_name": name,
            "namespace": namespace,
            "service_name": service,
            "attribute": attribute,
            "value": said(value)[:LONGEST_VALUE],
            "attributes": more,
        },
    )


def event(
    name: str,
    summary: str,
    /,
    *,
    time: int = 0,
    service: str = "",
    instance: str = "",
    line: int = 0,
    **more: Any,
) -> Row:
    """Return an event; without a time it becomes a state of kind `event`, because a row of events must have one."""
    if not time:
        kept = {key: value for key, value in more.items() if key not in ("object", "namespace")}
        where = str(more.get("namespace") or "")
        return state("event", instance, f"event.{name}", summary, namespace=where, service=service, line=line, **kept)
    values = {
        "time_unix_nano": time,
        "event_name": name,
        "service_name": service,
        "service_instance_id": instance,
        "summary": summary[:LONGEST_VALUE],
        "attributes": more,
    }
    return Row(Table.EVENTS, line, values)


def log(
    body: str,
    /,
    *,
    time: int = 0,
    level: str = "",
    service: str = "",
    instance: str = "",
    line: int = 0,
    **more: Any,
) -> Row:
    """Return a log line; without a time it becomes a state of kind `log`."""
    word = level.upper().strip(" []:<>")
    number = SEVERITY.get(word, _LETTERS.get(word, 0))
    if not time:
        attribute = f"log.{word}" if word in SEVERITY else "log.line"
        where = str(more.pop("namespace", ""))
        return state(
            "log",
            instance or service,
            attribute,
            body,
            namespace=where,
            service=service,
            line=line,
            severity_number=number,
            **more,
        )
    values = {
        "time_unix_nano": time,
        "service_name": service,
        "service_instance_id": instance,
        "severity_number": number,
        "severity_text": level,
        "body": body[:LONGEST_VALUE],
        "attributes": more,
    }
    return Row(Table.LOGS, line, values)
