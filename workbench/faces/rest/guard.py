"""Lets only the person in who started the server: checks Host, Origin and token of every request and WebSocket.

Pure ASGI, because a middleware for HTTP alone would let WebSockets pass. Host keeps names that were rebound to this
machine out (DNS rebinding), Origin keeps other pages of the same browser out, the token keeps other users out.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from html import escape
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench.faces.rest.problems import problem

OPEN_PATHS = frozenset({"/health/live", "/health/ready", "/health/startup"})
"""Need no token: they tell nothing but whether the server works."""
_REFUSED_SOCKET = 4403

_CLOSED_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Causeway</title>
<style>:root{{color-scheme:light dark}}
body{{font:16px/1.6 system-ui,sans-serif;max-width:36em;margin:18vh auto 0;padding:0 24px}}
code{{padding:2px 6px;border:1px solid;border-radius:5px}}</style>
<h1>Causeway is locked</h1><p>{why}</p>
<p>Open the address that <code>causeway serve</code> printed when it started; it holds the token.</p></html>"""


class Guard:
    """Stands in front of an ASGI application."""

    def __init__(self, app: ASGIApp, *, token: str, hosts: Iterable[str], cookie: str) -> None:
        self.app = app
        self._token = token
        self._hosts = frozenset(host.lower() for host in hosts)
        self._cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer that it may not be made."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        query = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        status, why = self._verdict(scope, headers, query)
        if why:
            await _refuse(scope, receive, send, headers, status, why)
        elif scope["type"] == "http" and any(name == "token" for name, _ in query):
            await self._let_in(scope, query)(scope, receive, send)
        else:
            await self.app(scope, receive, _with_headers(send) if scope["type"] == "http" else send)

    def _verdict(self, scope: Scope, headers: Headers, query: list[tuple[str, str]]) -> tuple[int, str]:
        host = headers.get("host", "").lower()
        if host not in self._hosts:
            return 421, f"This server does not answer for the host {host!r}."
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() not in self._hosts:
            return 403, f"Pages of {origin!r} may not call this server."
        if scope["path"] in OPEN_PATHS and scope["type"] == "http":
            return 200, ""
        given = self._given(headers, query)
        # Compared in constant time, so that the time of the answer tells nothing about the token.
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            return 401, "The token is missing." if not given else "The token is not the one of this server."
        return 200, ""

    def _given(self, headers: Headers, query: list[tuple[str, str]]) -> str:
        scheme, _, value = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and value.strip():
            return value.strip()
        in_query = next((value for name, value in query if name == "token"), "")
        return in_query or _cookies(headers).get(self._cookie, "")

    def _let_in(self, scope: Scope, query: list[tuple[str, str]]) -> Response:
        """Put the token into a cookie and send the browser to the same address without it."""
        rest = urlencode([(name, value) for name, value in query if name != "token"])
        # A path such as //evil.example would be taken for another host.
        path = "/" + str(scope["path"]).lstrip("/")
        answer = RedirectResponse(path + (f"?{rest}" if rest else ""), status_code=303)
        answer.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer


def _cookies(headers: Headers) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in headers.getlist("cookie"):
        try:
            found |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        except CookieError:
            continue
    return found


async def _refuse(scope: Scope, receive: Receive, send: Send, headers: Headers, status: int, why: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": _REFUSED_SOCKET, "reason": why[:120]})
        return
    answer: Response
    if "text/html" in headers.get("accept", ""):
        answer = HTMLResponse(_CLOSED_PAGE.format(why=escape(why)), status_code=status)
    else:
        answer = problem(status, "refused", why, instance=str(scope["path"]))
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    await answer(scope, receive, send)


def _with_headers(send: Send) -> Send:
    # The policy is the second lock: even a script that came in with telemetry could not reach another machine.
    policy = (
        "default-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data:; connect-src 'self' blob: data:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    )

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            extra: list[tuple[bytes, bytes]] = [
                (b"content-security-policy", policy.encode()),
                (b"x-content-type-options", b"nosniff"),
                (b"referrer-policy", b"no-referrer"),
            ]
            known: set[Any] = {name.lower() for name, _ in message.get("headers", [])}
            message["headers"] = [*message.get("headers", []), *(pair for pair in extra if pair[0] not in known)]
        await send(message)

    return sending
