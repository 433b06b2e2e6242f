"""The node `text.enrich`."""

from __future__ import annotations

import re
from typing import ClassVar

import pathway as pw

from workbench.errors import BadInput
from workbench.flow.example import Example, example, grid
from workbench.flow.fields import Column
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.semconv import SEVERITY
from workbench.signals.headers import severity_number

# Words that are levels only when they are shouted: "error" and "severe" stand in many a message.
LEVEL = re.compile(rf"\b({'|'.join(sorted(SEVERITY, key=len, reverse=True))})\b|(?:level|severity|lvl)=\"?(\w+)")
HEAD = 120
"""Characters of a message in which a level is looked for."""


class Enrich(Node):
    """Fill in what senders of logs leave out: severity_number and service_name.

    The severity comes from `severity_text`, else from a level written in capitals, or as `level=`, near the start of
    the message. The service is the host's name, else the given one. What is there already stays.
    """

    example: ClassVar[Example | None] = example(
        {"service": "shop"},
        grid(
            "severity_number severity_text service_name host_name body",
            (17, "", "n1", "n1", "ERROR card refused"),
            (13, "warn", "cart", "n1", "slow"),
            (0, "", "shop", "", "no level here"),
        ),
        grid(
            "severity_number severity_text service_name host_name body",
            (0, "", "", "n1", "ERROR card refused"),
            (0, "warn", "cart", "n1", "slow"),
            (0, "", "", "", "no level here"),
        ),
    )

    column: Column = "body"
    """Column with the message."""
    service: str = "unknown"
    """Service of rows that name neither a service nor a host."""

    def build(self, rows: Rows) -> Rows:
        has = rows.column_names()
        lacking = [
            name for name in ("severity_number", "severity_text", "service_name", "host_name") if name not in has
        ]
        if lacking:
            raise BadInput(f"the rows have no column {', '.join(lacking)}; they have {', '.join(has)}")
        number = pw.apply_with_type(level_of, int, rows.severity_number, rows.severity_text, rows[self.column])
        host = pw.if_else(rows.host_name != "", rows.host_name, self.service)
        service = pw.if_else(rows.service_name != "", rows.service_name, host)
        return rows.with_columns(severity_number=number, service_name=service)


def level_of(number: int, text: str, message: str) -> int:
    """Return the severity of a log row: what it says, or what its texts say; 0 when nothing does."""
    if number:
        return number
    if text and (known := severity_number(text)):
        return known
    found = LEVEL.search(message[:HEAD])
    return severity_number(found[1] or found[2]) if found else 0
