"""Says the outcome of an investigation in three sentences by rules: what happened, why, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from workbench.facts.diagnosis import Cause, Diagnosis, IncidentKind, Verdict
from workbench.facts.evidence import EvidenceKind
from workbench.facts.shares import percent
from workbench.facts.telling import in_order, telling_mode
from workbench.guard.pii import PiiType, find, replace
from workbench.semconv import NANOS_PER_SECOND

_HAPPENED = {
    IncidentKind.ERROR: "requests began to go wrong",
    IncidentKind.LATENCY: "requests became slow",
    IncidentKind.DOWNTIME: "a service stopped answering",
    IncidentKind.METRIC: "metrics left their usual range",
}
_LONGEST_DETAIL = 220
_BREAK = re.compile(r"[.!?…]+(?=\s|$)")
_BEGIN = re.compile(r"(?<=; )(The|This|It|Its|There|Before|Of|All|A|In|No)\b(?= )")
"""Words that begin a sentence and are no names."""


def three_sentences(diagnosis: Diagnosis, *, symptom: str = "") -> list[str]:
    """Return exactly three sentences; each is one sentence even where the texts it quotes are several.

    Args:
        diagnosis: What was found out.
        symptom: What users noticed, such as the title of the incident; left out when empty.
    """
    if diagnosis.verdict is Verdict.INCIDENT:
        return [_what(diagnosis, symptom), _why(diagnosis), _how_sure(diagnosis)]
    if diagnosis.verdict is Verdict.HEALTHY:
        first = f"No incident was found in {diagnosis.case}"
    else:
        first = f"Whether anything is wrong in {diagnosis.case} cannot be told"
    compared = f"This rests on {_clause(diagnosis.baseline)}" if diagnosis.baseline else "There was no baseline"
    others = [text for text in diagnosis.not_known if text != diagnosis.reason]
    return [
        _sentence(first),
        _sentence(f"The reason is: {_clause(diagnosis.reason)}"),
        _sentence(f"{compared}{_unknown(others)}"),
    ]


def fact_lines(diagnosis: Diagnosis, *, symptom: str = "") -> list[str]:
    """Return what a model may use, one fact a line; not masked yet."""
    lines = [
        f"Data set: {diagnosis.case}",
        f"Verdict: {diagnosis.verdict.value}",
        *([f"Kind: {diagnosis.kind.value}"] if diagnosis.kind else []),
        *([f"Symptom: {symptom}"] if symptom else []),
        *([f"Began: {moment(diagnosis.onset_unix_nano)}"] if diagnosis.onset_unix_nano else []),
        f"Reason of the verdict: {diagnosis.reason}",
    ]
    for cause in diagnosis.causes[:2]:
        fault = f", {_words(cause.fault_type)}" if cause.fault_type else ""
        lines.append(f"Cause {cause.rank}: {cause.service_name}{fault}, confidence {percent(cause.confidence)}")
        lines += [f"  Evidence: {one.summary}" for one in cause.evidence[:3] if one.supports]
    lines += [f"Impact: {text}" for text in diagnosis.impact[:3]]
    return lines + [f"Not known: {text}" for text in diagnosis.not_known[:3]]


def masked_lines(lines: Sequence[str], shown: Mapping[str, str] | None = None) -> tuple[list[str], int]:
    """Return the lines without personal data, and how many values were masked; `shown` says what else stands for
    addresses that are names of services (see `address_names`).
    """
    count, names = 0, shown or {}

    def substitute(kind: str, value: str) -> str:
        nonlocal count
        if kind == PiiType.IP and value in names:
            return names[value]
        count += 1
        return f"[{kind}]"

    return [replace(line, substitute).text for line in lines], count


def address_names(services: Sequence[str]) -> dict[str, str]:
    """Return the addresses in names of services, which the masks take for somebody's, each with a placeholder."""
    found = dict.fromkeys(
        name[span.start : span.end] for name in services for span in find(name) if span.type == PiiType.IP
    )
    return {address: f"[{PiiType.IP}_{number}]" for number, address in enumerate(found, start=1)}


