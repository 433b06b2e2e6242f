"""The node `tables.sql`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from workbench.flow.example import Example, example, grid
from workbench.flow.node import Node
from workbench.flow.queries.query import run_query
from workbench.flow.rows import Rows

SqlText = Annotated[str, Field(min_length=1, json_schema_extra={"format": "sql"})]


class Sql(Node):
    """Ask the inputs with one SELECT; the answer is kept up to date while rows come and go.

    The inputs are the tables a, b, c and d. There are joins on equal columns, WHERE, GROUP BY, HAVING, CASE, UNION,
    WITH, subqueries after FROM, and ORDER BY with LIMIT; docs/sql.md has all of it. Nothing is ever "done": a group is
    put out with its first row and again with each one that changes it.
    """

    query: SqlText
    """Such as SELECT service, count(*) AS errors FROM a WHERE level = 'ERROR' GROUP BY service."""

    example: ClassVar[Example | None] = example(
        {"query": "SELECT team, count(*) AS errors, max(ms) AS slowest FROM a JOIN b ON service = name GROUP BY team"},
        grid("team errors slowest", ("red", 2, 9)),
        a=grid("service ms", ("cart", 5), ("cart", 9), ("pay", 1)),
        b=grid("name team", ("cart", "red")),
    )

    @property
    def grows(self) -> str:
        grows = any(word in self.query.upper() for word in ("GROUP", "JOIN", "DISTINCT", "UNION", "LIMIT", "COUNT("))
        return "Joins and groups keep all of their rows; put a window with a cutoff before it." if grows else ""

    def build(self, a: Rows, b: Rows | None = None, c: Rows | None = None, d: Rows | None = None) -> Rows:
        inputs = {"a": a, "b": b, "c": c, "d": d}
        return run_query(self.query, {name: rows for name, rows in inputs.items() if rows is not None})
