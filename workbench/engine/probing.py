"""Tries the connections of a flow's nodes, in a child of its own: a driver that hangs or crashes harms nobody else."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from workbench.engine.events import Probed, Unlock
from workbench.engine.unsealed import Unsealed, unlock
from workbench.engine.wire import Wire
from workbench.errors import BadInput, CausewayError
from workbench.flow.catalog import Catalog, find
from workbench.flow.findings import Finding, Severity
from workbench.flow.graph import Flow

if TYPE_CHECKING:
    from workbench.guard.secrets import SecretStore


def probe(flow: Flow, catalog: Catalog, findings: list[Finding], unsealed: Unsealed, wire: Wire) -> None:
    """Child: try every node whose type has a `probe`, and tell what came of each."""
    kinds = [(entry, find(catalog, entry.kind)) for entry in flow.nodes]
    asked = [(entry, kind, kind.probe) for entry, kind in kinds if kind is not None and kind.probe is not None]
    for entry, kind, _ in asked:
        wire.send(Probed(node=entry.id, kind=kind.kind))
    for entry, kind, function in asked:
        mine = [one for one in findings if one.node == entry.id and one.severity is Severity.ERROR]
        faults = [one for one in mine if one.code in _OWN]
        ok = False
        if faults:
            message = " ".join(part for part in (faults[0].message, faults[0].hint) if part)
        else:
            try:
                message, ok = function(kind.model_validate(entry.settings), secrets=unsealed), True
            except CausewayError as error:
                message = str(error)
            except Exception as error:  # noqa: BLE001 - drivers raise anything, and all of it is the answer
                message = f"{type(error).__name__}: {error}"
        wire.send(Probed(node=entry.id, kind=kind.kind, ok=ok, message=one_sentence(message)))


# Findings of the node itself; that it has no wire yet does not keep anybody from trying its connection.
_OWN = frozenset(
    {
        "bad_setting",
        "missing_setting",
        "unknown_setting",
        "missing_secret",
        "missing_extra",
        "missing_file",
        "missing_folder",
    }
)


def answers(wire: Wire, pid: int, secrets: SecretStore, timeout_s: float) -> list[Probed]:
    """Owner: collect what the child tells; when a node has not answered in time, the child is ended and that is told.

    Raises:
        BadInput: the child ended without an answer.
    """
    told: dict[str, Probed] = {}
    late = threading.Event()
    watch = _Watch(pid, timeout_s, late)
    ended = False
    try:
        while frame := wire.receive():
            match frame[0]:
                case Unlock() as event:
                    unlock(event, secrets, wire)
                case Probed() as event:
                    told[event.node] = event
                    watch.again()
                case event:
                    ended = ended or event.type == "ended"
    finally:
        watch.over.set()
        wire.close()
    if not ended and not late.is_set():
        raise BadInput("the connections could not be tried: the process that did it ended without an answer")
    said = f"no answer within {timeout_s:g} s"
    return [
        one if one.ok is not None else one.model_copy(update={"ok": False, "message": said}) for one in told.values()
    ]


class _Watch:
    """Ends the child when nothing came from it for too long."""

    def __init__(self, pid: int, timeout_s: float, late: threading.Event) -> None:
        self._pid, self._timeout_s, self._late = pid, timeout_s, late
        self.over = threading.Event()
        self.again()
        threading.Thread(target=self._run, daemon=True, name="probe").start()

    def again(self) -> None:
        """Something came: the time begins anew."""
        self._until = time.monotonic() + self._timeout_s

    def _run(self) -> None:
        while (left := self._until - time.monotonic()) > 0:
            if self.over.wait(left):
                return
        self._late.set()
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)


def one_sentence(text: str) -> str:
    """Return what an error says as one line: drivers like to say more."""
    return " ".join(part.strip().rstrip(",;") for part in text.splitlines() if part.strip())[:500]
