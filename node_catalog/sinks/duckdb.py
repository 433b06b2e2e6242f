"""The node `sinks.duckdb`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from node_catalog._databases.files import will_be_made
from workbench.errors import SystemUnfit
from workbench.flow.example import Example, grid, writes
from workbench.flow.fields import OutputFile
from workbench.flow.outside import as_text
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.sql import Dialect, Fate, on_conflict, translated
from workbench.flow.sqlwriting import SqlOutput, SqlWriter

WORKSPACE = "causeway.duckdb"


class DuckdbFile(SqlOutput):
    """Write rows to a table of a DuckDB file: the present rows by a key, or every row that comes.

    While the flow runs, no other program can open the file. The workspace's own database is no target: use
    sinks.workspace_table.
    """

    tested = "real library"

    path: OutputFile
    """The database file; it is made when it is not there."""

    example: ClassVar[Example | None] = writes(
        {"path": "out.duckdb", "table": "items", "key": ["name"]},
        grid("name ms", ("cart", 12.5), ("pay", 8.0)),
        {"out.duckdb": '{"name": "cart", "ms": 12.5}\n{"name": "pay", "ms": 8.0}\n'},
    )

    def probe(self, *, secrets: Secrets) -> str:
        """Open the file; one that is not there is not made."""
        if made := will_be_made(self.path):
            return made
        with connected(self.path) as session:
            return f"{self.path}: {session.told()}"

    def build(self, rows: Rows, *, sink: Sink) -> None:
        self.write_sql(rows, lambda: connected(self.path), DUCKDB, self.path, sink, DuckdbWriter)


@contextmanager
def connected(path: str) -> Iterator[Any]:
    """Open the file."""
    import duckdb

    if Path(path).name == WORKSPACE:
        raise SystemUnfit(path, "this is the database of a workspace", hint="Write to it with sinks.workspace_table")
    with translated(path, fate):
        connection = duckdb.connect(path, config={"autoinstall_known_extensions": "false"})
    try:
        yield Session(connection)
    finally:
        connection.close()


class Session:
    """A connection as Python's DB-API has it: statements are kept by `commit`."""

    def __init__(self, connection: Any) -> None:
        self._connection, self._open = connection, False

    def cursor(self) -> Session:
        """Return what executes; DuckDB's own cursors would be other connections."""
        return self

    def execute(self, sql: str) -> None:
        """Execute one statement, in a transaction."""
        if not self._open:
            self._connection.execute("BEGIN")
            self._open = True
        self._connection.execute(sql)

    def with_rows(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Execute a statement that reads the table `_rows`, with columns `_0`, `_1` and so on."""
        import pyarrow as pa

        columns = list(zip(*rows, strict=True))
        self._connection.register(
            "_rows", pa.table({f"_{place}": list(column) for place, column in enumerate(columns)})
        )
        try:
            self.execute(sql)
        finally:
            self._connection.unregister("_rows")

    def told(self) -> str:
        """Return the version of the engine, and how many tables there are."""
        (version,) = self._connection.execute("SELECT version()").fetchone()
        (tables,) = self._connection.execute("SELECT count(*) FROM duckdb_tables()").fetchone()
        return f"DuckDB {version}, {tables} tables."

    def commit(self) -> None:
        """Keep what was done."""
        if self._open:
            self._open = False
            self._connection.execute("COMMIT")

    def rollback(self) -> None:
        """Undo what was done."""
        if self._open:
            self._open = False
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Do nothing: the connection stays."""


class DuckdbWriter(SqlWriter):
    """Writes a batch as one Arrow table; row by row DuckDB takes some milliseconds for each."""

    def insert_many(self, cursor: Session, rows: list[tuple[Any, ...]]) -> None:
        """Insert or replace rows."""
        plain = DUCKDB.insert(self._table, self._columns)
        values = plain.rpartition(" VALUES ")[0] + " SELECT * FROM _rows"
        cursor.with_rows(values + self._insert[len(plain) :], rows)

    def delete_many(self, cursor: Session, rows: list[tuple[Any, ...]]) -> None:
        """Delete the rows with some keys."""
        table = DUCKDB.name(self._table)
        same = " AND ".join(f"{table}.{DUCKDB.column(name)} = _rows._{place}" for place, name in enumerate(self._key))
        cursor.with_rows(f"DELETE FROM {table} USING _rows WHERE {same}", rows)


def fate(error: Exception) -> Fate | None:
    """Tell what an error of DuckDB means."""
    import duckdb

    match error:
        case duckdb.IOException() if "lock" in str(error):
            return "later"
        case duckdb.CatalogException() | duckdb.BinderException() | duckdb.IOException() | duckdb.ParserException():
            return "unfit"
        case duckdb.Error():
            return "row"
    return None


DUCKDB = Dialect(
    types={
        "str": "VARCHAR",
        "int": "BIGINT",
        "float": "DOUBLE",
        "bool": "BOOLEAN",
        "bytes": "BLOB",
        "Json": "JSON",
        "DateTimeUtc": "TIMESTAMPTZ",
        "DateTimeNaive": "TIMESTAMP",
        "Duration": "INTERVAL",
        "Pointer": "VARCHAR",
    },
    upsert=on_conflict,
    fate=fate,
    value=lambda plain: as_text(plain) if isinstance(plain, (dict, list)) else plain,
    mark="?",
)
