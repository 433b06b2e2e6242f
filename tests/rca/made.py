"""Small telemetry made by hand, and what the tests do with that of the simulator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.facts.telemetry import Telemetry, empty_frame
from workbench.semconv import COLUMNS, NANOS_PER_SECOND, Table

START = 1_760_000_000 * NANOS_PER_SECOND


def frame(table: Table, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a frame of the table; what is not said is 0 or ''."""
    made = empty_frame(table)
    if not rows:
        return made
    blank = {
        name: 0 if kind in ("BIGINT", "INTEGER") else 0.0 if kind == "DOUBLE" else ""
        for name, kind in COLUMNS[table].items()
    }
    full = pd.DataFrame([blank | {"row_id": number} | row for number, row in enumerate(rows)])
    return full[list(made.columns)].astype(made.dtypes)


def call(
    trace: int,
    caller: str,
    callee: str,
    at_s: float,
    *,
    gap_ms: float = 2.0,
    own_ms: float = 10.0,
    failed: bool = False,
    answered: bool = True,
    skew_ms: float = 0.0,
) -> list[dict[str, Any]]:
    """A request to `caller` that calls `callee`: entry span, client span, and the callee's span."""
    start = START + round(at_s * NANOS_PER_SECOND)
    ms = 1_000_000
    ids = {"trace_id": f"t{trace}"}
    client_ms = own_ms + gap_ms
    rows = [
        ids
        | {
            "span_id": f"{trace}a{callee}",
            "service_name": caller,
            "span_name": "handle",
            "span_kind": "SERVER",
            "start_time_unix_nano": start,
            "end_time_unix_nano": start + round((client_ms + 4) * ms),
        },
        ids
        | {
            "span_id": f"{trace}b{callee}",
            "parent_span_id": f"{trace}a{callee}",
            "service_name": caller,
            "span_name": f"{callee}/do",
            "span_kind": "CLIENT",
            "peer_service_name": callee,
            "status_code": "ERROR" if failed else "UNSET",
            "start_time_unix_nano": start + 2 * ms,
            "end_time_unix_nano": start + round((2 + client_ms) * ms),
        },
    ]
    if answered:
        begun = start + round((2 + gap_ms / 2 + skew_ms) * ms)
        rows.append(
            ids
            | {
                "span_id": f"{trace}c{callee}",
                "parent_span_id": f"{trace}b{callee}",
                "service_name": callee,
                "span_name": "do",
                "span_kind": "SERVER",
                "start_time_unix_nano": begun,
                "end_time_unix_nano": begun + round(own_ms * ms),
            }
        )
    return rows


def metric(
    name: str, service: str, values: Sequence[float], *, step_s: float = 10.0, unit: str = ""
) -> list[dict[str, Any]]:
    """A series of one service, one row per step."""
    return [
        {
            "time_unix_nano": START + round(step_s * NANOS_PER_SECOND) * number,
            "metric_name": name,
            "service_name": service,
            "value": value,
            "unit": unit,
        }
        for number, value in enumerate(values)
    ]


def renamed(telemetry: Telemetry, names: dict[str, str]) -> Telemetry:
    """The same telemetry with other names of services, in all columns that hold only a name."""
    columns = ("service_name", "peer_service_name", "caller_service_name", "callee_service_name")
    return Telemetry(
        **{
            table.value: telemetry.frame(table).assign(
                **{
                    column: telemetry.frame(table)[column].map(lambda name: names.get(name, name))
                    for column in columns
                    if column in telemetry.frame(table)
                }
            )
            for table in Table
        }
    )


def shuffled(telemetry: Telemetry, seed: int) -> Telemetry:
    """The same rows and columns in another order."""
    dice = np.random.default_rng(seed)
    frames = {}
    for table in Table:
        rows = telemetry.frame(table)
        mixed = rows.iloc[dice.permutation(len(rows))].reset_index(drop=True)
        frames[table.value] = mixed[[mixed.columns[i] for i in dice.permutation(len(mixed.columns))]]
    return Telemetry(**frames)


def scaled(telemetry: Telemetry, metric_name: str, factor: float) -> Telemetry:
    """The same telemetry with one metric in another unit."""
    rows = telemetry.metrics
    values = rows["value"].where(rows["metric_name"] != metric_name, rows["value"] * factor)
    return Telemetry(
        logs=telemetry.logs,
        spans=telemetry.spans,
        metrics=rows.assign(value=values),
        events=telemetry.events,
        edges=telemetry.edges,
    )
