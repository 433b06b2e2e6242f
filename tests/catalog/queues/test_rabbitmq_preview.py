"""A preview of a flow that reads a real RabbitMQ takes no message; the run after it gets them all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.catalog.queues.test_rabbitmq import channel, settings
from tests.services.queues import PASSWORD, Broker
from workbench import open_workbench
from workbench.tools.preview import Preview

pytestmark = pytest.mark.service


def test_a_preview_leaves_every_message_in_its_queue(tmp_path: Path, rabbit_broker: Broker) -> None:
    with channel(rabbit_broker) as made:
        made.queue_declare("looked", durable=True)
        for n in range(5):
            made.basic_publish("", "looked", json.dumps({"n": n}).encode())
    read = settings(rabbit_broker, queue="looked", columns={"n": "integer"}, follow=False, ack_after_s=0)
    flow = {
        "name": "jobs",
        "nodes": [
            {"id": "jobs", "kind": "sources.rabbitmq", "settings": read},
            {"id": "twice", "kind": "tables.select", "settings": {"columns": {"twice": "n * 2"}}},
            {"id": "keep", "kind": "sinks.jsonlines", "settings": {"path": "out.jsonl"}},
        ],
        "edges": [{"source": "jobs", "target": "twice"}, {"source": "twice", "target": "keep"}],
    }
    file = tmp_path / "jobs.flow.json"
    file.write_text(json.dumps(flow))

    with open_workbench(tmp_path / "work") as wb:
        wb.call("secret_set", name="test_queue_password", value=PASSWORD)
        found: Preview = wb.call("flow_preview", flow=str(file), node="twice")
        with channel(rabbit_broker) as made:
            waiting = made.queue_declare("looked", passive=True).method
        wb.call("flow_run", flow=str(file))

    assert (found.total, found.errors) == (0, [])
    assert [note.split(":")[0] for note in found.notes] == ["jobs"]
    assert (waiting.message_count, waiting.consumer_count) == (5, 0)
    written = [json.loads(line)["twice"] for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert sorted(written) == [0, 2, 4, 6, 8]
