"""Makes small telemetry: steady requests of a service, of which some go wrong."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from workbench.facts.telemetry import Telemetry, empty_frame
from workbench.semconv import NANOS_PER_SECOND, Table

START = 1_700_000_000 * NANOS_PER_SECOND
"""22:13:20 UTC"""


def frame(table: Table, rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return a frame of the table with the missing columns filled."""
    made = pd.DataFrame(rows)
    empty = empty_frame(table)
    for name in empty.columns:
        if name not in made:
            made[name] = "" if empty[name].dtype == object else 0
    return made[list(empty.columns)]


def span(
    service: str, at_s: float, *, ms: float = 20.0, failed: bool = False, parent: str = "", trace: str = ""
) -> dict[str, object]:
    """Return one entry span that ends at `at_s`."""
    end = START + int(at_s * NANOS_PER_SECOND)
    return {
        "start_time_unix_nano": end - int(ms * 1e6),
        "end_time_unix_nano": end,
        "trace_id": trace or f"t{at_s}",
        "span_id": f"{service}{at_s}",
        "parent_span_id": parent,
        "service_name": service,
        "status_code": "ERROR" if failed else "OK",
    }


def steady(
    service: str, seconds: int, *, per_s: int = 4, bad: Callable[[float], bool] = lambda at: False, slow: float = 20.0
) -> list[dict[str, object]]:
    """Return requests at an even pace; `bad` ones fail, every one of them takes 18 to 22 ms, or `slow` when bad."""
    times = [index / per_s for index in range(seconds * per_s)]
    return [
        span(service, at, ms=slow if bad(at) else 18 + (index * 7) % 5, failed=bad(at))
        for index, at in enumerate(times)
    ]


def telemetry_of(**frames: list[dict[str, object]]) -> Telemetry:
    """Return telemetry with these rows."""
    return Telemetry(**{name: frame(Table(name), rows) for name, rows in frames.items()})
