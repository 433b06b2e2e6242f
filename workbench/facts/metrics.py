"""What a running flow does: figures of each node at one moment."""

from __future__ import annotations

from workbench.facts.evidence import Frozen


class NodeMetrics(Frozen):
    """One node of a running flow."""

    node: str
    rows_in: int | None = None
    """Rows that came in so far, corrections included; None while the engine has not told."""
    rows_out: int | None = None
    """Rows that went out so far, corrections included; for a sink those that it has handed over."""
    rows_per_s: float = 0.0
    """Rows out (of a sink: in) per second since the figures before."""
    lag_ms: int | None = None
    """How far it is behind what was read, in ms; None when nothing was read yet."""
    errors: int = 0
    """Rows that failed or were rejected."""
    last_error: str = ""
    last_row: str = ""
    """The row of the last error as JSON, or as it was read; empty when it is not known."""
    position: str = ""
    """Of a source: where it would go on."""
    waiting: int = 0
    """Rows that a source has read and the engine has not taken, or that a sink has not handed over; at most so many."""


class FlowMetrics(Frozen):
    """All nodes of a run at one moment."""

    run_id: str
    taken_unix_nano: int
    nodes: list[NodeMetrics]
