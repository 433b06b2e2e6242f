"""The node `text.log_header`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice

import pathway as pw
from pydantic import Field

from workbench.errors import BadInput
from workbench.flow.fields import Column, InputPath
from workbench.flow.lines import read_lines
from workbench.flow.node import Node
from workbench.flow.prefixes import LinePrefix, Prefixes
from workbench.flow.rows import Rows
from workbench.signals.headers import SAMPLE_LINES, Header, learn_header, severity_number
from workbench.signals.times import parse_time

COLUMNS = ("time_unix_nano", "severity_number", "severity_text", "component", "body")


class LogHeader(Node):
    """Cut log lines into time, level, component and message; how is learned from a sample, no format has to be named.

    Adds the columns time_unix_nano, severity_number, severity_text, component and body (the message). A line without
    a header, such as one of a stack trace, has time 0 and is all message.
    """

    column: Column = "body"
    """Column with the whole line."""
    learn_from: InputPath
    """Log file whose first lines show what the header looks like; the log that is read itself will do."""
    prefix: LinePrefix = "none"
    """What the source has taken off the lines, as its setting of that name says; a time that it gave then stays."""
    year: int | None = Field(None, ge=1970, le=2200)
    """Year of times that are written without one; empty takes the present year."""

    def build(self, rows: Rows) -> Rows:
        first = map(Prefixes(self.prefix).take, islice(read_lines(self.learn_from), 3 * SAMPLE_LINES))
        sample = [line.text for line in first if line.text.strip()]
        if not sample:
            raise BadInput(f"{self.learn_from!r} has no lines to learn the header from", hint="Name an older log file")
        split = splitter(learn_header(sample), self.year or datetime.now(UTC).year)
        parts = rows.select(parts=pw.apply_with_type(split, tuple[int, int, str, str, str], rows[self.column])).parts
        found = {name: parts[place] for place, name in enumerate(COLUMNS)}
        if self.prefix != "none" and rows.typehints().get("time_unix_nano") is int:
            found["time_unix_nano"] = pw.if_else(rows.time_unix_nano != 0, rows.time_unix_nano, parts[0])
        return rows.with_columns(**found)


def splitter(header: Header, year: int) -> Callable[[str], tuple[int, int, str, str, str]]:
    """Return the function that cuts one line into the values of `COLUMNS`."""

    def split(line: str) -> tuple[int, int, str, str, str]:
        found = header.split(line)
        time = parse_time(found.time_text, year=year) if found.time_text else None
        return time or 0, severity_number(found.level), found.level, found.component, found.message

    return split
