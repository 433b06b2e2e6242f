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
    calls = count_calls(_after(telemetry.spans, diagnosis.onset_unix_nano))
    recorded = _recorded(telemetry)
    ranks = {cause.service_name: cause.rank for cause in reversed(diagnosis.causes)}
    places = place(shown, edges)
    top = min((row for _, row in places.values()), default=0.0)
    nodes = []
    for name in sorted(shown):
        column, row = places[name]
        requests, errors = numbers.get(name, (0, None))
        state = _state(name, diagnosis, path, recorded)
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
    drawn = []
    for a, b in edges:
        if a in shown and b in shown:
            number, share = calls.get((a, b), (0, None))
            drawn.append(Edge(caller=a, callee=b, failing=(a, b) in failing, calls=number, error_rate=share))
    return Topology(nodes=nodes, edges=drawn, left_out=sorted(known - shown))


def _path(diagnosis: Diagnosis) -> list[str]:
    if diagnosis.verdict is not Verdict.INCIDENT or not diagnosis.causes:
        return []
    first = diagnosis.causes[0]
    return list(first.path) or [first.service_name]


def _state(name: str, diagnosis: Diagnosis, path: list[str], recorded: set[str]) -> NodeState:
    if diagnosis.verdict is Verdict.UNKNOWN:
        return "unknown"
    calm: NodeState = "healthy" if name in recorded else "unknown"
    if diagnosis.verdict is not Verdict.INCIDENT:
        return calm
    if diagnosis.causes and diagnosis.causes[0].service_name == name:
        return "cause"
    sure = {cause.service_name for cause in diagnosis.causes if cause.confidence >= _AFFECTED_CONFIDENCE}
    return "affected" if name in path or name in sure else calm


def _recorded(telemetry: Telemetry) -> set[str]:
    """Return the services that rows speak of; of all others nothing is known but that they are called."""
    frames = (telemetry.logs, telemetry.spans, telemetry.metrics)
    return {str(name) for frame in frames for name in frame["service_name"].unique()}


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


def count_calls(spans: pd.DataFrame) -> dict[tuple[str, str], tuple[int, float]]:
    """Return calls and the share of them that failed, by caller and callee: spans whose parent is another service's."""
    if not len(spans):
        return {}
    frame = pd.DataFrame({name: spans[name].astype(object) for name in ("trace_id", "span_id", "parent_span_id")})
    frame["service"], frame["error"] = spans["service_name"].astype(object), _failed(spans)
    called = frame[frame["parent_span_id"] != ""]
    parents = frame[["trace_id", "span_id", "service"]].rename(columns={"span_id": "parent_span_id"})
    both = called.merge(parents.drop_duplicates(["trace_id", "parent_span_id"]), on=["trace_id", "parent_span_id"])
    apart = both[both["service_x"] != both["service_y"]]
    grouped = apart.groupby(["service_y", "service_x"])["error"].agg(["size", "mean"])
    return {
        (str(caller), str(callee)): (int(size), round(float(mean), 4))
        for (caller, callee), size, mean in grouped.itertuples(name=None)
    }


def _requests(telemetry: Telemetry, onset: int | None) -> dict[str, tuple[int, float | None]]:
    """Return requests answered and share that failed, by service, after the onset (or in all, without one)."""
    spans = _after(telemetry.spans, onset)
    kind = spans["span_kind"].astype(object)
    answered = spans[kind.isin(["SERVER", "CONSUMER"])] if kind.isin(["SERVER"]).any() else spans
    if not len(answered):
        return {}
    frame = pd.DataFrame({"service": answered["service_name"].astype(object), "error": _failed(answered)})
    grouped = frame.groupby("service")["error"].agg(["size", "mean"])
    return {str(name): (int(row["size"]), round(float(row["mean"]), 4)) for name, row in grouped.iterrows()}


def _after(spans: pd.DataFrame, onset: int | None) -> pd.DataFrame:
    return spans if onset is None else spans[spans["start_time_unix_nano"] >= onset]


def _failed(spans: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    codes = spans["status_code"].astype(object)
    return np.fromiter((str(code).upper().endswith(STATUS_ERROR) for code in codes), bool, len(codes))
