"""Evidence: a statement about the system and the selection of stored rows that anybody can run again."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from workbench.facts.show import evidence_html
from workbench.semconv import Table


class Frozen(BaseModel):
    """Base of the values that are stored and shown."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class EvidenceKind(StrEnum):
    """What sort of thing was seen."""

    RESOURCE = "resource"
    NETWORK = "network"
    STRUCTURE = "structure"
    LATENCY = "latency"
    ERROR = "error"
    LOG = "log"
    ABSENCE = "absence"
    TRAFFIC = "traffic"
    CHANGE = "change"
    TOPOLOGY = "topology"
    EVENT = "event"
    STATE = "state"


class Selection(Frozen):
    """Which stored rows bear a statement out. All conditions hold together; an empty one does not restrict."""

    table: Table
    start_unix_nano: int | None = None
    """Inclusive, UTC."""
    end_unix_nano: int | None = None
    """Exclusive, UTC."""
    equals: dict[str, str] = {}
    """Column -> exact text."""
    one_of: dict[str, list[str]] = {}
    """Column -> any of these texts."""
    contains: dict[str, str] = {}
    """Column -> text that stands in it."""
    at_least: dict[str, float] = {}
    """Column (or `duration_ms` of spans) -> smallest value."""
    at_most: dict[str, float] = {}
    """Column (or `duration_ms` of spans) -> largest value."""
    limit: int = 200
    """At most so many rows are kept, in the order of time and row id."""


class Evidence(Frozen):
    """One statement for or against a cause."""

    evidence_id: str = ""
    """Given by the store: `E` and a short hash. Empty until stored."""
    kind: EvidenceKind
    service_name: str
    summary: str
    """One sentence with numbers and units, readable at 3 a.m."""
    supports: bool = True
    strength: float = 0.0
    """The statistic divided by its largest fault-free value: 1 is the edge of what was seen while healthy."""
    observed_unix_nano: int | None = None
    """When it was first seen."""
    value: float | None = None
    baseline: float | None = None
    unit: str = ""
    selection: Selection | None = None

    def _repr_html_(self) -> str:
        return evidence_html(self)
