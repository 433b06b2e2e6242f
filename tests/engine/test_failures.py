"""Each row that failed has the message that speaks of it."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from workbench.engine.events import FailedRow
from workbench.engine.failures import Failures, quoting
from workbench.engine.wire import Wire


class Sent:
    """What was sent, instead of a wire."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def send(self, event: Any) -> None:
        self.events.append(event)


def told(rows: list[dict[str, object]], messages: list[str]) -> list[str]:
    """Return the messages of rows whose node said all of these, some reports before the rows came."""
    wire = Sent()
    failures = Failures(cast(Wire, wire))
    for message in messages:
        failures.row_error("num", message)
    for _ in range(3):
        failures.report(last=True)
    for row in rows:
        failures.failed_row("num", json.dumps(row))
    failures.report(last=True)
    return [event.message for event in wire.events if isinstance(event, FailedRow)]


def test_a_row_has_the_message_that_quotes_it() -> None:
    bodies = [f"item {number}" for number in range(10, 20)]

    found = told([{"body": body, "file": "app.log"} for body in bodies], [f"cannot cast {body}" for body in bodies])

    assert found == [f"cannot cast {body}" for body in bodies]


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        pytest.param(["division by zero"], "division by zero", id="the-same-for-all"),
        pytest.param([f"cannot cast {word}" for word in "abcd"], "such as: cannot cast d", id="of-others"),
    ],
)
def test_a_message_that_may_be_of_another_row_says_so(messages: list[str], expected: str) -> None:
    assert told([{"body": "unlike them"}], messages) == [expected]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param('{"a": "item 1", "b": "item 12"}', ["no item 12"], id="the-longest-text"),
        pytest.param('{"a": 12}', [], id="numbers-tell-nothing"),
        pytest.param('{"a": "12"}', [], id="nor-do-short-texts"),
        pytest.param('{"a": "item', [], id="cut-off"),
    ],
)
def test_which_messages_quote_a_row(row: str, expected: list[str]) -> None:
    assert quoting(row, ["no item 11", "no item 12"]) == expected
