"""What nodes that speak HTTP with other programs share: address, credentials, and answers as our errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import Field, field_validator

from workbench.errors import BadInput, Unreachable
from workbench.flow.fields import Secret
from workbench.flow.listen.settings import is_loopback
from workbench.flow.node import Node
from workbench.flow.services import Secrets, Sink
from workbench.flow.writing import Change, Writer, Writing

LATER = frozenset({401, 403, 404, 405, 407, 408, 425, 429})
"""Answers that have nothing to do with the rows: tokens are renewed, servers are mended."""
SAID = 300
"""Characters of an answer that are told."""


class Web(Node):
    """Settings of nodes that ask another program over HTTP."""

    url: str = Field(pattern=r"^https?://[^\s/?#]+")
    """Address of the other program, such as http://127.0.0.1:9090."""
    token: Secret | None = None
    """Sent as `Authorization: Bearer TOKEN`."""
    user: str = ""
    """Name for Basic authentication."""
    password: Secret | None = None
    """Password for Basic authentication."""
    headers: dict[str, str] = {}
    """More headers, such as X-Scope-OrgID; what is secret belongs into token or password."""
    timeout_s: float = Field(10.0, gt=0, le=600)
    """How long to wait for an answer."""

    @field_validator("url")
    @classmethod
    def _no_password(cls, url: str) -> str:
        if urlsplit(url).username is not None:
            raise ValueError("a flow holds no secrets; give user and password as settings of their own")
        return url.rstrip("/")

    @property
    def where(self) -> str:
        """The address for messages: its query may hold what is nobody's business."""
        return self.url.partition("?")[0]


def client(node: Web, secrets: Secrets) -> httpx.Client:
    """Return a client that authenticates as the settings say."""
    headers = dict(node.headers)
    if node.token:
        headers["Authorization"] = f"Bearer {secrets(node.token)}"
    auth = httpx.BasicAuth(node.user, secrets(node.password) if node.password else "") if node.user else None
    # A proxy of the environment is for the world, not for programs on this machine.
    local = is_loopback(urlsplit(node.url).hostname or "")
    return httpx.Client(headers=headers, auth=auth, timeout=node.timeout_s, trust_env=not local)


def ask(web: httpx.Client, method: str, url: str, where: str, **more: Any) -> httpx.Response:
    """Send a request.

    Args:
        web: The client.
        method: GET or POST.
        url: Where to.
        where: The same for messages, without secrets.
        more: Body, headers and parameters, as httpx takes them.

    Raises:
        Unreachable: there is no answer, or one that has nothing to do with what was sent.
        BadInput: what was sent is refused.
    """
    return checked(_answer(web, method, url, where, **more), where)


def knock(node: Web, secrets: Secrets) -> str:
    """Ask for the head of an address, which changes nothing there; return in one sentence what came of it.

    Raises:
        Unreachable: there is no answer, or one that tells of wrong credentials or of a fault of the server.
        BadInput: the address is none.
    """
    with client(node, secrets) as web:
        return knocked(web, node.url, node.where)


def knocked(web: httpx.Client, url: str, where: str) -> str:
    """Do what `knock` does, with a client and an address; `where` is the same for messages, without secrets."""
    answer = _answer(web, "HEAD", url, where)
    said = f"{answer.status_code} {answer.reason_phrase}".strip()
    # What only takes rows may have no head to show: 404, 405 and 501 say no more than that somebody is there.
    if answer.status_code in (401, 403, 407) or (answer.status_code >= 500 and answer.status_code != 501):
        raise Unreachable(where, f"answers {said}")
    return f"{where} answers ({said} for its head); nothing was sent."


def _answer(web: httpx.Client, method: str, url: str, where: str, **more: Any) -> httpx.Response:
    try:
        return web.request(method, url, **more)
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise BadInput(f"cannot be asked: {error}", where=where) from error
    except httpx.TimeoutException as error:
        raise Unreachable(where, f"no answer within {web.timeout.read:g} s") from error
    except httpx.HTTPError as error:
        raise Unreachable(where, str(error) or type(error).__name__) from error


def checked(answer: httpx.Response, where: str) -> httpx.Response:
    """Return an answer that is a success; raises as `ask` does for others."""
    if answer.is_success:
        return answer
    with suppress(httpx.HTTPError):
        answer.read()
    text = " ".join(answer.text.split())[:SAID] if answer.is_closed else ""
    said = f"answers {answer.status_code} {answer.reason_phrase}" + (f": {text}" if text else "")
    if answer.status_code in LATER or answer.status_code >= 500:
        raise Unreachable(where, said)
    raise BadInput(said, where=where)


class WebWriting(Web, Writing):
    """Settings of sinks that send rows over HTTP."""

    def probe(self, *, secrets: Secrets) -> str:
        """Ask whether somebody is there; no row is sent."""
        return knock(self, secrets)


class WebWriter(Writer):
    """Sends each batch of rows as one request: override `body`. Rows that are taken back later stay sent."""

    method = "POST"

    def __init__(self, node: WebWriting, sink: Sink, secrets: Secrets, path: str = "") -> None:
        """Prepare.

        Args:
            node: The settings.
            sink: The node's service `sink`.
            secrets: The service `secrets`.
            path: What is added to the address.
        """
        super().__init__(node, sink, node.where + path)
        self.web, self.secrets, self.path = node, secrets, path

    def body(self, rows: Sequence[Mapping[str, Any]]) -> tuple[bytes, dict[str, str]]:
        """Return the body for some rows, and its headers; raises `BadInput` when a row cannot be sent."""
        raise NotImplementedError

    def connect(self) -> httpx.Client:
        """Return the client."""
        return client(self.web, self.secrets)

    def arrange(self, changes: list[Change]) -> list[Change]:
        """Leave out rows that go: what was sent cannot be taken back."""
        return [change for change in changes if change.added]

    def write(self, connection: httpx.Client, changes: Sequence[Change]) -> None:
        """Send some rows."""
        content, headers = self.body([change.values for change in changes])
        ask(connection, self.method, self.web.url + self.path, self.where, content=content, headers=headers)
