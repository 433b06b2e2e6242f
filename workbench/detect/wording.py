"""Says what was detected: the sentence of an anomaly, and the title of an incident."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from workbench.facts.incident import Anomaly
from workbench.semconv import NANOS_PER_SECOND

LONGEST_TITLE = 140
NAMES = {
    "error_rate": "error rate",
    "error_logs": "share of error lines",
    "latency": "p95 latency",
    "volume": "requests a minute",
    "log_volume": "log lines a minute",
    "availability": "availability",
    "heartbeat": "silence between heartbeats",
}
"""Detector -> what it measures, for people."""
_SHARES = ("error_rate", "error_logs", "availability")


def clock(time_unix_nano: int) -> str:
    """Return the time of day, such as `09:35:52 UTC`."""
    return f"{datetime.fromtimestamp(time_unix_nano // NANOS_PER_SECOND, UTC):%H:%M:%S} UTC"


def number(value: float) -> str:
    """Return a number with two or three significant digits and no exponent: `0.4`, `12`, `1234`."""
    if value == 0:
        return "0"
    text = f"{value:.2g}" if abs(value) < 10 else f"{value:.0f}"
    return f"{value:.6f}".rstrip("0") if "e" in text else text


def amount(detector: str, value: float) -> str:
    """Return a value in the unit of its detector: `12 %`, `340 ms`, `95 s`."""
    if detector in _SHARES:
        return f"{number(100 * value)} %"
    unit = {"latency": " ms", "heartbeat": " s"}.get(detector, "")
    return number(value) + unit


def sentence(detector: str, service_name: str, value: float, expected: float) -> str:
    """Return the summary of an anomaly."""
    name, usual = NAMES[detector], amount(detector, expected)
    return f"{name[0].upper()}{name[1:]} of {service_name} is {amount(detector, value)}; usual is {usual}."


def title(anomalies: Sequence[Anomaly], onset_unix_nano: int | None = None) -> str:
    """Return the title of an incident that anomalies of one service and kind make, such as
    `payments: error rate 0.4 % -> 12 % since 09:35:52 UTC`. An onset that was found is finer than the window in which
    the first anomaly was counted.
    """
    first = min(anomalies, key=lambda one: (one.time_unix_nano, one.anomaly_id))
    same = [one for one in anomalies if one.detector == first.detector]
    worst = max(same, key=lambda one: (one.score, abs((one.value or 0.0) - (one.expected or 0.0)), one.anomaly_id))
    since = f"since {clock(onset_unix_nano or first.time_unix_nano)}"
    if first.detector in NAMES and worst.value is not None and first.expected is not None:
        values = f"{amount(first.detector, first.expected)} -> {amount(first.detector, worst.value)}"
        return f"{first.service_name}: {NAMES[first.detector]} {values} {since}"
    said = " ".join(worst.summary.split()).rstrip(".")
    said = said.removeprefix(f"{first.service_name}: ")
    room = LONGEST_TITLE - len(first.service_name) - len(since) - 3
    return f"{first.service_name}: {said if len(said) <= room else said[: room - 1] + '…'} {since}"
