"""Scores streams of counts: has the share of errors risen, has the rate of events changed? For the nodes of a flow.

Both detectors compare a bucket with the recent history of the same series and are causal: a bucket is scored before it
is learned from. A score below 0.5 is usual, from 0.5 abnormal, from 0.75 worth a page.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from workbench.signals.tails import beta_binomial_upper, negative_binomial_tail

ALARM_LOG10_P = 3.0
"""-log10 of the tail probability at which a score is 0.5: once in 1,000 usual buckets."""
PAGE_LOG10_P = 6.0
"""-log10 of the tail probability at which a score is 0.75."""
_MEMORY = 60.0
_SOME_HISTORY = 5


@dataclass(frozen=True, slots=True)
class Score:
    """How unusual one bucket is: `score` 0..1, the `value` that was judged, and what was `expected` (same unit)."""

    score: float
    expected: float
    value: float


def score_of_tail(probability: float) -> float:
    """Turn a tail probability into a score: 1 at p = 0, 0.75 at 1e-6, 0.5 at 1e-3, 0 at p = 1."""
    surprise = abs(math.log10(min(1.0, max(probability, 1e-300))))
    return surprise / (2.0 * ALARM_LOG10_P) if surprise < ALARM_LOG10_P else 1.0 - 0.5 * ALARM_LOG10_P / surprise


def surprise_of_score(score: float) -> float:
    """Return the -log10 tail probability that `score_of_tail` turned into this score."""
    half = ALARM_LOG10_P / 2.0
    return 2.0 * ALARM_LOG10_P * score if score < 0.5 else half / max(1.0 - score, half / 300.0)


class ErrorRateDetector:
    """Errors among requests per bucket, against the beta posterior of the series' own recent share of errors.

    Posterior predictive test: with `a` errors in `n` remembered requests, errors of the next bucket follow a
    beta-binomial law (Gelman et al., Bayesian Data Analysis, ch. 2). The score is the upper tail, so fewer errors
    never score. Shares below `floor` are harmless whatever the history: a first error among many requests is no
    incident. History fades by the factor 1 - 1/`memory` a bucket and holds at most `most` requests, so that a share
    which drifts by day and night is not held to a false precision.
    """

    def __init__(self, *, floor: float = 0.01, memory: float = _MEMORY, most: float = 2_000.0) -> None:
        self._floor, self._fade, self._most = floor, 1.0 - 1.0 / memory, most
        self._errors = self._requests = 0.0

    def update(self, errors: float, requests: float) -> Score:
        """Score the next bucket; counts that are not finite, below 0, or without requests score 0 and teach nothing."""
        expected = self.expected
        if not _counts(errors, requests) or requests <= 0:
            return Score(0.0, expected, 0.0)
        errors = min(errors, requests)
        share = errors / requests
        score = 0.0
        if share > max(self._floor, expected):
            a, b = self._prior()
            score = score_of_tail(beta_binomial_upper(round(errors), max(round(requests), 1), a, b))
        self._learn(errors, requests, score)
        return Score(score, expected, share)

    @property
    def expected(self) -> float:
        """The share of errors that the history makes likely, 0..1."""
        return self._errors / self._requests if self._requests else 0.0

    def _prior(self) -> tuple[float, float]:
        # The floor stands in for history: as if 1/floor requests had had one error.
        return self._errors + 1.0, max(self._requests - self._errors, 0.0) + 1.0 / self._floor

    def _learn(self, errors: float, requests: float, score: float) -> None:
        # A bucket that alarms teaches a tenth of its weight: an outage must last long to become the usual state.
        weight = 0.1 if score >= 0.5 else 1.0
        self._errors = self._errors * self._fade + weight * errors
        self._requests = self._requests * self._fade + weight * requests
        if self._requests > self._most:
            shrink = self._most / self._requests
            self._errors, self._requests = self._errors * shrink, self._requests * shrink


class RateChangeDetector:
    """Events per bucket, two-sided, against a gamma-Poisson law with the series' own recent rate and spread.

    The predictive law of a count whose rate varies is negative binomial (Farrington et al., JRSS A 1996, use the same
    overdispersed Poisson regression to watch outbreaks). Level and dispersion are exponential means; counts are clipped
    at `clip` standard deviations before they are learned, so that a burst hardly moves its own baseline.
    """

    def __init__(self, *, memory: float = _MEMORY, clip: float = 3.0) -> None:
        self._rate, self._clip = 1.0 / memory, clip
        self._mean = self._variance = 0.0
        self._seen = 0

    def update(self, count: float) -> Score:
        """Score the next bucket; the first five and counts that are not finite or below 0 score 0."""
        expected = self._mean
        if not _counts(count):
            return Score(0.0, expected, 0.0)
        score = 0.0
        if self._seen >= _SOME_HISTORY:
            score = score_of_tail(min(1.0, 2.0 * negative_binomial_tail(round(count), *self._law())))
        self._learn(count)
        return Score(score, expected, count)

    @property
    def expected(self) -> float:
        """The count per bucket that the history makes likely."""
        return self._mean

    def _law(self) -> tuple[float, float]:
        # Half an event per remembered bucket is the prior: a silent series may wake up with one event.
        mean = max(self._mean, 0.5 / min(self._seen, 1.0 / self._rate))
        # The mean itself is known only to within its own standard error.
        return mean, max(self._variance, mean) * (1.0 + 1.0 / min(self._seen, 1.0 / self._rate))

    def _learn(self, count: float) -> None:
        self._seen += 1
        rate = max(self._rate, 1.0 / self._seen)
        if self._seen > _SOME_HISTORY:
            reach = self._clip * math.sqrt(max(self._variance, self._mean, 1.0))
            count = min(max(count, self._mean - reach), self._mean + reach)
        off = count - self._mean
        self._mean += rate * off
        self._variance += rate * (off * off * (1.0 - rate) - self._variance)


def _counts(*numbers: float) -> bool:
    return all(math.isfinite(number) and number >= 0 for number in numbers)