def sentences_of(text: str) -> list[str]:
    """Split a text at the ends of its sentences; `0.4`, `v1.2` and `a.b` are no ends."""
    parts = re.split(r"(?<=[.!?])[\"')\]]*\s+", " ".join(text.split()))
    return [part.strip() for part in parts if part.strip()]


def moment(time_unix_nano: int) -> str:
    """Return `2026-03-10 09:35:52 UTC`."""
    return f"{datetime.fromtimestamp(time_unix_nano // NANOS_PER_SECOND, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _what(diagnosis: Diagnosis, symptom: str) -> str:
    happened = _HAPPENED[diagnosis.kind] if diagnosis.kind else "something broke"
    when = f"At {moment(diagnosis.onset_unix_nano)}" if diagnosis.onset_unix_nano else "At a time that is not known"
    detail = symptom or next(iter(diagnosis.impact), "")
    return _sentence(f"{when} {happened}" + (f" ({_clause(detail)})" if detail else ""))


def _why(diagnosis: Diagnosis) -> str:
    if not diagnosis.causes:
        return _sentence(f"No cause could be named: {_clause(diagnosis.reason)}")
    first = diagnosis.causes[0]
    fault = f" ({_words(first.fault_type)})" if first.fault_type else ""
    evidence = next((one.summary for one in in_order(first) if one.supports), diagnosis.reason)
    said = telling_mode(first, diagnosis.failure_modes) or evidence
    return _sentence(f"The most likely first cause is {first.service_name}{fault}: {_clause(said)}")


def _how_sure(diagnosis: Diagnosis) -> str:
    if not diagnosis.causes:
        return _sentence(f"How sure this is cannot be told{_unknown(diagnosis.not_known)}")
    first, others = diagnosis.causes[0], diagnosis.causes[1:]
    open_questions = [*diagnosis.not_known, *first.missing]
    sure = f"Confidence is {percent(first.confidence)}{_next(first, others)}"
    if nearby := _change_nearby(diagnosis):
        return _sentence(f"{sure}; {nearby}")
    if not diagnosis.contributing and not any(one.kind is EvidenceKind.CHANGE for one in first.evidence):
        open_questions.append("what triggered it, as no change is on record")
    return _sentence(f"{sure}{_unknown(open_questions)}")


def _change_nearby(diagnosis: Diagnosis) -> str:
    """Return the change near the onset: one of the cause itself first, once; '' when there is none."""
    first = diagnosis.causes[0]
    changes = list(dict.fromkeys(text for text in diagnosis.contributing if text))
    own = [text for text in changes if re.search(rf" of {re.escape(first.service_name)}\b(?!-)", text)]
    if own:
        return "" if own[0] in first.failure_mode else f"a change is on record: {_clause(own[0])}"
    elsewhere = f"no change of {first.service_name} is on record, but one elsewhere: "
    return elsewhere + _clause(changes[0]) if changes else ""


def _next(first: Cause, others: Sequence[Cause]) -> str:
    if not others:
        return ""
    sure = percent(others[0].confidence)
    if first.independent and others[0].independent:
        return f", and {others[0].service_name} is a fault of its own with {sure}"
    return f", the next candidate is {others[0].service_name} with {sure}"


def _unknown(texts: Sequence[str]) -> str:
    known = list(dict.fromkeys(text for text in texts if text))
    return f"; not known: {_clause(known[0])}" if known else ""


def _words(fault_type: str) -> str:
    return fault_type.replace("_", " ")


def _clause(text: str) -> str:
    """Return a text as part of a sentence: no ends of sentences inside, not too long."""
    flat = _BREAK.sub(";", " ".join(text.split())).strip("; ")
    flat = _BEGIN.sub(lambda found: found[0].lower(), flat)
    return flat if len(flat) <= _LONGEST_DETAIL else flat[: _LONGEST_DETAIL - 1].rstrip() + "…"


def _sentence(text: str) -> str:
    flat = " ".join(text.split()).rstrip(".;, ")
    return flat[:1].upper() + flat[1:] + "."
