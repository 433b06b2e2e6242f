"""Snappy blocks, as Loki and Prometheus send them; pyarrow packs and unpacks them."""

from __future__ import annotations

import pyarrow as pa


def pack(plain: bytes) -> bytes:
    """Return a snappy block."""
    return bytes(pa.compress(plain, codec="snappy", asbytes=True))


def unpack(packed: bytes, limit: int) -> bytes:
    """Return what a block holds.

    Raises:
        ValueError: it is no snappy block, or holds more than `limit` bytes.
    """
    size = shift = 0
    # A block begins with its unpacked size, seven bits a byte, the low ones first (format description of snappy).
    for byte in packed[:5]:
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    else:
        raise ValueError("not snappy: it has no size")
    if size > limit:
        raise ValueError(f"{size} bytes once unpacked; at most {limit} are taken at once")
    try:
        return bytes(pa.decompress(packed, decompressed_size=size, codec="snappy", asbytes=True))
    except (OSError, pa.ArrowInvalid) as error:
        raise ValueError(f"not snappy: {error}") from error
