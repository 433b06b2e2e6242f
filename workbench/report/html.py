"""Writes a report as one HTML file that loads nothing: charts are inline SVG, and its policy forbids the network."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from workbench.facts.diagnosis import Cause, Verdict
from workbench.report import words
from workbench.report.content import ReportContent
from workbench.report.svg_timeline import draw_timeline, line_class
from workbench.report.svg_topology import draw_topology
from workbench.report.svg_waterfall import draw_waterfall

TEMPLATES = Path(__file__).parent / "templates"
VERDICT_CLASS = {Verdict.INCIDENT: "bad", Verdict.HEALTHY: "good", Verdict.UNKNOWN: "warn"}


def to_html(content: ReportContent) -> str:
    """Return the report as an HTML document."""
    style, script = style_sheet(), _read("report.js")
    own = {"style": Markup(style), "script": Markup(script)}  # noqa: S704 - our own files
    return render("report.html.j2", content, live=False, policy=_policy(style, script), **own)


def render(template: str, content: ReportContent, *, live: bool, **more: object) -> str:
    """Return one of this room's templates with a report in it; `live` makes links that only the app can follow."""
    return (
        _environment()
        .get_template(template)
        .render(
            c=content,
            live=live,
            sections=_sections(content),
            verdict_word=words.VERDICT_WORDS[content.verdict],
            verdict_class=VERDICT_CLASS[content.verdict],
            rows=words.row_counts(content.rows),
            ledger={entry.evidence_id: entry for entry in content.ledger},
            **more,
        )
    )


def part_css() -> str:
    """Return the styles of the templates without those of the page, for a face that has a page of its own."""
    return _read("parts.css") + _read("charts.css")


def chart_css(theme: str) -> str:
    """Return the variables of a theme, `light` or `dark`, without a selector."""
    return _read(f"{theme}.css")


def meter(share: float) -> Markup:
    """Return a bar that shows a share of 0..1."""
    width = max(0.0, min(1.0, share)) * 100
    return Markup(
        '<svg class="meter" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="track" width="100" height="8" rx="2"/><rect class="fill" width="{}" height="8" rx="2"/></svg>'
    ).format(f"confidence {words.percent(share)}", f"{width:.1f}")


def cause_facts(cause: Cause) -> str:
    """Return what is known of a cause beside its name, in one line."""
    known = [
        f"first seen {words.clock(cause.first_seen_unix_nano)} UTC" if cause.first_seen_unix_nano else "",
        f"instance {cause.service_instance_id}" if cause.service_instance_id else "",
        f"host {cause.host_name}" if cause.host_name else "",
        f"path {' → '.join(cause.path)}" if len(cause.path) > 1 else "",
    ]
    return " · ".join(part for part in known if part)


@cache
def _environment() -> Environment:
    return make_environment(TEMPLATES)


def make_environment(*folders: Path) -> Environment:
    """Return an environment that escapes, with the words and drawings of reports."""
    made = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        clock=words.clock,
        date_time=words.date_time,
        day_time=words.day_time,
        fault=words.fault_words,
        facts=cause_facts,
        line_class=line_class,
        milliseconds=words.milliseconds,
        offset=words.offset,
        percent=words.percent,
        plural=words.plural,
        slug=lambda text: re.sub(r"[^a-z0-9_]+", "-", str(text).lower()),
        span=words.span,
        whole=words.whole,
        words=lambda text: str(text).replace("_", " "),
    )
    # The drawings escape every text they are given; see `svg.text` and the tests.
    made.globals.update(
        draw_timeline=lambda *given: Markup(draw_timeline(*given)),  # noqa: S704
        draw_topology=lambda *given: Markup(draw_topology(*given)),  # noqa: S704
        draw_waterfall=lambda *given: Markup(draw_waterfall(*given)),  # noqa: S704
        meter=meter,
    )
    return made


@cache
def style_sheet() -> str:
    """Return the styles of a document of its own, in both themes."""
    light, dark = chart_css("light"), chart_css("dark")
    return "\n".join(
        [
            f":root {{ {light} }}",
            f'@media (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]) {{ {dark} }} }}',
            f':root[data-theme="dark"] {{ {dark} }}',
            f"@media print {{ :root, :root[data-theme] {{ {light} }} }}",
            _read("report.css"),
            _read("parts.css"),
            _read("charts.css"),
        ]
    )


@cache
def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _sections(content: ReportContent) -> list[tuple[str, str]]:
    happened = "What happened" if content.onset_unix_nano else "What was measured"
    wanted = [
        ("summary", "Summary", True),
        ("actions", "What to do", content.actions),
        ("similar", "Seen before", content.similar),
        ("causes", "Ranked causes", content.causes),
        ("timeline", happened, content.charts or content.timeline),
        ("topology", "Who calls whom", content.topology.nodes),
        ("waterfall", "Slowest request", content.waterfall),
        ("logs", "Log patterns", content.patterns),
        ("unknown", "What is not known", True),
        ("method", "How this was found", True),
    ]
    return [(key, name) for key, name, there in wanted if there]
