"""What an export is made of: the flow, its name in a container world, what it needs, and what was asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbench.engine.export.fit import Needs
from workbench.flow.graph import Flow


@dataclass(frozen=True, slots=True)
class Plan:
    """One export."""

    name: str
    """DNS label, such as `shop-watch`."""
    flow: Flow
    program: str
    requirements: list[str]
    needs: Needs
    postgres: bool = False
    """Whether the compose file and the manifests bring a PostgreSQL."""
    replicas: int = 1
    memory_mb: int = 1024
    cpus: float = 1.0
    environment: tuple[tuple[str, str], ...] = ()
    """FLOW_* settings that are other than their defaults."""


def label(name: str) -> str:
    """Return a name as a DNS label: small letters, digits and dashes, 50 at most."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:50].strip("-") or "flow"
