"""Frames between a run and its owner."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from workbench.engine.events import Ack, Batch, Ended, RowError
from workbench.engine.wire import Wire


@pytest.fixture
def ends() -> Iterator[tuple[Wire, Wire]]:
    one, two = (Wire(end) for end in socket.socketpair())
    yield one, two
    one.close()
    two.close()


def test_frames_arrive_whole_and_in_order(ends: tuple[Wire, Wire]) -> None:
    one, two = ends
    big = bytes(range(256)) * 20_000
    batch = Batch(seq=1, node="keep", table="logs", rows=3, removed=[2**62])

    sender = threading.Thread(target=lambda: (one.send(batch, big), one.send(Ack(seq=1))))
    sender.start()

    assert [two.receive(), two.receive()] == [(batch, big), (Ack(seq=1), b"")]
    sender.join()


def test_many_threads_may_send(ends: tuple[Wire, Wire]) -> None:
    one, two = ends
    senders = [
        threading.Thread(target=lambda n=n: [one.send(RowError(node=str(n), message="x" * n)) for _ in range(50)])
        for n in range(4)
    ]
    for sender in senders:
        sender.start()

    found = [two.receive() for _ in range(200)]
    for sender in senders:
        sender.join()

    assert all(frame is not None and isinstance(frame[0], RowError) for frame in found)
    assert all(len(frame[0].message) == int(frame[0].node) for frame in found if frame)


def test_a_lost_side_is_the_end(ends: tuple[Wire, Wire]) -> None:
    one, two = ends
    one.send(Ended(reason="done"))
    one.close()

    assert two.receive() == (Ended(reason="done"), b"")
    assert two.receive() is None


def test_half_a_frame_is_the_end() -> None:
    raw, end = socket.socketpair()
    wire = Wire(end)
    raw.sendall(b"\x00\x00\x00\x09\x00\x00")
    raw.close()

    assert wire.receive() is None
    wire.close()
