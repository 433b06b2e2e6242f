"""What a dashboard keeps of telemetry: requests, failures and latency of each service, processor and memory; no calls.

Used by rca_simulated.py --dashboard. Indicators are means of ten seconds over entry spans, as rates and milliseconds.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.facts.telemetry import Telemetry
from workbench.rca.series import indicator_series
from workbench.semconv import Table

BUCKET_S = 10.0
KEPT = {"process.cpu.utilization": "cpu", "system.cpu.utilization": "cpu", "process.memory.usage": "mem"}


def dashboard(telemetry: Telemetry) -> Telemetry:
    """Return metrics per service, and nothing else."""
    table = indicator_series(telemetry, BUCKET_S)
    table["load"] = table["requests"] / BUCKET_S
    table["error"] = table["error_rate"].fillna(0.0) * table["load"]
    table["latency"] = table["latency_p50_ms"]
    metrics = telemetry.metrics
    resources = metrics[metrics["metric_name"].isin(KEPT)].assign(
        metric_name=lambda rows: rows["metric_name"].map(KEPT),
        time_unix_nano=lambda rows: rows["time_unix_nano"] // int(BUCKET_S * 1e9) * int(BUCKET_S * 1e9),
    )
    resources = resources.groupby(["time_unix_nano", "service_name", "metric_name"], as_index=False)["value"].mean()
    indicators = table.melt(["time_unix_nano", "service_name"], ["load", "error", "latency"], "metric_name")
    found = pd.concat([indicators, resources], ignore_index=True)
    found = found[np.isfinite(found["value"]) & (found["service_name"] != "")]
    rows = found.astype({"service_name": object, "metric_name": object}).reset_index(drop=True)
    return Telemetry(metrics=_whole(rows))


def _whole(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with all columns that the table has."""
    empty = Telemetry().frame(Table.METRICS)
    numbers = {name: 0 for name in empty if pd.api.types.is_numeric_dtype(empty[name])}
    filled = rows.assign(row_id=np.arange(1, len(rows) + 1))
    return filled.reindex(columns=empty.columns).fillna(numbers).fillna("")
