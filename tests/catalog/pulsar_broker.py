"""A small Pulsar broker for tests over the binary protocol: looks up, stores, delivers, takes acknowledgements.

There is no Pulsar among Debian's or Python's packages. Numbers of fields are those of Pulsar's protocol definition.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

(CONNECT, CONNECTED, SUBSCRIBE, PRODUCER, SEND, SEND_RECEIPT) = range(2, 8)
MESSAGE, ACK, SUCCESS, ERROR, CLOSE_PRODUCER, CLOSE_CONSUMER, PRODUCER_SUCCESS = 9, 10, 13, 14, 15, 16, 17
PING, PONG, PARTITIONS, PARTITIONS_ANSWER, LOOKUP, LOOKUP_ANSWER, ACK_RESPONSE = 18, 19, 21, 22, 23, 24, 38
AUTHENTICATION_ERROR, TOPIC_NOT_FOUND = 3, 11


def encode(*fields: tuple[int, Any]) -> bytes:
    """Return a protobuf message of numbers, texts, bytes and messages."""
    found = b""
    for number, value in fields:
        if isinstance(value, int):
            found += _varint(number << 3) + _varint(value)
        else:
            data = value.encode() if isinstance(value, str) else value
            found += _varint(number << 3 | 2) + _varint(len(data)) + data
    return found


def decode(data: bytes) -> dict[int, Any]:
    """Return the last value of each field of a protobuf message; 32 and 64 bit fields do not come."""
    found: dict[int, Any] = {}
    place = 0
    while place < len(data):
        key, place = _read_varint(data, place)
        value, place = _read_varint(data, place)
        if key & 7 == 2:
            found[key >> 3], place = data[place : place + value], place + value
        else:
            found[key >> 3] = value
    return found


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def _read_varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[place]
        value |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return value, place


@dataclass
class Subscription:
    """What of a topic is acknowledged, and who gets the rest."""

    acked: set[int] = field(default_factory=set)
    sent: set[int] = field(default_factory=set)
    consumer: tuple[Connection, int] | None = None


@dataclass
class Broker:
    """Topics in memory."""

    port: int = 0
    token: str = ""
    topics: dict[str, list[bytes]] = field(default_factory=dict)
    subscriptions: dict[tuple[str, str], Subscription] = field(default_factory=dict)
    connections: list[Connection] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def deliver(self, topic: str) -> None:
        """Send to each consumer of a topic what it has not got."""
        for (name, _), one in self.subscriptions.items():
            if name == topic and one.consumer is not None:
                connection, consumer = one.consumer
                for entry, payload in enumerate(self.topics[topic]):
                    if entry not in one.acked | one.sent:
                        one.sent.add(entry)
                        connection.send(MESSAGE, encode((1, consumer), (2, _id(entry))), payload)

    def drop_connections(self) -> None:
        """Cut all lines, as a restart does."""
        for connection in list(self.connections):
            with suppress(OSError):
                connection.line.shutdown(socket.SHUT_RDWR)


class Connection:
    """One client."""

    def __init__(self, broker: Broker, line: socket.socket) -> None:
        self.broker, self.line = broker, line
        self.topic_of: dict[int, str] = {}
        self.subscribed: dict[int, tuple[str, str]] = {}
        self.sending = threading.Lock()

    def serve(self) -> None:
        """Answer until the client goes."""
        reader = self.line.makefile("rb")
        with suppress(OSError), self.line, reader:
            while head := reader.read(4):
                frame = reader.read(struct.unpack("!I", head)[0])
                (size,) = struct.unpack_from("!I", frame)
                command = decode(frame[4 : 4 + size])
                with self.broker.lock:
                    self.answer(command[1], decode(command.get(command[1], b"")), frame[4 + size :])
        with self.broker.lock:
            for name in self.subscribed.values():
                self.broker.subscriptions[name].consumer = None
                self.broker.subscriptions[name].sent.clear()
            self.broker.connections.remove(self)

    def send(self, kind: int, inner: bytes = b"", payload: bytes = b"") -> None:
        """Send a command."""
        command = encode((1, kind), (kind, inner))
        frame = struct.pack("!II", 4 + len(command) + len(payload), len(command)) + command + payload
        with self.sending, suppress(OSError):
            self.line.sendall(frame)

    def answer(self, kind: int, asked: dict[int, Any], payload: bytes) -> None:
        """Do what a command says."""
        broker = self.broker
        match kind:
            case 2 if broker.token and asked.get(3) != broker.token.encode():
                self.send(ERROR, encode((1, 0), (2, AUTHENTICATION_ERROR), (3, "wrong token")))
            case 2:
                self.send(CONNECTED, encode((1, "test"), (2, 12), (3, 100_000)))
            case 18:
                self.send(PONG)
            case 21:
                self.send(PARTITIONS_ANSWER, encode((1, 0), (2, asked[2]), (3, 0)))
            case 23:
                url = f"pulsar://127.0.0.1:{broker.port}"
                self.send(LOOKUP_ANSWER, encode((1, url), (3, 1), (4, asked[2]), (5, 1)))
            case 5:
                self.topic_of[asked[2]] = asked[1].decode()
                broker.topics.setdefault(asked[1].decode(), [])
                self.send(PRODUCER_SUCCESS, encode((1, asked[3]), (2, f"p{asked[2]}")))
            case 6:
                topic = self.topic_of[asked[1]]
                broker.topics[topic].append(payload)
                entry = len(broker.topics[topic]) - 1
                self.send(SEND_RECEIPT, encode((1, asked[1]), (2, asked[2]), (3, _id(entry))))
                broker.deliver(topic)
            case 4:
                self.subscribe(asked)
            case 10:
                name = self.subscribed[asked[1]]
                broker.subscriptions[name].acked.add(decode(asked[3])[2])
                if 8 in asked:
                    self.send(ACK_RESPONSE, encode((1, asked[1]), (6, asked[8])))
            case 15 | 16:
                self.send(SUCCESS, encode((1, asked[2])))

    def subscribe(self, asked: dict[int, Any]) -> None:
        """Begin to deliver."""
        topic, name = asked[1].decode(), asked[2].decode()
        entries = self.broker.topics.setdefault(topic, [])
        if (topic, name) not in self.broker.subscriptions:
            seen = set() if asked.get(13) else set(range(len(entries)))
            self.broker.subscriptions[topic, name] = Subscription(acked=seen)
        self.broker.subscriptions[topic, name].consumer = (self, asked[4])
        self.broker.subscriptions[topic, name].sent.clear()
        self.subscribed[asked[4]] = (topic, name)
        self.send(SUCCESS, encode((1, asked[5])))
        self.broker.deliver(topic)


def _id(entry: int) -> bytes:
    return encode((1, 1), (2, entry))


@contextmanager
def pulsar_broker(token: str = "") -> Iterator[Broker]:
    """Run a broker while the block runs."""
    listening = socket.create_server(("127.0.0.1", 0))
    broker = Broker(listening.getsockname()[1], token)
    threads: list[threading.Thread] = []

    def accept() -> None:
        with suppress(OSError):
            while True:
                line, _ = listening.accept()
                connection = Connection(broker, line)
                broker.connections.append(connection)
                threads.append(threading.Thread(target=connection.serve, daemon=True))
                threads[-1].start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield broker
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        acceptor.join()
        broker.drop_connections()
        for thread in threads:
            thread.join()
