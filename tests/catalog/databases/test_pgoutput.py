"""Messages of `pgoutput`, taken from the documentation of its format."""

from __future__ import annotations

import struct

from node_catalog._databases.pgoutput import Committed, Decoder, RowChange, Truncated


def relation() -> bytes:
    columns = b"".join(
        struct.pack("!B", key) + name + b"\0" + struct.pack("!Ii", kind, -1)
        for key, name, kind in ((1, b"n", 20), (0, b"name", 25))
    )
    return b"R" + struct.pack("!I", 7) + b"public\0items\0d" + struct.pack("!H", 2) + columns


def row(*values: bytes | None) -> bytes:
    cells = b"".join(b"n" if value is None else b"t" + struct.pack("!I", len(value)) + value for value in values)
    return struct.pack("!H", len(values)) + cells


def test_rows_that_come_change_and_go() -> None:
    decoder, number, types = Decoder(), struct.pack("!I", 7), {"n": 20, "name": 25}
    messages = [
        b"B" + struct.pack("!QqI", 1, 2, 3),
        relation(),
        b"I" + number + b"N" + row(b"1", "tée".encode()),
        b"U" + number + b"K" + row(b"1", None) + b"N" + row(b"2", None),
        b"U" + number + b"N" + struct.pack("!H", 2) + b"t" + struct.pack("!I", 1) + b"2" + b"u",
        b"D" + number + b"K" + row(b"2", None),
        b"T" + struct.pack("!IB", 1, 0) + number,
        b"C" + struct.pack("!BQQq", 0, 5, 99, 6),
    ]

    assert [decoder.decode(message) for message in messages] == [
        None,
        None,
        RowChange("public.items", None, {"n": "1", "name": "tée"}, types),
        RowChange("public.items", {"n": "1", "name": None}, {"n": "2", "name": None}, types),
        RowChange("public.items", None, {"n": "2"}, types),
        RowChange("public.items", {"n": "2", "name": None}, None, types),
        Truncated(["public.items"]),
        Committed(99),
    ]
