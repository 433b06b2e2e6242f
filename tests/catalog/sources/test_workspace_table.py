from collections.abc import Iterator
from typing import Any

from node_catalog.sources.workspace_table import StoredTable
from workbench.semconv import COLUMNS, Table


def test_reads_what_the_workspace_hands_in(bench: Any) -> None:
    row = tuple(7 if kind == "BIGINT" else "x" for kind in COLUMNS[Table.EVENTS].values())
    asked: list[Any] = []

    def read_table(*what: Any) -> Iterator[list[tuple[Any, ...]]]:
        asked.append(what)
        yield [row, row]
        yield [row]

    node = StoredTable(table="events", scope="monday", end_unix_nano=9)

    rows = bench.run(node.build(source=bench.source(), read_table=read_table))

    assert rows == [row, row, row]
    assert asked == [("events", "monday", None, 9)]
