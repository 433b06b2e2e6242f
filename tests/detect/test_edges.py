"""Who calls whom is read from the stored spans and edges of one data set."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from tests.detect.made import frame, span
from workbench.detect.edges import call_edges
from workbench.detect.group import open_incidents
from workbench.facts.incident import Anomaly
from workbench.semconv import Table
from workbench.store import sources, telemetry
from workbench.store.db import Store


def keep(store: Store, table: Table, rows: list[dict[str, object]], scope: str) -> None:
    source = sources.register(store, kind="api", uri=f"{scope}/{table}", scope=scope)
    columns = pa.Table.from_pandas(frame(table, rows), preserve_index=False).drop_columns(["row_id", "source_id"])
    telemetry.append(store, table, columns, source_id=source.source_id)


def test_pairs_come_from_spans_peers_and_edges(store: Store) -> None:
    parent = span("gateway", 1.0, trace="t")
    child = span("cart", 0.9, trace="t", parent=str(parent["span_id"]))
    keep(store, Table.SPANS, [parent, child, {**span("cart", 2.0), "peer_service_name": "redis"}], "s")
    keep(store, Table.EDGES, [{"caller_service_name": "x", "callee_service_name": "y"}], "s")
    keep(store, Table.EDGES, [{"caller_service_name": "p", "callee_service_name": "q"}], "other")

    assert call_edges(store, "s") == [("cart", "redis"), ("gateway", "cart"), ("x", "y")]


def test_grouping_uses_them(store: Store) -> None:
    keep(store, Table.EDGES, [{"caller_service_name": "x", "callee_service_name": "y"}], "s")
    common: Any = {
        "detector": "d",
        "kind": "error",
        "time_unix_nano": 10**18,
        "score": 0.9,
        "summary": "s",
        "scope": "s",
    }
    seen = [Anomaly(**common, service_name=name) for name in ("x", "y")]

    [incident] = open_incidents(store, seen)

    assert (incident.service_name, incident.anomaly_count) == ("y", 2)
