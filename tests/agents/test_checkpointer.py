"""The saver does what LangGraph asks of every saver, and its rows cannot run code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from workbench.agents.checkpointer import StoreSaver, plain_serializer
from workbench.store.db import Store


@checkpointer_test(name="StoreSaver")
async def store_saver() -> AsyncIterator[StoreSaver]:
    with Store.open(None) as store:
        yield StoreSaver(store)


def test_langgraphs_own_conformance_suite_passes() -> None:
    # In a thread of its own: the browser tests keep an event loop running in the main one.
    with ThreadPoolExecutor(1) as thread:
        report = thread.submit(lambda: asyncio.run(validate(store_saver))).result()

    failures = {
        name: result.failures for name, result in report.results.items() if result.detected and not result.passed
    }
    passed = {str(name) for name, result in report.results.items() if result.detected and result.passed}
    assert failures == {}
    assert {"put", "put_writes", "get_tuple", "list", "delete_thread"} <= passed


class Trap:
    """Something that would be made anew by importing its module."""

    def __init__(self, value: int = 1) -> None:
        self.value = value


def test_only_plain_values_come_back() -> None:
    with pytest.raises(TypeError):
        plain_serializer().dumps_typed({"a": lambda: None})

    pickled = JsonPlusSerializer(pickle_fallback=True).dumps_typed(Trap())
    assert pickled[0] == "pickle"
    with pytest.raises((ValueError, NotImplementedError)):
        plain_serializer().loads_typed(pickled)


def test_a_class_in_a_tampered_row_is_not_made(caplog: pytest.LogCaptureFixture) -> None:
    tampered = JsonPlusSerializer(allowed_msgpack_modules=True).dumps_typed({"x": Path("/etc/passwd")})
    known: Any = plain_serializer().loads_typed(tampered)["x"]
    foreign = JsonPlusSerializer(allowed_msgpack_modules=True).dumps_typed({"x": _foreign()})

    assert isinstance(known, Path)
    assert not isinstance(plain_serializer().loads_typed(foreign)["x"], type(_foreign()))


def _foreign() -> Any:
    from workbench.facts.evidence import Selection
    from workbench.semconv import Table

    return Selection(table=Table.LOGS)


def test_the_newest_checkpoint_of_a_thread_survives_reopening(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        saver = StoreSaver(store)
        config: Any = {"configurable": {"thread_id": "t", "checkpoint_ns": ""}}
        for step in range(3):
            checkpoint = empty_checkpoint()
            checkpoint["channel_values"] = {"n": step}
            checkpoint["channel_versions"] = {"n": saver.get_next_version(None, None)}
            config = saver.put(config, checkpoint, {"step": step}, {})
        saver.put_writes(config, [("n", 7)], "task")

    with Store.open(tmp_path) as store:
        found = StoreSaver(store).get_tuple({"configurable": {"thread_id": "t"}})

    assert found is not None
    assert found.checkpoint["channel_values"] == {"n": 2}
    assert found.pending_writes == [("task", "n", 7)]
    assert found.parent_config is not None
