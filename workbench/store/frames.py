"""The words of the owner's socket: length-prefixed frames of JSON or of bytes, and errors that keep their class.

A connection carries one conversation:

    owner  -> {"hello": {"protocol", "version", "pid"}}
    client -> {"call": name, "arguments": {...}}
    owner  -> {"progress": [done, total, text]} ... then {"result": ...}, {"error": ...} or {"closing": true}

or, any number of times:

    client -> {"append": table, "source_id", "batch_id"}, then one frame of bytes (an Arrow IPC stream)
    owner  -> {"stored": rows} after the commit, or {"error": ...}
"""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

from workbench import errors
from workbench.errors import CausewayError, OwnerGone, StoreError

PROTOCOL = 1

_HEAD = struct.Struct(">cI")
_JSON, _BYTES = b"J", b"B"
LARGEST = 1 << 30


def encode(message: dict[str, Any]) -> bytes:
    """Return a JSON frame as bytes.

    Raises:
        StoreError: JSON cannot carry it, or it is larger than a frame may be.
    """
    try:
        payload = json.dumps(message, ensure_ascii=False).encode()
    except (TypeError, ValueError) as error:
        raise StoreError(f"an answer cannot be sent: {error}") from error
    check_size(payload)
    return _HEAD.pack(_JSON, len(payload)) + payload


def check_size(payload: bytes) -> None:
    """Raise `StoreError` when a payload is larger than a frame may be."""
    if len(payload) > LARGEST:
        raise StoreError(f"{len(payload)} bytes are more than the {LARGEST} of one frame. Send them in parts")


def send(link: socket.socket, message: dict[str, Any]) -> None:
    """Send one JSON frame.

    Raises:
        OSError: the other side is gone.
    """
    link.sendall(encode(message))


def send_bytes(link: socket.socket, payload: bytes) -> None:
    """Send one frame of bytes.

    Raises:
        OSError: the other side is gone.
    """
    link.sendall(_HEAD.pack(_BYTES, len(payload)))
    link.sendall(payload)


def receive(link: socket.socket) -> dict[str, Any] | None:
    """Return the next JSON frame, or None when the other side is gone.

    Raises:
        StoreError: what came is no frame of ours.
    """
    payload = _receive(link, _JSON)
    if payload is None:
        return None
    try:
        message = json.loads(payload)
    except ValueError as error:
        raise StoreError(f"a frame is no JSON: {error}") from error
    if not isinstance(message, dict):
        raise StoreError(f"a frame has to be a JSON object, not {type(message).__name__}")
    return message


def receive_bytes(link: socket.socket) -> bytes | None:
    """Return the next frame of bytes, or None when the other side is gone.

    Raises:
        StoreError: what came is no frame of bytes.
    """
    return _receive(link, _BYTES)


def error_frame(error: BaseException) -> dict[str, Any]:
    """Return an error as a frame: its class's name, its message and those of its facts that JSON can carry."""
    facts = {name: value for name, value in vars(error).items() if _is_plain(value)}
    return {"error": type(error).__name__, "message": str(error), "facts": facts}


def error_of(frame: dict[str, Any]) -> CausewayError:
    """Return the error that a frame carries; one that is not part of the product becomes a `StoreError`."""
    name, message = str(frame["error"]), str(frame.get("message", ""))
    kind = getattr(errors, name, None)
    if not (isinstance(kind, type) and issubclass(kind, CausewayError)):
        return StoreError(f"the process that holds the workspace failed: {name}: {message}")
    # The constructors differ, but all end in a message and plain facts.
    error = kind.__new__(kind)
    Exception.__init__(error, message)
    vars(error).update(frame.get("facts", {}))
    if isinstance(error, OwnerGone):
        error.sent = True
    return error


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return isinstance(value, str | int | float | None)


def _receive(link: socket.socket, wanted: bytes) -> bytes | None:
    head = _exactly(link, _HEAD.size)
    if head is None:
        return None
    kind, size = _HEAD.unpack(head)
    if kind != wanted or size > LARGEST:
        raise StoreError(f"expected a frame {wanted!r}, got {kind!r} of {size} bytes")
    return _exactly(link, size)


def _exactly(link: socket.socket, size: int) -> bytes | None:
    buffer = bytearray(size)
    view, got = memoryview(buffer), 0
    while got < size:
        try:
            count = link.recv_into(view[got:])
        except ConnectionError:
            return None
        if count == 0:
            return None
        got += count
    return bytes(buffer)
