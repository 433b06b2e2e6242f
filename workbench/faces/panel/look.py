"""The look of the app: colours of both themes, and HTML panes that share the report's styles."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import panel as pn
from jinja2 import Environment
from markupsafe import Markup, escape

from workbench.report.html import chart_css, make_environment, part_css

TEMPLATES = Path(__file__).parent / "templates"
FONT = 'system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif'

LIGHT = {
    "primary": "#1459c7",
    "ground": "#f5f7fa",
    "card": "#ffffff",
    "ink": "#17212b",
    "muted": "#566373",
    "line": "#e3e8ee",
    "edge": "#8a97a6",
}
DARK = {
    "primary": "#78aeff",
    "ground": "#0d1218",
    "card": "#151c25",
    "ink": "#e5ebf2",
    "muted": "#9dabbb",
    "line": "#28323e",
    "edge": "#6b7a8b",
}
BAD = {"light": "#c5221f", "dark": "#ff7f76"}
WARN = {"light": "#9a5b00", "dark": "#e8a945"}
SERIES = {theme: tuple(re.findall(r"--s\d: (#\w+)", chart_css(theme))) for theme in ("light", "dark")}
"""Colours of lines in one figure, in this order, as the reports have them: each is told apart from all others and from
`BAD` by people who see no red, no green or no blue, too (tests/report/test_colours.py)."""


def theme_config() -> dict[str, Any]:
    """Return the palettes of both themes for panel-material-ui."""

    def palette(colours: dict[str, str]) -> dict[str, Any]:
        return {
            "palette": {
                "primary": {"main": colours["primary"]},
                "background": {"default": colours["ground"], "paper": colours["card"]},
                "text": {"primary": colours["ink"], "secondary": colours["muted"]},
                "divider": colours["line"],
            },
            "typography": {"fontFamily": FONT, "fontSize": 13.5, "button": {"textTransform": "none"}},
            "shape": {"borderRadius": 8},
            # The grey veil that Material lays over raised surfaces in the dark would hide our own colours.
            "components": {"MuiPaper": {"styleOverrides": {"root": {"backgroundImage": "none !important"}}}},
        }

    return {"light": palette(LIGHT), "dark": palette(DARK)}


@cache
def page_css() -> str:
    """Return the variables of both themes and what the page itself needs."""
    return "\n".join(
        [
            f":root {{ {chart_css('light')} }}",
            f':root[data-theme="dark"] {{ {chart_css("dark")} }}',
            (TEMPLATES / "page.css").read_text(encoding="utf-8"),
        ]
    )


@cache
def pane_css() -> str:
    """Return the styles inside of HTML panes; the variables come from the page."""
    own = ("pane.css", "explore.css")
    return part_css() + "".join((TEMPLATES / name).read_text(encoding="utf-8") for name in own)


@cache
def first_css() -> str:
    """Return the styles of the first paint: those of the panes, kept to the loader."""
    return f"#loader {{ font: 15px/1.5 {FONT}; {pane_css().replace(':host', '&')} }}"


def html(text: str, **given: Any) -> pn.pane.HTML:
    """Return a pane of HTML in the report's style."""
    # Panel escapes what calls itself Markup a second time.
    return pn.pane.HTML(
        str(text), stylesheets=[pane_css()], sizing_mode=given.pop("sizing_mode", "stretch_width"), margin=0, **given
    )


def render(template: str, **values: Any) -> str:
    """Return one of this room's templates, escaped."""
    return _environment().get_template(template).render(**values)


def stack(*parts: Any, **given: Any) -> pn.Column:
    """Return parts below each other, each as high as it wants to be."""
    # Panel's columns are flex boxes, which squeeze what does not fit the window, and never narrower than any part.
    sheets = [
        ":host { display: block !important; min-width: 0 !important; } :host(.gone) { display: none !important; }",
        *given.pop("stylesheets", []),
    ]
    return pn.Column(*parts, stylesheets=sheets, sizing_mode="stretch_width", margin=given.pop("margin", 0), **given)


def wrapping(*parts: Any, **given: Any) -> pn.FlexBox:
    """Return parts beside each other that go on below where the window is narrow, with air between those lines."""
    return pn.FlexBox(*parts, gap="8px 0", **given)


def filling(height: str) -> str:
    """Return a style with which a stack of the CSS class `fills` is as high as said, its last part taking what is left.

    Args:
        height: As CSS has it.
    """
    return f":host(.fills) {{ display: flex !important; flex-direction: column; {height} }}"


WINDOW = "height: calc(100dvh - 104px); min-height: 620px; margin-bottom: -20px !important;"
"""What the bar at the top and the margins of the page leave of the window; the margin below gets smaller."""


def show(part: Any, there: bool) -> None:
    """Show or hide a stack or a card; `visible` would be overruled by their own styles."""
    part.css_classes = [] if there else ["gone"]


def card(title: str, *parts: Any, id_: str = "") -> pn.Column:
    """Return a card with a heading around live parts; without a title there is no heading."""
    named = Markup(' id="{}"').format(id_) if id_ else ""
    heading = [html(Markup('<h2 class="cardhead"{}>{}</h2>').format(named, title))] * bool(title)
    return stack(*heading, *parts, stylesheets=[_CARD], margin=(0, 0, 16, 0))


def grid(*parts: Any) -> pn.Column:
    """Return parts in as many columns as fit."""
    return pn.Column(*parts, stylesheets=[_GRID], sizing_mode="stretch_width", margin=(0, 0, 10, 0))


_CARD = """:host { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px;
  box-sizing: border-box; }"""
_GRID = """:host { display: grid !important; grid-template-columns: repeat(auto-fit, minmax(min(400px, 100%), 1fr));
  gap: 14px 22px; }
.scroll-button { display: none !important; }"""


_RUN_CLASS = {"succeeded": "good", "stopped": "good", "failed": "bad", "cancelled": "warn"}


@cache
def _environment() -> Environment:
    made = make_environment(TEMPLATES)
    made.globals["run_class"] = lambda status: _RUN_CLASS.get(str(status), "live")
    # UCUM writes what is counted in braces, and 1 for what has no unit.
    made.filters["unit"] = lambda unit: {"1": "", "By": "bytes"}.get(unit, str(unit).strip("{}"))
    made.filters["middle"] = shortened_in_the_middle
    return made


_TAIL = 8


def shortened_in_the_middle(name: str) -> Markup:
    """Return a long name as HTML that gives way in its middle: such names often differ at their ends only."""
    if len(name) <= 2 * _TAIL:
        return escape(name)
    head, tail = name[:-_TAIL], name[-_TAIL:]
    # Read out as one word, and not as two.
    drawn = '<span class="mid" aria-hidden="true"><span class="head">{}</span><span>{}</span></span>'
    return Markup('<span class="unseen">{}</span>' + drawn).format(name, head, tail)  # noqa: S704 - it escapes
