"""The map of services as a Panel component: the canvas, only read, each service a link."""

from __future__ import annotations

import panel as pn
import param

from workbench.faces.panel.editor import BUNDLE


class ServiceMap(pn.custom.JSComponent):  # type: ignore[misc]
    """The drawing; it follows the theme of the page."""

    graph = param.Dict(default={}, doc="What is on the map, as `report.service_map` and `explore.map` make it.")

    _esm = BUNDLE
