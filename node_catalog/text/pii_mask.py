"""The node `text.pii_mask`."""

from __future__ import annotations

import pathway as pw
from pydantic import Field

from workbench.flow.fields import Column, NewColumn
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.guard.pii import mask_text


class PiiMask(Node):
    """Replace personal data in texts: e-mail, phone, IP, Aadhaar, tokens, user and session ids."""

    columns: list[Column] = Field(min_length=1)
    """Text columns to mask."""
    count_column: NewColumn | None = None
    """New column with how many places were masked in the row."""

    def build(self, rows: Rows) -> Rows:
        masked = {name: pw.apply_with_type(_mask, tuple[str, int], rows[name]) for name in self.columns}
        pairs = rows.select(**masked)
        found = rows.with_columns(**{name: pairs[name][0] for name in self.columns})
        if self.count_column is None:
            return found
        total = sum((pairs[name][1] for name in self.columns[1:]), start=pairs[self.columns[0]][1])
        return found.with_columns(**{self.count_column: total})


def _mask(text: str) -> tuple[str, int]:
    masked = mask_text(text)
    return masked.text, masked.count
