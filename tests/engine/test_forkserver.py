"""Children are never mixed up, whatever interrupts their start."""

from __future__ import annotations

import os
import socket
from typing import Any

import pytest

from workbench.engine.forkserver import Forkserver


def start(server: Forkserver, exits: dict[int, int]) -> int:
    """Start a child that ends at once, because its owner has hung up."""
    ours, theirs = socket.socketpair()
    log = os.memfd_create("log")
    try:
        ours.close()
        pids: list[int] = []
        pids.append(server.start(theirs, log, lambda code: exits.setdefault(len(exits), code)))
        return pids[0]
    finally:
        os.close(log)


def test_an_interrupted_start_gave_its_child_to_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Forkserver()
    heard: list[int] = []
    get = server._started.get

    def interrupted(*args: Any, **keywords: Any) -> int:
        monkeypatch.setattr(server._started, "get", listening)
        raise KeyboardInterrupt

    def listening(*args: Any, **keywords: Any) -> int:
        heard.append(get(*args, **keywords))
        return heard[-1]

    monkeypatch.setattr(server._started, "get", interrupted)
    try:
        with pytest.raises(KeyboardInterrupt):
            start(server, {})

        second = start(server, {})

        assert second == heard[1] != heard[0]
        assert server._started.empty()
    finally:
        server.close()
