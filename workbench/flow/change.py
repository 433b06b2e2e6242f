"""What can differ between two flows: one change, as data for programs and as a line for people."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from typing import Any

from workbench.facts.evidence import Frozen
from workbench.flow.graph import Flow
from workbench.flow.pieces import INSIDE
from workbench.flow.text import compact

_WIDTH = 60


class What(StrEnum):
    """Kinds of change, in the order in which they are told."""

    FLOW = "flow"
    """The name, the description or another field of the whole flow."""
    ADDED = "added"
    REMOVED = "removed"
    KIND = "kind"
    """A node kept its id and became another kind."""
    SETTING = "setting"
    ORDER = "order"
    """Another order of the rows of a setting, such as the columns of a table; `before` and `after` are their names."""
    FIELD = "field"
    """A field of a node beside its settings."""
    REWIRED = "rewired"
    """Other sources, or another order of them, at an input port."""
    MOVED = "moved"
    """Another place on the canvas."""
    REORDERED = "reordered"
    """Another order of the nodes or wires in the document; at one port it is `rewired`."""
    DRAWN = "drawn"
    """Other notes or groups on the canvas."""


LAYOUT = frozenset({What.MOVED, What.REORDERED, What.DRAWN})
"""Changes that do not change what a flow does."""


class Change(Frozen):
    """One difference between two flows; `before` and `after` hold all that is needed to make or undo it."""

    what: What
    part: str = ""
    """Name of the part of the flow that it is in; empty for the flow itself."""
    node: str = ""
    """Id of the node; empty when the whole flow is meant."""
    path: list[str] = []
    """Where in the flow, the node's fields or its settings: names from the outside in; the port when rewired."""
    before: Any = None
    after: Any = None
    was_set: bool = True
    """False when there was no value before, which is not the same as a value of null."""
    is_set: bool = True
    """False when there is no value after."""

    @property
    def place(self) -> str:
        """Return the node and the path, with dots."""
        return ".".join(part for part in (self.name, *self.path) if part)

    @property
    def name(self) -> str:
        """Return the id of the node, behind the part that it is in."""
        return f"{self.part}{INSIDE}{self.node}" if self.part else self.node

    def text(self) -> str:
        """Return the change as one line for people."""
        match self.what:
            case What.ADDED:
                return f"+ {self.name} ({self.after['kind']}){_settings(self.after)}"
            case What.REMOVED:
                return f"- {self.name} ({self.before['kind']})"
            case What.KIND:
                return f"~ {self.name}: kind {self.before} -> {self.after}"
            case What.REWIRED:
                return f"~ {self.place} reads {_sources(self.after)}, before {_sources(self.before)}"
            case What.ORDER:
                return (
                    f"~ {self.place}: in the order {_cut(', '.join(self.after))}, before {_cut(', '.join(self.before))}"
                )
            case What.MOVED:
                return f"  {self.name}: moved"
            case What.DRAWN:
                return f"  {self.place.removeprefix(INSIDE)}: drawn otherwise"
            case What.REORDERED:
                return f"  {self.path[0]}: another order in the document"
            case _:
                before = _shown(self.before) if self.was_set else "not set"
                after = _shown(self.after) if self.is_set else "not set"
                return f"~ {self.place}: {before} -> {after}"


def document(flow: Flow) -> dict[str, Any]:
    """Return the flow as plain JSON values, defaults left out, as it stands in its file."""
    return flow.model_dump(mode="json", exclude_defaults=True)


def content_id(flow: Flow) -> str:
    """Return the SHA-256 of what the flow says; equal flows have equal ids, however their files are written.

    The order of the rows of a setting counts: it is the order of the columns that come out.
    """
    return hashlib.sha256(compact(document(flow)).encode()).hexdigest()


def exact(value: Any) -> str:
    """Return a JSON value whose keys have no order as text; unlike Python, it tells 1, 1.0 and true apart."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _settings(node: dict[str, Any]) -> str:
    shown = ", ".join(f"{name}={_shown(value)}" for name, value in node.get("settings", {}).items())
    return f" with {shown[: 2 * _WIDTH]}{'…' if len(shown) > 2 * _WIDTH else ''}" if shown else ""


def _sources(names: list[str]) -> str:
    return ", ".join(names) or "nothing"


def _shown(value: Any) -> str:
    return _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
