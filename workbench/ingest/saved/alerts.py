"""Tells alerts of Alertmanager, Prometheus and boards of alerts apart from other objects, and reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workbench.ingest.saved.rows import Row, event, state
from workbench.signals.plain import Plain, gives_answer_away, leaves, said, time_of
from workbench.signals.workloads import workload_of

_ALERT_TIMES = ("startsat", "starttimestamp", "activeat", "startedat", "creationdate", "createdat", "timestamp")


def rules(groups: list[Any], line: int) -> Iterator[Row]:
    """Yield the state of each rule of Prometheus, and the alerts that are up because of it."""
    for group in groups:
        for rule in group.get("rules", []) if isinstance(group, dict) else []:
            name = said(rule.get("name") or rule.get("alert") or rule.get("record"))
            for key in ("state", "health", "lastError", "query", "expr", "duration"):
                if rule.get(key) not in (None, ""):
                    yield state("rule", name, key, rule[key], line=line)
            for key, text in (rule.get("annotations") or {}).items():
                yield state("rule", name, f"annotations.{key}", text, line=line)
            for alert in rule.get("alerts") or []:
                yield from told({"name": name, **alert}, line)


def is_alert(document: dict[str, Any]) -> bool:
    """Tell whether an object is an alert: it has a title or a name, explains, and says where from or since when."""
    plain = Plain(document)
    named = plain.has("title") or plain.has("alertname") or plain.inner("labels").has("alertname")
    explains = plain.has("description") or plain.has("annotations") or plain.has("message")
    return (
        named
        and explains
        and (plain.has("source") or plain.has("startsat") or plain.has("labels") or plain.has("severity"))
    )


def told(document: dict[str, Any], line: int) -> Iterator[Row]:
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
