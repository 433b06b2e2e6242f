"""The first rows of a node while a flow is being made: the nodes before it run on the first rows of their sources."""

from __future__ import annotations

import os
import threading
from collections import Counter
from typing import Any

import pathway as pw

from workbench.engine.build import Built
from workbench.engine.events import Peeked
from workbench.engine.faults import Faults
from workbench.engine.looking import Looked
from workbench.engine.wire import Wire
from workbench.flow.outside import as_json, outward
from workbench.flow.rows import Rows
from workbench.flow.types import column_schemas

PATIENCE_S = 3.0
"""How long sources that do not know how to end are waited for."""


def peek(
    built: Built, node: str, rows: int, wire: Wire, looked: Looked, notes: list[str], *, lasting: bool = False
) -> None:
    """Child: run the graph, send the first rows of a node, and end the process. What comes later is not waited for."""
    table: Rows = built.tables[node] if built.tables[node] is not None else built.inputs[node][0]
    found: dict[Any, dict[str, Any]] = {}

    def on_change(key: Any, row: dict[str, Any], time: int, is_addition: bool) -> None:
        if is_addition:
            found[key] = row
        elif found.get(key) == row:
            del found[key]

    errors: Counter[str] = Counter()

    def hear(operator: int, message: str) -> None:
        errors[f"{built.operators.get(operator, '-')}: {message}"] += 1

    def tell() -> None:
        shown = list(found.values())[:rows]
        plain = [as_json({name: outward(value) for name, value in row.items()}) for row in shown]
        columns = column_schemas(table)
        said = [f"{error} ({count} rows)" if count > 1 else error for error, count in errors.most_common(rows)]
        told = Peeked(columns=columns, rows=plain, total=len(found), errors=said, notes=notes, lasting=lasting)
        wire.send(told)
        os._exit(0)

    pw.io.subscribe(table, on_change=on_change, name=f"{node}:peek")
    Faults(hear)
    timer = threading.Timer(PATIENCE_S, tell)
    timer.daemon = True
    timer.start()
    looked.watch()
    pw.run(monitoring_level=pw.MonitoringLevel.NONE, terminate_on_error=False)
    tell()
