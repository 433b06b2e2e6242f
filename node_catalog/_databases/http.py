"""Databases that are spoken to over HTTP: how to connect, and what their answers mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import Field

from workbench.errors import BadInput, SystemUnfit, Unreachable
from workbench.flow.fields import Secret
from workbench.flow.node import Node
from workbench.flow.services import Secrets

_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
_UNFIT = frozenset({401, 403, 404, 405})


class HttpServer(Node):
    """Settings of every node that speaks with a database over HTTP."""

    url: str = Field(pattern=r"^https?://[^@\s]+$")
    """Address of the server, such as https://search.example:9200; without a user, whose password would be seen."""
    user: str | None = None
    """Who connects, with `password`."""
    password: Secret | None = None
    """The user's password, as ${secret:NAME}."""
    token: Secret | None = None
    """A token or API key in place of user and password, as ${secret:NAME}."""
    timeout_s: float = Field(30.0, gt=0)
    """How long to wait for one answer, in seconds."""

    @property
    def where(self) -> str:
        """The server, for errors."""
        return self.url.rstrip("/")

    @contextmanager
    def connected(self, secrets: Secrets, scheme: str = "Bearer") -> Iterator[HttpConnection]:
        """Open a client.

        Args:
            secrets: The node's service.
            scheme: What stands before the token in the header `Authorization`.
        """
        import httpx

        headers = {"User-Agent": "causeway"}
        if self.token is not None:
            headers["Authorization"] = f"{scheme} {secrets(self.token)}"
        auth = (self.user, secrets(self.password) if self.password is not None else "") if self.user else None
        with httpx.Client(base_url=self.url, headers=headers, auth=auth, timeout=self.timeout_s) as client:
            yield HttpConnection(client, self.where)


class HttpConnection:
    """A client whose failures are ours."""

    def __init__(self, client: Any, where: str) -> None:
        self._client, self.where = client, where

    def request(self, method: str, path: str, **options: Any) -> Any:
        """Send a request and return the answer of httpx.

        Raises:
            Unreachable: no answer, or one that says to come again.
            SystemUnfit: not allowed, or not there.
            BadInput: the server does not take what was sent.
        """
        import httpx

        try:
            answer = self._client.request(method, path, **options)
        except httpx.TransportError as error:
            raise Unreachable(self.where, str(error) or type(error).__name__) from error
        if answer.is_success:
            return answer
        said = f"{answer.status_code} {answer.reason_phrase}: {' '.join(answer.text.split())[:300]}".rstrip(": ")
        if answer.status_code in _LATER:
            raise Unreachable(self.where, said)
        if answer.status_code in _UNFIT:
            raise SystemUnfit(self.where, said)
        raise BadInput(said, where=self.where)
