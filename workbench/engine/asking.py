"""Answers about a flow that is not run: its findings, its columns, first rows of a node, its connections."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

from workbench.engine.children import Children
from workbench.engine.events import Findings, Given, Peeked, Probed
from workbench.engine.intake import Intake
from workbench.engine.peeking import first_rows
from workbench.engine.probing import answers
from workbench.engine.seen import Seen, fingerprint
from workbench.errors import RunFailed
from workbench.flow.columns import NodeSchema
from workbench.flow.findings import Finding
from workbench.flow.graph import Flow
from workbench.flow.partial import fed, upstream
from workbench.guard.secrets import SecretStore
from workbench.store.db import Store

KEPT_PEEKS = 64


class Asking:
    """Asks a child for each answer, and remembers what it said while neither the flow nor a file it names changes."""

    def __init__(self, store: Store, children: Children, secrets: SecretStore) -> None:
        self._store, self._children, self._secrets = store, children, secrets
        self._lock = threading.Lock()
        self._seen = Seen()
        self._peeked: OrderedDict[str, Peeked] = OrderedDict()

    def dry_build(self, flow: Flow, *, folder: Path | None = None) -> list[Finding]:
        """Return every finding of a flow: settings, wires, files, and columns by building it without data.

        Raises:
            RunFailed: the child ended without an answer.
        """
        return self.inspect(flow, folder=folder).findings

    def schemas(self, flow: Flow, *, folder: Path | None = None) -> dict[str, NodeSchema]:
        """Return the columns at the ports of each node, from memory while neither flow nor files change.

        Raises:
            RunFailed: the child ended without an answer.
        """
        flow = flow.expanded()
        known = self._seen.get(fingerprint(flow, Path(self._children.base(folder))))
        return known if known is not None else self.inspect(flow, folder=folder).schemas

    def inspect(self, flow: Flow, *, folder: Path | None = None) -> Findings:
        """Return the findings of a flow and the columns of its nodes, by building it without data in a child.

        Raises:
            RunFailed: the child ended without an answer.
        """
        found: Findings | None = None
        flow = flow.expanded()
        key = fingerprint(flow, Path(self._children.base(folder)))
        wire = self._children.spawn(self._children.job("check", flow, folder), lambda code: None, "check")[0]
        try:
            while frame := wire.receive():
                if isinstance(frame[0], Findings):
                    found = frame[0]
        finally:
            wire.close()
        if found is None:
            raise RunFailed(flow.name, "the check ended without an answer")
        self._seen.put(key, found.schemas)
        return found

    def peek(
        self,
        flow: Flow,
        node: str,
        rows: int,
        *,
        folder: Path | None = None,
        given: dict[str, Given] | None = None,
    ) -> Peeked:
        """Return the first rows of a node on the first rows of the sources; from memory while nothing changes.

        What another system holds may change unseen, so it is asked each time.

        Args:
            flow: The whole flow.
            node: Id of the node.
            rows: At most so many.
            folder: What relative paths are relative to.
            given: Nodes that are not run, nor what is before them, and the rows that stand for their output.

        Raises:
            NotFound: the flow has no such node.
            BadInput: a node up to there has a fault.
            RunFailed: the child ended without an answer.
        """
        part = upstream(fed(flow.expanded(), given or ()), node)
        rows_of = {name: one for name, one in (given or {}).items() if any(step.id == name for step in part.nodes)}
        key = f"{fingerprint(part, Path(self._children.base(folder)))}/{node}/{rows}/{sorted(rows_of.items())}"
        with self._lock:
            if key in self._peeked:
                return self._peeked[key]
        job = self._children.job("peek", part, folder, peek_at=node, peek_rows=rows, given=rows_of)
        wire, pid, _ = self._children.spawn(job, lambda code: None, "check")
        found = first_rows(wire, pid, Intake(self._store, "peek", flow.name, "peek"), self._secrets, node)
        with self._lock:
            if found.lasting:
                self._peeked[key] = found
            while len(self._peeked) > KEPT_PEEKS:
                self._peeked.popitem(last=False)
        return found

    def probe(self, flow: Flow, *, folder: Path | None = None, timeout_s: float = 10.0) -> list[Probed]:
        """Try the connection of every node of a flow that has one; see `engine.probing`."""
        wire, pid, _ = self._children.spawn(
            self._children.job("probe", flow.expanded(), folder), lambda code: None, "check"
        )
        return answers(wire, pid, self._secrets, timeout_s)
