"""Puts failure modes in causal order: a mode that another one explains comes after it, and says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.facts.diagnosis import FailureMode
from workbench.rca.signatures.model import Signature
from workbench.rca.signatures.words import clock, fill


def in_causal_order(modes: Sequence[FailureMode], signatures: Mapping[str, Signature]) -> list[FailureMode]:
    """Return causes first, then their consequences, then symptoms, then what is over; within each the surest first."""
    active = [mode for mode in modes if mode.active]
    linked = [_linked(mode, active, signatures) for mode in modes]
    return sorted(linked, key=_place)


def without_repeats(found: Sequence[tuple[FailureMode, frozenset[str]]]) -> list[FailureMode]:
    """Return the modes but for those that fit the same subject by nothing else than what a surer one fits by.

    Args:
        found: Each mode with the summaries of what made it fit.
    """
    kept: list[tuple[FailureMode, frozenset[str]]] = []
    for mode, leads in sorted(found, key=lambda one: (-one[0].confidence, -len(one[1]), one[0].signature_id)):
        repeats = any(
            (other.subject, other.active, other.role) == (mode.subject, mode.active, mode.role) and leads <= others
            for other, others in kept
        )
        if not repeats:
            kept.append((mode, leads))
    return [mode for mode, _ in kept]


def _place(mode: FailureMode) -> tuple[bool, bool, bool, float, int, str, str]:
    return (
        not mode.active,
        mode.role == "symptom",
        bool(mode.consequence_of),
        -mode.confidence,
        mode.first_seen_unix_nano or 0,
        mode.signature_id,
        mode.subject,
    )


def _linked(mode: FailureMode, active: Sequence[FailureMode], signatures: Mapping[str, Signature]) -> FailureMode:
    if not mode.active:
        return mode
    signature = signatures[mode.signature_id]
    causes = [other for other in active if other is not mode and _explains(other, mode, signatures)]
    if not causes:
        return mode
    cause = min(causes, key=lambda other: signature.follows.index(other.signature_id))
    values = {"cause": cause.title, "subject": mode.subject, "service": mode.service_name or mode.subject,
              "title": mode.title, "first": clock(mode.first_seen_unix_nano or 0)}  # fmt: skip
    said = fill(signature.follows_says, values) if signature.follows_says else None
    return mode.model_copy(
        update={
            "consequence_of": cause.signature_id,
            "consequence": said
            or f"{mode.title} ({mode.subject}) is a consequence of it and no independent fault: {cause.title}.",
        }
    )


def _explains(cause: FailureMode, mode: FailureMode, signatures: Mapping[str, Signature]) -> bool:
    if cause.signature_id not in signatures[mode.signature_id].follows or cause.role == "symptom":
        return False
    mutual = mode.signature_id in signatures[cause.signature_id].follows
    # Two modes that may each lead to the other: the one that was there first did.
    return not mutual or (cause.first_seen_unix_nano or 0, cause.signature_id) < (
        mode.first_seen_unix_nano or 0,
        mode.signature_id,
    )
