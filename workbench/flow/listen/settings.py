"""Settings that all receivers share: where they listen, who may send, and how much."""

from __future__ import annotations

import ipaddress
import socket

from pydantic import Field, model_validator

from workbench.errors import BadInput
from workbench.flow.fields import Secret
from workbench.flow.node import Node
from workbench.flow.services import Secrets

SPREAD = "what gets through the Service goes to one replica; senders that stay connected stay with theirs"
"""How replicas of a receiver share what is sent."""
TAKES = "not opened, because what was sent to a preview would be lost; run the flow with --tap to see its rows"
"""Why a preview leaves a receiver alone."""


class Listening(Node):
    """Base of nodes that listen. Without more settings only programs on this machine can reach them."""

    listens = True

    host: str = "127.0.0.1"
    """Address to listen on. One that other machines can reach needs a token."""
    token: Secret | None = None
    """What senders have to show as `Authorization: Bearer TOKEN`."""
    allow_origins: list[str] = []
    """Web pages that may send, such as https://status.example.org; those of all others are refused."""
    max_body_kb: int = Field(4096, ge=1, le=65_536)
    """Largest request, unpacked."""
    queue_rows: int = Field(50_000, ge=1, le=1_000_000)
    """Rows that may wait for the flow; beyond it senders are told to come later."""

    @property
    def takes(self) -> str:
        """What is sent to a preview is lost for the flow."""
        return TAKES

    @property
    def shares(self) -> str:
        """What is sent is spread by whatever stands before the replicas."""
        return SPREAD

    @property
    def endless(self) -> bool:
        """Whether this node goes on making rows until it is stopped."""
        return True

    def probe(self, *, secrets: Secrets) -> str:
        """Look whether the address can be listened on, and whether the token is there."""
        if self.token:
            secrets(self.token)
        # Every receiver names its ports so.
        ports = [getattr(self, name) for name in ("port", "grpc_port") if getattr(self, name, 0)]
        for port in ports:
            try_port(self.host, port)
        said = " and ".join(str(port) for port in ports)
        return f"{self.host} port {said} can be listened on{', with a token' if self.token else ''}."

    @model_validator(mode="after")
    def _guarded(self) -> Listening:
        if not is_loopback(self.host) and self.token is None:
            raise ValueError(f"host {self.host!r} can be reached by others: set token to ${{secret:NAME}}")
        return self


def try_port(host: str, port: int, *, datagrams: bool = False) -> None:
    """Listen on a port for a moment; raises `BadInput` when that cannot be done."""
    kind = socket.SOCK_DGRAM if datagrams else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind) as probe:
        # As the server does: a port whose last connection is not forgotten yet is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadInput(
                f"cannot listen on {host} port {port}: {error.strerror}", hint="Choose another port"
            ) from error


def is_loopback(host: str) -> bool:
    """Tell whether an address belongs to this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
