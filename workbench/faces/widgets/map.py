"""The topology of an incident in a notebook: the map of the app, in which a service can be picked."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from workbench.errors import NotFound
from workbench.faces.widgets.editor import BUNDLE
from workbench.notebook.parts import Topology
from workbench.report.service_map import service_map


class MapWidget(anywidget.AnyWidget):  # type: ignore[misc]
    """Who calls whom; `selected` is the service that was picked, '' for none: watch it, or set it to pick one."""

    graph = traitlets.Dict().tag(sync=True)
    """What is on the map, in words that are ready to be read."""
    selected = traitlets.Unicode("").tag(sync=True)
    theme = traitlets.Enum(("auto", "light", "dark"), "auto").tag(sync=True)
    """`auto` follows the notebook."""

    def __init__(self, part: Topology, **given: Any) -> None:
        self.part = part
        super().__init__(graph=service_map(part.drawn), _esm=BUNDLE.read_text("utf-8"), **given)

    @traitlets.validate("selected")  # type: ignore[untyped-decorator]
    def _known(self, proposal: Any) -> str:
        wanted = str(proposal["value"])
        if wanted and wanted not in self.part.selectable():
            raise NotFound("part", wanted, hint="It has: " + ", ".join(self.part.selectable()))
        return wanted

    def _repr_html_(self) -> str:
        return self.part._repr_html_()
