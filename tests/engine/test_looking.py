"""A preview looks: it follows nothing, joins no group, and takes no message away."""

from __future__ import annotations

import threading

import pytest

from workbench.engine.looking import SOURCE_ROWS, Looked, fit
from workbench.flow.catalog import load_catalog
from workbench.flow.graph import Flow
from workbench.flow.queues.reading import Acknowledging


def alone(kind: str, settings: dict[str, object]) -> tuple[dict[str, object], str]:
    """Return the settings of a source in a preview, and why it is left alone."""
    flow = Flow.model_validate({"name": "look", "nodes": [{"id": "read", "kind": kind, "settings": settings}]})
    found, left = fit(flow, load_catalog())
    return found.node("read").settings, left.get("read", "")


def test_what_follows_reads_what_is_there() -> None:
    settings = {"path": "a.jsonl", "columns": {"body": "text"}, "follow": True}

    assert alone("sources.jsonlines", settings) == (settings | {"follow": False}, "")


@pytest.mark.parametrize(
    ("kind", "settings", "changed"),
    [
        pytest.param(
            "sources.kafka", {"servers": "a:1", "topic": "a", "group": "us"}, {"group": "", "follow": False}, id="kafka"
        ),
        pytest.param("sources.nats", {"subject": "a", "queue_group": "us"}, {"queue_group": ""}, id="nats"),
    ],
)
def test_a_preview_is_no_member_of_a_group(kind: str, settings: dict[str, object], changed: dict[str, object]) -> None:
    assert alone(kind, settings) == (settings | changed, "")


def test_every_queue_that_forgets_and_every_receiver_is_left_alone() -> None:
    kinds = [kind for kind in load_catalog().values() if kind.listens or issubclass(kind, Acknowledging)]

    assert {"sources.rabbitmq", "sources.otlp_receiver", "sources.syslog_receiver"} <= {kind.kind for kind in kinds}
    assert [kind.kind for kind in kinds if not kind.model_construct().takes] == []


def test_settings_that_do_not_fit_are_told_by_the_check_alone() -> None:
    assert alone("sources.rabbitmq", {"queu": "a"}) == ({"queu": "a"}, "")


class Subject:
    most: int | None = None

    def __init__(self, *handed: int) -> None:
        self.handed = list(handed)

    def measure(self) -> tuple[int, int, str]:
        return (self.handed.pop(0) if len(self.handed) > 1 else self.handed[0]), 0, ""


def test_a_source_that_is_left_alone_gives_nothing_and_the_others_end_when_they_are_quiet() -> None:
    stop = threading.Event()
    looked = Looked({"jobs": "not read"}, stop)
    jobs, lines = Subject(0), Subject(3, 5)

    looked.opened("jobs", jobs)
    looked.opened("lines", lines)
    looked.watch()

    assert (jobs.most, lines.most) == (0, SOURCE_ROWS)
    assert stop.wait(30)
    assert lines.handed == [5]
