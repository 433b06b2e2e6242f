"""Writes an explanation as HTML: inside of a page that shows it, or as one file that loads nothing."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from workbench.report import words
from workbench.report.explain.content import Explanation
from workbench.report.explain.svg import draw_strips
from workbench.report.html import TEMPLATES, VERDICT_CLASS, make_environment, style_sheet


def to_html(one: Explanation) -> str:
    """Return the explanation as an HTML document."""
    style = style_sheet()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    own = Markup(style)  # noqa: S704 - our own files
    return _render("explain_page.html.j2", one, live=False, style=own, policy=policy)


def body_html(one: Explanation) -> str:
    """Return the explanation as a part of the app's page: evidence can be opened there."""
    return _render("explain.html.j2", one, live=True)


def _render(template: str, one: Explanation, *, live: bool, **more: object) -> str:
    return (
        _environment()
        .get_template(template)
        .render(
            e=one,
            live=live,
            verdict_word=words.VERDICT_WORDS[one.verdict],
            verdict_class=VERDICT_CLASS[one.verdict],
            strips=Markup(draw_strips(one.strips, one.onset_unix_nano)),  # noqa: S704 - it escapes what it is given
            **more,
        )
    )


@cache
def _environment() -> Environment:
    return make_environment(Path(__file__).parent, TEMPLATES)
