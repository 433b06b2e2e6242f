"""The verbs of the SQL console: run, cancel, what tables there are, and statements kept under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from workbench.guard.tool import tool
from workbench.store.explore import console
from workbench.store.explore.console import Answer, SavedQuery, TableSchema
from workbench.tools.texts import Listing, columns, count, one_line, utc

if TYPE_CHECKING:
    from workbench.core import Workbench

MostRows = Annotated[int, Field(ge=1, le=100_000)]
Seconds = Annotated[float, Field(gt=0, le=3600)]


class SqlRows(Answer):
    """Rows of a statement."""

    def text(self) -> str:
        """Return the rows in columns."""
        head = [column.name for column in self.columns]
        rows = [[one_line(_word(value), 60) for value in row] for row in self.rows]
        said = count(len(self.rows), "row") + (" and more; --limit gives more" if self.more else "")
        return columns(head, rows) + f"\n\n{said}, {self.seconds:.2f} s"


class SqlTables(Listing[TableSchema]):
    """The tables that a statement may read."""

    def text(self) -> str:
        """Return each table with its columns."""
        return "\n\n".join(
            f"{one.name}  about {count(one.rows, 'row')}\n"
            + columns(("COLUMN", "TYPE"), [(column.name, column.type) for column in one.columns], indent="  ")
            for one in self
        )


class SavedQueries(Listing[SavedQuery]):
    """Statements that were kept."""

    def text(self) -> str:
        """Return one line for each."""
        if not len(self):
            return "No query is saved yet. `causeway sql save NAME STATEMENT` saves one."
        rows = [(one.name, utc(one.saved_unix_nano), one_line(one.description or one.statement, 90)) for one in self]
        return columns(("NAME", "SAVED", "WHAT"), rows)


@tool(risk="read", command="sql run", positional=("statement",))
def sql(
    wb: Workbench, statement: str, limit: MostRows = 1000, timeout_s: Seconds = 30.0, query_id: str = ""
) -> SqlRows:
    """Run one reading statement on the workspace: SELECT, DESCRIBE, SUMMARIZE, SHOW or EXPLAIN.

    Nothing can be changed, and no file, network or setting can be reached. Times are UTC nanoseconds:
    `make_timestamp_ns(time_unix_nano)` makes a time of them.

    Args:
        statement: In DuckDB's SQL; `causeway sql tables` lists what there is.
        limit: At most so many rows.
        timeout_s: Stop it after so many seconds.
        query_id: A name by which it can be cancelled.
    """
    found = console.run(wb.store, statement, limit=limit, timeout_s=timeout_s, query_id=query_id)
    return SqlRows(**dict(found))


@tool(risk="read", command="sql cancel", positional=("query_id",))
def sql_cancel(wb: Workbench, query_id: str) -> str:
    """Stop a statement that runs.

    Args:
        query_id: The name it was started with.
    """
    console.cancel(wb.store, query_id)
    return f"{query_id} is stopped."


@tool(risk="read", command="sql tables")
def sql_tables(wb: Workbench) -> SqlTables:
    """List the tables that a statement may read, with their columns and about how many rows they have."""
    return SqlTables(console.schema(wb.store))


@tool(risk="read", command="sql saved")
def saved_queries(wb: Workbench) -> SavedQueries:
    """List the statements that were saved."""
    return SavedQueries(console.saved(wb.store))


@tool(risk="write", command="sql save", positional=("name", "statement"))
def save_query(wb: Workbench, name: str, statement: str, description: str = "") -> SavedQuery:
    """Keep a statement under a name, in place of an earlier one with this name.

    Args:
        name: A few words.
        statement: The statement; it is checked, not run.
        description: What it answers.
    """
    return console.save(wb.store, SavedQuery(name=name, statement=statement, description=description))


@tool(risk="write", command="sql forget", positional=("name",))
def forget_query(wb: Workbench, name: str) -> str:
    """Remove a saved statement.

    Args:
        name: Its name; `causeway sql saved` lists them.
    """
    console.forget(wb.store, name)
    return f"{name} is removed."


def _word(value: Any) -> str:
    return "" if value is None else str(value)
