"""The target of `panel serve workbench/app.py`: opens the workspace once per process and shows it."""

import panel as pn

from workbench import open_workbench
from workbench.faces.panel.page import make_page

make_page(pn.state.as_cached("workbench", open_workbench)).servable(title="Causeway")
