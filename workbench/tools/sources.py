"""Sources: what was imported or streamed in, how many rows of it were taken and how many were not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import NotFound
from workbench.guard.tool import tool
from workbench.store import rejected as rejected_store
from workbench.store import sources as source_store
from workbench.store.rejected import Rejected
from workbench.store.sources import Source
from workbench.tools.arguments import Limit
from workbench.tools.texts import Listing, columns, one_line, utc

if TYPE_CHECKING:
    from workbench.core import Workbench

_WIDTH = 160


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


class RejectedLines(Listing[Rejected]):
    """Lines that were not taken, those of the newest source first."""

    def text(self) -> str:
        """Return for each where it stands, the reason, and the line itself."""
        if not self.root:
            return "No line was rejected."
        return "\n".join(
            f"{one.uri}{f':{one.line}' if one.line else ''}: {one.reason}"
            + (f"\n    {one_line(one.raw, _WIDTH)}" if one.raw.strip() else "")
            for one in self.root
        )


@tool(risk="read")
def sources(wb: Workbench, scope: str | None = None, limit: Limit = 50) -> Sources:
    """List what was imported or streamed in, the newest first.

    Args:
        scope: Only this data set.
        limit: At most so many.
    """
    return Sources(source_store.latest(wb.store, limit, scope=scope))


@tool(risk="read", positional=("scope",))
def rejected(wb: Workbench, scope: str | None = None, limit: Limit = 50) -> RejectedLines:
    """List lines of imported files that could not be read: where each stands, why, and the line itself.

    Args:
        scope: Only those of this data set (see `causeway sources`).
        limit: At most so many.
    """
    if scope is not None and not source_store.latest(wb.store, 1, scope=scope):
        raise NotFound("data set", scope, hint="`causeway sources` lists them")
    return RejectedLines(rejected_store.latest(wb.store, limit, scope=scope))


def _rows(source: Source) -> str:
    if not source.finished:
        return "unfinished" if source.kind == "file" else "streaming"
    return ", ".join(f"{number:,} {table}" for table, number in source.rows.items() if number) or "none"
