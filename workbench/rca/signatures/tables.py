"""Telemetry as the conditions want it: rows as small records, logs thinned to the lines that any pattern may fit."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.facts.telemetry import Telemetry
from workbench.rca.signatures.hits import Owner
from workbench.rca.signatures.literals import may_fit

MOST_LINES = 20_000
"""Log lines that are looked at closely, of those that some pattern may fit; the first and the last are kept."""
UNDATED = ("event", "log")
"""Kinds of states that are events and log lines whose time is not known."""
_VARIABLE = re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{8,}\b|\d+")
_HARMLESS = r"^.{0,80}\b(?:TRACE|DEBUG|INFO)\b"
"""The level in the text of a line whose header nobody has read."""


@dataclass(frozen=True, slots=True)
class State:
    """What an object was like."""

    owner: Owner
    name: str
    attribute: str
    value: str
    observed: int


@dataclass(frozen=True, slots=True)
class Happening:
    """An event."""

    owner: Owner
    reason: str
    message: str
    type: str
    kind: str
    time: int
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """A log line."""

    owner: Owner
    body: str
    severity: int
    time: int


@dataclass(frozen=True, slots=True)
class Points:
    """A metric's values over time, in order."""

    owner: Owner
    name: str
    statistic: str
    unit: str
    time: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Seen:
    """The telemetry of a case, prepared for matching; `end` is its newest time."""

    telemetry: Telemetry
    patterns: Sequence[str] = field(default=())
    """Patterns on log lines that will be asked for: lines that fit none are not prepared."""
    is_metric_asked_for: Callable[[str], bool] = bool
    """Tells by its name whether a metric is asked for by any condition; others are not prepared."""
    least_severity: int = 0
    """Log lines that are known to be less grave are not looked at."""
    around: tuple[int, int] | None = None
    """Only logs, events and metrics of this time, in UTC nanoseconds."""

    @cached_property
    def end(self) -> int:
        """Return the newest time of the case; 0 when nothing is dated."""
        extent = self.telemetry.extent()
        return extent[1] if extent else 0

    @cached_property
    def states(self) -> list[State]:
        """Return the states of objects."""
        frame = self.telemetry.states
        frame = frame[~frame["object_kind"].isin(UNDATED)]
        placed = frame[frame["attribute"] == "spec.nodeName"]
        nodes = dict(zip(placed["object_name"].astype(str), placed["value"].astype(str), strict=True))
        return [
            State(_owner_of_state(row, nodes), str(row.object_name), str(row.attribute), str(row.value),
                  int(row.observed_unix_nano))
            for row in _rows(frame)
        ]  # fmt: skip

    @cached_property
    def events(self) -> list[Happening]:
        """Return the events; those whose time nobody wrote down are among the states."""
        states = self.telemetry.states
        undated = states[states["object_kind"] == "event"]
        dated = [_happening(row) for row in _rows(self._within(self.telemetry.events))]
        return dated + [_undated_event(row) for row in _rows(undated)]

    @cached_property
    def lines(self) -> list[Line]:
        """Return the log lines that some pattern may fit, in order, and those without a time behind them."""
        if not self.patterns:
            return []
        return self._dated_lines() + self._undated_lines()

    @cached_property
    def lines_by_shape(self) -> dict[str, list[int]]:
        """Return the places in `lines` by shape: the text in lower case, its numbers and ids as one 0."""
        found: dict[str, list[int]] = {}
        shapes: dict[str, str] = {}
        for place, line in enumerate(self.lines):
            if line.body not in shapes:
                shapes[line.body] = shape_of(line.body)
            found.setdefault(shapes[line.body], []).append(place)
        return found

    def _undated_lines(self) -> list[Line]:
        states = self.telemetry.states
        undated = states[states["object_kind"] == "log"]
        if not len(undated):
            return []
        undated = undated[may_fit(undated["value"], self.patterns)].head(MOST_LINES)
        return [_undated_line(row) for row in _rows(undated)]

    def _dated_lines(self) -> list[Line]:
        logs = self._within(self.telemetry.logs)
        if self.least_severity and len(logs):
            unknown = (logs["severity_number"] == 0) & ~logs["body"].astype(str).str.contains(_HARMLESS, regex=True)
            logs = logs[(logs["severity_number"] >= self.least_severity) | unknown]
        if not len(logs):
            return []
        logs = logs[may_fit(logs["body"], self.patterns)]
        if len(logs) > MOST_LINES:
            logs = pd.concat([logs.iloc[: MOST_LINES // 2], logs.iloc[-MOST_LINES // 2 :]])
        logs = logs.sort_values("time_unix_nano", kind="stable")
        return [
            Line(_owner_of_line(row), body, int(row.severity_number), int(row.time_unix_nano))
            for row, body in zip(_rows(logs), logs["body"].astype(str), strict=True)
        ]

    @cached_property
    def series(self) -> list[Points]:
        """Return the metrics, one entry per name, statistic and owner."""
        metrics = self._within(self.telemetry.metrics)
        names = [name for name in metrics["metric_name"].unique() if self.is_metric_asked_for(str(name))]
        metrics = metrics[metrics["metric_name"].isin(names)]
        keys = ["metric_name", "statistic", "service_name", "service_instance_id", "unit"]
        if not len(metrics):
            return []
        number = metrics.groupby(keys, sort=True, dropna=False).ngroup().to_numpy()
        # Sorted once: there are some thousand short series.
        order = np.lexsort((metrics["time_unix_nano"].to_numpy(dtype=np.int64), number))
        time = metrics["time_unix_nano"].to_numpy(dtype=np.int64)[order]
        value = metrics["value"].to_numpy(dtype=float)[order]
        columns = [metrics[key].to_numpy(dtype=object)[order] for key in keys]
        edges = [0, *(np.flatnonzero(np.diff(number[order])) + 1).tolist(), len(order)]
        found = []
        for start, end in pairwise(edges):
            kept = np.isfinite(value[start:end])
            if kept.any():
                name, statistic, service, instance, unit = (str(column[start]) for column in columns)
                owner = Owner("", frozenset({instance} - {""}), service)
                found.append(Points(owner, name, statistic, unit, time[start:end][kept], value[start:end][kept]))
        return found

    def _within(self, frame: pd.DataFrame) -> pd.DataFrame:
        if self.around is None or not len(frame):
            return frame
        time = frame["time_unix_nano"]
        return frame[(time >= self.around[0]) & (time < self.around[1])]


def shape_of(text: str) -> str:
    """Return a text in lower case with each number and id as one 0; what stands in a text stands in its shape, too."""
    return _VARIABLE.sub("0", text.lower())


def _rows(frame: pd.DataFrame) -> Iterable[Any]:
    return frame.itertuples()


def _loads(text: object) -> dict[str, str]:
    if not text or text == "{}":
        return {}
    try:
        found = json.loads(str(text))
    except json.JSONDecodeError:
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _owner_of_state(row: Any, nodes: Mapping[str, str]) -> Owner:
    kind, name = str(getattr(row, "object_kind", "")), str(getattr(row, "object_name", ""))
    service, namespace = str(getattr(row, "service_name", "")), str(getattr(row, "namespace", ""))
    more = _loads(getattr(row, "attributes", ""))
    if kind == "container":
        pod, _, container = name.rpartition("/")
        pod = more.get("pod", "") or pod
        return Owner(
            kind,
            frozenset({pod, name} - {""}),
            service,
            namespace,
            more.get("node", "") or nodes.get(pod, ""),
            container,
        )
    if kind == "command":
        about = more.get("object", "") or " ".join(part for part in (more.get("kind", ""), namespace) if part)
        return Owner(kind, frozenset({about or name}), service, namespace)
    if kind in ("sql", "alert", "monitor"):
        return Owner(kind, frozenset(), service, namespace)
    return Owner(kind, frozenset({name} - {""}), service, namespace, more.get("node", "") or nodes.get(name, ""))


def _happening(row: Any) -> Happening:
    more = _loads(getattr(row, "attributes", ""))
    name = str(getattr(row, "service_instance_id", "")) or more.get("object", "")
    time = int(getattr(row, "time_unix_nano", 0))
    count = more.get("count", "1")
    first = more.get("first_unix_nano", "")
    kind = more.get("kind", "")
    owner = Owner(
        kind.lower(),
        frozenset({name} - {""}),
        str(getattr(row, "service_name", "")),
        more.get("namespace", ""),
        more.get("node", ""),
    )
    return Happening(
        owner,
        str(getattr(row, "event_name", "")),
        str(getattr(row, "summary", "")),
        more.get("type", ""),
        kind,
        time,
        int(first) if first.isdigit() else time,
        int(count) if count.isdigit() else 1,
    )


def _undated_event(row: Any) -> Happening:
    more = _loads(row.attributes)
    name, kind = str(row.object_name), more.get("kind", "")
    owner = Owner(
        kind.lower(), frozenset({name} - {""}), str(row.service_name), str(row.namespace), more.get("node", "")
    )
    count = more.get("count", "1")
    return Happening(
        owner,
        str(row.attribute).removeprefix("event."),
        str(row.value),
        more.get("type", ""),
        kind,
        0,
        0,
        int(count) if count.isdigit() else 1,
    )


def _undated_line(row: Any) -> Line:
    name, number = str(row.object_name), _loads(row.attributes).get("severity_number", "0")
    service = str(row.service_name)
    owner = Owner("pod" if name != service else "", frozenset({name} - {"", service}), service, str(row.namespace))
    body = str(row.value)
    return Line(owner, body, int(number) if number.isdigit() else 0, 0)


def _owner_of_line(row: Any) -> Owner:
    instance = str(getattr(row, "service_instance_id", ""))
    return Owner(
        "pod" if instance else "",
        frozenset({instance} - {""}),
        str(getattr(row, "service_name", "")),
        node=str(getattr(row, "host_name", "")),
    )
