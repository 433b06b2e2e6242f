"""Diagnoses a case of states, events, logs and a few metrics by known failure modes: nothing else is there to go by."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.facts.diagnosis import Cause, Diagnosis, FailureMode, TimelineEntry, Verdict
from workbench.facts.telemetry import Case
from workbench.rca.condition_of_objects import ObjectReport, Trouble, look_at_objects
from workbench.rca.signatures.match import find_failure_modes
from workbench.rca.signatures.model import Signature
from workbench.semconv import Table

WORDS = ("log", "document", "command")
"""Kinds of states that are texts, and no objects."""
SURE = 0.93
"""Confidence that a failure mode needs to be a verdict against statistics that found nothing."""
UNEXPLAINED = 0.4
"""Confidence in an object that is not as it should be, when no known failure mode explains it."""
TELLING = 0.6
"""A symptom of this weight is an incident though nothing explains it; a milder one is told and no more."""
MUCH_LESS_SURE = 0.25
"""A mode that is so much less sure than the surest is no second fault."""
MOST_ACTIONS = 6
_COUNTS = {2: "Two faults", 3: "Three faults"}


def is_for_signatures(case: Case) -> bool:
    """Tell whether a case holds states of objects and no traces: how things are now, rather than how they went.

    Beside metrics, words without a time (a note, a document) are no reason to leave the metrics aside.
    """
    telemetry = case.telemetry
    if not len(telemetry.states) or len(telemetry.spans) or case.references:
        return False
    return not len(telemetry.metrics) or bool((~telemetry.states["object_kind"].isin(WORDS)).any())


def is_logs_alone(case: Case) -> bool:
    """Tell whether a case holds log lines and nothing that could be counted or compared with a healthy time."""
    telemetry = case.telemetry
    return len(telemetry.logs) > 0 and not (len(telemetry.spans) or len(telemetry.metrics) or case.references)


def diagnose_by_signatures(case: Case, signatures: Sequence[Signature], *, top: int, seconds: float = 0.0) -> Diagnosis:
    """Return the diagnosis: the failure modes that are there now, else what is out of order, else healthy."""
    modes = find_failure_modes(case.telemetry, signatures)
    objects = look_at_objects(case.telemetry)
    roots = _roots(modes)
    causes = [_cause(mode, rank) for rank, mode in enumerate(roots[:top], start=1)]
    lone = [mode for mode in modes if mode.active and mode.role == "symptom" and mode.confidence >= TELLING]
    if not causes and lone:
        roots = lone[:1]
        causes = [_cause(roots[0], 1).model_copy(update={"confidence": UNEXPLAINED})]
    if not causes:
        causes = _unexplained(objects.troubles)[:top]
    verdict = Verdict.INCIDENT if causes else Verdict.HEALTHY
    if not causes and not _anything_seen(case, objects):
        verdict = Verdict.UNKNOWN
    ruled_out = _ruled_out(modes, roots, verdict)
    checked = list(objects.in_order)
    onset = min((mode.first_seen_unix_nano for mode in roots if mode.first_seen_unix_nano), default=None)
    return Diagnosis(
        case=case.name,
        verdict=verdict,
        reason=_reason(verdict, roots, modes, causes, objects),
        onset_unix_nano=case.at_unix_nano if case.at_unix_nano is not None else onset,
        onset_given=case.at_unix_nano is not None,
        causes=causes,
        timeline=_timeline(modes),
        actions=[step for mode in roots for step in mode.steps][:MOST_ACTIONS],
        failure_modes=modes,
        ruled_out=ruled_out,
        checked=checked,
        not_known=_not_known(case, verdict),
        services=_services(case),
        baseline="what is known of failures, and what objects should be like",
        seconds=seconds,
    )


def _roots(modes: Sequence[FailureMode]) -> list[FailureMode]:
    """Return the modes that are there now and that no other explains; far less sure ones are left aside."""
    roots = [mode for mode in modes if mode.active and mode.role == "cause" and not mode.consequence_of]
    best = max((mode.confidence for mode in roots), default=0.0)
    return [mode for mode in roots if mode.confidence >= best - MUCH_LESS_SURE]


def _cause(mode: FailureMode, rank: int) -> Cause:
    is_pod = mode.subject_kind in ("pod", "container", "replicaset")
    return Cause(
        rank=rank,
        service_name=mode.service_name or mode.subject,
        fault_type=mode.fault_types[0] if mode.fault_types else mode.signature_id.replace("-", "_"),
        confidence=mode.confidence,
        score=mode.confidence,
        service_instance_id=mode.subject if is_pod else "",
        host_name=mode.subject if mode.subject_kind == "node" else "",
        first_seen_unix_nano=mode.first_seen_unix_nano,
        evidence=mode.evidence,
        failure_mode=mode.sentence,
    )


def _unexplained(troubles: Sequence[Trouble]) -> list[Cause]:
    grave = [one for one in troubles if one.grave]
    services = list(dict.fromkeys(one.service or one.name for one in grave))
    return [
        Cause(
            rank=rank,
            service_name=service,
            confidence=UNEXPLAINED,
            score=UNEXPLAINED,
            evidence=[one.evidence for one in troubles if (one.service or one.name) == service],
            missing=["No known failure mode fits: logs and events of the object would tell why it is so."],
        )
        for rank, service in enumerate(services, start=1)
    ]


def _anything_seen(case: Case, objects: ObjectReport) -> bool:
    """Tell whether there is more than an alert: an alert is a question and no answer."""
    states = case.telemetry.states
    more = len(states) and bool((~states["object_kind"].isin(["alert"])).any())
    return bool(more or len(case.telemetry.metrics) or len(case.telemetry.events) or objects.troubles)


def _reason(
    verdict: Verdict,
    roots: Sequence[FailureMode],
    modes: Sequence[FailureMode],
    causes: Sequence[Cause],
    objects: ObjectReport,
) -> str:
    if verdict is Verdict.UNKNOWN:
        return "There is an alert and nothing that would bear it out or rule it out."
    if verdict is Verdict.HEALTHY:
        past = [mode.over for mode in modes if mode.over]
        begin = "There is no active failure" if past else "There is no failure"
        return " ".join([f"{begin}: everything that was checked is within normal bounds.", *past])
    if not roots:
        return " ".join(dict.fromkeys(one.says for one in objects.troubles if one.grave))
    if len(roots) == 1:
        said = roots[0].sentence
    else:
        count = _COUNTS.get(len(roots), f"{len(roots)} faults")
        listed = " ".join(f"({place}) {mode.sentence}" for place, mode in enumerate(roots, start=1))
        said = f"{count} at the same time, and none explains the other: {listed}"
    follows = [mode.consequence for mode in modes if mode.active and mode.role == "cause" and mode.consequence]
    return " ".join([said, *follows])


def _ruled_out(modes: Sequence[FailureMode], roots: Sequence[FailureMode], verdict: Verdict) -> list[str]:
    """Return what looks like a cause and is none: past modes, consequences, symptoms, and what the modes rule out."""
    said = [sentence for mode in roots for sentence in mode.ruled_out]
    if verdict is Verdict.INCIDENT:
        said += [mode.over for mode in modes if mode.over]
    said += [mode.consequence for mode in modes if mode.active and mode.role == "symptom" and mode.consequence]
    said += [mode.sentence for mode in modes if mode.active and mode.role == "symptom" and not mode.consequence]
    return list(dict.fromkeys(said))


def _timeline(modes: Sequence[FailureMode]) -> list[TimelineEntry]:
    entries = [
        TimelineEntry(
            time_unix_nano=evidence.observed_unix_nano,
            kind="cause" if mode.role == "cause" and not mode.consequence_of and mode.active else "anomaly",
            service_name=mode.service_name or mode.subject,
            text=evidence.summary,
        )
        for mode in modes
        for evidence in mode.evidence
        if evidence.observed_unix_nano
    ]
    unique = {(entry.time_unix_nano, entry.text): entry for entry in entries}
    return sorted(unique.values(), key=lambda entry: (entry.time_unix_nano, entry.service_name, entry.text))


def _not_known(case: Case, verdict: Verdict) -> list[str]:
    said = []
    if not len(case.telemetry.metrics):
        said.append("There are no metrics: what filled up slowly cannot be seen.")
    if not len(case.telemetry.logs):
        said.append("There are no logs: they would show what the services say about it.")
    if verdict is Verdict.UNKNOWN:
        said.append("States of the objects that the alert names, their events and their logs would settle it.")
    return said


def _services(case: Case) -> list[str]:
    names: set[str] = set()
    for table in (Table.STATES, Table.EVENTS, Table.LOGS, Table.METRICS):
        names |= {str(name) for name in case.telemetry.frame(table)["service_name"].unique()}
    return sorted(names - {""})
