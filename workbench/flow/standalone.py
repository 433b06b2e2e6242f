"""What an exported script uses in place of Causeway: this file's functions are copied into the script, not imported."""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pathway as pw
from pydantic import BaseModel, ConfigDict

from workbench.flow.services import Deliver, ReadTable, Secrets, Sink, Source, TemplateStore
from workbench.semconv import COLUMNS, TIME_COLUMN, Table

STOP = threading.Event()
REJECTED: Counter[str] = Counter()
"""Lines and rows that could not be used, by node."""


class Node(BaseModel):
    """Settings of one step, checked when the script starts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    formerly: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[Any] = None
    tested: ClassVar[Any] = None
    listens: ClassVar[bool] = False
    delivery: ClassVar[str | None] = None


def source(node: str) -> Source:
    """Return what a step that reads has to know; lines that cannot be used are told on standard error."""

    def reject(*, uri: str, line: int, reason: str, raw: str) -> None:
        REJECTED[node] += 1
        logging.warning("%s: %s:%d: %s: %s", node, uri, line, reason, raw)

    return Source(node, STOP, reject)


def sink(node: str) -> Sink:
    """Return what a step that writes has to know; rows that are not taken are told on standard error."""
    return Sink(node, STOP, source(node).reject)


def secrets(node: str) -> Secrets:
    """Return what gives passwords and tokens: a script has no workspace, so they come from files or its environment.

    The files lie in the folder that FLOW_SECRETS names, or in /run/secrets, where containers have them.
    """

    def resolve(reference: str) -> str:
        name = reference.removeprefix("${secret:").removesuffix("}")
        file = Path(os.environ.get("FLOW_SECRETS", "/run/secrets")) / name
        if file.is_file():
            return file.read_text(encoding="utf-8").removesuffix("\n")
        variable = name.upper().replace("-", "_").replace(".", "_")
        if variable not in os.environ:
            raise LookupError(f"{node}: put the value of the secret {name} into {file} or the variable {variable}")
        return os.environ[variable]

    return resolve


def deliver(node: str) -> Deliver:
    """Return the function that stores rows: a script has no workspace, so they go to <node>.<table>.jsonl."""

    def store(rows: pw.Table, table: str) -> None:
        pw.io.jsonlines.write(rows, f"{node}.{table}.jsonl")

    return store


def read_table(node: str) -> ReadTable:
    """Return the function that reads stored rows: a script has no workspace, so they come from <table>.jsonl."""

    def read(table: str, scope: str | None, start: int | None, end: int | None) -> Iterator[list[tuple[Any, ...]]]:
        columns, time = COLUMNS[Table(table)], TIME_COLUMN[Table(table)]
        for line in Path(f"{table}.jsonl").read_text(encoding="utf-8").splitlines():
            row = {name: "" if kind == "VARCHAR" else 0 for name, kind in columns.items()} | json.loads(line)
            if (start is None or row[time] >= start) and (end is None or row[time] < end):
                yield [tuple(row[name] for name in columns)]

    return read


class TemplateFiles:
    """Remembers log templates: a script has no workspace, so they go to <system>.templates.json."""

    def recall(self, system: str) -> str:
        """Return what is remembered of a system; '' when nothing is."""
        file = Path(f"{system}.templates.json")
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def keep(self, system: str, packed: str) -> None:
        """Write what was learned."""
        Path(f"{system}.templates.json").write_text(packed, encoding="utf-8", errors="replace")


def template_store(node: str) -> TemplateStore:
    """Return the memory of log templates."""
    return TemplateFiles()


def run() -> None:
    """Run the graph; Ctrl-C stops the sources, and what they have read is finished."""
    signal.signal(signal.SIGINT, lambda number, frame: STOP.set())
    pw.run(monitoring_level=pw.MonitoringLevel.NONE, terminate_on_error=False)
