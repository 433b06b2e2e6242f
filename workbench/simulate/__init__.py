"""A shop of services, or a system drawn at random, that breaks on demand, with logs, spans and metrics that agree.

Names of the room are loaded when they are first used, because the frames need pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.simulate.drawn import choose_topology, draw_topology
    from workbench.simulate.faults import FAULTS, FaultKind, FaultSpec, parse_fault
    from workbench.simulate.files import write_files
    from workbench.simulate.live import live_logs
    from workbench.simulate.replay import stream
    from workbench.simulate.world import Simulation, simulate

_HOME = {
    "FAULTS": "faults",
    "choose_topology": "drawn",
    "draw_topology": "drawn",
    "FaultKind": "faults",
    "FaultSpec": "faults",
    "parse_fault": "faults",
    "write_files": "files",
    "live_logs": "live",
    "stream": "replay",
    "Simulation": "world",
    "simulate": "world",
}

__all__ = [
    "FAULTS",
    "FaultKind",
    "FaultSpec",
    "Simulation",
    "choose_topology",
    "draw_topology",
    "live_logs",
    "parse_fault",
    "simulate",
    "stream",
    "write_files",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"workbench.simulate.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
