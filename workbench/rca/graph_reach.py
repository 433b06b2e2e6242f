"""Says whose trouble may reach whom in a call graph of indicators: through what departs, and past what hides it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from workbench.rca.columns import Floats
from workbench.rca.graph_levels import LEAST_Z, Departures, Levels
from workbench.rca.topology import Topology

ACCOUNTS = 0.5
"""A callee accounts for its caller when its impact is at least this share of the caller's."""
CLEARER = 2.0
"""A callee that departs by so many times the spreads of its caller is what is wrong, and not the caller's noise."""
PASSES = 1.0
"""Trouble passes through nodes that depart a little (in spreads), or that nobody measures."""


@dataclass(frozen=True)
class Reach:
    """Departures of the nodes of a call graph, and who calls whom."""

    levels: Levels
    departures: Departures
    requests: Floats
    """(nodes of the levels,) mean requests in a row; NaN where they are not known."""
    topology: Topology
    entry: str

    @cached_property
    def number(self) -> dict[str, int]:
        """Place of each node in the arrays."""
        return {node: i for i, node in enumerate(self.levels.nodes)}

    @cached_property
    def measured(self) -> set[str]:
        """Nodes that have a value."""
        return {node for node, i in self.number.items() if np.isfinite(self.departures.value[i])}

    @cached_property
    def anomalous(self) -> set[str]:
        """Nodes that depart, and the entry: somebody looks because of it."""
        return {node for node in self.measured if self.departures.anomalous[self.number[node]]} | {self.entry}

    @cached_property
    def calm(self) -> set[str]:
        """Measured nodes that do not depart at all."""
        off = self.departures
        return {
            node
            for node in self.measured
            if not off.z[self.number[node]] >= PASSES or not off.rise[self.number[node]] > 0
        }

    @cached_property
    def impact(self) -> Floats:
        """(nodes,) the departure of all requests of a row together, in the metric's unit."""
        impact: Floats = np.fmin(self.departures.excess, self.departures.rise) * self.requests
        return impact

    @cached_property
    def above(self) -> dict[str, set[str]]:
        """Anomalous callers, near and far, that the trouble of each anomalous node may reach."""
        return {node: self._near(node) | self._past_noise(node) for node in self.anomalous}

    def below(self, node: str) -> set[str]:
        """Return the anomalous callees whose trouble may reach a node."""
        return {callee for callee, callers in self.above.items() if node in callers and callee != node}

    def accounts(self, callee: str, caller: str) -> bool:
        """Tell whether the trouble of a callee is enough for that of its caller; unknown ones are believed."""
        if callee not in self.measured or caller not in self.measured:
            return True
        i, j = self.number[callee], self.number[caller]
        if np.isfinite(self.impact[i]) and np.isfinite(self.impact[j]):
            return bool(self.impact[i] >= ACCOUNTS * self.impact[j]) or self._drowns(i, j)
        return bool(self.departures.excess[i] >= ACCOUNTS * self.departures.excess[j])

    def _drowns(self, i: int, j: int) -> bool:
        """Tell whether the caller `j` would not depart without what the callee `i` adds, and departs far less clearly:
        its own spread then hides how much of its departure is the callee's.
        """
        off, requests = self.departures, self.requests[j]
        if not (requests > 0 and self.impact[i] > 0 and off.z[i] >= CLEARER * max(off.z[j], 0.0)):
            return False
        return bool(off.excess[j] - self.impact[i] / requests < LEAST_Z * off.unit[j])

    def _near(self, node: str) -> set[str]:
        return self.topology.spread(node, self.anomalous, self.calm, upwards=True)

    def _past_noise(self, node: str) -> set[str]:
        """Return the callers that a node accounts for, though nodes between them are calm: what it adds to each of
        their requests is less than what those spread by themselves, so their calm says nothing.
        """
        if node not in self.measured or not np.isfinite(self.impact[self.number[node]]):
            return set()
        telling = {other for other in self.calm if self._shows(node, other)}
        reached = self.topology.spread(node, self.anomalous, telling, upwards=True)
        return {caller for caller in reached & self.measured if self.accounts(node, caller)}

    def _shows(self, node: str, other: str) -> bool:
        """Tell whether the trouble of a node would be seen at another one that passes it on."""
        at = self.number[other]
        if not self.requests[at] > 0:
            return True
        return bool(self.impact[self.number[node]] / self.requests[at] >= PASSES * self.departures.unit[at])
