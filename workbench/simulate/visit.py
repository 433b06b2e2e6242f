"""One service's work on one call: what it knows, and the spans and log lines that it leaves behind."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from workbench.semconv import STATUS_ERROR
from workbench.simulate.answers import Failure
from workbench.simulate.lines import client_attributes, error_attributes
from workbench.simulate.state import Instance, World
from workbench.simulate.topology import Call, Line, Operation, Publish, Query, Work

_GRPC = {200: 0, 401: 16, 429: 8, 500: 13, 503: 14, 504: 4}


@dataclass(frozen=True, slots=True)
class Trace:
    """One shopper's request: its id, and the words that its log lines may use."""

    trace_id: str
    words: dict[str, object]


@dataclass(slots=True)
class Visit:
    """One service's work on one call."""

    world: World
    instance: Instance
    trace: Trace
    operation: Operation
    span_id: str
    started_s: float
    crashes: int
    kind: str = "SERVER"
    """CONSUMER when nobody waits for an answer."""
    facts: set[str] = field(default_factory=set)

    @property
    def at_front(self) -> bool:
        """Tell whether users call it."""
        return self.instance.member.service.name in self.world.system.fronts

    @property
    def lost(self) -> bool:
        """Tell whether the instance went down since, so that nothing of this visit will be reported."""
        return self.instance.crashes != self.crashes

    def say(self, line: Line) -> None:
        """Write a line of the operation's own code."""
        words = self.trace.words
        if "{ms}" in line.text:
            words["ms"] = round((self.world.clock.now - self.started_s) * 1000)
        self._log(line.severity, line.text.format_map(words), line.attributes, self.span_id)

    def remark(self, severity: str, body: str, line: int) -> None:
        """Write a line of the library that calls other services."""
        self._log(severity, body, client_attributes(self.instance, line), self.span_id)

    def blame(self, body: str, failure: Failure, span_id: str, line: int, *, client: bool) -> None:
        """Write the error line of a span that failed."""
        self._log("ERROR", body, error_attributes(self.instance, failure, line, client=client), span_id)

    def close(self, parent_span_id: str, failure: Failure | None) -> None:
        """Write the span of the visit itself, and count it."""
        window, clock = self.instance.window, self.world.clock
        window.durations_s.append(clock.now - self.started_s)
        service = self.instance.member.service
        status = failure.status if failure else 200
        if failure:
            window.errors += 1
            self.blame(f"{self.operation.name} failed: {failure.text}", failure, self.span_id, 212, client=False)
        if self.at_front:
            words = self.trace.words
            path = self.operation.name.replace("{id}", str(words["product"]))
            took = round((clock.now - self.started_s) * 1000)
            body = f'{words["ip"]} "{path} HTTP/1.1" {status} {words["bytes"]} {took}ms'
            self._log("INFO", body, '{"code.filepath":"internal/proxy/access.go","code.lineno":36}', self.span_id)
        plain = self.at_front or self.kind == "CONSUMER"
        name = self.operation.name if plain else f"{service.name}/{self.operation.name}"
        key = f"{name} {status}"
        attributes = self.instance.attributes.get(key) or self._remember(key, self._served(status))
        self._span(self.span_id, parent_span_id, name, self.kind, self.started_s, failure, "", attributes)

    def called(self, step: Call | Query, span_id: str, started_s: float, failure: Failure | None) -> None:
        """Write the span of a call to another service, and count it."""
        window = self.instance.window
        window.peers[step.service].append(self.world.clock.now - started_s)
        rpc, sends = isinstance(step, Call), isinstance(step, Publish)
        name = f"{step.service}/{step.operation}" if isinstance(step, Call) else f"{step.verb} {step.target}"
        if failure:
            window.peer_errors[step.service] += 1
            body = f"call to {name} failed: {failure.text}" if rpc else f"{step.service}: {name}: {failure.text}"
            self.blame(body, failure, span_id, 118 if rpc else 143, client=True)
        kind = failure.exception if failure else ""
        key = f"{name} {kind}" if rpc else f"{step.statement} {kind}"  # type: ignore[union-attr]
        attributes = self.instance.attributes.get(key) or self._remember(
            key, _asked(step, failure, self.world.members[step.service].service.system)
        )
        sort = "PRODUCER" if sends else "CLIENT"
        self._span(span_id, self.span_id, name, sort, started_s, failure, step.service, attributes)

    def worked(self, step: Work, span_id: str, started_s: float, failure: Failure | None) -> None:
        """Write the span of a piece of work."""
        if failure:
            self.blame(f"{step.span} failed: {failure.text}", failure, span_id, 187, client=False)
        self._span(span_id, self.span_id, step.span, "INTERNAL", started_s, failure, "", "{}")

    def _served(self, status: int) -> dict[str, object]:
        name = self.operation.name
        if self.kind == "CONSUMER":
            about: dict[str, object] = {
                "messaging.operation.type": "process",
                "messaging.destination.name": name.split(" ")[0],
            }
        elif self.at_front:
            method, route = name.split(" ")
            about = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
        else:
            code = _GRPC.get(status, 2)
            about = {"rpc.system": "grpc", "rpc.method": name, "rpc.grpc.status_code": code}
        return {**about, "service.version": self.instance.version}

    def _remember(self, key: str, attributes: dict[str, object]) -> str:
        text = self.instance.attributes[key] = json.dumps(attributes, separators=(",", ":"))
        return text

    def _log(self, severity: str, body: str, attributes: str, span_id: str) -> None:
        if not self.lost:
            self.world.log(self.instance, severity, body, attributes, self.trace.trace_id, span_id)

    def _span(
        self,
        span_id: str,
        parent: str,
        name: str,
        kind: str,
        started_s: float,
        failure: Failure | None,
        peer: str,
        attributes: str,
    ) -> None:
        if self.lost:
            return
        world, instance = self.world, self.instance
        skew_s = instance.member.skew_s
        status, message = (STATUS_ERROR, failure.text) if failure else ("UNSET", "")
        world.recorder.span(
            (
                world.nano(started_s, skew_s),
                world.nano(world.clock.now, skew_s),
                self.trace.trace_id,
                span_id,
                parent,
                instance.member.service.name,
                instance.name,
                instance.host,
                name,
                kind,
                status,
                message,
                peer,
                attributes,
            )
        )


def _asked(step: Call | Query, failure: Failure | None, system: str) -> dict[str, object]:
    about: dict[str, object]
    if isinstance(step, Call):
        code = _GRPC.get(failure.status, 2) if failure else 0
        about = {"rpc.system": "grpc", "rpc.method": step.operation, "rpc.grpc.status_code": code}
    elif isinstance(step, Publish):
        about = {
            "messaging.system": system,
            "messaging.operation.type": "send",
            "messaging.destination.name": step.target,
        }
    else:
        about = {
            "db.system.name": system,
            "db.operation.name": step.verb,
            "db.collection.name": step.target,
            "db.query.text": step.statement,
        }
    about["server.address"] = step.service
    return about | ({"error.type": failure.exception} if failure else {})
