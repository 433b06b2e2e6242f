"""Says in one sentence each what was seen at a service, with numbers, units and the rows that bear it out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from workbench.facts.evidence import Evidence, EvidenceKind, Selection
from workbench.rca.downtime import Silence
from workbench.rca.faulttype import is_error
from workbench.rca.logerrors import Burst
from workbench.rca.queries import span_name, words_of
from workbench.rca.structure import BrokenRule
from workbench.semconv import SEVERITY_ERROR, Table

MOST_TRACES = 50


class EdgeSign(StrEnum):
    """What can be wrong with the calls between two services."""

    GAPS = "gaps"
    MINUTES = "minutes"
    TAILS = "tails"
    FAILED = "failed"
    CLOCKS = "clocks"
    RETRIES = "retries"


_SILENT_CALLEE = {
    EdgeSign.GAPS: "Calls from {name} take {value} ms ({calls} calls); healthy is {healthy} ms.",
    EdgeSign.FAILED: "{share:.0%} of {calls} calls from {name} fail; healthy is {usual:.0%}.",
}
"""Of a callee without spans nobody knows what it spends inside."""
_EDGE_SENTENCES = {
    EdgeSign.GAPS: "Calls from {name} spend {value} ms outside of {callee} ({calls} calls); healthy is {healthy} ms.",
    EdgeSign.MINUTES: (
        "Calls from {name} spend {value} ms outside of {callee} ({calls} minutes); healthy is {healthy} ms."
    ),
    EdgeSign.TAILS: "{share:.0%} of {calls} calls from {name} are far later than usual; healthy is {usual:.0%}.",
    EdgeSign.FAILED: (
        "{share:.0%} of {calls} calls from {name} fail without an error inside of {callee}; healthy is {usual:.0%}."
    ),
    EdgeSign.RETRIES: (
        "{value} calls per visit from {name}, of which many are given up within the usual time of an answer and made "
        "again; healthy is {healthy}."
    ),
    EdgeSign.CLOCKS: (
        "{callee} dates its spans {value} ms outside of the calls from {name} ({calls} calls); healthy is {healthy} ms."
    ),
}


@dataclass(frozen=True, slots=True)
class Span:
    """The time that evidence is about, in UTC nanoseconds; the end is exclusive."""

    start: int
    end: int


def number(value: float) -> str:
    """Return a number with three significant digits, without an exponent for the usual sizes."""
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e6:
        text = f"{value:.3g}"
        return f"{value:.0f}" if "e" in text else text
    return f"{value:.2e}"


def with_unit(value: float, unit: str) -> str:
    """Return a number and its unit, as people write it: `6 connections`, `301 MB`."""
    if unit == "By":
        large = next(((size, name) for size, name in _BYTES if abs(value) >= size), None)
        return f"{value / large[0]:.3g} {large[1]}" if large else f"{value:.0f} bytes"
    if unit.startswith("{") and unit.endswith("}"):
        # UCUM puts what is counted into braces, in the singular.
        return f"{number(value)} {unit[1:-1]}{'' if value == 1 else 's'}"
    if unit == "s" and 0 < abs(value) < 1:
        return f"{number(1000 * value)} ms"
    return number(value) + {"1": "", "": "", "%": " %"}.get(unit, f" {unit}")


_BYTES = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def edge_evidence(
    edge: pd.Series, service: str, ratio: float, span: Span, *, what: EdgeSign, silent: bool = False
) -> Evidence:
    """Say what is wrong with the calls over one edge; `silent` means that the callee writes no spans."""
    caller, callee, operation = str(edge["caller"]), str(edge["callee"]), str(edge["operation"])
    equals, contains = {"service_name": caller}, {}
    if operation:
        equals["span_name"] = span_name(operation)
        if (words := words_of(operation)) and words.isascii():
            contains["attributes"] = json.dumps(words)[1:-1]
    one_of: dict[str, list[str]] = {}
    if what is EdgeSign.MINUTES:
        equals["peer_service_name"] = callee
    elif not operation:
        equals, one_of = {}, {"service_name": [caller, callee]}
    if what is EdgeSign.FAILED:
        equals = {"service_name": caller, "status_code": "ERROR"}
        one_of, contains = {}, {}
    name = f"{caller} to {callee}" + (f" ({operation})" if operation else "")
    value, healthy, calls = float(edge["value"]), float(edge["median"]), int(edge["calls"])
    return Evidence(
        kind=EvidenceKind.ERROR if what is EdgeSign.FAILED else EvidenceKind.NETWORK,
        service_name=service,
        summary=((_SILENT_CALLEE.get(what) if silent else None) or _EDGE_SENTENCES[what]).format(
            name=name,
            callee=callee,
            value=number(value),
            healthy=number(healthy),
            share=value,
            usual=healthy,
            calls=calls,
        ),
        strength=round(ratio, 3),
        value=value,
        baseline=healthy,
        unit="ms" if what in (EdgeSign.GAPS, EdgeSign.MINUTES) else "1",
        selection=Selection(
            table=Table.METRICS if what is EdgeSign.MINUTES else Table.SPANS,
            start_unix_nano=span.start,
            end_unix_nano=span.end,
            equals=equals,
            one_of=one_of,
            contains=contains,
        ),
    )


def silence_evidence(silence: Silence, ratio: float, span: Span) -> Evidence:
    """Say that a service went silent."""
    if silence.by == "logs":
        return _lines_stopped(silence, ratio)
    what = {"heartbeat": "heartbeats are gone that {} sent", "requests": "requests are gone that {} counted"}
    gone = what.get(silence.by, "metric reports are gone that {} sent").format(silence.service)
    return Evidence(
        kind=EvidenceKind.ABSENCE,
        service_name=silence.service,
        summary=f"{silence.share:.0%} of the {gone} while healthy.",
        strength=round(ratio, 3),
        observed_unix_nano=silence.since,
        value=1 - silence.share,
        baseline=1.0,
        unit="1",
        selection=Selection(
            table=Table.METRICS,
            start_unix_nano=span.start,
            end_unix_nano=span.end,
            equals={"service_name": silence.service},
        ),
    )


def _lines_stopped(silence: Silence, ratio: float) -> Evidence:
    """Say that a service stopped writing lines; the rows are those that it wrote before."""
    return Evidence(
        kind=EvidenceKind.ABSENCE,
        service_name=silence.service,
        summary=(
            f"{silence.service} wrote log lines steadily, and none since then, while others went on. Nothing else "
            "tells whether it lives."
        ),
        strength=round(ratio, 3),
        observed_unix_nano=silence.since,
        value=1 - silence.share,
        baseline=1.0,
        unit="1",
        selection=Selection(
            table=Table.LOGS, end_unix_nano=silence.since + 1, equals={"service_name": silence.service}
        ),
    )


def burst_evidence(burst: Burst, ratio: float, span: Span) -> Evidence:
    """Say how many of the lines that a service writes are errors."""
    share, healthy = burst.errors / burst.lines, burst.base_errors / burst.base_lines
    return Evidence(
        kind=EvidenceKind.LOG,
        service_name=burst.service,
        summary=(
            f"{share:.1%} of {burst.lines} log lines of {burst.service} are errors; "
            f"healthy is {healthy:.1%} of {burst.base_lines}."
        ),
        strength=round(ratio, 3),
        observed_unix_nano=burst.since,
        value=share,
        baseline=healthy,
        unit="1",
        selection=Selection(
            table=Table.LOGS,
            start_unix_nano=burst.since,
            end_unix_nano=span.end,
            equals={"service_name": burst.service},
            at_least={"severity_number": float(SEVERITY_ERROR)},
        ),
    )


def latency_evidence(row: pd.Series, ratio: float, span: Span) -> Evidence:
    """Say how much slower one operation's own work is."""
    return Evidence(
        kind=EvidenceKind.LATENCY,
        service_name=str(row["service"]),
        summary=(
            f"{row['operation']} spends {number(float(row['value']))} ms on its own work ({int(row['calls'])} spans); "
            f"healthy is {number(float(row['median']))} ms."
        ),
        strength=round(ratio, 3),
        value=float(row["value"]),
        baseline=float(row["median"]),
        unit="ms",
        selection=Selection(
            table=Table.SPANS,
            start_unix_nano=span.start,
            end_unix_nano=span.end,
            equals={"service_name": str(row["service"]), "span_name": str(row["operation"])},
        ),
    )


