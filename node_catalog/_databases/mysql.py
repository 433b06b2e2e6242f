"""MySQL and MariaDB: how to connect, and how they write what all databases have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import Field

from workbench.flow.fields import Secret
from workbench.flow.node import Extra, Node
from workbench.flow.outside import as_text
from workbench.flow.services import Secrets
from workbench.flow.sql import Dialect, Fate, translated

CONNECT_S, READ_S = 10, 60
# Times come and go in UTC; a value that does not fit is an error, and not cut off.
SESSION = "SET SESSION time_zone = '+00:00', sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')"
_LATER = frozenset({1040, 1053, 1129, 1158, 1159, 1160, 1161, 1205, 1213, 1290, 1836, 3024})
_ROW = frozenset({1048, 1062, 1264, 1265, 1292, 1366, 1406, 1411, 1452, 1690, 3140, 3819, 4025})


class MysqlServer(Node):
    """Settings of every node that speaks with MySQL or MariaDB."""

    needs = Extra("mysql", "pymysql", "pymysqlreplication")

    host: str = Field("localhost", min_length=1)
    """Name or address of the server."""
    port: int = Field(3306, ge=1, le=65535)
    """Port of the server."""
    database: str = Field(min_length=1)
    """Name of the database."""
    user: str = Field(min_length=1)
    """Who connects."""
    password: Secret | None = None
    """The user's password, as ${secret:NAME}."""
    ssl: bool = False
    """Encrypt the connection and look at the server's certificate."""

    @property
    def where(self) -> str:
        """The server and database, for errors."""
        return f"mysql://{self.user}@{self.host}:{self.port}/{self.database}"

    def options(self, secrets: Secrets) -> dict[str, Any]:
        """Return what pymysql needs to connect; holds the password."""
        return {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": secrets(self.password) if self.password is not None else "",
            "database": self.database,
            "charset": "utf8mb4",
            "connect_timeout": CONNECT_S,
            "read_timeout": READ_S,
            "write_timeout": READ_S,
            "init_command": SESSION,
            **({"ssl_verify_cert": True, "ssl_verify_identity": True} if self.ssl else {}),
        }

    @contextmanager
    def connected(self, secrets: Secrets) -> Iterator[Any]:
        """Open a connection of pymysql."""
        import pymysql

        options = self.options(secrets)
        with translated(self.where, fate):
            connection = pymysql.connect(**options)
        try:
            yield connection
        finally:
            with suppress(pymysql.Error):
                connection.close()

    def probe(self, *, secrets: Secrets) -> str:
        """Log in."""
        with self.connected(secrets) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT VERSION()")
            (version,) = cursor.fetchone()
            return f"{self.where}: {'' if 'MariaDB' in version else 'MySQL '}{version}"


def fate(error: Exception) -> Fate | None:
    """Tell what an error of pymysql means, by the server's number for it."""
    import pymysql

    match error:
        case pymysql.InterfaceError():
            return "later"
        case pymysql.MySQLError(args=(int() as number, *_)):
            if number in _ROW or isinstance(error, (pymysql.DataError, pymysql.IntegrityError)):
                return "row"
            return "later" if number in _LATER or 2000 <= number < 3000 else "unfit"
        case pymysql.MySQLError():
            return "unfit"
    return None


def value(plain: Any) -> Any:
    """Return a value as pymysql takes it: times in UTC, durations as seconds, documents as text."""
    match plain:
        case datetime(tzinfo=zone) if zone is not None:
            return plain.astimezone(UTC).replace(tzinfo=None)
        case timedelta():
            return plain.total_seconds()
        case dict() | list():
            return as_text(plain)
    return plain


def on_duplicate_key(dialect: Dialect, table: str, columns: Sequence[str], key: Sequence[str]) -> str:
    """Return the upsert of MySQL and MariaDB; which row it replaces is told by the table's own keys."""
    changed = [name for name in columns if name not in key] or list(key[:1])
    changes = ", ".join(f"{dialect.column(name)} = VALUES({dialect.column(name)})" for name in changed)
    return f"{dialect.insert(table, columns)} ON DUPLICATE KEY UPDATE {changes}"


MYSQL = Dialect(
    types={
        "key": "varchar(255)",
        "str": "longtext",
        "int": "bigint",
        "float": "double",
        "bool": "boolean",
        "bytes": "longblob",
        "Json": "json",
        "DateTimeUtc": "datetime(6)",
        "DateTimeNaive": "datetime(6)",
        "Duration": "double",
        "Pointer": "varchar(64)",
    },
    upsert=on_duplicate_key,
    fate=fate,
    value=value,
    quotes=("`", "`"),
)
