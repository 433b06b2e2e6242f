"""A hit: rows that meet one condition, whose they are, when they were, and the values that were found in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from workbench.facts.evidence import Evidence

_BASE = re.compile(
    r"^(.+?)[-_.](?:read[-_]?)?(?:replica|reader|standby|secondary|slave|follower|ro)(?:[-_.]?\d+)?$", re.IGNORECASE
)
_REPLICA = re.compile(r"^[-_.]?(read[-_]?)?(replica|reader|standby|secondary|slave|follower|ro)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose rows are: an object, the service that it belongs to, and the node that it runs on."""

    kind: str = ""
    objects: frozenset[str] = frozenset()
    """Names of the object itself: a container has that of its pod, too."""
    service: str = ""
    namespace: str = ""
    node: str = ""
    container: str = ""

    @property
    def name(self) -> str:
        """Return the name for people: the pod of a container, the service where no object is known."""
        return min(self.objects, key=len) if self.objects else self.service

    def is_kin(self, other: Owner) -> bool:
        """Tell whether two owners are one thing, or the one is known to be part of the other."""
        if self.objects and other.objects:
            if self.objects & other.objects:
                return True
            if self.node in other.objects or other.node in self.objects:
                return True
            if _is_replica(self.name, other.name) or _is_replica(other.name, self.name):
                return True
            same_level = self._level() == other._level()
            return not same_level and bool(self.service) and self.service == other.service
        mine, others = self.service or self.name, other.service or other.name
        if not mine or not others:
            return True
        return mine == others or _is_replica(mine, others) or _is_replica(others, mine)

    def is_sibling(self, other: Owner) -> bool:
        """Tell whether two owners are different objects of one service."""
        if not (self.objects and other.objects) or self.objects & other.objects:
            return False
        if "node" in (self.kind, other.kind):
            return self.kind == other.kind
        return bool(self.service) and self.service == other.service and self._level() == other._level()

    def _level(self) -> str:
        return "pod" if self.kind in ("pod", "container") else self.kind


def base_of(name: str) -> str:
    """Return the name of the primary that a replica's name is made from; the name itself when it is no replica's."""
    found = _BASE.match(name)
    return found[1] if found else name


def _is_replica(name: str, of: str) -> bool:
    return name.startswith(of) and bool(_REPLICA.match(name[len(of) :]))


@dataclass(frozen=True, slots=True)
class Hit:
    """Rows of one owner that meet a condition."""

    owner: Owner
    evidence: Evidence
    values: dict[str, str] = field(default_factory=dict)
    first: int = 0
    """UTC nanoseconds; 0 when not known."""
    last: int = 0
    now: bool = False
    """True for what is so at the end of the data: a state, a metric that holds to its end."""
    count: int = 1
