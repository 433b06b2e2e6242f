"""Names known failure modes in an ordinary diagnosis: near the onset, new against what is healthy, suspects first."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.facts.diagnosis import Action, Cause, Diagnosis, FailureMode, Verdict
from workbench.facts.evidence import EvidenceKind
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.actions import UNDO
from workbench.rca.signatures.hits import base_of
from workbench.rca.signatures.match import find_failure_modes
from workbench.rca.signatures.model import Signature
from workbench.rca.signatures.words import clock
from workbench.rca.told_cause import VAGUE, with_told_cause
from workbench.rca.windows import seconds
from workbench.semconv import SEVERITY

BEFORE_S = 600
"""Failure modes are looked for from so long before the onset."""
MOST_MODES = 6
MOST_ACTIONS = 5
NAMES_TYPE = 0.9
"""Confidence from which a known failure mode of the first cause names the type of fault in their place."""
_LATER = 2**63 - 1


def with_failure_modes(diagnosis: Diagnosis, case: Case, signatures: Sequence[Signature]) -> Diagnosis:
    """Return the diagnosis with the failure modes that its telemetry shows; the verdict stays as it is.

    What is seen in fault-free telemetry, or in the case's own time long before the onset, too, is habit and no failure.
    """
    onset = diagnosis.onset_unix_nano
    if diagnosis.verdict is not Verdict.INCIDENT or onset is None:
        return diagnosis
    begin = onset - seconds(BEFORE_S)
    found = find_failure_modes(case.telemetry, signatures, around=(begin, _LATER), least_severity=SEVERITY["WARN"])
    modes = [mode for mode in found if mode.active]
    if not modes:
        return diagnosis
    habits = _habits(case, [one for one in signatures if one.id in {mode.signature_id for mode in modes}], begin)
    suspects = [cause.service_name for cause in diagnosis.causes]
    new = sorted(
        (
            mode
            for mode in modes
            if (mode.signature_id, base_of(mode.service_name)) not in habits and not _is_passed_on(mode, diagnosis)
        ),
        key=lambda mode: _place(mode, suspects),
    )[:MOST_MODES]
    diagnosis = with_told_cause(diagnosis, new) if diagnosis.causes else diagnosis
    causes = [_with_mode(cause, new, diagnosis) for cause in diagnosis.causes]
    told = [_as_told(mode, diagnosis.causes[0]) if diagnosis.causes else mode for mode in new]
    actions = actions_with_mode(diagnosis.actions, causes[0], _fitting(causes[0], new)) if causes else []
    return diagnosis.model_copy(update={"failure_modes": told, "causes": causes, "actions": actions})


def _fitting(cause: Cause, modes: Sequence[FailureMode]) -> FailureMode | None:
    """Return the mode that says what to do about a cause: one of its own, else one of the same type of fault."""
    known = [mode for mode in modes if mode.role == "cause" and not mode.consequence_of]
    own = [mode for mode in known if base_of(mode.service_name or mode.subject) == base_of(cause.service_name)]
    same = [mode for mode in known if cause.fault_type and cause.fault_type in mode.fault_types]
    return next(iter([*own, *same]), None)


def actions_with_mode(actions: Sequence[Action], cause: Cause, mode: FailureMode | None) -> list[Action]:
    """Return the actions with the steps of a known failure mode before those of the type of fault in general.

    Steps that undo a change stay in front. What is right for the type only is left out where the mode is of another.
    """
    if mode is None or not mode.steps:
        return list(actions)
    undo = [one for one in actions if one.title.startswith(UNDO)]
    general = [one for one in actions if one not in undo] if cause.fault_type in mode.fault_types else []
    steps = [
        one.model_copy(update={"why": one.why or f"{mode.title} (runbook {mode.signature_id})."}) for one in mode.steps
    ]
    return [*undo, *steps, *general][:MOST_ACTIONS]


def _as_told(mode: FailureMode, first: Cause) -> FailureMode:
    """Return a mode that bears out the first cause in the words of the service that only tells of it."""
    here = base_of(mode.service_name or mode.subject) == base_of(first.service_name)
    logged = all(one.kind is EvidenceKind.LOG for one in mode.evidence)
    if here or not logged or not mode.service_name or first.fault_type not in mode.fault_types:
        return mode
    title = mode.title[:1].lower() + mode.title[1:]
    return mode.model_copy(update={"sentence": f"The log of {mode.service_name} tells of it: {title}."})


def _habits(case: Case, signatures: Sequence[Signature], begin: int) -> set[tuple[str, str]]:
    """Return signature and service of what is seen while healthy."""
    healthy: list[tuple[Telemetry, tuple[int, int] | None]] = [(one, None) for one in case.references.values()]
    extent = case.telemetry.extent()
    if extent and extent[0] < begin:
        healthy.append((case.telemetry, (extent[0], begin)))
    logged = [one for one in signatures if any(c.about in ("log", "event") for c in one.match.conditions())]
    return {
        (mode.signature_id, base_of(mode.service_name))
        for telemetry, around in healthy
        for mode in find_failure_modes(telemetry, logged, around=around, least_severity=SEVERITY["WARN"])
    }


def _is_passed_on(mode: FailureMode, diagnosis: Diagnosis) -> bool:
    """Tell whether a mode rests on the logs of a service that only repeats what the first cause told it."""
    above = {base_of(one) for one in diagnosis.causes[0].path[1:]} if diagnosis.causes else set()
    callers = {base_of(caller) for caller, callee in diagnosis.edges if callee in _names(diagnosis)}
    told = mode.category != "dependency_failure" and all(one.kind is EvidenceKind.LOG for one in mode.evidence)
    return told and base_of(mode.service_name) in above | callers


def _names(diagnosis: Diagnosis) -> set[str]:
    first = diagnosis.causes[0].service_name if diagnosis.causes else ""
    return {first, *(diagnosis.causes[0].path if diagnosis.causes else [])}


def _place(mode: FailureMode, suspects: Sequence[str]) -> tuple[int, bool, float]:
    services = [base_of(one) for one in suspects]
    service = base_of(mode.service_name or mode.subject)
    at = services.index(service) if service in services else len(services)
    return at, bool(mode.consequence_of) or mode.role == "symptom", -mode.confidence


def _with_mode(cause: Cause, modes: Sequence[FailureMode], diagnosis: Diagnosis) -> Cause:
    own = [
        mode
        for mode in modes
        if mode.role == "cause" and base_of(mode.service_name or mode.subject) == base_of(cause.service_name)
    ]
    if not own:
        return cause
    sentence = own[0].sentence
    change = next(
        (one for one in diagnosis.timeline if one.kind == "change" and one.service_name == cause.service_name), None
    )
    if change is not None and change.time_unix_nano <= (diagnosis.onset_unix_nano or 0):
        sentence += f" Before it, at {clock(change.time_unix_nano)}: {change.text}"
    changes: dict[str, str] = {"failure_mode": sentence}
    if cause.fault_type in VAGUE and own[0].fault_types and own[0].confidence >= NAMES_TYPE:
        changes["fault_type"] = own[0].fault_types[0]
    return cause.model_copy(update=changes)
