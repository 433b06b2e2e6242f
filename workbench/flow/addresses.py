"""Where nodes listen, and which nodes of a flow would listen for the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from workbench.flow.findings import Finding


@dataclass(frozen=True, slots=True)
class Address:
    """One place where a node takes what is sent."""

    host: str
    port: int
    speaks: str = "HTTP"
    """Protocol; nodes that share a port speak the same."""
    what: str = ""
    """What of it the node takes: a path, a signal; '' for all."""
    datagrams: bool = False
    """UDP rather than TCP."""

    def clashes(self, other: Address) -> bool:
        """Tell whether both cannot be served."""
        if (self.host, self.port, self.datagrams) != (other.host, other.port, other.datagrams):
            return False
        return self.speaks != other.speaks or not self.what or self.what == other.what

    def text(self) -> str:
        """Return it in words."""
        return f"{self.speaks}{f' {self.what}' if self.what else ''} on port {self.port}"


class Listener(Protocol):
    """A node."""

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Where it listens."""


def shared(nodes: Mapping[str, Listener]) -> Iterator[Finding]:
    """Yield a finding for each node that would listen for what an earlier one takes."""
    taken: list[tuple[str, Address]] = []
    for name, node in nodes.items():
        for mine in node.addresses:
            other = next((owner for owner, theirs in taken if owner != name and mine.clashes(theirs)), None)
            if other is not None:
                yield Finding(
                    node=name,
                    code="same_address",
                    message=f"it takes {mine.text()}, which {other!r} takes already.",
                    hint="Give one of them another port or path.",
                )
                break
        taken += [(name, mine) for mine in node.addresses]
