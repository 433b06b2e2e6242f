"""Shows an object in a notebook: alive where a browser can answer, as plain HTML everywhere else."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from jinja2 import Environment

from workbench.errors import BadInput
from workbench.report.html import TEMPLATES as REPORT_TEMPLATES
from workbench.report.html import chart_css, make_environment, part_css

TEMPLATES = Path(__file__).parent / "templates"
WIDGETS = "workbench.faces.widgets"
SWITCH = "CAUSEWAY_WIDGETS"
"""`always`, `never`, or anything else: alive when a session of Jupyter or VS Code started this kernel."""


class Caller(Protocol):
    """A workbench, here or in another process."""

    def call(self, name: str, /, **arguments: Any) -> Any:
        """Call a tool."""
        ...


class Shown:
    """What shows itself. A subclass says what it is called, gives its HTML, and perhaps acts on a button."""

    title = ""
    """Read out by screen readers, and used where nothing can be drawn."""

    def fragment(self, live: bool = False) -> str:
        """Return the HTML without any styles; with `live` it may have buttons."""
        raise NotImplementedError

    def act(self, action: str, value: str) -> None:
        """Do what a button of the fragment asks for; the fragment is drawn anew afterwards."""
        raise BadInput(f"nothing to do for {action!r}", where=type(self).__name__)

    def selectable(self) -> list[str]:
        """Return what can be selected in the fragment."""
        return []

    def widget(self) -> Any:
        """Return this as a widget, the same one each time; raises `BadInput` where anywidget is not installed."""
        found = self.__dict__.get("_widget")
        if found is None:
            if importlib.util.find_spec("anywidget") is None:
                raise BadInput(
                    "anywidget is not installed", where="widget", hint="`pip install 'causeway[notebook]'` brings it"
                )
            # The rooms are stacked: widgets are a face, so they are found by the room's name, as tools are.
            found = self.__dict__["_widget"] = importlib.import_module(WIDGETS).widget_of(self)
        return found

    def _repr_html_(self) -> str:
        return standing(self.fragment())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle = {"text/plain": repr(self), "text/html": self._repr_html_()}
        if is_live():
            # The widget stands first; the HTML is what an export of the notebook shows.
            found: dict[str, Any] = self.widget()._repr_mimebundle_()[0]
            bundle |= {name: value for name, value in found.items() if name not in bundle}
        return bundle

    def __repr__(self) -> str:
        return f"<{self.title or type(self).__name__}>"


def is_live(environment: Mapping[str, str] | None = None) -> bool:
    """Tell whether a browser is there that can run a widget."""
    names = os.environ if environment is None else environment
    wish = names.get(SWITCH, "").lower()
    if wish in ("always", "never"):
        return wish == "always"
    # A kernel that nbconvert, papermill or a test started has none of these: their output has to stand alone.
    hosted = any(name in names for name in ("JPY_SESSION_NAME", "VSCODE_PID", "VSCODE_CWD", "COLAB_RELEASE_TAG"))
    return hosted and importlib.util.find_spec("anywidget") is not None


def render(template: str, **values: Any) -> str:
    """Return one of this room's templates, or of the report's, escaped."""
    return _environment().get_template(template).render(**values)


def standing(fragment: str) -> str:
    """Return a fragment with its styles, which touch nothing else on the page."""
    return f'<div class="causeway-part"><style>{_standing_css()}</style>{fragment}</div>'


@cache
def live_css() -> str:
    """Return the styles inside of a widget's shadow root, in both themes."""
    return (
        f":host {{ {chart_css('light')} }} :host([data-theme='dark']) {{ {chart_css('dark')} }}"
        f":host {{ display: block; }} {_own_css()}"
    )


@cache
def _standing_css() -> str:
    # JupyterLab and nbconvert name the theme on the body, VS Code by a class.
    dark = '[data-jp-theme-light="false"] .causeway-part, .vscode-dark .causeway-part'
    inner = _own_css().replace(":host", "&")
    return f".causeway-part {{ {chart_css('light')} {inner} }} {dark} {{ {chart_css('dark')} }}"


def _own_css() -> str:
    return part_css() + (TEMPLATES / "notebook.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return make_environment(TEMPLATES, REPORT_TEMPLATES)
