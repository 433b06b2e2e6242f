"""What a request to a receiver is, what is answered, and on which terms it is let in."""

from __future__ import annotations

import hmac
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class Request:
    """One request that was let in, its body unpacked."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    client: str
    """Address of the sender."""

    @property
    def content_type(self) -> str:
        """Kind of the body, in lower case and without parameters."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


class Unfit(Exception):
    """A request that cannot be used; answered with its status and text."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        super().__init__(text)


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """Who takes the requests to one path, and on which terms."""

    path: str
    handle: Callable[[Request], Reply]
    token: str = ""
    """What senders have to show; empty asks for nothing."""
    origins: tuple[str, ...] = ()
    max_body: int = 4 << 20
    """Largest body in bytes, unpacked."""
    methods: tuple[str, ...] = ("POST",)


def let_in(route: Route, headers: Mapping[str, str]) -> None:
    """Raise `Unfit` for a sender that may not send here."""
    origin = headers.get("origin", "")
    if origin and origin not in route.origins:
        raise Unfit(HTTPStatus.FORBIDDEN, f"pages of {origin} may not send here; `allow_origins` names those that may")
    shown = headers.get("authorization", "").removeprefix("Bearer ").strip()
    if route.token and not hmac.compare_digest(shown.encode(), route.token.encode()):
        raise Unfit(HTTPStatus.UNAUTHORIZED, "show the token as `Authorization: Bearer TOKEN`")


def unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """Return a body as it was before it was packed; raises `Unfit` when it cannot be, or is longer than the limit."""
    match encoding.strip().lower():
        case "" | "identity" | "snappy":
            # Senders of snappy say so by the kind of the body as well; who takes it unpacks it.
            return body
        case "gzip" | "x-gzip" | "deflate":
            # 32 finds out by itself whether the head is that of gzip or of zlib.
            unpacker = zlib.decompressobj(32 + zlib.MAX_WBITS)
        case other:
            raise Unfit(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"encoding {other!r} is not known; send gzip or plain")
    try:
        plain = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        raise Unfit(HTTPStatus.BAD_REQUEST, f"the body is not {encoding}: {error}") from error
    if len(plain) > limit:
        raise Unfit(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {limit} bytes once unpacked")
    return plain


def number(text: str, base: int) -> int:
    """Return a length; raises `Unfit` when the text is none."""
    try:
        found = int(text, base)
    except ValueError:
        found = -1
    if found < 0:
        raise Unfit(HTTPStatus.BAD_REQUEST, f"{text!r} is no length")
    return found
