"""Opens the incident that an investigation found, once, and fills in what the diagnosis tells about it."""

from __future__ import annotations

from workbench.agents.state import State
from workbench.detect.group import fingerprint
from workbench.detect.keeping import GROUPING_S, TAKES_MORE, attach_signals, link_earlier
from workbench.detect.severity import worst_severity
from workbench.detect.wording import clock, title
from workbench.facts.diagnosis import Diagnosis, IncidentKind
from workbench.facts.incident import Anomaly, Incident
from workbench.semconv import NANOS_PER_SECOND
from workbench.store import anomalies, incidents
from workbench.store.db import Store


def open_incident(store: Store, state: State, diagnosis: Diagnosis, now_unix_nano: int) -> tuple[str, bool]:
    """Return the id of the incident that was diagnosed, and whether this investigation opened it itself.

    An incident of the data set that is not over and began near the onset is taken up; else one is made. A step that is
    taken again after a crash finds the one it made by a fingerprint that only this investigation has.
    """
    mark = _mark(state)
    with store.transaction():
        known = incidents.latest(store, scope=state["scope"], limit=1000)
        for one in known:
            if one.fingerprint == mark:
                return one.incident_id, True
        onset = diagnosis.onset_unix_nano
        near = [
            (abs(one.opened_unix_nano - onset), one.incident_id)
            for one in known
            if onset and one.state in TAKES_MORE and abs(one.opened_unix_nano - onset) <= GROUPING_S * NANOS_PER_SECOND
        ]
        if near:
            return min(near)[1], False
        made = Incident(
            incident_id="",
            title=f"{state['scope']}: {diagnosis.reason}",
            kind=diagnosis.kind or IncidentKind(state["kind"]),
            severity="warning",
            service_name=diagnosis.causes[0].service_name if diagnosis.causes else "",
            opened_unix_nano=onset or now_unix_nano,
            updated_unix_nano=now_unix_nano,
            scope=state["scope"],
            fingerprint=mark,
        )
        return incidents.create(store, made).incident_id, True


def opened_by(store: Store, state: State) -> str:
    """Return the id of the incident that this investigation opened, '' when it has opened none."""
    known = incidents.latest(store, scope=state["scope"], limit=1000)
    return next((one.incident_id for one in known if one.fingerprint == _mark(state)), "")


def fill_incident(store: Store, state: State, diagnosis: Diagnosis, now_unix_nano: int) -> Incident:
    """Attach the data set's free anomalies to the investigation's own incident and give it title and severity."""
    incident_id = state["incident_id"]
    with store.transaction():
        free = [one for one in anomalies.without_incident(store, state["scope"]) if one.firing]
        if free:
            why = f"seen in {state['scope']}, which was investigated as one incident"
            attach_signals(store, incident_id, free, "investigation", why)
        incident = incidents.get(store, incident_id)
        seen = [one for one in anomalies.of_incident(store, incident_id) if one.firing]
        kind = diagnosis.kind or incident.kind
        filled = incidents.update(
            store,
            incident.model_copy(
                update={
                    "title": _title(diagnosis, incident, seen),
                    "kind": kind,
                    "severity": worst_severity(seen) if seen else "error",
                    "updated_unix_nano": now_unix_nano,
                    "fingerprint": fingerprint(state["scope"], incident.service_name, kind),
                }
            ),
        )
        link_earlier(store, filled)
        return filled


def _mark(state: State) -> str:
    return f"{state['scope']}|{state['investigation_id']}"


def _title(diagnosis: Diagnosis, incident: Incident, seen: list[Anomaly]) -> str:
    # What users notice, best at the cause itself, else at the service where it was seen first.
    own = [one for one in seen if one.service_name == incident.service_name]
    first = min(own or seen, key=lambda one: (one.time_unix_nano, one.anomaly_id), default=None)
    if first is not None:
        same = [one for one in seen if (one.service_name, one.detector) == (first.service_name, first.detector)]
        return title(same, diagnosis.onset_unix_nano)
    cause = diagnosis.causes[0] if diagnosis.causes else None
    fault = (cause.fault_type if cause else None) or "something broke"
    since = f" since {clock(diagnosis.onset_unix_nano)}" if diagnosis.onset_unix_nano else ""
    return f"{incident.service_name or incident.scope}: {fault.replace('_', ' ')}{since}"
