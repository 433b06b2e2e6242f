"""`sources.nats`, `sources.nats_jetstream` and `sinks.nats` against a real NATS server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from node_catalog.sinks.nats import NatsOutput
from node_catalog.sources.nats import Nats
from node_catalog.sources.nats_jetstream import JetstreamFollower, NatsJetstream
from tests.catalog.conftest import Bench
from tests.services.queues import PASSWORD, REFERENCE, USER, Broker, nats_server
from workbench.errors import RunFailed, SystemUnfit, Unreachable

pytestmark = pytest.mark.service


@pytest.fixture(autouse=True)
def password(bench: Bench) -> None:
    bench.secrets["test_queue_password"] = PASSWORD


def settings(broker: Broker, subject: str, **more: Any) -> dict[str, Any]:
    server = f"nats://127.0.0.1:{broker.port}"
    return {"servers": server, "subject": subject, "user": USER, "password": REFERENCE} | more


def do(broker: Broker, work: Callable[[Any], Awaitable[Any]]) -> Any:
    """Do something with a client of our own."""
    import nats

    async def run() -> Any:
        client = await nats.connect(f"nats://127.0.0.1:{broker.port}", user=USER, password=PASSWORD)
        try:
            return await work(client)
        finally:
            await client.close()

    return asyncio.run(run())


def make_stream(broker: Broker, name: str) -> None:
    do(broker, lambda client: client.jetstream().add_stream(name=name, subjects=[f"{name}.*"]))


def write(bench: Bench, broker: Broker, subject: str, *numbers: int, **more: Any) -> None:
    node = NatsOutput(**settings(broker, subject, **more))
    node.build(bench.table({"n": int}, *((n,) for n in numbers)), sink=bench.sink(), secrets=broker.secrets)
    bench.run(bench.table({"x": int}, (1,)))


def read(bench: Bench, broker: Broker, count: int, node: NatsJetstream) -> list[int]:
    reader = JetstreamFollower(node, bench.source(), broker.secrets)
    found: list[Any] = []
    reader.put = found.append
    with reader.connect() as connection:
        while len(found) < count:
            reader.poll(connection)
        reader.leave(connection)
    return sorted(row[0] for row in found)


def test_a_run_gets_what_comes(bench: Bench, nats_broker: Broker) -> None:
    node = Nats(**settings(nats_broker, "live.*", columns={"n": "integer", "message_topic": "text"}))

    def act() -> None:
        async def publish(client: Any) -> None:
            # The run may not have subscribed yet, and what comes earlier is nobody's.
            for _ in range(100):
                await client.publish("live.a", b'{"n": 1}', headers={"a": "b"})
                await asyncio.sleep(0.02)

        do(nats_broker, publish)

    assert set(bench.live(node, act, 1)) == {(1, "live.a")}


def test_a_stream_gives_what_it_has_kept(bench: Bench, nats_broker: Broker) -> None:
    make_stream(nats_broker, "kept")
    write(bench, nats_broker, "kept.a", 1, 2, 3, stream="kept")
    # Rows of a minibatch are in no order, so any may have come first.
    columns = {"message_offset": "integer", "n": "integer", "message_partition": "text"}

    node = NatsJetstream(**settings(nats_broker, "kept.*", stream="kept", columns=columns, follow=False, ack_after_s=0))

    offsets, numbers, streams = zip(*bench.rows(node), strict=True)
    assert (offsets, sorted(numbers), set(streams)) == ((1, 2, 3), [1, 2, 3], {"kept"})
    assert bench.rows(node) == []


def test_what_was_not_acknowledged_comes_again(bench: Bench, nats_broker: Broker) -> None:
    make_stream(nats_broker, "again")
    write(bench, nats_broker, "again.a", 1, 2, stream="again")
    node = NatsJetstream(**settings(nats_broker, "again.*", stream="again", columns={"n": "integer"}, ack_after_s=0))
    killed = JetstreamFollower(node, bench.source(), nats_broker.secrets)
    killed._acknowledge_due = lambda connection: None
    with killed.connect() as connection:
        while len(killed._rows) < 2:
            killed.poll(connection)

        assert sorted(killed._rows) == [(1,), (2,)]
        held = [token for _, token in killed._held]
        # The server waits 30 s for acknowledgements; telling it that they will not come is the same, only sooner.
        connection.run(lambda: asyncio.gather(*(one.nak() for one in held)))

    assert read(bench, nats_broker, 2, node) == [1, 2]


def test_nothing_is_lost_when_the_server_goes_and_comes_back(bench: Bench) -> None:
    with nats_server() as broker:
        node = NatsJetstream(**settings(broker, "s.*", stream="s", columns={"n": "integer"}, ack_after_s=0))
        with broker.running():
            make_stream(broker, "s")
            write(bench, broker, "s.a", 1, 2, stream="s")
            assert read(bench, broker, 2, node) == [1, 2]
            write(bench, broker, "s.a", 3, stream="s")
        with broker.running():
            write(bench, broker, "s.a", 4, stream="s")
            assert read(bench, broker, 2, node) == [3, 4]


def test_a_stream_that_is_not_there_is_told(bench: Bench, nats_broker: Broker) -> None:
    node = NatsJetstream(**settings(nats_broker, "x", stream="nowhere", columns={"n": "integer"}))

    with pytest.raises(SystemUnfit, match="stream not found"):
        node.probe(secrets=nats_broker.secrets)
    with pytest.raises(RunFailed, match="stream not found"):
        bench.rows(node)


def test_a_wrong_password_is_told_and_not_shown(nats_broker: Broker) -> None:
    node = Nats(**settings(nats_broker, "a", columns={"n": "integer"}))

    with pytest.raises(SystemUnfit, match="user, password or token are refused") as caught:
        node.probe(secrets=lambda reference: "wrong-word")

    assert "wrong-word" not in str(caught.value)


def test_probe(nats_broker: Broker) -> None:
    node = NatsOutput(**settings(nats_broker, "a"))

    assert node.probe(secrets=nats_broker.secrets).startswith("connected to NATS 2.")
    with pytest.raises(Unreachable, match=r"nats://127\.0\.0\.1:1/a"):
        node.model_copy(update={"servers": "nats://127.0.0.1:1"}).probe(secrets=nats_broker.secrets)
