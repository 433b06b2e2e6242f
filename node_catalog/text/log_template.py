"""The node `text.log_template`."""

from __future__ import annotations

import pathway as pw

from workbench.flow.fields import Column, NewColumn
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.signals.templates import TemplateMiner


class LogTemplate(Node):
    """Find the constant part of log lines, so that lines which differ only in their values can be counted together.

    Templates are learned while rows come; a template may become more general later, with another id then.
    """

    column: Column = "body"
    """Column with the message."""
    template_column: NewColumn = "template"
    """New column with the template."""
    id_column: NewColumn = "template_id"
    """New column with the short id of the template."""

    def build(self, rows: Rows) -> Rows:
        miner = TemplateMiner()

        def mine(text: str) -> tuple[str, str]:
            identifier = miner.add(text)
            return identifier, miner.template(identifier)

        # What it returns depends on what came before, so Pathway has to remember it for rows that are taken back.
        found = rows.select(found=pw.udf(mine, deterministic=False)(rows[self.column])).found
        return rows.with_columns(**{self.id_column: found[0], self.template_column: found[1]})
