"""Tells formats of text apart whose lines have a known form: logs of requests and statements, figures of machines."""

from __future__ import annotations

from dataclasses import replace

from workbench.ingest.profile import FileRule
from workbench.ingest.readers import request_logs
from workbench.ingest.readers.mysql_slow import is_slow_log
from workbench.ingest.readers.point_files import FORMATS, format_of
from workbench.ingest.shape import SAMPLE_ROWS, Shape


def plain(text: str) -> Shape:
    """Return the shape of plain text."""
    rows = tuple((line,) for line in text.splitlines()[:SAMPLE_ROWS])
    return Shape("text", columns=("line",), rows=rows, reasons=("plain text, one record per line",))


def look_at_lines(rule: FileRule, text: str) -> Shape | None:
    """Return what the beginning of a text file tells; None when its lines have no form that is known."""
    rows = text.splitlines()[:SAMPLE_ROWS]
    if rule.format == "mysql_slow" or (rule.format is None and is_slow_log(rows)):
        return replace(plain(text), format="mysql_slow", reasons=("entries of a slow query log, each a span, too",))
    if (form := rule.format or format_of(rows)) and form in FORMATS:
        return replace(plain(text), format=form, reasons=(FORMATS[form].said,))
    if rule.format in (None, "access_log"):
        variant = request_logs.variant_of(rows)
        if variant or rule.format:
            said = request_logs.SAID[variant or "common"]
            return replace(plain(text), format="access_log", variant=variant, reasons=(said,))
    return None