def rule_evidence(rule: BrokenRule, ratio: float, traces: Sequence[str], span: Span) -> Evidence:
    """Say which habit of a service is broken, and how often."""
    operation = rule.kind.partition("|")[2]
    kind, _, what = rule.then.partition(":")
    seen, healthy = rule.violations / rule.of, rule.base_violations / rule.base_of
    about_logs = kind in ("log", "twice")
    return Evidence(
        kind=EvidenceKind.LOG if about_logs else EvidenceKind.ERROR if is_error(rule.then) else EvidenceKind.STRUCTURE,
        service_name=rule.service,
        summary=(
            f"In {seen:.0%} of about {rule.of:.0f} requests to {operation}{_given(rule)}, "
            f"{_event(kind, what, rule.novel)}; "
            f"healthy is {healthy:.0%} of {rule.base_of:.0f}."
        ),
        strength=round(ratio, 3),
        value=seen,
        baseline=healthy,
        unit="1",
        selection=Selection(
            table=Table.LOGS if about_logs and rule.novel else Table.SPANS,
            start_unix_nano=span.start,
            end_unix_nano=span.end,
            equals={"service_name": rule.service},
            one_of={"trace_id": list(traces[:MOST_TRACES])} if traces else {},
        ),
    )


def _given(rule: BrokenRule) -> str:
    kind, _, what = rule.given.partition(":")
    words = {
        "call": "that call",
        "log": "that write",
        "twice": "that write twice",
        "error": "that fail in",
        "end": "that end with",
    }
    return "" if kind == "op" else f" {words.get(kind, kind)} {_named(kind, what)}"


