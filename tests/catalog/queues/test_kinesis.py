"""`sources.kinesis` and `sinks.kinesis` against the emulator moto."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from node_catalog.sinks.kinesis import KinesisOutput
from node_catalog.sources.kinesis import Kinesis, KinesisFollower
from tests.catalog.conftest import Bench
from tests.catalog.moto_server import REFERENCES, SECRETS, aws, moto_server, secret
from workbench.errors import SystemUnfit, Unreachable


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with moto_server() as found:
        yield found


@pytest.fixture(autouse=True)
def keys(bench: Bench) -> None:
    bench.secrets |= SECRETS


def make(address: str, stream: str, shards: int = 2) -> None:
    aws(address, "kinesis").create_stream(StreamName=stream, ShardCount=shards)


def put(address: str, stream: str, *numbers: int) -> None:
    records: list[Any] = [{"Data": json.dumps({"n": n}), "PartitionKey": str(n)} for n in numbers]
    aws(address, "kinesis").put_records(StreamName=stream, Records=records)


def source(address: str, stream: str, **more: Any) -> Kinesis:
    settings = {"endpoint": address, "stream": stream, "columns": {"n": "integer"}, "follow": False, "poll_s": 0.05}
    return Kinesis.model_validate(settings | REFERENCES | more)


def test_all_shards_are_read(bench: Bench, address: str) -> None:
    make(address, "read", shards=3)
    put(address, "read", *range(30))

    found = bench.rows(source(address, "read", columns={"n": "integer", "message_partition": "text"}))

    assert sorted(row[0] for row in found) == list(range(30))
    assert len({row[1] for row in found}) > 1


def test_it_goes_on_behind_what_was_read(bench: Bench, address: str) -> None:
    make(address, "resume")
    put(address, "resume", 1, 2, 3)
    first = KinesisFollower(source(address, "resume"), bench.source(), secret)
    with first.connect() as connection:
        while first.poll(connection):
            pass

    put(address, "resume", 4, 5)
    second = KinesisFollower(source(address, "resume"), bench.source(), secret)
    second.offset = first._reached
    with second.connect() as connection:
        while second.poll(connection):
            pass

    assert sorted(first._rows) == [(1,), (2,), (3,)]
    assert sorted(second._rows) == [(4,), (5,)]


def test_shards_of_a_split_are_read_after_their_parent(bench: Bench, address: str) -> None:
    make(address, "split", shards=1)
    put(address, "split", 1, 2)
    shard = aws(address, "kinesis").list_shards(StreamName="split")["Shards"][0]["ShardId"]
    aws(address, "kinesis").split_shard(StreamName="split", ShardToSplit=shard, NewStartingHashKey=str(2**127))
    put(address, "split", *range(3, 12))

    assert bench.rows(source(address, "split")) == sorted(((n,) for n in range(1, 12)), key=repr)


def test_a_run_that_follows_gets_what_comes(bench: Bench, address: str) -> None:
    make(address, "follow")
    put(address, "follow", 1)

    rows = bench.live(source(address, "follow", follow=True), lambda: put(address, "follow", 2, 3), 3)

    assert rows == [(1,), (2,), (3,)]


def test_rows_become_records(bench: Bench, address: str) -> None:
    make(address, "out")
    node = KinesisOutput.model_validate({"endpoint": address, "stream": "out", "key": "name"} | REFERENCES)

    node.build(
        bench.table({"name": str, "n": int}, *((f"k{n}", n) for n in range(700))), sink=bench.sink(), secrets=secret
    )
    bench.run(bench.table({"x": int}, (1,)))

    columns = {"name": "text", "n": "integer", "message_key": "text"}
    assert sorted(bench.rows(source(address, "out", columns=columns)), key=lambda row: row[1]) == [
        (f"k{n}", n, f"k{n}") for n in range(700)
    ]


def test_a_record_that_is_too_large_is_kept(bench: Bench, address: str) -> None:
    make(address, "large")
    node = KinesisOutput.model_validate({"endpoint": address, "stream": "large", "value": "text"} | REFERENCES)

    node.build(bench.table({"text": str}, ("a",), ("x" * 2**20,)), sink=bench.sink(), secrets=secret)
    bench.run(bench.table({"x": int}, (1,)))

    assert bench.rows(source(address, "large", format="text", columns={"body": "text"})) == [("a",)]
    assert [fault["reason"].rpartition(": ")[2] for fault in bench.rejected] == [
        "a record has more than the 1 MiB that Kinesis takes"
    ]


def test_probe(address: str) -> None:
    make(address, "probed")

    assert source(address, "probed").probe(secrets=secret) == "stream 'probed' is active, 2 open shards"
    with pytest.raises(SystemUnfit, match=r"kinesis://us-east-1/nowhere: ResourceNotFoundException"):
        source(address, "nowhere").probe(secrets=secret)
    with pytest.raises(Unreachable, match=r"kinesis://us-east-1/probed: "):
        source("http://127.0.0.1:1", "probed").probe(secrets=secret)
