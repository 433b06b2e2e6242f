"""The owner's side of a preview: gives the child what it asks for and takes the first rows of a node."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress

from workbench.engine.events import Ask, Ended, Keep, Peeked, Recall, Unlock
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
    reason, at = "the preview ended without an answer", node
    guard = threading.Timer(PEEK_S, _kill, [pid])
    guard.start()
    try:
        while frame := wire.receive():
            match frame[0]:
                case Peeked() as peeked:
                    found = peeked
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
    return found


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
