"""Free ports of this machine, and waiting for a server to listen."""

from __future__ import annotations

import socket
import time


def free_port() -> int:
    """Return a TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_ports(count: int) -> int:
    """Return the first of some TCP ports in a row that nobody listens on."""
    while True:
        first = free_port()
        try:
            for port in range(first, min(first + count, 65_536)):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        if first + count <= 65_536:
            return first


def wait_for(port: int, seconds: float = 20.0) -> None:
    """Return once somebody listens on a port."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
