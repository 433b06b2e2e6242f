"""What services tell about themselves in JSON: events of managed services, log records, monitors, alarms and alerts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from workbench.ingest.readers.parsed import Row, state_row
from workbench.semconv import SEVERITY, Table
from workbench.signals.plain import Plain, gives_answer_away, said, time_of
from workbench.signals.times import parse_time
from workbench.signals.workloads import workload_of

_STATES = {"alarm": "Alert", "alert": "Alert", "alerting": "Alert", "firing": "Alert", "ok": "OK", "normal": "OK",
           "warn": "Warn", "warning": "Warn", "resolved": "OK", "insufficient_data": "No Data", "no data": "No Data",
           "nodata": "No Data"}  # fmt: skip
_TIME_AND_REST = re.compile(r"^\[?(?P<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)\]?\s*")
_LEVEL = re.compile(rf"^\W{{0,2}}(?P<level>{'|'.join(SEVERITY)})\b\W{{0,2}}\s*", re.IGNORECASE)
_WHOSE = ("service", "app", "kubedeployment", "deployment", "workloadname", "dbinstanceidentifier", "job")


def is_service_event(node: Plain) -> bool:
    """Tell whether an object is an event of a managed service, such as of Amazon RDS (DescribeEvents)."""
    return node.has("message") and (node.has("sourceidentifier") or node.has("eventcategories"))


def service_event(node: Plain, line: int, whose: str) -> Row:
    """Return an event of a managed service as a row."""
    categories = node.get("eventcategories") or []
    source = node.text("sourceidentifier") or whose
    words = [said(one) for one in categories] if isinstance(categories, list) else [said(categories)]
    grave = any(word in ("failure", "low storage", "failover", "warning", "error") for word in words)
    return Row(
        Table.EVENTS,
        line,
        {
            "time_unix_nano": time_of(node.get("date", "time", "timestamp", "starttime")),
            "event_name": words[0] if words else "event",
            "summary": node.text("message"),
            "service_name": source,
            "service_instance_id": source,
            "attributes": {
                "type": "Warning" if grave else "Normal",
                "kind": node.text("sourcetype"),
                "object": source,
                "categories": ",".join(words),
            },
        },
        raw=said(dict(node.node)),
    )


def is_log(node: Plain) -> bool:
    """Tell whether an object is a log record: a message, a time, and whose it is or how grave."""
    return (
        bool(node.text("message", "msg", "body", "log"))
        and bool(node.text("timestamp", "time", "date", "eventtime"))
        and any(node.has(key) for key in ("status", "level", "severity", "service", "host", "logstreamname", "pod"))
    )


def log_row(node: Plain, line: int, whose: str) -> Row:
    """Return a log record as a row."""
    tags = _tags(node.get("tags", "ddtags"))
    level = node.text("status", "level", "severity").upper()
    return Row(
        Table.LOGS,
        line,
        {
            "time_unix_nano": time_of(node.get("timestamp", "time", "date", "eventtime")),
            "service_name": node.text("service", "servicename", "app") or whose,
            "service_instance_id": tags.get("pod_name") or tags.get("kube_pod") or node.text("pod", "podname"),
            "host_name": node.text("host", "hostname"),
            "severity_text": level,
            "severity_number": SEVERITY.get(level, 0),
            "body": node.text("message", "msg", "body", "log"),
            "attributes": tags,
        },
        raw=said(dict(node.node)),
    )


def is_text_log(node: Plain) -> bool:
    """Tell whether an object holds the log of a pod or container as one text."""
    return isinstance(node.get("logs", "log", "output"), str) and bool(node.text("podname", "pod", "container", "name"))


def text_log_rows(node: Plain, line: int) -> Iterator[Row]:
    """Yield the lines of a log that is one text; a line without a time has that of the line before it."""
    pod, time = node.text("podname", "pod", "name"), None
    texts = said(node.get("logs", "log", "output")).splitlines()
    times = [parse_time(found["time"]) for text in texts if (found := _TIME_AND_REST.match(text))]
    time = times[0] if times else None
    for text in texts:
        found = _TIME_AND_REST.match(text)
        if found:
            time, text = parse_time(found["time"]) or time, text[found.end() :]
        grave = _LEVEL.match(text)
        level = grave["level"].upper() if grave else ""
        if text.strip():
            yield Row(
                Table.LOGS,
                line,
                {
                    "time_unix_nano": time,
                    "service_name": workload_of(pod),
                    "service_instance_id": pod,
                    "severity_text": level,
                    "severity_number": SEVERITY.get(level, 0),
                    "body": text[grave.end() :] if grave else text,
                    "attributes": {"namespace": node.text("namespace")},
                },
                reason="" if time is not None else "the log has no time",
                raw=text,
            )


def is_monitor(node: Plain) -> bool:
    """Tell whether an object is a monitor (Datadog) or an alarm (CloudWatch) with the state that it is in."""
    return node.has("overallstate") or node.has("alarmname", "statevalue")


def monitor_rows(node: Plain, line: int) -> Iterator[Row]:
    """Yield the state of a monitor or an alarm, and what it watches."""
    tags = _tags(node.get("tags"))
    state = node.text("overallstate", "statevalue")
    observed = time_of(node.get("overallstatemodified", "stateupdatedtimestamp", "modified")) or 0
    values = {
        "state": _STATES.get(state.lower(), state),
        "query": node.text("query"),
        "message": node.text("message", "statereason", "alarmdescription"),
    }
    for attribute, value in values.items():
        if value:
            yield state_row(
                line, "monitor", node.text("name", "alarmname"), attribute, value, _whose(Plain(dict(tags))), observed
            )


def is_alert(node: Plain) -> bool:
    """Tell whether an object is an alert as Alertmanager, Grafana or a pager sends it."""
    labelled = node.has("commonlabels") or (node.has("labels") and "alertname" in node.inner("labels").node)
    return labelled and (node.has("commonannotations") or node.has("annotations") or node.has("state"))


def alert_rows(node: Plain, line: int) -> Iterator[Row]:
    """Yield what an alert says; a label that names the cause is left out, it would be no evidence."""
    labels = {**node.inner("commonlabels").node, **node.inner("labels").node}
    notes = {**node.inner("commonannotations").node, **node.inner("annotations").node}
    plain = Plain({**notes, **labels})
    name, state = plain.text("alertname") or node.text("title"), node.text("state", "status")
    # In alerts on what exporters report, `service` and `job` are the exporter's.
    pod = plain.text("pod", "podname")
    whose = plain.text("dbinstanceidentifier", "deployment", "statefulset", "daemonset") or workload_of(pod)
    whose = whose or next((text for key in _WHOSE if (text := plain.text(key))), "")
    said_of = {"state": _STATES.get(state.lower(), state), "title": node.text("title")}
    said_of |= {f"labels.{key}": said(value) for key, value in labels.items() if not gives_answer_away(str(key))}
    said_of |= {f"annotations.{key}": said(value) for key, value in notes.items() if not gives_answer_away(str(key))}
    observed = time_of(node.get("startsat", "timestamp", "time"))
    for attribute, value in said_of.items():
        if value:
            yield state_row(line, "alert", name, attribute, value, whose, observed or 0)
    if observed is not None:
        yield Row(
            Table.EVENTS,
            line,
            {
                "time_unix_nano": observed,
                "event_name": name,
                "service_name": whose,
                "service_instance_id": pod,
                "summary": _told(node, plain),
                "attributes": {"type": "Alert", "state": said_of["state"], "severity": plain.text("severity")},
            },
        )


def _told(node: Plain, plain: Plain) -> str:
    """Return what an alert says, and when it was last told, if it says that."""
    parts = (
        plain.text("summary") or node.text("title"),
        node.text("description"),
        plain.text("description", "message"),
    )
    text = ". ".join(dict.fromkeys(part.strip().rstrip(".") for part in parts if part))
    updated = node.text("updatedat", "lastupdated")
    return f"{text} (last told at {updated})" if updated else text


def _whose(tags: Plain) -> str:
    return next((text for key in _WHOSE if (text := tags.text(key))), "")


def _tags(found: Any) -> dict[str, str]:
    listed = found if isinstance(found, list) else said(found).split(",") if found else []
    pairs = (said(one).partition(":") for one in listed)
    return {key.strip(): value.strip() for key, _, value in pairs if value}
