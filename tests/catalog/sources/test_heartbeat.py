import json
from typing import Any

import pytest

from node_catalog.sources.heartbeat import Heartbeat
from tests.catalog.sinks.recorder import recording
from tests.ports import free_port
from workbench.errors import Unreachable
from workbench.flow.telemetry.columns import columns_of
from workbench.semconv import Table


def test_who_is_up_and_who_is_not(bench: Any) -> None:
    with recording() as server:
        port = server.url.rsplit(":", 1)[1]
        targets = {
            # The server knows no GET: an answer of 501 is a failure.
            "web": server.url,
            "db": f"tcp://127.0.0.1:{port}",
            "gone": f"tcp://127.0.0.1:{free_port()}",
        }
        found = bench.rows(Heartbeat(targets=targets, follow=False))

    rows = [dict(zip(columns_of(Table.METRICS), row, strict=True)) for row in found]
    up = {
        row["service_name"]: (row["value"], json.loads(row["attributes"])) for row in rows if row["metric_name"] == "up"
    }
    assert up["db"] == (1.0, {})
    assert up["web"][0] == 0.0
    assert "answers 501" in up["web"][1]["failure"]
    assert (up["gone"][0], "refused" in up["gone"][1]["failure"]) == (0.0, True)
    took = [row["value"] for row in rows if row["metric_name"] == "probe.duration"]
    assert len(took) == 3
    assert all(value > 0 for value in took)


@pytest.mark.parametrize("address", ["cart", "ftp://x", "tcp://x"])
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(ValueError, match="target 'a'"):
        Heartbeat(targets={"a": address})


def test_a_probe_asks_every_target_once() -> None:
    with recording() as server:
        up = {"db": server.url.replace("http", "tcp")}

        assert Heartbeat(targets=up).probe(secrets=str) == "db is up."
        assert Heartbeat(targets={"a": up["db"], "b": up["db"]}).probe(secrets=str) == "All 2 targets are up."
        with pytest.raises(Unreachable, match=r"^1 of 2 targets: web: answers 501"):
            Heartbeat(targets={**up, "web": server.url}).probe(secrets=str)