def _named(kind: str, what: str) -> str:
    name = what.replace("|", " ").strip()
    return f'"{name}"' if kind in ("log", "twice") else name


def _event(kind: str, what: str, novel: bool) -> str:
    name = what.replace("|", " ").strip()
    phrases = {
        "op": (f"the step {name} appears", f"the step {name} is missing"),
        "call": (f"{name} is called", f"the call to {name} is missing"),
        "end": (
            ("nobody is called", "somebody is called")
            if what == "^"
            else (f"nothing follows the call to {name}", f"the last call is no longer {name}")
        ),
        "log": (f'the log line "{name}" appears', f'the log line "{name}" is missing'),
        "twice": (f'the log line "{name}" comes twice in a row', f'the second log line "{name}" is missing'),
        "short": ("less than half of the usual own time is spent", "the own time is as usual"),
        "error": (f"{name} ends with an error", f"{name} no longer ends with an error"),
    }
    return phrases.get(kind, (f"{name} appears", f"{name} is missing"))[0 if novel else 1]


def blame_evidence(service: str, caller: str, ratio: float, span: Span) -> Evidence:
    """Say that a caller gives up after its calls to the service."""
    return Evidence(
        kind=EvidenceKind.STRUCTURE,
        service_name=service,
        summary=f"Requests in {caller} stop right after their call to {service}.",
        strength=round(ratio, 3),
        selection=Selection(
            table=Table.SPANS,
            start_unix_nano=span.start,
            end_unix_nano=span.end,
            one_of={"service_name": [caller, service]},
        ),
    )
