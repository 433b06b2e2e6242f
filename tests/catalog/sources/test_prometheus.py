"""Remote write and both queries, against a real Prometheus (Debian package prometheus)."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import httpx
import pytest

from node_catalog.sinks.prometheus_remote_write import PrometheusRemoteWrite
from node_catalog.sources.prometheus_query import PrometheusQuery
from node_catalog.sources.prometheus_range import PrometheusRange
from tests.services.process import answers, free_port, program, server
from workbench.flow.telemetry.columns import columns_of
from workbench.semconv import Table

pytestmark = [pytest.mark.service, pytest.mark.slow]
COLUMNS = columns_of(Table.METRICS)
SECOND = 1_000_000_000


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("prometheus"), free_port()
    (folder / "prometheus.yml").write_text("global: {scrape_interval: 1s}\n")
    command = [
        program("prometheus"),
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
        "--web.enable-remote-write-receiver",
    ]
    address = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        return answers(port) and httpx.get(f"{address}/-/ready").is_success

    with server(command, ready=ready, log=folder / "output.log"):
        yield address


def metric(name: str, time_unix_nano: int, value: float, statistic: str = "", **attributes: Any) -> tuple[Any, ...]:
    return (time_unix_nano, name, statistic, "cart", "cart-1", "n1", "bank", value, "ms", json.dumps(attributes))


def written(bench: Any, prometheus: str, *rows: tuple[Any, ...]) -> None:
    node = PrometheusRemoteWrite(url=f"{prometheus}/api/v1/write", labels={"env": "test"})
    bench.write(node, bench.table(COLUMNS, *rows))


def named(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    found = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    return [row | {"attributes": json.loads(row["attributes"])} for row in found]


def test_samples_that_are_written_are_read_back(bench: Any, prometheus: str) -> None:
    start = time.time_ns() // (15 * SECOND) * 15 * SECOND - 300 * SECOND
    rows = [metric("http.wait", start + 15 * SECOND * n, float(n), kind="new", code=5) for n in range(20)]
    written(bench, prometheus, *rows, metric("http.wait", start, 9.5, "P99", kind="new"))

    node = PrometheusRange(url=prometheus, query="http_wait", back_s=600, follow=False)
    found = named(bench.rows(node))

    plain = sorted((row for row in found if not row["statistic"]), key=lambda row: row["time_unix_nano"])
    assert [row["value"] for row in plain][:20] == [float(n) for n in range(20)]
    assert plain[0] == {
        "time_unix_nano": start,
        "metric_name": "http_wait",
        "statistic": "",
        "service_name": "cart",
        "service_instance_id": "cart-1",
        "host_name": "n1",
        "peer_service_name": "bank",
        "value": 0.0,
        "unit": "",
        "attributes": {"env": "test", "kind": "new", "code": "5"},
    }
    assert {row["value"] for row in found if row["statistic"] == "P99"} == {9.5}
    assert bench.rejected == []


def test_a_sample_that_is_refused_keeps_no_other_away(bench: Any, prometheus: str) -> None:
    now = time.time_ns() // SECOND * SECOND
    old = now - 30 * 24 * 3600 * SECOND
    fine = [metric(f"fine_{n}", now, 1.0) for n in range(4)]

    written(
        bench, prometheus, *fine[:2], metric("too_old", old, 1.0), metric("no_number", now, float("inf")), *fine[2:]
    )

    found = bench.rows(PrometheusQuery(url=prometheus, query='{__name__=~"fine_.*"}', follow=False))
    assert len(found) == 4
    assert sorted(json.loads(fault["raw"])["metric_name"] for fault in bench.rejected) == ["no_number", "too_old"]
    assert any("out of bounds" in fault["reason"] for fault in bench.rejected)


def test_a_query_is_asked_again_and_again(bench: Any, prometheus: str) -> None:
    found = bench.live(PrometheusQuery(url=prometheus, query="vector(7)", poll_s=0.05, name="seven"), lambda: None, 3)

    assert {(row["metric_name"], row["value"]) for row in named(found)} == {("seven", 7.0)}
    assert len(found) >= 3


def test_the_range_is_followed(bench: Any, prometheus: str) -> None:
    begun = threading.Event()
    node = PrometheusRange(url=prometheus, query="time()", back_s=3, step_s=1, late_s=0, poll_s=0.1)

    found = named(bench.live(node, begun.set, 6))

    times = sorted(row["time_unix_nano"] for row in found)
    assert [later - earlier for earlier, later in pairwise(times)] == [SECOND] * (len(times) - 1)


def test_what_is_no_promql_ends_the_run_with_the_server_s_words(bench: Any, prometheus: str) -> None:
    with pytest.raises(Exception, match="parse error"):
        bench.rows(PrometheusQuery(url=prometheus, query="sum(", follow=False))


def test_the_connection_can_be_tried(prometheus: str) -> None:
    assert (
        PrometheusQuery(url=prometheus, query="vector(1)").probe(secrets=str) == f"{prometheus} answers with 1 series."
    )
