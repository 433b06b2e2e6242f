"""The owner's side of a preview: gives the child what it asks for and takes the first rows of a node."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from itertools import starmap

from workbench.engine.events import Ask, Ended, Keep, Peeked, Recall, RejectedRow, Unlock
from workbench.engine.intake import Intake
from workbench.engine.unsealed import unlock
from workbench.engine.wire import Wire
from workbench.errors import RunFailed
from workbench.guard.secrets import SecretStore

PEEK_S = 15.0
"""Longest time of a preview."""


def first_rows(wire: Wire, pid: int, intake: Intake, secrets: SecretStore, node: str) -> Peeked:
    """Return what the child tells, and hang up.

    Raises:
        RunFailed: a node up to there has a fault, or the child ended without an answer.
    """
    found: Peeked | None = None
    # A source may reject millions of lines: they are counted, and the first of each node is kept.
    rejected: dict[str, tuple[RejectedRow, int]] = {}
    reason, at = "the preview ended without an answer", node
    guard = threading.Timer(PEEK_S, _kill, [pid])
    guard.start()
    try:
        while frame := wire.receive():
            match frame[0]:
                case Peeked() as peeked:
                    found = peeked
                case RejectedRow() as row:
                    first, count = rejected.get(row.node, (row, 0))
                    rejected[row.node] = first, count + 1
                case Ask() | Recall() as asked:
                    intake.take(asked, frame[1], wire)
                case Keep():
                    # What is learned from a look at some rows is not remembered.
                    continue
                case Unlock() as asked:
                    unlock(asked, secrets, wire)
                case Ended(reason="failed", node=where, message=message):
                    reason, at = message, where or node
    finally:
        guard.cancel()
        wire.close()
    if found is None:
        raise RunFailed("preview", reason, at)
    return found.model_copy(update={"errors": [*starmap(_told, rejected.values()), *found.errors]})


def _told(first: RejectedRow, count: int) -> str:
    """Say how many lines of one source were left out, and why the first of them was."""
    place = f"{first.uri}, line {first.line}: {first.reason}"
    if count == 1:
        return f"{first.node}: rejected {place}"
    return f"{first.node}: {count:,} rows were rejected, such as {place}"


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
