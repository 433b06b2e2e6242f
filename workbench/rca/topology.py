"""Knows who calls whom, and the way from a cause to where users notice it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from workbench.facts.telemetry import Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.columns import texts
from workbench.rca.items import read_visits
from workbench.rca.series import MetricTable


@dataclass(frozen=True, slots=True)
class Topology:
    """Services and calls; `edges` are (caller, callee) pairs."""

    edges: frozenset[tuple[str, str]]
    nodes: frozenset[str]
    callees: dict[str, frozenset[str]] = field(default_factory=dict)
    callers: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, edges: Iterable[tuple[str, str]]) -> Topology:
        """Return the topology of these calls; calls to oneself and to nobody are left out."""
        clean = frozenset((a, b) for a, b in edges if a and b and a != b)
        callees: dict[str, set[str]] = {}
        callers: dict[str, set[str]] = {}
        for caller, callee in clean:
            callees.setdefault(caller, set()).add(callee)
            callers.setdefault(callee, set()).add(caller)
        return cls(
            clean,
            frozenset(callees) | frozenset(callers),
            {name: frozenset(found) for name, found in callees.items()},
            {name: frozenset(found) for name, found in callers.items()},
        )

    def roots(self) -> list[str]:
        """Return the services that call and are not called."""
        return sorted(set(self.callees) - set(self.callers))

    def reach(self, node: str) -> int:
        """Return how many services are called by the node, directly or not."""
        return len(self._walk(node, self.callees, lambda _: True))

    def below(self, node: str) -> set[str]:
        """Return the services that the node calls, directly or not."""
        return self._walk(node, self.callees, lambda _: True)

    def spread(self, node: str, anomalous: set[str], measured: set[str], *, upwards: bool) -> set[str]:
        """Return the anomalous callers (or callees) reached through nodes that are anomalous or not measured."""
        step = self.callers if upwards else self.callees
        return self._walk(node, step, lambda other: other in anomalous or other not in measured) & anomalous

    @staticmethod
    def _walk(node: str, step: dict[str, frozenset[str]], allowed: Callable[[str], bool]) -> set[str]:
        seen: set[str] = set()
        stack = [node]
        while stack:
            for other in step.get(stack.pop(), frozenset()):
                if other not in seen and allowed(other):
                    seen.add(other)
                    stack.append(other)
        return seen

    def path_up(self, node: str, preferred: Sequence[str] = ()) -> list[str]:
        """Return the shortest way from the node to an entry of the system; ties go by the order of `preferred`."""
        place = {name: number for number, name in enumerate(preferred)}
        queue = deque([[node]])
        seen = {node}
        while queue:
            way = queue.popleft()
            callers = self.callers.get(way[-1], frozenset())
            if not callers:
                return way
            for caller in sorted(callers, key=lambda name: (place.get(name, len(place)), name)):
                if caller not in seen:
                    seen.add(caller)
                    queue.append([*way, caller])
        return [node]


def read_topology(
    telemetry: Telemetry, references: Sequence[Telemetry], metrics: MetricTable, cache: ReferenceCache
) -> Topology:
    """Return the calls that spans, edge metrics and the table of edges show."""
    edges: set[tuple[str, str]] = set()
    for source in (telemetry, *references):
        frame = source.edges
        edges |= set(zip(texts(frame, "caller_service_name"), texts(frame, "callee_service_name"), strict=True))
        visits = read_visits(source, cache)
        called = visits.caller >= 0
        edges |= set(zip(visits.service[visits.caller[called]], visits.service[called], strict=True))
        # Whoever writes no spans, a database or what is behind a proxy, is known from those who call it.
        spans = visits.spans
        blind = spans.blind_calls()
        edges |= set(zip(spans.service[blind], spans.peer[blind], strict=True))
    for group in metrics.values():
        edges |= {(source.service, source.peer) for source in group if source.peer}
    return Topology.of((str(a), str(b)) for a, b in edges)
