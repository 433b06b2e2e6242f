"""The node `sinks.workspace_table`."""

from __future__ import annotations

from typing import ClassVar, Literal

import pathway as pw

from workbench.errors import BadInput
from workbench.flow.example import Example, asks
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.services import Deliver
from workbench.semconv import COLUMNS, ORIGIN, Table

ANOMALY_COLUMNS = {
    "detector": "VARCHAR",
    "kind": "VARCHAR",
    "service_name": "VARCHAR",
    "time_unix_nano": "BIGINT",
    "score": "DOUBLE",
    "value": "DOUBLE",
    "expected": "DOUBLE",
    "summary": "VARCHAR",
}
TYPES = {"BIGINT": int, "INTEGER": int, "DOUBLE": float, "VARCHAR": str}


class WorkspaceTable(Node):
    """Store rows in a table of the workspace.

    Columns with names of the table are stored; the others are left out, and those that are missing stay empty. A row
    that is taken back later is removed again.
    """

    delivery = "exactly-once"

    table: Literal["logs", "spans", "metrics", "events", "anomalies"]
    """Table that takes the rows."""

    example: ClassVar[Example | None] = asks({"table": "logs"})

    def build(self, rows: Rows, *, deliver: Deliver) -> None:
        wanted = ANOMALY_COLUMNS if self.table == "anomalies" else COLUMNS[Table(self.table)]
        known = {name: TYPES[kind] for name, kind in wanted.items() if name not in ORIGIN}
        found = rows.typehints()
        names = [name for name in known if name in found]
        time = "start_time_unix_nano" if self.table == "spans" else "time_unix_nano"
        needed = known if self.table == "anomalies" else [time]
        lacking = [name for name in needed if name not in names]
        if lacking:
            raise BadInput(
                f"table {self.table!r} needs the column{'s' * (len(lacking) > 1)} {', '.join(lacking)}; "
                f"the rows have {', '.join(found)}",
                hint="Make it with tables.select or tables.rename before this node",
            )
        for name in names:
            fits = (known[name], known[name] | None, *([int] if known[name] is float else []))
            if found[name] not in fits:
                raise BadInput(
                    f"column {name!r} of table {self.table!r} takes {known[name].__name__}, not {found[name]}",
                    hint="Put tables.cast before this node",
                )
        deliver(rows.select(**{name: pw.this[name] for name in names}), self.table)
