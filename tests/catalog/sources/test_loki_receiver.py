"""Loki's push API, with requests put together byte by byte after its protocol description."""

import json
import time
from typing import Any

import httpx
import pyarrow as pa
import pytest

from node_catalog.sources.loki_receiver import LokiReceiver
from tests.ports import free_port, wait_for
from workbench.flow.telemetry.columns import columns_of
from workbench.flow.telemetry.loki import labels_of
from workbench.semconv import Table

SECOND = 1_000_000_000
NOW = time.time_ns() // SECOND * SECOND + 5
JSON = "application/json"
PROTOBUF = "application/x-protobuf"


def varint(number: int) -> bytes:
    return bytes([number & 0x7F | 0x80]) + varint(number >> 7) if number > 0x7F else bytes([number])


def field(number: int, value: bytes | int) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def pushed(labels: str, *lines: bytes) -> bytes:
    stamp = field(1, NOW // SECOND) + field(2, NOW % SECOND)
    metadata = field(3, field(1, b"trace_id") + field(2, b"abc"))
    entries = b"".join(field(2, field(1, stamp) + field(2, line) + metadata) for line in lines)
    return bytes(pa.compress(field(1, field(1, labels.encode()) + entries), codec="snappy", asbytes=True))


def as_json(labels: dict[str, str], *values: Any) -> bytes:
    return json.dumps({"streams": [{"stream": labels, "values": list(values)}]}).encode()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (PROTOBUF, pushed('{app="cart", pod="cart-1", level="warn", zone="a"}', b"slow")),
        (
            JSON,
            as_json(
                {"app": "cart", "pod": "cart-1", "level": "warn", "zone": "a"}, [str(NOW), "slow", {"trace_id": "abc"}]
            ),
        ),
    ],
    # The bodies hold the time now; two workers must still name the same tests.
    ids=["protobuf", "json"],
)
def test_lines_that_are_pushed(bench: Any, kind: str, body: bytes) -> None:
    port, answers = free_port(), []

    def act() -> None:
        wait_for(port)
        address = f"http://127.0.0.1:{port}/loki/api/v1/push"
        answers.append(httpx.post(address, content=body, headers={"content-type": kind}))

    found = bench.live(LokiReceiver(port=port), act, 1)

    assert answers[0].status_code == 204
    row = dict(zip(columns_of(Table.LOGS), found[0], strict=True))
    assert (row["time_unix_nano"], row["body"], row["service_name"]) == (NOW, "slow", "cart")
    assert (row["service_instance_id"], row["severity_number"], row["trace_id"]) == ("cart-1", 13, "abc")
    assert json.loads(row["attributes"])["zone"] == "a"


def test_what_cannot_be_used(bench: Any) -> None:
    port, statuses = free_port(), []
    bodies = [
        (PROTOBUF, b"\xff\xff\xff\xff\xff\xff"),
        (PROTOBUF, bytes(pa.compress(b"\xff", codec="snappy", asbytes=True))),
        (PROTOBUF, bytes(pa.compress(bytes(2_000_000), codec="snappy", asbytes=True))),
        (PROTOBUF, pushed("no labels", b"x")),
        (JSON, b"{}"),
        (JSON, as_json({"app": "a"}, ["soon", "x"], [str(NOW), "good"], ["0", "y"])),
    ]

    def act() -> None:
        wait_for(port)
        for kind, body in bodies:
            address = f"http://127.0.0.1:{port}/loki/api/v1/push"
            statuses.append(httpx.post(address, content=body, headers={"content-type": kind}).status_code)

    found = bench.live(LokiReceiver(port=port, max_body_kb=1000), act, 1, rejected=7)

    assert statuses == [400, 400, 400, 400, 400, 204]
    assert [row[6] for row in found] == ["good"]
    assert [fault["reason"].split(":")[0] for fault in bench.rejected] == [
        "not snappy",
        "no push request of Loki",
        "2000000 bytes once unpacked; at most 1024000 are taken at once",
        "labels 'no labels' are not in braces",
        "no push request of Loki",
        "an entry is [nanoseconds, line]",
        "time 0 is missing or lies outside of 1980 to 2200",
    ]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("{}", {}),
        ('{a="1",b="x,y=\\"}"}', {"a": "1", "b": 'x,y="}'}),
        ("{a=`\\d`}", {"a": "\\d"}),
        (' { a = "1" , } ', {"a": "1"}),
    ],
)
def test_labels(text: str, labels: dict[str, str]) -> None:
    assert labels_of(text) == labels


@pytest.mark.parametrize("text", ['{a="1" b="2"}', "{a=1}", '{a="1}', "a"])
def test_labels_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="labels"):
        labels_of(text)
