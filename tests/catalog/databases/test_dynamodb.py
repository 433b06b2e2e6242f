"""DynamoDB as moto has it: an emulator by others, over HTTP; Amazon itself was not asked."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pathway as pw
import pytest

from node_catalog.sinks.dynamodb import Dynamodb
from workbench.errors import RunFailed, SystemUnfit, Unreachable

pytestmark = pytest.mark.service

KEYS = {"access_key": "${secret:aws_test_key}", "secret_key": "${secret:aws_test_secret}"}


def secrets(reference: str) -> str:
    return {"${secret:aws_test_key}": "AKIATEST", "${secret:aws_test_secret}": "not-a-secret-55"}[reference]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def table(endpoint: str) -> Iterator[Any]:
    import boto3

    service = boto3.resource(
        "dynamodb", "us-east-1", endpoint_url=endpoint, aws_access_key_id="x", aws_secret_access_key="y"
    )
    made = service.create_table(
        TableName="calls",
        KeySchema=[{"AttributeName": "service", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "service", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    yield made
    made.delete()


def test_items_are_written_replaced_and_deleted(bench: Any, table: Any, endpoint: str) -> None:
    rows = bench.table({"service": str, "n": float}, ("cart", 1.5), ("pay", 1.5), ("cart", 5.5), times=[1, 1, 2])
    most = rows.groupby(rows.service).reduce(rows.service, n=pw.reducers.max(rows.n))
    few = most.filter(most.n < 5)

    node = Dynamodb(table="calls", partition_key="service", endpoint=endpoint, **KEYS)
    node.build(few, sink=bench.sink(), secrets=secrets)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert table.scan()["Items"] == [{"service": "pay", "n": Decimal("1.5")}]


def test_more_than_one_request_is_needed_and_a_refused_row_is_rejected(bench: Any, table: Any, endpoint: str) -> None:
    rows = bench.table({"service": str, "n": int}, *((f"s{n}", n) for n in range(60)), ("", 99))

    node = Dynamodb(table="calls", partition_key="service", endpoint=endpoint, **KEYS)
    node.build(rows, sink=bench.sink(), secrets=secrets)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert sorted(int(item["n"]) for item in table.scan()["Items"]) == list(range(60))
    assert [row["raw"] for row in bench.rejected] == ['{"service": "", "n": 99}']


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"table": "nothing"}, "ResourceNotFoundException"),
        ({"partition_key": "n"}, "the table's key is service, not n"),
    ],
)
def test_what_can_take_no_row_fails_the_run(bench: Any, table: Any, endpoint: str, settings: Any, message: str) -> None:
    node = Dynamodb(**{"table": "calls", "partition_key": "service", "endpoint": endpoint, **KEYS, **settings})
    node.build(bench.table({"service": str, "n": int}, ("a", 1)), sink=bench.sink(), secrets=secrets)

    with pytest.raises(RunFailed, match=message):
        pw.run(monitoring_level=pw.MonitoringLevel.NONE)


def test_a_probe_says_what_is_there_or_why_not(table: Any, endpoint: str) -> None:
    node = Dynamodb(table="calls", partition_key="service", endpoint=endpoint, **KEYS)

    assert node.probe(secrets=secrets) == "dynamodb://us-east-1/calls: active, about 0 items"
    with pytest.raises(SystemUnfit, match="dynamodb://us-east-1/nothing: ResourceNotFoundException"):
        node.model_copy(update={"table": "nothing"}).probe(secrets=secrets)
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1"):
        node.model_copy(update={"endpoint": "http://127.0.0.1:1"}).probe(secrets=secrets)
