"""Tells which signals are one and the same thing seen again. Nothing is thrown away: a repeat is only shown as one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.detect.severity import severity
from workbench.facts.incident import Anomaly

RULE_FIELDS = (
    "service", "kind", "detector", "severity", "summary", "scope", "score", "value", "expected", "template",
)  # fmt: skip
"""Fields that a rule may name, beside `label.<name>`."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal with its repeats, oldest first."""

    fingerprint: str
    seen: tuple[Anomaly, ...]

    @property
    def first(self) -> Anomaly:
        """The signal as it was first seen."""
        return self.seen[0]

    @property
    def last(self) -> Anomaly:
        """The signal as it was last seen."""
        return self.seen[-1]


def fingerprint_of(one: Anomaly) -> str:
    """Return what repeats of one signal have in common, 12 hex digits.

    It is made of data set, detector, kind, service, template and labels; neither time nor value is part of it.
    """
    facts = [one.scope, one.detector, one.kind.value, one.service_name, one.template]
    facts += [f"{name}={value}" for name, value in sorted(one.labels.items())]
    return hashlib.sha256("\x00".join(facts).encode()).hexdigest()[:12]


def signals_of(anomalies: Sequence[Anomaly]) -> list[Signal]:
    """Return each signal once, with its repeats, by the time it was first seen; words of an end are no repeats."""
    found: dict[str, list[Anomaly]] = {}
    for one in sorted(anomalies, key=lambda one: (one.time_unix_nano, one.anomaly_id)):
        if one.firing:
            found.setdefault(fingerprint_of(one), []).append(one)
    return [Signal(fingerprint, tuple(seen)) for fingerprint, seen in found.items()]


def fields_of(one: Anomaly) -> dict[str, object]:
    """Return the fields of a signal that rules may name."""
    fields: dict[str, object] = {
        "service": one.service_name,
        "kind": one.kind.value,
        "detector": one.detector,
        "severity": severity(one),
        "summary": one.summary,
        "scope": one.scope,
        "score": one.score,
        "value": one.value,
        "expected": one.expected,
        "template": one.template,
    }
    return fields | {f"label.{name}": value for name, value in one.labels.items()}
