"""Turns what the workspace holds into a numbered list of what happened: incidents, states of runs, alerts, reports.

The list lives in the process that owns the workspace, so every client sees the same numbers. Who asks with a number of
another owner, or with one that is too old, is told that events were lost and reads the present state instead.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from typing import Any, Literal
from weakref import WeakKeyDictionary

from workbench.facts.evidence import Frozen
from workbench.facts.incident import Incident
from workbench.facts.run import Run
from workbench.store import incidents, reports, runs
from workbench.store.changes import marks
from workbench.store.db import Store
from workbench.store.explore import alerts

KEPT = 2000
"""Events that are remembered."""
_LOOK_EVERY_S = 0.25
_MOST_LISTED = 2000
_MOST_SEEN = 20_000

EventName = Literal[
    "incident.new", "incident.moved", "incident.changed", "run.state", "alert", "report.new", "telemetry"
]


class Event(Frozen):
    """One thing that happened."""

    id: str
    """Ask with it for what came after."""
    name: EventName
    at_unix_nano: int
    """When it was noticed."""
    subject: str
    """Id of the incident, run, alert or report."""
    data: dict[str, Any]


class EventLog:
    """The events of one open workspace. Any thread may look."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._kept: deque[Event] = deque(maxlen=KEPT)
        self._session = f"{store.session:x}"
        self._count = 0
        self._looked = 0.0
        self._marks = marks(store)
        self._incidents = _incidents(store)
        self._runs = _runs(store)
        self._reports = _reports(store)
        self._alerts_to, self._alerts = alerts.newest(store), OrderedDict[str, None]()

    def since(self, event_id: str, limit: int) -> tuple[list[Event], str, bool]:
        """Return the events after one, the id to ask with next, and whether some in between were lost."""
        with self._lock:
            self._look()
            last = self._id(self._count)
            if not event_id:
                return [], last, False
            session, _, number = event_id.partition("-")
            seen = int(number) if session == self._session and number.isdigit() else -1
            oldest = self._count - len(self._kept)
            if not oldest <= seen <= self._count:
                return [], last, True
            found = list(self._kept)[seen - oldest :][:limit]
            return found, found[-1].id if found else last, False

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked < _LOOK_EVERY_S:
            return
        self._looked = now
        found = marks(self._store)
        changed = {name for name, mark in found.items() if mark != self._marks.get(name)}
        self._marks = found
        if "incidents" in changed:
            self._look_at_incidents()
        if "runs" in changed:
            self._look_at_runs()
        if "reports" in changed:
            known, self._reports = self._reports, _reports(self._store)
            for report_id, title in self._reports.items():
                if report_id not in known:
                    self._add("report.new", report_id, {"title": title})
        if "telemetry" in changed:
            self._add("telemetry", "", {})
        self._look_at_alerts()

    def _look_at_incidents(self) -> None:
        known, self._incidents = self._incidents, _incidents(self._store)
        # The oldest first, as they happened.
        for incident_id, one in reversed(self._incidents.items()):
            before = known.get(incident_id)
            if before is None:
                self._add("incident.new", incident_id, one.model_dump(mode="json"))
            elif before.state != one.state:
                moved = {"from_state": before.state.value, "to_state": one.state.value}
                self._add("incident.moved", incident_id, one.model_dump(mode="json") | moved)
            elif before != one:
                self._add("incident.changed", incident_id, one.model_dump(mode="json"))

    def _look_at_runs(self) -> None:
        known, self._runs = self._runs, _runs(self._store)
        for run_id, one in reversed(self._runs.items()):
            before = known.get(run_id)
            if before is None or before.status != one.status:
                was = {"from_status": before.status.value if before else ""}
                self._add("run.state", run_id, one.model_dump(mode="json") | was)

    def _look_at_alerts(self) -> None:
        self._alerts_to, found = alerts.since(self._store, self._alerts_to, KEPT)
        for one in found:
            # A row that was written anew has another place in the table.
            if one["anomaly_id"] not in self._alerts:
                self._alerts[one["anomaly_id"]] = None
                self._add("alert", one["anomaly_id"], one)
        while len(self._alerts) > _MOST_SEEN:
            self._alerts.popitem(last=False)

    def _add(self, name: EventName, subject: str, data: dict[str, Any]) -> None:
        self._count += 1
        self._kept.append(
            Event(id=self._id(self._count), name=name, at_unix_nano=time.time_ns(), subject=subject, data=data)
        )

    def _id(self, number: int) -> str:
        return f"{self._session}-{number}"


_logs: WeakKeyDictionary[Store, EventLog] = WeakKeyDictionary()
_guard = threading.Lock()


def event_log(store: Store) -> EventLog:
    """Return the event log of an open workspace; it begins with the first call."""
    with _guard:
        if store not in _logs:
            _logs[store] = EventLog(store)
        return _logs[store]


def _incidents(store: Store) -> dict[str, Incident]:
    return {one.incident_id: one for one in incidents.latest(store, limit=_MOST_LISTED, merged=True)}


def _runs(store: Store) -> dict[str, Run]:
    return {one.run_id: one for one in runs.latest(store, _MOST_LISTED)}


def _reports(store: Store) -> dict[str, str]:
    return {one.report_id: one.title for one in reports.latest(store, limit=_MOST_LISTED)}
