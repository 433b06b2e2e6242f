"""Writes a report as Markdown that reads well as plain text too."""

from __future__ import annotations

import re
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from workbench.facts.diagnosis import Cause
from workbench.facts.telling import worth_telling
from workbench.report import words
from workbench.report.content import ReportContent
from workbench.report.html import TEMPLATES, cause_facts

# A letter beside the sign keeps `snake_case` and `2 * 3` readable; Markdown gives those signs no meaning there.
_SPECIAL = re.compile(r"([\\`|<\[\]~]|(?<!\w)_|_(?!\w)|(?<=\S)\*|\*(?=\S)|(?<=\n)#|^#|^>)")
_LINK = re.compile(r"\b(https?|ftp|javascript)(:)", re.IGNORECASE)


def to_markdown(content: ReportContent) -> str:
    """Return the report as Markdown; what was quoted from telemetry cannot become markup."""
    text = (
        _environment()
        .get_template("report.md.j2")
        .render(
            c=content,
            verdict_word=words.VERDICT_WORDS[content.verdict],
            rows=words.row_counts(content.rows),
        )
    )
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def escape(text: object) -> str:
    """Return one line in which no character is Markdown or HTML."""
    line = " ".join(str(text).split())
    return _LINK.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", line.replace("&", "&amp;")))


def code(text: object) -> str:
    """Return the text as code on one line, in a fence longer than any run of ticks in it."""
    line = " ".join(str(text).split())
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def unlikely(causes: list[Cause]) -> list[str]:
    """Return the services of which no more is said than that they were looked at."""
    return [cause.service_name for cause in causes if cause.rank > 2 and cause.confidence < 0.01]


@cache
def _environment() -> Environment:
    made = Environment(  # noqa: S701 - Markdown is escaped by the filters `md` and `code`
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters.update(
        clock=words.clock,
        code=code,
        date_time=words.date_time,
        facts=cause_facts,
        fault=words.fault_words,
        md=escape,
        milliseconds=words.milliseconds,
        offset=words.offset,
        percent=words.percent,
        plural=words.plural,
        span=words.span,
        telling=worth_telling,
        unlikely=unlikely,
        words=lambda text: str(text).replace("_", " "),
    )
    return made
