"""SQL Server: how to connect, and how it writes what all databases have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import Field

from workbench.flow.fields import Secret
from workbench.flow.node import Extra, Node
from workbench.flow.outside import as_text
from workbench.flow.services import Secrets
from workbench.flow.sql import Dialect, Fate, translated

CONNECT_S, ANSWER_S = 10, 60
# Numbers of the server's errors: deadlock, lock, too busy, failing over; and rows that do not fit.
_LATER = frozenset(
    {1205, 1222, 8645, 8651, 10053, 10054, 10060, 10928, 10929, 40197, 40501, 40613, 49918, 49919, 49920}
)
_ROW = frozenset({220, 232, 241, 242, 245, 248, 515, 547, 2601, 2627, 2628, 8114, 8115, 8152})


class MssqlServer(Node):
    """Settings of every node that speaks with SQL Server."""

    needs = Extra("mssql", "pymssql")

    host: str = Field("localhost", min_length=1)
    """Name or address of the server."""
    port: int = Field(1433, ge=1, le=65535)
    """Port of the server."""
    database: str = Field(min_length=1)
    """Name of the database."""
    user: str = Field(min_length=1)
    """Who connects."""
    password: Secret | None = None
    """The user's password, as ${secret:NAME}."""
    encryption: bool = True
    """Encrypt the connection."""

    @property
    def where(self) -> str:
        """The server and database, for errors."""
        return f"mssql://{self.user}@{self.host}:{self.port}/{self.database}"

    @contextmanager
    def connected(self, secrets: Secrets) -> Iterator[Any]:
        """Open a connection of pymssql."""
        import pymssql

        password = secrets(self.password) if self.password is not None else ""
        with translated(self.where, fate):
            connection = pymssql.connect(
                server=self.host,
                port=str(self.port),
                user=self.user,
                password=password,
                database=self.database,
                login_timeout=CONNECT_S,
                timeout=ANSWER_S,
                appname="causeway",
                encryption="require" if self.encryption else "off",
            )
        try:
            yield connection
        finally:
            with suppress(pymssql.Error):
                connection.close()

    def probe(self, *, secrets: Secrets) -> str:
        """Log in."""
        with self.connected(secrets) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT CAST(SERVERPROPERTY('ProductVersion') AS varchar(32))")
            (version,) = cursor.fetchone()
            return f"{self.where}: SQL Server {version}"


def fate(error: Exception) -> Fate | None:
    """Tell what an error of pymssql means, by the server's number for it."""
    import pymssql

    if not isinstance(error, pymssql.Error):
        return None
    first = error.args[0] if error.args else 0
    number = first[0] if isinstance(first, tuple) and first else first
    if not isinstance(number, int):
        return "unfit"
    if number in _ROW or isinstance(error, pymssql.IntegrityError):
        return "row"
    # Numbers from 20000 on are the driver's own: no connection, or a lost one.
    return "later" if number in _LATER or 20000 <= number < 21000 else "unfit"


def value(plain: Any) -> Any:
    """Return a value as pymssql takes it: times in UTC, durations as seconds, documents as text."""
    match plain:
        case datetime():
            return (plain.astimezone(UTC).replace(tzinfo=None) if plain.tzinfo else plain).isoformat(sep=" ")
        case timedelta():
            return plain.total_seconds()
        case dict() | list():
            return as_text(plain)
    return plain


def merge(dialect: Dialect, table: str, columns: Sequence[str], key: Sequence[str]) -> str:
    """Return the upsert of SQL Server; HOLDLOCK keeps two writers from inserting the same key."""
    names = dialect.names(columns)
    marks = ", ".join([dialect.mark] * len(columns))
    same = " AND ".join(f"t.{dialect.column(name)} = s.{dialect.column(name)}" for name in key)
    rest = [name for name in columns if name not in key]
    changes = ", ".join(f"{dialect.column(name)} = s.{dialect.column(name)}" for name in rest)
    update = f" WHEN MATCHED THEN UPDATE SET {changes}" if rest else ""
    given = ", ".join(f"s.{dialect.column(name)}" for name in columns)
    return (
        f"MERGE INTO {dialect.name(table)} WITH (HOLDLOCK) AS t USING (VALUES ({marks})) AS s ({names}) ON {same}"
        f"{update} WHEN NOT MATCHED THEN INSERT ({names}) VALUES ({given});"
    )


@dataclass(frozen=True)
class MssqlDialect(Dialect):
    """SQL Server has no CREATE TABLE IF NOT EXISTS."""

    def create(self, table: str, columns: Mapping[str, str], key: Sequence[str]) -> str:
        """Return the statement that makes a table."""
        plain = super().create(table, columns, key).replace("IF NOT EXISTS ", "", 1)
        return f"IF OBJECT_ID(N'{self.name(table).replace(chr(39), chr(39) * 2)}', N'U') IS NULL {plain}"


MSSQL = MssqlDialect(
    types={
        "key": "nvarchar(400)",
        "str": "nvarchar(max)",
        "int": "bigint",
        "float": "float",
        "bool": "bit",
        "bytes": "varbinary(max)",
        "Json": "nvarchar(max)",
        "DateTimeUtc": "datetime2(6)",
        "DateTimeNaive": "datetime2(6)",
        "Duration": "float",
        "Pointer": "nvarchar(64)",
    },
    upsert=merge,
    fate=fate,
    value=value,
    quotes=("[", "]"),
)
