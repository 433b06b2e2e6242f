"""Sources: what was imported or streamed in, how many rows of it were taken and how many were not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.guard.tool import tool
from workbench.store import sources as source_store
from workbench.store.sources import Source
from workbench.tools.arguments import Limit
from workbench.tools.texts import Listing, columns, utc

if TYPE_CHECKING:
    from workbench.core import Workbench


class Sources(Listing[Source]):
    """Sources, the newest first."""

    def text(self) -> str:
        """Return one line for each."""
        if not self.root:
            return "Nothing was imported yet. `causeway import FOLDER` does it."
        head = ("SOURCE", "DATA SET", "ROLE", "IMPORTED", "ROWS", "REJECTED", "FROM")
        rows = [
            (one.source_id, one.scope, one.role, utc(one.imported_unix_nano), _rows(one), f"{one.rejected:,}", one.uri)
            for one in self.root
        ]
        return columns(head, rows, right=(0, 5))


@tool(risk="read")
def sources(wb: Workbench, scope: str | None = None, limit: Limit = 50) -> Sources:
    """List what was imported or streamed in, the newest first.

    Args:
        scope: Only this data set.
        limit: At most so many.
    """
    return Sources(source_store.latest(wb.store, limit, scope=scope))


def _rows(source: Source) -> str:
    if not source.finished:
        return "unfinished" if source.kind == "file" else "streaming"
    return ", ".join(f"{number:,} {table}" for table, number in source.rows.items() if number) or "none"
