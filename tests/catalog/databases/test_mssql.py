"""SQL Server as it is documented: what is said to the driver, and what its errors mean. No server was at hand.

A stand-in for the driver's connection writes down the statements; real is only that nobody listens on a closed port.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pathway as pw
import pytest

from node_catalog._databases.mssql import MSSQL, fate
from node_catalog.sinks.mssql import MssqlOutput
from node_catalog.sources.mssql import Mssql
from workbench.errors import Unreachable

pytestmark = pytest.mark.service

LOGIN = {"database": "shop", "user": "causeway", "password": "${secret:mssql_shop_password}"}


class Recorded:
    """A connection that writes down what is said, and answers queries with prepared rows."""

    def __init__(self, *answers: list[tuple[Any, ...]]) -> None:
        self.said: list[tuple[str, Any]] = []
        self.answers = list(answers)
        self._rows: list[tuple[Any, ...]] = []

    def cursor(self) -> Recorded:
        return self

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> None:
        self.said.append((sql, values))
        self._rows = self.answers.pop(0) if sql.startswith("SELECT") and self.answers else []

    def executemany(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        self.said.append((sql, rows))

    def fetchmany(self, count: int) -> list[tuple[Any, ...]]:
        found, self._rows = self._rows, []
        return found

    def commit(self) -> None:
        self.said.append(("COMMIT", ()))

    def rollback(self) -> None:
        """Nothing is undone."""

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    recorded = Recorded([(1, "tea"), (2, "milk")], [(3, "bread")])

    @contextmanager
    def connected(self: Any, secrets: Any) -> Iterator[Recorded]:
        yield recorded

    monkeypatch.setattr("node_catalog._databases.mssql.MssqlServer.connected", connected)
    return recorded


def test_a_key_makes_a_merge_and_deletes(bench: Any, connection: Recorded) -> None:
    rows = bench.table(
        {"a]b": str, "n": int, "at": pw.DateTimeUtc}, ("x", 1, pw.DateTimeUtc("2026-01-02T03:04:05+01:00"))
    )

    MssqlOutput(**LOGIN, table="dbo.out", key=["a]b"]).build(rows, sink=bench.sink(), secrets=lambda name: name)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    assert connection.said == [
        (
            "IF OBJECT_ID(N'[dbo].[out]', N'U') IS NULL CREATE TABLE [dbo].[out] "
            "([a]]b] nvarchar(400) NOT NULL, [n] bigint, [at] datetime2(6), PRIMARY KEY ([a]]b]))",
            (),
        ),
        ("COMMIT", ()),
        (
            "MERGE INTO [dbo].[out] WITH (HOLDLOCK) AS t USING (VALUES (%s, %s, %s)) AS s ([a]]b], [n], [at]) "
            "ON t.[a]]b] = s.[a]]b] WHEN MATCHED THEN UPDATE SET [n] = s.[n], [at] = s.[at] "
            "WHEN NOT MATCHED THEN INSERT ([a]]b], [n], [at]) VALUES (s.[a]]b], s.[n], s.[at]);",
            [("x", 1, "2026-01-02 02:04:05")],
        ),
        ("COMMIT", ()),
    ]
    assert MSSQL.delete("dbo.out", ["a]b", "n"]) == "DELETE FROM [dbo].[out] WHERE [a]]b] = %s AND [n] = %s"


def test_a_table_is_polled_behind_the_last_value(bench: Any, connection: Recorded) -> None:
    node = Mssql(**LOGIN, table="items", columns={"n": "integer", "name": "text"}, increasing="n", poll_s=0.05)

    def steps(there: Any) -> None:
        there(lambda rows: len(rows) == 3)

    table = node.build(source=bench.source(), secrets=lambda name: name)

    assert bench.follow(table, steps) == [(1, "tea"), (2, "milk"), (3, "bread")]
    assert connection.said[:2] == [
        ("SELECT [n], [name] FROM [items] WHERE [n] IS NOT NULL ORDER BY [n]", ()),
        ("SELECT [n], [name] FROM [items] WHERE [n] > %s ORDER BY [n]", (2,)),
    ]


@pytest.mark.parametrize(
    ("name", "arguments", "meaning"),
    [
        ("OperationalError", (1205, b"deadlock victim"), "later"),
        ("OperationalError", (20009, b"Unable to connect"), "later"),
        ("OperationalError", ((18456, b"Login failed for user"),), "unfit"),
        ("ProgrammingError", (208, b"Invalid object name"), "unfit"),
        ("OperationalError", (8115, b"Arithmetic overflow"), "row"),
        ("IntegrityError", (2627, b"Violation of PRIMARY KEY"), "row"),
    ],
)
def test_what_errors_mean(name: str, arguments: tuple[Any, ...], meaning: str) -> None:
    import pymssql

    assert fate(getattr(pymssql, name)(*arguments)) == meaning


def test_errors_of_others_are_not_the_drivers() -> None:
    assert fate(ValueError("a mistake of ours")) is None


def test_nobody_listens() -> None:
    node = Mssql(**LOGIN, host="127.0.0.1", port=1, table="items", columns={"n": "integer"}, follow=False)

    with pytest.raises(
        Unreachable, match=r"127.0.0.1:1/shop: DB-Lib error message 20009.*Connection refused"
    ) as refused:
        node.probe(secrets=lambda name: "a-password-99")
    assert "a-password-99" not in str(refused.value)
