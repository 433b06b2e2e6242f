"""Plain sockets for receivers: datagrams, and streams of which each connection has a thread; from allowed networks."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Sequence

from workbench.errors import BadInput

CONNECTIONS = 128
"""Streams at a time; more are closed at once."""
DATAGRAMS = 500
"""Datagrams that are handed over together at most."""
_TICK_S = 0.1

Networks = Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]


def networks_of(texts: Sequence[str]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Return networks such as 10.0.0.0/8; raises ValueError with the one that is none."""
    return [ipaddress.ip_network(text) for text in texts]


class Sockets:
    """Listens at one address until `close`."""

    def __init__(self, host: str, port: int, allowed: Networks) -> None:
        """Prepare.

        Args:
            host: Address to listen on.
            port: Port, the same for datagrams and streams.
            allowed: Networks that may send besides this machine.
        """
        self._host, self._port, self._allowed = host, port, allowed
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self._room = threading.BoundedSemaphore(CONNECTIONS)

    def datagrams(self, take: Callable[[list[tuple[bytes, str]]], None]) -> None:
        """Give all datagrams, with their senders, to `take`, a few hundred at a time at most."""
        opened = self._bound(socket.SOCK_DGRAM)
        # Room for bursts, as far as the system allows it.
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        opened.settimeout(_TICK_S)
        self._start(lambda: self._receive(opened, take))

    def streams(self, serve: Callable[[Callable[[], bytes], str], None]) -> None:
        """Call `serve` for each connection, with a function for its next bytes (b"" at the end), and its sender."""
        opened = self._bound(socket.SOCK_STREAM)
        opened.listen(64)
        opened.settimeout(_TICK_S)
        self._start(lambda: self._accept(opened, serve))

    def close(self) -> None:
        """Listen no more; returns when what had come is handed over."""
        self._ending.set()
        for thread in list(self._threads):
            thread.join(5)

    def _bound(self, kind: socket.SocketKind) -> socket.socket:
        opened = socket.socket(socket.AF_INET6 if ":" in self._host else socket.AF_INET, kind)
        if kind is socket.SOCK_STREAM:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            opened.bind((self._host, self._port))
        except OSError as error:
            opened.close()
            where = f"{self._host} port {self._port}"
            raise BadInput(f"cannot listen on {where}: {error.strerror}", hint="Choose another port") from error
        return opened

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True, name=f"listen:{self._port}")
        self._threads.append(thread)
        thread.start()

    def _may(self, sender: str) -> bool:
        address = ipaddress.ip_address(sender.split("%")[0])
        return address.is_loopback or any(address in network for network in self._allowed)

    def _receive(self, opened: socket.socket, take: Callable[[list[tuple[bytes, str]]], None]) -> None:
        with opened:
            while True:
                batch = self._batch(opened)
                if batch:
                    take(batch)
                elif self._ending.is_set():
                    return

    def _batch(self, opened: socket.socket) -> list[tuple[bytes, str]]:
        batch: list[tuple[bytes, str]] = []
        opened.settimeout(_TICK_S)
        while len(batch) < DATAGRAMS:
            try:
                data, sender = opened.recvfrom(65_535)
            except (TimeoutError, BlockingIOError):
                break
            opened.setblocking(False)
            if self._may(sender[0]):
                batch.append((data, sender[0]))
        return batch

    def _accept(self, opened: socket.socket, serve: Callable[[Callable[[], bytes], str], None]) -> None:
        with opened:
            while not self._ending.is_set():
                try:
                    connection, sender = opened.accept()
                except TimeoutError:
                    continue
                if not self._may(sender[0]) or not self._room.acquire(blocking=False):
                    connection.close()
                    continue
                self._threads = [thread for thread in self._threads if thread.is_alive()]
                self._start(lambda one=connection, name=sender[0]: self._serve(one, name, serve))  # type: ignore[misc]

    def _serve(self, connection: socket.socket, sender: str, serve: Callable[[Callable[[], bytes], str], None]) -> None:
        connection.settimeout(_TICK_S)
        try:
            with connection:
                serve(lambda: self._next(connection), sender)
        finally:
            self._room.release()

    def _next(self, connection: socket.socket) -> bytes:
        silent_since = time.monotonic()
        while True:
            try:
                return connection.recv(65_536)
            except TimeoutError:
                # What was sent before the run shall end has come by now.
                if self._ending.is_set() and time.monotonic() - silent_since >= _TICK_S:
                    return b""
            except OSError:
                return b""
