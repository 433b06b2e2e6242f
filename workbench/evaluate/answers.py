"""Runs the diagnosis over labelled cases in several modes and keeps what the tables need."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from workbench.evaluate.labels import Labelled
from workbench.evaluate.statistics import worst_rank
from workbench.facts.diagnosis import Diagnosis, Verdict
from workbench.facts.telemetry import Case
from workbench.rca.cache import ReferenceCache
from workbench.rca.diagnose import diagnose

GIVEN, DETECTED = "time given", "detected"
ALONE, ALONE_DETECTED = "no reference, given", "no reference, detected"
MODES = (GIVEN, DETECTED, ALONE, ALONE_DETECTED)
_REASON_LENGTH = 160


@dataclass(frozen=True, slots=True)
class Answer:
    """What one method said of one case."""

    label: Labelled
    verdict: Verdict
    scores: dict[str, float]
    """Service -> confidence; empty when no fault was called."""
    fault_type: str | None = None
    onset_error_s: float | None = None
    """Said minus true; positive is late."""
    seconds: float = 0.0
    reason: str = ""
    services: int = 0
    """How many services were looked at."""

    @property
    def rank(self) -> int | None:
        """Rank of the true service, the worst of a tie; of the best-ranked one where several are true."""
        ranks = [rank for service in self.label.services if (rank := worst_rank(self.scores, service))]
        return min(ranks, default=None)

    @property
    def first(self) -> tuple[str, float] | None:
        """The service that was named first, with its confidence."""
        return max(self.scores.items(), key=lambda item: item[1]) if self.scores else None


@dataclass(slots=True)
class Run:
    """All answers of one method in one mode."""

    mode: str
    answers: list[Answer] = field(default_factory=list)

    def of_group(self, group: str) -> list[Answer]:
        """Return the answers of one fault type."""
        return [answer for answer in self.answers if answer.label.group == group]


def in_mode(case: Case, label: Labelled, mode: str) -> Case | None:
    """Return the case as a mode hands it over; None where the mode cannot be."""
    at = None if mode in (DETECTED, ALONE_DETECTED) else label.at_unix_nano
    if at is None and mode in (GIVEN, ALONE):
        return None
    if mode in (ALONE, ALONE_DETECTED):
        return replace(case, at_unix_nano=at, references={}) if case.references else None
    return replace(case, at_unix_nano=at)


def answer(case: Case, label: Labelled, cache: ReferenceCache) -> Answer:
    """Return what the diagnosis says of a case."""
    begun = time.perf_counter()
    found = diagnose(case, cache=cache)
    seconds = time.perf_counter() - begun
    incident = found.verdict is Verdict.INCIDENT
    first = found.causes[0] if incident and found.causes else None
    return Answer(
        label=label,
        verdict=found.verdict,
        scores=_scores(found) if incident else {},
        fault_type=first.fault_type if first else None,
        onset_error_s=_late(found, label) if incident and case.at_unix_nano is None else None,
        seconds=seconds,
        reason=found.reason[:_REASON_LENGTH],
        services=len(found.services),
    )


def alarms(windows: Iterable[Case], cache_of: Callable[[], ReferenceCache]) -> tuple[int, int]:
    """Return how many fault-free windows were called an incident, and how many there were."""
    called = total = 0
    for window in windows:
        total += 1
        called += diagnose(window, cache=cache_of()).verdict is Verdict.INCIDENT
    return called, total


def _scores(found: Diagnosis) -> dict[str, float]:
    scores: dict[str, float] = {}
    for cause in found.causes:
        scores[cause.service_name] = max(cause.confidence, scores.get(cause.service_name, 0.0))
    return scores


def _late(found: Diagnosis, label: Labelled) -> float | None:
    if found.onset_unix_nano is None or not label.onset_known or label.at_unix_nano is None:
        return None
    return (found.onset_unix_nano - label.at_unix_nano) / 1e9
