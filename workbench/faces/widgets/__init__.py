"""The parts of a workspace as widgets: anywidget on ipywidgets, to be composed with any other ipywidget."""

from typing import Any

from workbench.faces.widgets.editor import BUNDLE, FlowEditor
from workbench.faces.widgets.map import MapWidget
from workbench.faces.widgets.part import PartWidget
from workbench.faces.widgets.run import RunMonitor
from workbench.notebook.flow import FlowInHand
from workbench.notebook.parts import Topology
from workbench.notebook.run import RunInHand
from workbench.notebook.shown import Shown

__all__ = ["FlowEditor", "MapWidget", "PartWidget", "RunMonitor", "widget_of"]


def widget_of(part: Shown) -> Any:
    """Return a new widget for something that shows itself."""
    if isinstance(part, RunInHand):
        return RunMonitor(part)
    if isinstance(part, FlowInHand) and BUNDLE.is_file():
        return FlowEditor(part)
    # What is left out of a large drawing is told below it, which the map has no place for.
    if isinstance(part, Topology) and part.drawn.nodes and not part.drawn.left_out and BUNDLE.is_file():
        return MapWidget(part)
    return PartWidget(part)
