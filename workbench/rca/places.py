"""Says which instance of a service, or which host, it is, when one stands out against its peers.

The peers are the instances of the same service at the same time: load, version and hour are the same for all of them,
so what only one does is its own. A host is named when instances of several services stand out and all run on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from workbench.facts.evidence import Evidence, EvidenceKind, Selection
from workbench.facts.telemetry import Telemetry
from workbench.rca.columns import texts
from workbench.rca.narrate import number
from workbench.rca.visits import MS
from workbench.semconv import RESOURCES, STATUS_ERROR, MetricRole, Table, metric_role

LEAST_CALLS = 10
FACTOR = 1.5
"""An instance stands out when its level grew so many times more than that of any peer."""
LEAST_SHARE = 0.1
"""Or when so many more of its requests fail than of any peer's."""
_ROLES = (*RESOURCES, MetricRole.LATENCY, MetricRole.ERRORS)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service runs, as far as the data says it."""

    service: str
    instance: str = ""
    host: str = ""
    evidence: tuple[Evidence, ...] = ()
    """Why it is this instance and no other; empty when it is the only one."""


@dataclass(frozen=True, slots=True)
class _Level:
    what: str
    unit: str
    after: Mapping[str, float]
    growth: Mapping[str, float] = field(default_factory=dict)


def places_of(telemetry: Telemetry, services: Sequence[str], onset: int | None) -> dict[str, Place]:
    """Return the place of each service of which one instance stands out, or that has but one, by name."""
    if onset is None:
        return {}
    found = {}
    for service in services:
        place = _place(telemetry, service, onset)
        if place is not None:
            found[service] = place
    return found


def shared_host(places: Mapping[str, Place]) -> str:
    """Return the host on which the outstanding instances of at least two services run, '' if there is none."""
    hosts = [place.host for place in places.values() if place.evidence]
    return hosts[0] if len(hosts) > 1 and len(set(hosts)) == 1 else ""


def _place(telemetry: Telemetry, service: str, onset: int) -> Place | None:
    spans, metrics = (_of(telemetry.frame(table), service) for table in (Table.SPANS, Table.METRICS))
    names = sorted({*_instances(spans), *_instances(metrics)} - {""})
    if not names:
        return None
    if len(names) == 1:
        return Place(service, names[0], _host(names[0], spans, metrics))
    for level in (_errors(spans, onset), _durations(spans, onset), *_metrics(metrics, onset)):
        name = _outstanding(level)
        if name:
            host = _host(name, spans, metrics)
            return Place(service, name, host, (_evidence(service, name, host, level, onset),))
    return None


def _of(frame: pd.DataFrame, service: str) -> pd.DataFrame:
    return frame[frame["service_name"] == service]


def _instances(frame: pd.DataFrame) -> set[str]:
    return {str(name) for name in pd.unique(texts(frame, "service_instance_id"))}


def _host(instance: str, *frames: pd.DataFrame) -> str:
    for frame in frames:
        hosts = texts(frame, "host_name")[texts(frame, "service_instance_id") == instance]
        known = hosts[hosts != ""]
        if len(known):
            return str(known[0])
    return ""


def _errors(spans: pd.DataFrame, onset: int) -> _Level:
    late = spans[spans["start_time_unix_nano"] >= onset]
    failed = late["status_code"].astype(str).str.upper().str.endswith(STATUS_ERROR)
    shares = failed.groupby(texts(late, "service_instance_id")).agg(["mean", "size"])
    shares = shares[shares["size"] >= LEAST_CALLS]
    return _Level("share of failed spans", "%", {str(name): float(share) for name, share in shares["mean"].items()})


def _durations(spans: pd.DataFrame, onset: int) -> _Level:
    time = spans["start_time_unix_nano"]
    value = (spans["end_time_unix_nano"] - time) / MS
    return _grown("duration of spans", "ms", value, time, texts(spans, "service_instance_id"), onset, LEAST_CALLS)


def _metrics(metrics: pd.DataFrame, onset: int) -> list[_Level]:
    found = []
    for (name, statistic, unit), rows in metrics[metrics["peer_service_name"].fillna("") == ""].groupby(
        ["metric_name", "statistic", "unit"]
    ):
        if metric_role(str(name)) in _ROLES:
            what = f"{name} {statistic}".strip()
            instance = texts(rows, "service_instance_id")
            found.append(_grown(what, str(unit), rows["value"], rows["time_unix_nano"], instance, onset, 2))
    return sorted(found, key=lambda level: -max(level.growth.values(), default=0.0))


def _grown(
    what: str, unit: str, value: pd.Series, time: pd.Series, instance: np.ndarray, onset: int, least: int
) -> _Level:
    """Return the level of each instance after the onset, and how many times that of before it is."""
    late = (time >= onset).to_numpy()
    after = value[late].groupby(instance[late]).agg(["median", "size"])
    before = value[~late].groupby(instance[~late]).median()
    after = after[after["size"] >= least]
    whole = max(float(before.median()) if len(before) else 0.0, 1e-9)
    growth = {str(name): float(level / max(before.get(name, whole), 1e-9)) for name, level in after["median"].items()}
    return _Level(what, unit, {str(name): float(level) for name, level in after["median"].items()}, growth)


def _outstanding(level: _Level) -> str:
    """Return the one instance that departs from all of its peers, '' when there is none."""
    by = level.growth or level.after
    if len(by) < 2:
        return ""
    first, second = sorted(by, key=lambda name: -by[name])[:2]
    if level.growth:
        return first if by[first] >= FACTOR and by[first] >= FACTOR * max(by[second], 1.0) else ""
    return first if by[first] - by[second] >= LEAST_SHARE and by[first] >= 2 * by[second] else ""


def _evidence(service: str, name: str, host: str, level: _Level, onset: int) -> Evidence:
    others = [value for other, value in level.after.items() if other != name]
    scale = 100.0 if level.unit == "%" and not level.growth else 1.0
    own, usual = scale * level.after[name], scale * float(np.median(others))
    where = f" on {host}" if host else ""
    return Evidence(
        kind=EvidenceKind.TOPOLOGY,
        service_name=service,
        summary=(
            f"It is instance {name} of {service}{where}: its {level.what} is {number(own)} {level.unit}; "
            f"its {len(others)} peer{'s have' if len(others) > 1 else ' has'} {number(usual)} {level.unit}."
        ),
        strength=round(own / usual, 3) if usual > 0 else 0.0,
        value=own,
        baseline=usual,
        unit=level.unit,
        selection=Selection(
            table=Table.METRICS if level.growth and level.what != "duration of spans" else Table.SPANS,
            start_unix_nano=onset,
            equals={"service_name": service, "service_instance_id": name},
        ),
    )
