"""Takes something away from a case, to see what it was worth; and cuts fault-free windows out of a reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from workbench.facts.telemetry import Case, Telemetry, empty_frame
from workbench.semconv import TIME_COLUMN, Table

WINDOWS = 8
"""At most so many fault-free windows are cut out of one reference; they overlap where it is short."""


def without(case: Case, *tables: Table) -> Case:
    """Return the case with some tables emptied, in its references too."""
    return replace(
        case,
        telemetry=_emptied(case.telemetry, tables),
        references={name: _emptied(one, tables) for name, one in case.references.items()},
    )


ABLATIONS: Mapping[str, Callable[[Case], Case]] = {
    "without metrics": lambda case: without(case, Table.METRICS),
    "without spans": lambda case: without(case, Table.SPANS),
    "without logs": lambda case: without(case, Table.LOGS),
    "without spans and logs": lambda case: without(case, Table.SPANS, Table.LOGS),
    "without events": lambda case: without(case, Table.EVENTS),
    "without call graph": lambda case: without(case, Table.EDGES),
    "without references": lambda case: replace(case, references={}),
}
"""What is taken away, by its name in the tables."""


def changes(case: Case, ablation: str) -> bool:
    """Tell whether a case has what the ablation takes away."""
    if ablation == "without references":
        return bool(case.references)
    named = ablation.replace("call graph", "edges").split()
    return any(len(case.telemetry.frame(table)) for table in Table if table.value in named)


def fault_free_windows(case: Case) -> Iterator[Case]:
    """Yield windows of a case's references that are as long as the case, with what is left of them as reference."""
    extent = case.telemetry.extent()
    if extent is None:
        return
    length = extent[1] - extent[0] + 1
    for label, reference in case.references.items():
        # Traces and logs are often kept for a minute of a day of metrics; windows lie where the metrics are.
        whole = replace(reference, spans=reference.spans[:0], logs=reference.logs[:0]).extent() or reference.extent()
        if whole is None or whole[1] - whole[0] < 1.5 * length:
            continue
        for number, start in enumerate(np.linspace(whole[0], whole[1] - length, WINDOWS).astype(np.int64)):
            inside, outside = _cut(reference, int(start), int(start) + length)
            if inside.extent() is None:
                continue
            others = {name: one for name, one in case.references.items() if name != label}
            yield Case(f"{label}#{number}", inside, {label: outside, **others})


def _cut(telemetry: Telemetry, start: int, end: int) -> tuple[Telemetry, Telemetry]:
    inside: dict[str, Any] = {}
    outside: dict[str, Any] = {}
    for table, column in TIME_COLUMN.items():
        frame = telemetry.frame(table)
        if column is None:
            inside[table.value] = outside[table.value] = frame
            continue
        kept = (frame[column] >= start) & (frame[column] < end)
        inside[table.value] = frame[kept].reset_index(drop=True)
        outside[table.value] = frame[~kept].reset_index(drop=True)
    return Telemetry(**inside), Telemetry(**outside)


def _emptied(telemetry: Telemetry, tables: tuple[Table, ...]) -> Telemetry:
    frames: dict[str, Any] = {table.value: empty_frame(table) for table in tables}
    return replace(telemetry, **frames)
