"""The node editor on a page of its own: `panel serve tests/panel/editor_app.py --args WORKSPACE FLOW [readonly]`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import panel as pn

from workbench import open_workbench
from workbench.faces.panel.editor import FlowEditor

WORKSPACE, NAME, *MORE = sys.argv[1:]
WB = pn.state.as_cached("workbench", lambda: open_workbench(Path(WORKSPACE)))


def editor() -> FlowEditor:
    """Return an editor of the flow that the page was asked for."""
    name = pn.state.session_args.get("flow", [NAME.encode()])[0].decode()
    flow = json.loads(WB.call("flow_show", flow=name))
    return FlowEditor(WB, flow=flow, readonly="readonly" in MORE, sizing_mode="stretch_both", min_height=500)


pn.config.raw_css.append("html, body { height: 100%; margin: 0 }")
editor().servable(title="Node editor")
