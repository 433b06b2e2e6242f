"""Events in the forms that kubectl writes."""

import json
from pathlib import Path
from typing import Any

import pytest

from node_catalog.sources.kubernetes_events import KubernetesEvents
from workbench.flow.telemetry.columns import columns_of
from workbench.semconv import Table

EVENT = {
    "apiVersion": "v1",
    "kind": "Event",
    "type": "Warning",
    "reason": "BackOff",
    "message": "Back-off restarting failed container",
    "count": 4,
    "involvedObject": {"kind": "Pod", "name": "cart-7d9f8b6c5d-x2x4z", "namespace": "shop"},
    "metadata": {"name": "cart.17", "namespace": "shop"},
    "firstTimestamp": "2026-03-10T09:00:00Z",
    "lastTimestamp": "2026-03-10T09:30:00Z",
}
POD = {"kind": "Pod", "metadata": {"name": "cart"}}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps({"kind": "List", "items": [EVENT, POD]}, indent=4), id="list"),
        pytest.param(json.dumps(POD, indent=4) + "\n" + json.dumps(EVENT, indent=4), id="watch"),
        pytest.param(json.dumps({"type": "ADDED", "object": EVENT}) + "\n", id="watch-events"),
    ],
)
def test_events(bench: Any, tmp_path: Path, text: str) -> None:
    path = tmp_path / "events.json"
    path.write_text(text)

    found = bench.rows(KubernetesEvents(path=str(path)))

    row = dict(zip(columns_of(Table.EVENTS), found[0], strict=True))
    attributes = json.loads(row.pop("attributes"))
    assert len(found) == 1
    assert row == {
        "time_unix_nano": 1_773_135_000_000_000_000,
        "event_name": "BackOff",
        "service_name": "cart",
        "service_instance_id": "cart-7d9f8b6c5d-x2x4z",
        "summary": "Back-off restarting failed container",
    }
    assert (attributes["namespace"], attributes["count"], attributes["type"]) == ("shop", "4", "Warning")


def test_an_event_without_a_time_and_a_cut_document_are_rejected(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    timeless = {key: value for key, value in EVENT.items() if not key.endswith("Timestamp")}
    whole = json.dumps(EVENT, indent=4)
    path.write_text(json.dumps(timeless) + "\n" + whole[:40] + "\n" + whole)

    found = bench.rows(KubernetesEvents(path=str(path)))

    assert len(found) == 1
    assert [(fault["line"], fault["reason"].split(" ")[0]) for fault in bench.rejected] == [(1, "time"), (2, "not")]


def test_a_file_that_grows(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    whole = json.dumps(EVENT, indent=4)
    path.write_text(whole[:100])

    def act() -> None:
        with path.open("a") as file:
            file.write(whole[100:] + "\n")

    assert len(bench.live(KubernetesEvents(path=str(path), follow=True), act, 1)) == 1
    assert bench.rejected == []
