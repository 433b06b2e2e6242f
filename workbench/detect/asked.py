"""Opens the incidents that flows ask for, with the signals of the same trouble that are stored already."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.detect.group import open_incidents
from workbench.facts.incident import Anomaly, Incident
from workbench.store import anomalies as anomaly_rows
from workbench.store.db import Store

MOST = 10_000
"""Signals of a data set that are looked through, the newest."""


def open_asked(store: Store, asked: Sequence[Anomaly]) -> list[Incident]:
    """Return the incidents that took in what a flow asks for, opened where none was; asking again changes nothing.

    Stored signals of the same data set, service and kind come in too. Where one of them is what the flow asks for,
    it stands for it: the detector has told more than the event.

    Raises:
        BadInput: the workspace's rules have faults.
    """
    scopes = sorted({one.scope for one in asked})
    meant = {(one.scope, one.service_name, one.kind) for one in asked}
    free = [
        signal
        for scope in scopes
        for signal in anomaly_rows.without_incident(store, scope)
        if (signal.scope, signal.service_name, signal.kind) in meant and signal.firing
    ]
    known = [one for scope in scopes for one in anomaly_rows.latest(store, scope, limit=MOST)]
    told = {_trouble(one) for one in known}
    return open_incidents(store, [*free, *(one for one in asked if _trouble(one) not in told)])


def _trouble(one: Anomaly) -> tuple[str, str, str, int, str]:
    return one.scope, one.service_name, one.kind, one.time_unix_nano, one.summary
