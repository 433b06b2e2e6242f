"""What a system is made of: services, their operations, and the steps of an operation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Language = Literal["go", "java", "node", "python", "dotnet", "native"]
LogStyle = Literal["located", "plain", "logger", "logfmt"]
"""How a service writes its lines: with the place in the code as attributes, bare, or with a header in the text."""


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
    """Ask a store."""

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
class Publish(Query):
    """Put a message into a queue of a broker; those who take it do so later, and nobody waits for them."""

    consumers: tuple[tuple[str, str], ...] = ()
    """Service and operation of each that gets the message."""


@dataclass(frozen=True)
class Fan(Step):
    """Make several calls at the same time and wait for all of them."""

    calls: tuple[Call, ...]


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
    """Empty for stores, which are asked by queries."""
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
    role: Literal["code", "database", "cache", "broker"] = "code"
    system: str = ""
    """Product of a store, as OpenTelemetry names it: postgresql, redis, kafka."""
    spans: bool = False
    """True for a store that writes spans of the queries it answers."""
    style: LogStyle = "located"
    report_every_s: float = 10.0
    """How often it reports metrics: a multiple of ten seconds."""
    ports: int = 0
    """Local ports for connections to others, whose use is reported; 0 when nobody measures them."""

    @property
    def is_store(self) -> bool:
        """Tell whether it is a database, cache or broker."""
        return not self.operations

    def steps(self) -> Iterator[Step]:
        """Return the steps of all its operations; calls made at the same time one by one."""
        for operation in self.operations.values():
            for step in operation.steps:
                if isinstance(step, Fan):
                    yield from step.calls
                else:
                    yield step

    def callees(self) -> set[str]:
        """Return the names of the services that it calls."""
        return {step.service for step in self.steps() if isinstance(step, Call | Query)}


@dataclass(frozen=True)
class System:
    """A whole system: its services by name, where users come in, and the machines it runs on."""

    name: str
    services: Mapping[str, Service]
    routes: Mapping[tuple[str, str], float]
    """Share of each (service, operation) that users call in all visits."""
    hosts: tuple[str, ...]
    spared: frozenset[str] = frozenset()
    """Services that get no fault by chance: a fault of the front, or one that only rare calls meet, teaches little."""

    @cached_property
    def fronts(self) -> frozenset[str]:
        """The services where users come in."""
        return frozenset(service for service, _ in self.routes)

    @cached_property
    def consumers(self) -> frozenset[str]:
        """The services that take messages from a broker."""
        sent = [step for service in self.services.values() for step in service.steps() if isinstance(step, Publish)]
        return frozenset(service for step in sent for service, _ in step.consumers)

    def stores(self, role: str) -> list[str]:
        """Return the names of the stores of a role."""
        return [name for name, service in self.services.items() if service.role == role]

    def asks(self, service: Service, role: str) -> list[Query]:
        """Return the queries of a service that go to stores of a role."""
        return [
            step for step in service.steps() if isinstance(step, Query) and self.services[step.service].role == role
        ]

    def expected_ms(self, step: Step) -> float:
        """Return about how long a step takes in a healthy system, with all that it calls, in milliseconds."""
        if isinstance(step, Work):
            return step.ms
        if isinstance(step, Query):
            return step.ms + 1.0
        if isinstance(step, Call):
            inner = self.services[step.service].operations[step.operation].steps
            return 1.0 + sum(map(self.expected_ms, inner))
        if isinstance(step, Fan):
            return max(map(self.expected_ms, step.calls))
        return 0.0
