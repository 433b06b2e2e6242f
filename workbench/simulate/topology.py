"""What a shop is made of: services, their operations, and the steps of an operation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Language = Literal["go", "java", "node", "python", "dotnet", "native"]


@dataclass(frozen=True)
class Line:
    """A place in the code that writes a log line; the text has {words} of the request."""

    severity: Literal["DEBUG", "INFO", "WARN", "ERROR", "FATAL"]
    text: str
    file: str
    number: int

    @cached_property
    def attributes(self) -> str:
        """The code location as a JSON object."""
        return json.dumps({"code.filepath": self.file, "code.lineno": self.number}, separators=(",", ":"))


@dataclass(frozen=True)
class Step:
    """Done when the visit knows the fact `when` and does not know `unless`; teaches it `gives` when all went well."""

    when: str = field(default="", kw_only=True)
    unless: str = field(default="", kw_only=True)
    gives: str = field(default="", kw_only=True)
    optional: bool = field(default=False, kw_only=True)
    """True when the operation goes on without it."""


@dataclass(frozen=True)
class Say(Step):
    """Write a log line."""

    line: Line


@dataclass(frozen=True)
class Work(Step):
    """Compute, or wait for something outside of the shop."""

    ms: float
    """Median duration on an unloaded machine."""
    span: str = ""
    """Name of its own INTERNAL span; none when empty."""
    cpu: float = 0.7
    """Share of the duration that is computing."""
    writes: bool = False
    """True when it needs room on the disk."""
    succeeds: float = 1.0
    """Share of the cases in which `gives` is given; the rest is a matter of business, not an error."""


@dataclass(frozen=True)
class Call(Step):
    """Call an operation of another service."""

    service: str
    operation: str
    timeout_s: float = 2.0
    retries: int = 0
    signed: bool = False
    """True when the callee checks the time at which the call was signed."""


@dataclass(frozen=True)
class Query(Step):
    """Ask a store that sends no spans of its own."""

    service: str
    verb: str
    target: str
    """Table, or pattern of the key."""
    statement: str
    ms: float
    writes: bool = False
    hit_ratio: float = 1.0
    """Share of the cases in which `gives` is given: how often a cache has it."""
    timeout_s: float = 5.0


@dataclass(frozen=True)
class Operation:
    """What a service does for one call."""

    name: str
    steps: tuple[Step, ...]
    result: str = ""
    """The fact without which the answer is empty; an empty answer gives the caller nothing."""


@dataclass(frozen=True)
class Service:
    """One service of the shop."""

    name: str
    language: Language
    operations: Mapping[str, Operation]
    """Empty for stores, which send no spans."""
    replicas: int = 1
    workers: int = 24
    queue: int = 60
    """Calls that may wait for a worker before others are turned away."""
    cores: float = 0.25
    memory_mb: int = 512
    pool: int = 0
    """Connections to `pool_of`; 0 for none."""
    pool_of: str = ""
    """A store, or "http" for the connections to all other services."""
    source: str = ""
    """Source file of the code that handles calls."""
    version: str = "1.0.0"

    @property
    def is_store(self) -> bool:
        """Tell whether it is a database or cache, which sends no spans."""
        return not self.operations

    def steps(self) -> Iterator[Step]:
        """Return the steps of all its operations."""
        return (step for operation in self.operations.values() for step in operation.steps)

    def callees(self) -> set[str]:
        """Return the names of the services that it calls."""
        return {step.service for step in self.steps() if isinstance(step, Call | Query)}
