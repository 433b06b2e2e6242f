"""Says why a service is not the first cause: its own signs, the callee that explains it, or that nothing is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from workbench.errors import BadInput
from workbench.facts.diagnosis import Cause, Diagnosis, Verdict
from workbench.report import words
from workbench.report.explain.content import Strip, WhyNot
from workbench.report.explain.reasoning import sign_words
from workbench.report.explain.strips import first_by_service, said

EDGE = 1.0
"""Signs below have been seen while healthy."""


def why_not(diagnosis: Diagnosis, service: str, strips: Sequence[Strip]) -> WhyNot:
    """Return why a service is not ranked first.

    Raises:
        BadInput: the data knows no such service.
    """
    known = {*diagnosis.services, *(cause.service_name for cause in diagnosis.causes)}
    if service not in known:
        hint = f"Services: {', '.join(sorted(known)) or 'none'}"
        raise BadInput(f"no service {service!r} in this data", where="--why-not", hint=hint)
    if diagnosis.verdict is not Verdict.INCIDENT or not diagnosis.causes:
        word = words.VERDICT_WORDS[diagnosis.verdict].lower()
        return WhyNot(service_name=service, answer=f"No service is named: {word}.", sentences=[diagnosis.reason])
    first = diagnosis.causes[0]
    if service == first.service_name:
        answer = f"{service} is the first cause, at {words.percent(first.confidence)}."
        return WhyNot(service_name=service, answer=answer, sentences=[one.summary for one in first.evidence[:3]])
    own = next((cause for cause in diagnosis.causes if cause.service_name == service), None)
    return WhyNot(
        service_name=service,
        answer=_answer(diagnosis, service, first),
        sentences=[*_compared(diagnosis, service, first), *_seen(service, own, strips, first)],
    )


def suspects(diagnosis: Diagnosis) -> list[str]:
    """Return the services that a reader would ask about: ranked behind the first, then those with a strong sign."""
    ranked = [cause.service_name for cause in diagnosis.causes[1:4]]
    strong = sorted(diagnosis.signs, key=lambda name: (-max(diagnosis.signs[name].values(), default=0.0), name))
    first = diagnosis.causes[0].service_name if diagnosis.causes else ""
    strong = [name for name in strong if max(diagnosis.signs[name].values(), default=0.0) >= EDGE]
    return [name for name in dict.fromkeys([*ranked, *strong]) if name != first]


def _answer(diagnosis: Diagnosis, service: str, first: Cause) -> str:
    signs, lead = diagnosis.signs.get(service, {}), diagnosis.lead
    largest = max(signs.values(), default=0.0)
    mine, theirs = signs.get(lead, 0.0), diagnosis.signs.get(first.service_name, {}).get(lead, 0.0)
    on_path = service in first.path[1:]
    if service in diagnosis.explained:
        return diagnosis.explained[service]
    if not signs:
        return f"{service}: no sign of trouble was found there."
    if on_path and mine < theirs:
        return (
            f"{service}: it calls {first.service_name} {_directly(service, first)}and suffers with it; its own "
            f"{lead or 'evidence'} is {mine:.1f}, that of {first.service_name} {theirs:.1f}."
        )
    if largest < EDGE:
        name = max(signs, key=lambda sign: (signs[sign], sign))
        return f"{service}: its strongest sign, the {name}, is {largest:.1f} of the largest value seen while healthy."
    if mine >= EDGE:
        return f"{service}: it shows the same, the {lead}, and weaker: {mine:.1f} beside {theirs:.1f}."
    name = max(signs, key=lambda sign: (signs[sign], sign))
    return (
        f"{service}: its strongest sign is the {name} ({largest:.1f}), which the {lead or 'evidence'} of "
        f"{first.service_name} ({theirs:.1f}) can explain, and not the other way round."
    )


def _directly(service: str, first: Cause) -> str:
    return "" if first.path[1:2] == [service] else "by way of others "


def _compared(diagnosis: Diagnosis, service: str, first: Cause) -> list[str]:
    found = []
    signs = diagnosis.signs.get(service, {})
    if signs:
        found.append(f"Signs of {service}, in multiples of the largest healthy value: {sign_words(signs, 5)}.")
    theirs = diagnosis.signs.get(first.service_name, {})
    if theirs:
        found.append(f"Signs of {first.service_name}: {sign_words(theirs, 5)}.")
    lead = diagnosis.lead
    if service not in diagnosis.explained and lead and theirs.get(lead, 0.0) > signs.get(lead, 0.0):
        found.append(f"It would be first if its {lead} were above {max(EDGE, theirs[lead]):.1f}.")
    return found


def _order(strips: Sequence[Strip], service: str, first: str) -> str:
    """Say whether a service moved before or after the first cause, as far as the distance of the values tells."""
    own, other = (min((s for s in strips if s.service_name == name), key=_moved) for name in (service, first))
    seconds = (own.moved_unix_nano - other.moved_unix_nano) / 1e9
    apart = max(_distance_s(own), _distance_s(other))
    if not seconds:
        return f"together with {first}"
    if abs(seconds) < apart:
        return f"together with {first}, as far as values every {words.span(apart)} tell"
    return f"{words.span(abs(seconds))} {'after' if seconds > 0 else 'before'} {first}"


def _moved(strip: Strip) -> int:
    return strip.moved_unix_nano


def _distance_s(strip: Strip) -> float:
    gaps = sorted(after - one for one, after in pairwise(strip.times_unix_nano))
    return gaps[len(gaps) // 2] / 1e9 if gaps else 0.0


def _seen(service: str, own: Cause | None, strips: Sequence[Strip], first: Cause) -> list[str]:
    found = []
    moved = first_by_service(strips)
    strip = next((one for one in strips if one.service_name == service), None)
    if strip is not None:
        found.append(f"It moved at {words.clock(strip.moved_unix_nano)}: {said(strip)}.")
        if first.service_name in moved:
            found.append(f"That is {_order(strips, service, first.service_name)}.")
    if own is None:
        return [*found, "It is not among the ranked causes."]
    found.append(f"It is ranked {own.rank} at {words.percent(own.confidence)}.")
    found += [("For: " if one.supports else "Against: ") + one.summary for one in own.evidence[:4]]
    return found
