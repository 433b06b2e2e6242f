"""Short words in which the services of the shop are described."""

from __future__ import annotations

from typing import Literal

from workbench.simulate.topology import Line, Operation, Query, Say, Step

Severity = Literal["DEBUG", "INFO", "WARN", "ERROR", "FATAL"]


def say(file: str, number: int, text: str, severity: Severity = "INFO", when: str = "", unless: str = "") -> Say:
    """Write a log line at a place in the code."""
    return Say(Line(severity, text, file, number), when=when, unless=unless)


def operations(*operations: Operation) -> dict[str, Operation]:
    """Return operations by name."""
    return {operation.name: operation for operation in operations}


def op(name: str, *steps: Step, result: str = "") -> Operation:
    """Describe an operation by its steps."""
    return Operation(name, steps, result)


def cached(key: str, hit_ratio: float) -> Query:
    """Ask the cache, which is no harm when it does not answer."""
    return Query("redis", "GET", key, f"GET {key}", 0.5, gives="hit", hit_ratio=hit_ratio, optional=True, timeout_s=0.5)
