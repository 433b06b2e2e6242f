"""The rows of a node: while a flow is being made, and while it runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from workbench.engine.events import Given
from workbench.errors import BadInput
from workbench.facts.evidence import Frozen
from workbench.flow.columns import ColumnSchema
from workbench.flow.library import locate
from workbench.guard.tool import tool
from workbench.tools.flows import settings_of
from workbench.tools.texts import columns as aligned
from workbench.tools.texts import count, one_line

if TYPE_CHECKING:
    from workbench.core import Workbench

_WIDTH = 40


class Preview(Frozen):
    """First rows of a node."""

    node: str
    columns: list[ColumnSchema]
    rows: list[dict[str, Any]]
    total: int
    """Rows that there were in all, from the first rows of the sources."""
    errors: list[str] = []
    """Node and message of rows that failed on the way."""
    notes: list[str] = []
    """Sources that were not read, and why."""

    def text(self) -> str:
        """Return the rows as a table."""
        names = [column.name for column in self.columns]
        cells = [[one_line(_shown(row.get(name)), _WIDTH) for name in names] for row in self.rows]
        parts = [aligned([column.text() for column in self.columns], cells)] if names else []
        parts.append(f"{count(len(self.rows), 'row')} of {self.total:,}")
        parts += [f"note: {note}" for note in self.notes]
        return "\n".join([*parts, *(f"  {one_line(error, 160)}" for error in self.errors[:10])])


@tool(risk="read", command="flow preview", positional=("flow",))
def flow_preview(
    wb: Workbench,
    flow: str,
    node: str,
    rows: Annotated[int, Field(ge=1, le=1000)] = 50,
    set_: list[str] = [],  # noqa: B006 - never changed
    pinned: str | None = None,
    document: str | None = None,
) -> Preview:
    """Show the first rows of a node: the nodes before it run on the first thousand rows of their sources.

    Nothing is written, and nothing is taken: queues that hand a message out once and receivers are left alone, which
    the answer says. Files and tables that are followed are read as they are now; what else goes on is listened to for
    a second at most.

    Args:
        flow: Path of a flow, or the name of one in the workspace or among the samples.
        node: Id of the node; of a sink, the rows that it would get.
        rows: At most so many rows.
        set_: Another value for a setting, as node.field=value; may be given several times.
        pinned: Rows that stand for the output of nodes, as JSON: {"node": {"columns": [...], "rows": [...]}}, both as
            a preview gives them. What is before these nodes does not run.
        document: The flow as JSON, in place of what is saved; for editors.
    """
    found = locate(flow, wb.path, document)
    changed = found.flow.with_settings(settings_of(set_))
    seen = wb.supervisor.peek(changed, node, rows, folder=found.folder, given=given_rows(pinned or ""))
    return Preview(
        node=node,
        columns=seen.columns,
        rows=[json.loads(row) for row in seen.rows],
        total=seen.total,
        errors=seen.errors,
        notes=seen.notes,
    )


class Tap(Frozen):
    """The last rows of a node that runs."""

    run_id: str
    node: str
    rows: list[dict[str, Any]]
    """The newest at the end; with `diff` -1 for a row that went."""
    seen: int
    """Sampled rows so far."""
    share: float

    def text(self) -> str:
        """Return the rows as a table, and what the look costs."""
        names = list(dict.fromkeys(name for row in self.rows for name in row))
        cells = [[one_line(_shown(row.get(name)), _WIDTH) for name in names] for row in self.rows]
        parts = [aligned(names, cells)] if names else []
        cost = "about 4 us" if self.share >= 1 else "about 1 us"
        said = f"{count(self.seen, 'row')} sampled, {self.share:.2%} of all; it costs {cost} for each row of the node"
        return "\n".join([*parts, said])


@tool(risk="read", positional=("run_id", "node"))
def flow_tap(wb: Workbench, run_id: str, node: str) -> Tap:
    """Show the last sampled rows of a node while it runs; the run has to be started with `--tap NODE`.

    Args:
        run_id: Id of the run.
        node: Id of the node.
    """
    found = wb.supervisor.tapped(run_id, node)
    rows = [json.loads(row) for row in found.rows]
    return Tap(run_id=run_id, node=node, rows=rows, seen=found.seen, share=found.share)


class _Pinned(Frozen):
    columns: list[ColumnSchema]
    rows: list[dict[str, Any]]


def given_rows(pinned: str) -> dict[str, Given]:
    """Return the rows that stand for nodes, by node; '' is none.

    Raises:
        BadInput: the text is not JSON of that shape.
    """
    try:
        found = TypeAdapter(dict[str, _Pinned]).validate_json(pinned or "{}")
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "JSON"
        raise BadInput(f"{place}: {first['msg']}", where="pinned", hint="Give columns and rows by node") from error
    return {
        node: Given(columns=one.columns, rows=[json.dumps(row, ensure_ascii=False) for row in one.rows])
        for node, one in found.items()
    }


def _shown(value: Any) -> str:
    return "-" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
