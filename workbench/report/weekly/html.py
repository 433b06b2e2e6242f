"""Writes a weekly report as HTML: a part for a face, or one file that loads nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from workbench.report.html import TEMPLATES, make_environment, style_sheet
from workbench.report.weekly.content import Weekly
from workbench.report.weekly.markdown import lead
from workbench.semconv import NANOS_PER_SECOND

_BAR, _HEIGHT = 46, 90


def body_html(one: Weekly) -> str:
    """Return the report without the page around it."""
    most = max((week.incidents for week in one.weeks), default=0) or 1
    bars = [
        (place * (_BAR + 14), _HEIGHT * week.incidents / most, week.incidents, _day(week.start_unix_nano))
        for place, week in enumerate(one.weeks)
    ]
    return _environment().get_template("weekly.html.j2").render(
        w=one, lead=lead(one), bars=bars, bar=_BAR, height=_HEIGHT, day=_day, width=len(bars) * (_BAR + 14)
    )  # fmt: skip


def to_html(one: Weekly) -> str:
    """Return one HTML file that needs no network."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    return _environment().get_template("weekly_page.html.j2").render(
        title=one.title, policy=policy, style=Markup(style_sheet()), body=Markup(body_html(one))  # noqa: S704 - escaped
    )  # fmt: skip


@cache
def _environment() -> Environment:
    return make_environment(TEMPLATES)


def _day(unix_nano: int) -> str:
    return f"{datetime.fromtimestamp(unix_nano / NANOS_PER_SECOND, UTC):%-d %b}"
