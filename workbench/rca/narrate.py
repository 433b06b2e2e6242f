"""Says in one sentence each what was seen at a service, with numbers, units and the rows that bear it out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from workbench.facts.evidence import Evidence, EvidenceKind, Selection
from workbench.rca.faulttype import is_error, service_rules
from workbench.rca.fuse import EDGES_THRESHOLD, GAPS_THRESHOLD, LATENCY_THRESHOLD
from workbench.rca.observe import Observation
from workbench.rca.resources import Use
from workbench.rca.structure import BrokenRule
from workbench.semconv import Table

MOST_RULES = 3
MOST_EDGES = 2
MOST_TRACES = 50
LEAST_RATIO = 0.3
"""Weaker signs are left out of the report."""


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
    """Return a number and its unit, as people write it."""
    plain = {"1": "", "": "", "By": " bytes", "%": " %"}
    return number(value) + plain.get(unit, f" {unit.strip('{}')}")


def resource_evidence(use: Use, span: Span) -> Evidence:
    """Say how much of a resource is used."""
    equals = {"metric_name": use.metric.name, "statistic": use.metric.statistic, "service_name": use.source.service}
    if use.source.instance:
        equals["service_instance_id"] = use.source.instance
    return Evidence(
        kind=EvidenceKind.RESOURCE,
        service_name=use.source.service,
        summary=(
            f"{use.metric.label} of {use.source.instance or use.source.service} reached "
            f"{with_unit(use.value, use.metric.unit)}; healthy is {with_unit(use.median, use.metric.unit)} "
            f"(spread {with_unit(use.spread, use.metric.unit)})."
        ),
        strength=round(use.ratio, 3),
        value=use.value,
        baseline=use.median,
        unit=use.metric.unit,
        selection=Selection(table=Table.METRICS, start_unix_nano=span.start, end_unix_nano=span.end, equals=equals),
    )


def network_evidence(edge: pd.Series, service: str, ratio: float, span: Span, *, series: bool) -> Evidence:
    """Say how much longer calls over one edge take outside of the callee."""
    caller, callee = str(edge["caller"]), str(edge["callee"])
    table = Table.METRICS if series else Table.SPANS
    equals = {"service_name": caller, "peer_service_name": callee} if series else {}
    one_of = {} if series else {"service_name": [caller, callee]}
    seen = "minutes" if series else "calls"
    return Evidence(
        kind=EvidenceKind.NETWORK,
        service_name=service,
        summary=(
            f"Calls from {caller} to {callee} spend {number(float(edge['value']))} ms outside of {callee} "
            f"({int(edge['calls'])} {seen}); healthy is {number(float(edge['median']))} ms."
        ),
        strength=round(ratio, 3),
        value=float(edge["value"]),
        baseline=float(edge["median"]),
        unit="ms",
        selection=Selection(
            table=table, start_unix_nano=span.start, end_unix_nano=span.end, equals=equals, one_of=one_of
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
    about_logs = kind == "log"
    return Evidence(
        kind=EvidenceKind.LOG if about_logs else EvidenceKind.ERROR if is_error(rule.then) else EvidenceKind.STRUCTURE,
        service_name=rule.service,
        summary=(
            f"In {seen:.0%} of about {rule.of:.0f} requests to {operation}{_given(rule)}, {_event(kind, what, rule.novel)}; "
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
    words = {"call": "that call", "log": "that write", "error": "that fail in", "end": "that end with"}
    return "" if kind == "op" else f" {words.get(kind, kind)} {what.replace('|', ' ')}"


def _event(kind: str, what: str, novel: bool) -> str:
    name = what.replace("|", " ")
    phrases = {
        "op": (f"the step {name} appears", f"the step {name} is missing"),
        "call": (f"{name} is called", f"the call to {name} is missing"),
        "end": (
            ("nobody is called", "somebody is called")
            if what == "^"
            else (f"nothing follows the call to {name}", f"the last call is no longer {name}")
        ),
        "log": (f'the log line "{name}" appears', f'the log line "{name}" is missing'),
        "error": (f"{name} ends with an error", f"{name} no longer ends with an error"),
    }
    return phrases.get(kind, (f"{name} appears", f"{name} is missing"))[0 if novel else 1]


def evidence_of(seen: Observation, service: str, structure_threshold: float, span: Span) -> list[Evidence]:
    """Return what the window shows about a service, the strongest first."""
    found: list[Evidence] = []
    uses = [use for use in seen.resources.uses if use.source.service == service and use.ratio >= LEAST_RATIO]
    found += [resource_evidence(use, span) for use in uses[:MOST_RULES]]
    gaps = seen.network[0].edges if seen.network else pd.DataFrame()
    for edges, scores, threshold, series in (
        (gaps, seen.gaps, GAPS_THRESHOLD, False),
        (seen.edge_network.edges, seen.edge_network.scores, EDGES_THRESHOLD, True),
    ):
        ratio = scores.get(service, 0.0) / threshold
        if len(edges) and ratio >= LEAST_RATIO:
            own = edges[edges["slow"] & ((edges["caller"] == service) | (edges["callee"] == service))]
            found += _rows(own, "excess", lambda row, r=ratio, s=series: network_evidence(row, service, r, span, series=s))
    traces = [trace for found_ in seen.structures for trace in found_.traces.get(service, [])]
    ratio = seen.structure.get(service, 0.0) / structure_threshold
    if ratio >= LEAST_RATIO:
        rules = service_rules(seen, service)
        found += [rule_evidence(rule, ratio, list(dict.fromkeys(traces)), span) for rule in rules[:MOST_RULES]]
        found += _blamed(seen, service, ratio, span)
    ratio = seen.latency.scores.get(service, 0.0) / LATENCY_THRESHOLD
    operations = seen.latency.operations
    if len(operations) and ratio >= LEAST_RATIO:
        own = operations[(operations["service"] == service) & (operations["z"] >= 1)]
        found += _rows(own, "z", lambda row, r=ratio: latency_evidence(row, r, span))
    return sorted(found, key=lambda one: -one.strength)


def _rows(frame: pd.DataFrame, by: str, make: Callable[[pd.Series], Evidence]) -> list[Evidence]:
    ordered = frame.sort_values(by, ascending=False, kind="stable").head(MOST_EDGES)
    return [make(row) for _, row in ordered.iterrows()]


def _blamed(seen: Observation, service: str, ratio: float, span: Span) -> list[Evidence]:
    callers = {found.blamed_by[service] for found in seen.structures if service in found.blamed_by}
    return [
        Evidence(
            kind=EvidenceKind.STRUCTURE,
            service_name=service,
            summary=f"Requests in {caller} stop right after their call to {service}, in more than one place of its code.",
            strength=round(ratio, 3),
            selection=Selection(
                table=Table.SPANS,
                start_unix_nano=span.start,
                end_unix_nano=span.end,
                one_of={"service_name": [caller, service]},
            ),
        )
        for caller in sorted(callers)
    ]
