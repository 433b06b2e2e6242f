"""`sinks.pubsub` against a small server of our own that speaks Pub/Sub's gRPC protocol with Google's message types."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import grpc
import pytest
from google.pubsub_v1.types import GetTopicRequest, PublishRequest, PublishResponse, Topic

from node_catalog.sinks.pubsub import PubsubOutput
from tests.catalog.conftest import Bench
from workbench.errors import SystemUnfit, Unreachable

TOPIC = "projects/p/topics/logs"


@dataclass
class Service:
    """The service `google.pubsub.v1.Publisher` with one topic."""

    port: int = 0
    messages: list[Any] = field(default_factory=list)
    busy: int = 0
    """So many requests are refused as unavailable first."""

    def publish(self, request: Any, context: Any) -> Any:
        if self.busy:
            self.busy -= 1
            context.abort(grpc.StatusCode.UNAVAILABLE, "try again")
        if request.topic != TOPIC:
            context.abort(grpc.StatusCode.NOT_FOUND, "Topic not found")
        self.messages += request.messages
        return PublishResponse(message_ids=[str(number) for number, _ in enumerate(request.messages)])

    def get_topic(self, request: Any, context: Any) -> Any:
        if request.topic != TOPIC:
            context.abort(grpc.StatusCode.NOT_FOUND, "Topic not found")
        return Topic(name=TOPIC)


@pytest.fixture
def service() -> Iterator[Service]:
    found = Service()
    methods = {
        "Publish": grpc.unary_unary_rpc_method_handler(
            found.publish, PublishRequest.deserialize, PublishResponse.serialize
        ),
        "GetTopic": grpc.unary_unary_rpc_method_handler(found.get_topic, GetTopicRequest.deserialize, Topic.serialize),
    }
    server = grpc.server(ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("google.pubsub.v1.Publisher", methods),))
    found.port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield found
    server.stop(None).wait()


def node(service: Service, **more: Any) -> PubsubOutput:
    return PubsubOutput.model_validate(
        {"project": "p", "topic": "logs", "emulator": f"127.0.0.1:{service.port}"} | more
    )


def send(bench: Bench, made: PubsubOutput, *names: str) -> None:
    made.build(bench.table({"name": str}, *((name,) for name in names)), sink=bench.sink())
    bench.run(bench.table({"x": int}, (1,)))


def test_rows_become_messages(bench: Bench, service: Service) -> None:
    send(bench, node(service, headers={"who": "name"}), *(f"n{number}" for number in range(1200)))

    assert sorted((json.loads(one.data)["name"], one.attributes["who"]) for one in service.messages) == sorted(
        (f"n{number}", f"n{number}") for number in range(1200)
    )


def test_a_busy_service_is_asked_again(bench: Bench, service: Service) -> None:
    service.busy = 2

    send(bench, node(service), "a")

    assert [json.loads(one.data) for one in service.messages] == [{"name": "a"}]
    assert bench.rejected == []


def test_an_empty_message_is_kept(bench: Bench, service: Service) -> None:
    send(bench, node(service, value="name"), "a", "")

    assert [one.data for one in service.messages] == [b"a"]
    assert [fault["reason"].rpartition(": ")[2] for fault in bench.rejected] == ["a message needs a body or headers"]


def test_probe(service: Service) -> None:
    assert node(service).probe(secrets=str) == "topic 'logs' is there"
    with pytest.raises(SystemUnfit, match=r"projects/p/topics/other: Topic not found"):
        node(service, topic="other").probe(secrets=str)
    with pytest.raises(Unreachable, match=r"projects/p/topics/logs: "):
        node(service, emulator="127.0.0.1:1").probe(secrets=str)
