"""Puts the reasoning behind a verdict into plain words, question by question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.facts.diagnosis import Cause, Diagnosis, Verdict
from workbench.report import words
from workbench.report.explain.content import Paragraph, Strip, WhyNot
from workbench.report.explain.strips import first_by_service, said

MOST_EVIDENCE = 4
MOST_STRIPS = 3
MOST_OTHERS = 4
ORDER = (
    "A cause is sought in a fixed order: a wrong clock, a resource that runs out, a silent service, slow or lossy "
    "calls, failing calls, changed requests, errors, own latency. What comes first can explain what comes later, and "
    "not the other way round."
)
_VERDICT = {
    Verdict.INCIDENT: "Yes.",
    Verdict.HEALTHY: "No: nothing exceeds what was seen while healthy.",
    Verdict.UNKNOWN: "That cannot be told from this data.",
}


def reasoning(
    diagnosis: Diagnosis, rows: Mapping[str, int], strips: Sequence[Strip], others: Sequence[WhyNot]
) -> list[Paragraph]:
    """Return the questions that a reader at 3 a.m. asks, each with its answer; questions without one are left out."""
    ill = diagnosis.verdict is Verdict.INCIDENT
    paragraphs = [
        Paragraph(question="What was looked at?", sentences=_looked(diagnosis, rows)),
        Paragraph(question="Is anything wrong?", sentences=_wrong(diagnosis)),
    ]
    if ill:
        first = diagnosis.causes[0] if diagnosis.causes else None
        paragraphs.append(Paragraph(question="Since when?", sentences=_since(diagnosis, strips)))
        if first is not None:
            paragraphs += [
                Paragraph(question=f"Why {first.service_name}?", sentences=_why(diagnosis, first)),
                Paragraph(question="What speaks against it?", sentences=_against(first)),
                Paragraph(question="Why not another?", sentences=[one.answer for one in others[:MOST_OTHERS]]),
                Paragraph(question="How sure is this?", sentences=_sure(diagnosis, first)),
            ]
    paragraphs += [
        Paragraph(question="What looks like a cause and is none?", sentences=list(diagnosis.ruled_out)),
        Paragraph(question="What was checked and is in order?", sentences=list(diagnosis.checked)),
        Paragraph(question="What is not known?", sentences=_not_known(diagnosis)),
    ]
    return [one for one in paragraphs if one.sentences]


def sign_words(signs: Mapping[str, float], most: int = 3) -> str:
    """Return the strongest signs: `resource use 4.2, own latency 1.3`."""
    ordered = sorted(signs.items(), key=lambda item: (-item[1], item[0]))[:most]
    return ", ".join(f"{name} {ratio:.1f}" for name, ratio in ordered)


def _looked(diagnosis: Diagnosis, rows: Mapping[str, int]) -> list[str]:
    found = [f"{words.row_counts(rows) or 'No rows'} of {words.plural(len(diagnosis.services), 'service')}."]
    if diagnosis.baseline:
        found.append(f"What is healthy was taken from {diagnosis.baseline.rstrip('.')}.")
    return found


def _wrong(diagnosis: Diagnosis) -> list[str]:
    return [_VERDICT[diagnosis.verdict], diagnosis.reason, *diagnosis.impact[:3]]


def _since(diagnosis: Diagnosis, strips: Sequence[Strip]) -> list[str]:
    onset = diagnosis.onset_unix_nano
    if onset is None:
        return ["The data does not tell when it began."]
    how = "that time was given" if diagnosis.onset_given else "found in the data, not given"
    found = [f"{words.date_time(onset)}; {how}."]
    first = first_by_service(strips)
    for service in sorted(first, key=lambda name: (first[name], name))[:MOST_STRIPS]:
        strip = next(one for one in strips if one.service_name == service)
        found.append(f"{words.clock(first[service])} ({words.offset(first[service], onset)}) {service}: {said(strip)}.")
    return [*found, *diagnosis.contributing]


def _why(diagnosis: Diagnosis, first: Cause) -> list[str]:
    where = [f"pod {first.service_instance_id}"] if first.service_instance_id else []
    where += [f"host {first.host_name}"] if first.host_name else []
    found = [f"It shows on {' on '.join(where)}."] if where else []
    found += [first.failure_mode] if first.failure_mode else []
    own = diagnosis.signs.get(first.service_name, {})
    if diagnosis.lead and own:
        found.append(
            f"The {diagnosis.lead} leads here, and it is strongest at {first.service_name}. Its signs, in multiples of "
            f"the largest value seen while healthy: {sign_words(own)}."
        )
        found.append(ORDER)
    found += [one.summary for one in first.evidence if one.supports][:MOST_EVIDENCE]
    if len(first.path) > 1:
        found.append(f"Users notice it by way of {' → '.join(first.path)}.")
    return found


def _against(first: Cause) -> list[str]:
    return [one.summary for one in first.evidence if not one.supports] or ["Nothing that was found."]


def _sure(diagnosis: Diagnosis, first: Cause) -> list[str]:
    sure = words.percent(first.confidence)
    if first.failure_mode and not diagnosis.lead:
        found = [f"{sure}: as sure as this failure is known by its signs; that it is behind all else was not measured."]
    else:
        found = [
            f"{sure}: of answers with such a strength and margin about that share was right on cases with a known "
            "cause."
        ]
    if len(diagnosis.causes) > 1:
        second = diagnosis.causes[1]
        found.append(f"The next candidate is {second.service_name} with {words.percent(second.confidence)}.")
    own, lead = diagnosis.signs, diagnosis.lead
    if lead and first.service_name in own:
        rivals = sorted((signs.get(lead, 0.0), name) for name, signs in own.items() if name != first.service_name)
        if rivals and rivals[-1][0] > 0:
            ratio, name = rivals[-1]
            mine = own[first.service_name].get(lead, 0.0)
            found.append(f"In {lead}, {first.service_name} is at {mine:.1f} and {name} at {ratio:.1f}.")
    return found


def _not_known(diagnosis: Diagnosis) -> list[str]:
    missing = [text for cause in diagnosis.causes[:1] for text in cause.missing]
    return list(dict.fromkeys([*diagnosis.not_known, *missing]))
