"""A part of a flow that is run alone: what it is called, and what stands for the nodes that are not in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.engine.events import Given


@dataclass(frozen=True, slots=True)
class Portion:
    """What makes a run one of a part."""

    words: str
    """Such as `up to clean`; the run carries them."""
    note: str = ""
    """What whoever started it should know."""
    given: Mapping[str, Given] = field(default_factory=dict)
    """Nodes that are not built, and the rows that stand for their output."""
    ends_with: str = ""
    """A node that has to run although nobody reads from it: the engine leaves out what leads to no output."""
