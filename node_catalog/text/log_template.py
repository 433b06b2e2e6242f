"""The node `text.log_template`."""

from __future__ import annotations

from typing import Any

import pathway as pw

from workbench.flow.fields import Column, NewColumn
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.services import TemplateStore
from workbench.signals.memory import TemplateMemory


class Recollection:
    """A memory of templates that is fetched with the first line and given back at the end."""

    def __init__(self, store: TemplateStore, system: str) -> None:
        self._store, self._system = store, system
        self._memory: TemplateMemory | None = None

    def label(self, text: str) -> tuple[str, str]:
        """Return identifier and template of a line."""
        if self._memory is None:
            # Not before there are lines: a flow that is only checked has nobody to ask.
            self._memory = TemplateMemory.unpack(self._store.recall(self._system) if self._system else "")
        return self._memory.label(text)

    def end(self) -> None:
        """Give back what was learned."""
        if self._memory is not None and self._system:
            self._memory.settle()
            self._store.keep(self._system, self._memory.pack())


class LogTemplate(Node):
    """Find the constant part of log lines, so that lines which differ only in their values can be counted together.

    Templates are learned while rows come; a template may become more general later. With the name of a system they are
    remembered in the workspace: identifiers then stay over runs, and merges, splits and names given there hold.
    """

    column: Column = "body"
    """Column with the message."""
    template_column: NewColumn = "template"
    """New column with the template."""
    id_column: NewColumn = "template_id"
    """New column with the short id of the template."""
    system: str = ""
    """Name of the system whose templates are remembered, such as `workspace`; empty remembers nothing."""

    def build(self, rows: Rows, *, template_store: TemplateStore) -> Rows:
        recollection = Recollection(template_store, self.system)
        # What it returns depends on what came before, so Pathway has to remember it for rows that are taken back.
        found = rows.select(found=pw.udf(recollection.label, deterministic=False)(rows[self.column])).found
        labelled = rows.with_columns(**{self.id_column: found[0], self.template_column: found[1]})
        if self.system:
            self._at_end(labelled, recollection)
        return labelled

    def _at_end(self, labelled: Rows, recollection: Recollection) -> None:
        def on_change(key: Any, row: dict[str, Any], time: int, is_addition: bool) -> None:
            return

        # One row that is counted up: only its end is of interest.
        pw.io.subscribe(labelled.reduce(rows=pw.reducers.count()), on_change=on_change, on_end=recollection.end)
