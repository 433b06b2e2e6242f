"""A few lines, spans and points of a shop: small enough to count by hand."""

from __future__ import annotations

import pyarrow as pa
import pytest

from workbench.semconv import Table
from workbench.store import sources, telemetry
from workbench.store.db import Store

T0 = 1_760_000_000_000_000_000
S = 1_000_000_000


@pytest.fixture
def source_id(store: Store) -> int:
    return sources.register(store, kind="file", uri="shop/app.log", sha256="ab", scope="shop").source_id


@pytest.fixture
def lines(store: Store, source_id: int) -> int:
    """Ten lines, one a second; the fourth and the fifth have the same time."""
    seconds = [0, 1, 2, 3, 3, 5, 6, 7, 8, 9]
    rows = pa.table(
        {
            "time_unix_nano": [T0 + second * S for second in seconds],
            "service_name": ["web", "cart"] * 5,
            "severity_number": [9, 17, 13, 9, 9, 21, 5, 9, 0, 18],
            "severity_text": ["INFO", "ERROR", "WARN", "INFO", "INFO", "FATAL", "DEBUG", "INFO", "", "ERROR2"],
            "body": [
                "GET /items 200", "Timeout after 30 ms", "slow_query 100%", "GET /health 200", "GET /items 200",
                "out of memory", "cache miss", "GET /items 404", "no level", "timeout after 31 ms",
            ],
            "trace_id": ["t1", "t1", "", "", "t2", "", "", "", "", ""],
            "attributes": ['{"http.status_code":200}'] * 7 + ['{"http.status_code":404,"user":"ann"}'] + ["{}"] * 2,
        }
    )  # fmt: skip
    return telemetry.append(store, Table.LOGS, rows, source_id=source_id)


@pytest.fixture
def spans(store: Store, source_id: int) -> int:
    """Three traces: web calls cart, which calls its database; the second fails and is slow, the third has no root."""
    rows = pa.Table.from_pylist(
        [
            span("t1", "a", "", "web", "GET /cart", 0, 100),
            span("t1", "b", "a", "cart", "load", 10, 60),
            span("t1", "c", "b", "cart", "SELECT", 20, 40, kind="CLIENT", peer="db"),
            span("t2", "a", "", "web", "GET /cart", 1000, 900),
            span("t2", "b", "a", "cart", "load", 1010, 850, status="ERROR"),
            span("t3", "x", "gone", "cart", "load", 2000, 30),
        ]
    )
    return telemetry.append(store, Table.SPANS, rows, source_id=source_id)


def span(
    trace: str, own: str, parent: str, service: str, name: str, at_ms: int, took_ms: int, *, status: str = "OK",
    kind: str = "SERVER", peer: str = "",
) -> dict[str, object]:  # fmt: skip
    start = T0 + at_ms * 1_000_000
    return {
        "trace_id": trace, "span_id": own, "parent_span_id": parent, "service_name": service, "span_name": name,
        "start_time_unix_nano": start, "end_time_unix_nano": start + took_ms * 1_000_000, "status_code": status,
        "span_kind": kind, "peer_service_name": peer, "attributes": '{"http.route":"/cart"}',
    }  # fmt: skip
