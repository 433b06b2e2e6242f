"""The wire to a model server, with an end to how much may come over it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

LARGEST_BYTES = 4_000_000
"""Bytes of one response; a summary has some hundred."""


class LimitedTransport(httpx.BaseTransport):
    """Plain HTTP without proxies whose responses break off with a `ReadError` after `LARGEST_BYTES`."""

    def __init__(self, largest_bytes: int = LARGEST_BYTES) -> None:
        self._largest_bytes = largest_bytes
        self._inner = httpx.HTTPTransport(trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and hand back its response, counted as it is read."""
        # The client library takes a key from the environment; a local server needs none, another must not get it.
        request.headers.pop("authorization", None)
        response = self._inner.handle_request(request)
        counted = _Counted(response.stream, self._largest_bytes)
        return httpx.Response(
            response.status_code, headers=response.headers, stream=counted, extensions=response.extensions
        )

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


class _Counted(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream | httpx.AsyncByteStream, largest_bytes: int) -> None:
        if not isinstance(stream, httpx.SyncByteStream):
            raise TypeError("the stream has to be a plain one")
        self._stream, self._left = stream, largest_bytes

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            self._left -= len(chunk)
            if self._left < 0:
                raise httpx.ReadError("the response is too long")
            yield chunk

    def close(self) -> None:
        self._stream.close()
