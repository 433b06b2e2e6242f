"""The node `text.log_prefix`."""

from __future__ import annotations

from typing import ClassVar, Literal

import pathway as pw

from workbench.flow.example import Example, example, grid
from workbench.flow.fields import Column
from workbench.flow.lines import Line
from workbench.flow.node import Node
from workbench.flow.prefixes import COLUMNS, Prefixes
from workbench.flow.rows import Rows


class LogPrefix(Node):
    """Take off log lines what was put before them, which says who wrote each: for lines of a queue, say, or of HTTP.

    Adds the columns service_name, service_instance_id, host_name and time_unix_nano (0 where it is not said). A line
    without the prefix stays as it is. Sources of files have a setting for it, and join lines for each program.
    """

    column: Column = "body"
    """Column with the whole line; it keeps what the program itself wrote."""
    prefix: Literal["compose", "kubectl", "syslog"] = "syslog"
    """What was put before each line: by `docker compose logs`, `kubectl logs --prefix`, or syslog."""

    example: ClassVar[Example | None] = example(
        {"prefix": "syslog"},
        grid(
            "body service_name service_instance_id host_name time_unix_nano",
            ("started", "nginx", "", "web-1", 1773135000000000000),
            ("no prefix", "", "", "", 0),
        ),
        grid("body", ("2026-03-10T09:30:00Z web-1 nginx[812]: started",), ("no prefix",)),
    )

    def build(self, rows: Rows) -> Rows:
        prefixes = Prefixes(self.prefix)

        # A time without a year depends on the present one; that is not kept for each row, as lines do not go again
        # a year later.
        def split(text: str) -> tuple[str, str, str, int, str]:
            line = prefixes.take(Line("", 0, text))
            service, instance, host, time = prefixes.values(line)
            return service, instance, host, time, line.text

        kinds = tuple[str, str, str, int, str]
        parts = rows.select(parts=pw.apply_with_type(split, kinds, rows[self.column])).parts
        found = {name: parts[place] for place, name in enumerate(COLUMNS)}
        return rows.with_columns(**found, **{self.column: parts[len(COLUMNS)]})
