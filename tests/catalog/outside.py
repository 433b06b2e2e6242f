"""Runs the example of a source or a sink: lays its files, sends what is sent, reads back what is left."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import duckdb
import pathway as pw
import pyarrow as pa
import pyarrow.parquet as pq
from pathway.internals.parse_graph import G

from tests.catalog import lakes
from tests.ports import free_port, wait_for
from workbench.flow.example import Example
from workbench.flow.node import Node
from workbench.flow.services import Sink, Source
from workbench.flow.trial import _table, _values


def lay(kind: type[Node], example: Example, folder: Path) -> None:
    """Write the files that are there before; relative addresses count from the working folder."""
    for name, text in example.files.items():
        if issubclass(kind, lakes.KINDS):
            lakes.make(kind.model_validate(example.settings), [json.loads(line) for line in text.splitlines()])
            continue
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".db":
            with sqlite3.connect(path) as database:
                database.executescript(text)
        elif path.suffix == ".parquet":
            pq.write_table(pa.Table.from_pylist([json.loads(line) for line in text.splitlines()]), path)
        else:
            path.write_text(text)


def left_by(kind: type[Node], example: Example, folder: Path) -> dict[str, str]:
    """Return what a sink has left, as the example shows it, by path or by the name of the table."""
    if issubclass(kind, lakes.KINDS):
        return dict.fromkeys(example.leaves, _lines(lakes.rows(kind.model_validate(example.settings))))
    return {
        # Files of which there are many are named by time and chance.
        re.sub(r"rows-\w+-\w+\.", "rows-1.", str(path.relative_to(folder))): read_back(path)
        for path in folder.rglob("*")
        if path.is_file()
    }


def read_back(path: Path) -> str:
    """Return a file as the example shows it."""
    if path.suffix == ".parquet":
        return _lines(pq.read_table(path).to_pylist())
    if path.suffix == ".db":
        with sqlite3.connect(path) as database:
            database.row_factory = sqlite3.Row
            (table,) = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchone()
            return _lines([dict(row) for row in database.execute(f"SELECT * FROM {table} ORDER BY 1")])
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            ((table,),) = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
            return _lines(connection.sql(f"FROM {table}").to_arrow_table().to_pylist())
    text = re.sub(r'("time":)\d+', r"\g<1>1", path.read_text())
    text = re.sub(r'^(.*),"\d+","(-?1)"$', r'\1,"1","\2"', text, flags=re.MULTILINE)
    head, *rest = text.splitlines(keepends=True)
    return "".join([head, *sorted(rest)]) if path.suffix == ".csv" else "".join(sorted([head, *rest]))


def try_source(kind: type[Node], example: Example) -> tuple[list[Any], list[Any]]:
    """Return the rows that come, and those of the example; both with the example's columns."""
    assert example.output is not None
    names, rejected, stop = list(example.output.columns), [], threading.Event()
    settings = dict(example.settings)
    if example.sent:
        settings["port"] = free_port()
    node = kind.model_validate(settings)
    G.clear()
    table = node.build(**_services(kind, stop, rejected))
    found: list[tuple[Any, ...]] = []
    pw.io.subscribe(
        table, on_change=lambda key, row, time, is_addition: found.append(tuple(row[name] for name in names))
    )
    expected = sorted(_values(example.output), key=repr)

    def drive() -> None:
        for place, body in example.sent.items():
            _send(settings["port"], place, body)
        deadline = time.monotonic() + 20
        while len(found) < len(expected) and time.monotonic() < deadline:
            time.sleep(0.02)
        stop.set()

    if node.endless:
        threading.Thread(target=drive, daemon=True).start()
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)
    G.clear()
    assert rejected == []
    return sorted(found, key=repr), expected


def try_sink(kind: type[Node], example: Example) -> None:
    """Run a sink on the rows of its example."""
    rejected: list[Any] = []
    G.clear()
    kind.model_validate(example.settings).build(
        *(_table(one) for one in example.inputs["rows"]), **_services(kind, threading.Event(), rejected)
    )
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)
    G.clear()
    assert rejected == []


def _services(kind: type[Node], stop: threading.Event, rejected: list[Any]) -> dict[str, Any]:
    def reject(**fault: Any) -> None:
        rejected.append(fault)

    every = {"source": Source("node", stop, reject), "sink": Sink("node", stop, reject), "secrets": str}
    return {name: every[name] for name in kind.services()}


def _send(port: int, place: str, body: str) -> None:
    if place == "udp":
        with socket.socket(type=socket.SOCK_DGRAM) as sender:
            # Nobody answers a datagram: it is sent until the receiver listens, which it may do a moment later.
            time.sleep(1.0)
            sender.sendto(body.encode(), ("127.0.0.1", port))
        return
    wait_for(port)
    request = urllib.request.Request(f"http://127.0.0.1:{port}{place}", body.encode())
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=10) as answer:
        answer.read()


def _lines(rows: list[dict[str, Any]]) -> str:
    return "".join(sorted(json.dumps(row) + "\n" for row in rows))
