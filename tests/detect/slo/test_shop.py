"""The shipped objectives on the simulated shop: kept while it is well, and burning when orders become slow."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from workbench.detect.slo.read import read_specs
from workbench.detect.slo.status import Status
from workbench.detect.slo.workspace import anomalies_of, assess_all, shipped_files
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Anomaly
from workbench.ingest import import_paths
from workbench.simulate import parse_fault, simulate, write_files
from workbench.store.db import Store

pytestmark = pytest.mark.slow


def judged(folder: Path, faults: list[str]) -> tuple[dict[str, Status], list[Anomaly]]:
    write_files(simulate([parse_fault(text) for text in faults], 3, 8), folder, "jsonl")
    store = Store.open(None)
    import_paths(store, [folder], scope="shop")
    assessed = assess_all(store, read_specs(shipped_files()).refuse().slos)
    found = anomalies_of(store, assessed, None)
    store.close()
    return {status.slo.name: status for status, _ in assessed}, found


def test_the_healthy_shop_keeps_its_objectives(tmp_path: Path) -> None:
    by_name, found = judged(tmp_path, [])

    assert {status.state for status in by_name.values()} == {"met"}
    assert by_name["front-availability"].total > 1000
    assert found == []


def test_slow_orders_burn_their_budget(tmp_path: Path) -> None:
    by_name, found = judged(tmp_path, ["slow_query@checkout+120"])

    assert by_name["checkout-latency"].state == "exhausted"
    assert {(one.service_name, one.kind, one.scope) for one in found} >= {("checkout", IncidentKind.LATENCY, "shop")}
    truth = simulate([parse_fault("slow_query@checkout+120")], 3, 8).truth["faults"][0]
    began = datetime.fromisoformat(truth["start"]).timestamp()
    assert abs(min(one.time_unix_nano for one in found) / 1e9 - began) <= 60
