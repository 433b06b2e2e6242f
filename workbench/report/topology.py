"""Says how each service stands after the onset, and which calls lie between the cause and the users."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pandas as pd

from workbench.facts.diagnosis import Diagnosis, Verdict
from workbench.facts.telemetry import Telemetry
from workbench.report.content import Edge, Node, NodeState, Topology
from workbench.report.layout import place
from workbench.semconv import STATUS_ERROR

MOST_NODES = 24
_AFFECTED_CONFIDENCE = 0.3


def make_topology(diagnosis: Diagnosis, telemetry: Telemetry) -> Topology:
    """Return the topology with states and places; of a large system, what is nearest to the causes."""
    edges = sorted({(a, b) for a, b in diagnosis.edges if a != b})
    if not edges:
        return Topology()
    path = _path(diagnosis)
    known = {name for pair in edges for name in pair}
    shown = _nearest(known, edges, path or sorted(known - {b for _, b in edges}))
    numbers = _requests(telemetry, diagnosis.onset_unix_nano)
    ranks = {cause.service_name: cause.rank for cause in reversed(diagnosis.causes)}
    places = place(shown, edges)
    top = min((row for _, row in places.values()), default=0.0)
    nodes = []
    for name in sorted(shown):
        column, row = places[name]
        requests, errors = numbers.get(name, (0, None))
        state = _state(name, diagnosis, path)
        nodes.append(
            Node(
                service_name=name,
                state=state,
                column=column,
                row=row - top,
                requests=requests,
                error_rate=errors,
                rank=ranks.get(name) if diagnosis.verdict is Verdict.INCIDENT else None,
            )
        )
    failing = {pair for a, b in pairwise(path) for pair in ((a, b), (b, a))}
    drawn = [Edge(caller=a, callee=b, failing=(a, b) in failing) for a, b in edges if a in shown and b in shown]
    return Topology(nodes=nodes, edges=drawn, left_out=sorted(known - shown))


def _path(diagnosis: Diagnosis) -> list[str]:
    if diagnosis.verdict is not Verdict.INCIDENT or not diagnosis.causes:
        return []
    first = diagnosis.causes[0]
    return list(first.path) or [first.service_name]


def _state(name: str, diagnosis: Diagnosis, path: list[str]) -> NodeState:
    if diagnosis.verdict is not Verdict.INCIDENT:
        return "healthy"
    if diagnosis.causes and diagnosis.causes[0].service_name == name:
        return "cause"
    sure = {cause.service_name for cause in diagnosis.causes if cause.confidence >= _AFFECTED_CONFIDENCE}
    return "affected" if name in path or name in sure else "healthy"


def _nearest(known: set[str], edges: Iterable[tuple[str, str]], start: list[str]) -> set[str]:
    if len(known) <= MOST_NODES:
        return known
    near: dict[str, set[str]] = {name: set() for name in known}
    for a, b in edges:
        near[a].add(b)
        near[b].add(a)
    shown: list[str] = [name for name in start if name in known][:MOST_NODES]
    queue = deque(shown)
    while queue and len(shown) < MOST_NODES:
        for other in sorted(near[queue.popleft()]):
            if other not in shown and len(shown) < MOST_NODES:
                shown.append(other)
                queue.append(other)
    return set(shown)


def _requests(telemetry: Telemetry, onset: int | None) -> dict[str, tuple[int, float | None]]:
    """Return requests answered and share that failed, by service, after the onset (or in all, without one)."""
    spans = telemetry.spans
    if onset is not None:
        spans = spans[spans["start_time_unix_nano"] >= onset]
    kind = spans["span_kind"].astype(object)
    answered = spans[kind.isin(["SERVER", "CONSUMER"])] if kind.isin(["SERVER"]).any() else spans
    if not len(answered):
        return {}
    frame = pd.DataFrame(
        {
            "service": answered["service_name"].astype(object).to_numpy(),
            "error": np.asarray([str(code).upper().endswith(STATUS_ERROR) for code in answered["status_code"]]),
        }
    )
    grouped = frame.groupby("service")["error"].agg(["size", "mean"])
    return {str(name): (int(row["size"]), round(float(row["mean"]), 4)) for name, row in grouped.iterrows()}
