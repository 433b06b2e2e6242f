"""Which columns a query can see: those of each table after FROM, under the table's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pathway as pw
from sqlglot import exp

from workbench.flow.expression.compiler import compute_tree, condition_of_tree
from workbench.flow.expression.tree import Column, Expr, Place
from workbench.flow.findings import did_you_mean
from workbench.flow.queries.read import DIALECT, refuse
from workbench.flow.queries.values import to_tree
from workbench.flow.rows import Rows

_NOWHERE = Place(0, 0)
_MODES = {"": pw.JoinMode.INNER, "LEFT": pw.JoinMode.LEFT, "RIGHT": pw.JoinMode.RIGHT, "FULL": pw.JoinMode.OUTER}


@dataclass(frozen=True, slots=True)
class Scope:
    """A table whose columns are called `table.column`."""

    rows: Rows
    tables: dict[str, list[str]]
    """Name of a table in the query -> its columns."""

    @classmethod
    def of(cls, name: str, rows: Rows) -> Scope:
        """Return the scope of one table."""
        names = list(rows.column_names())
        return cls(rows.select(**{f"{name}.{one}": rows[one] for one in names}), {name: names})

    def over(self, rows: Rows) -> Scope:
        """Return the same columns of other rows."""
        return Scope(rows, self.tables)

    def resolve(self, text: str, column: exp.Column) -> str:
        """Return the name of a column of `rows`; raises `BadExpression` when there is none, or more than one."""
        name, table = column.name, column.table
        if table and table not in self.tables:
            raise refuse(text, column, f"there is no table {table!r} in FROM", did_you_mean(table, self.tables))
        found = [one for one, names in self.tables.items() if name in names and table in ("", one)]
        if len(found) > 1:
            raise refuse(text, column, f"{name} is in {' and in '.join(found)}", f"Write {found[0]}.{name}")
        if not found:
            every = [one for other, names in self.tables.items() for one in names if table in ("", other)]
            near = did_you_mean(name, every)
            has = ", ".join(dict.fromkeys(every)) or "none"
            raise refuse(text, column, f"there is no column {name!r}; there is {has}", near if "Did" in near else "")
        return f"{found[0]}.{name}"

    def everything(self, table: str) -> dict[str, Expr]:
        """Return all columns of one table, or of all; one whose name is taken is called by its table too."""
        found: dict[str, Expr] = {}
        for one, names in self.tables.items():
            if table in ("", one):
                for name in names:
                    shown = f"{one}_{name}" if name in found else name
                    found[shown] = Column(f"{one}.{name}", _NOWHERE)
        return found

    def joined(self, text: str, join: exp.Join, other: Scope) -> Scope:
        """Return this beside another table."""
        taken = set(self.tables) & set(other.tables)
        if taken:
            raise refuse(text, join.this, f"two tables are called {taken.pop()!r}", "Write FROM a AS x JOIN a AS y")
        if join.side not in _MODES or join.kind in ("CROSS", "SEMI", "ANTI") or join.args.get("method"):
            raise refuse(text, join, f"{join.sql(DIALECT).split(' JOIN')[0].strip()} JOIN is not supported")
        tables = {**self.tables, **other.tables}
        pairs, rest = self._conditions(text, join, other)
        left, right = self._with_keys(text, pairs, other)
        conditions: list[Any] = [left[f"_key_{place}"] == right[f"_key_{place}"] for place in range(len(pairs))]
        columns = {f"{name}.{one}": left[f"{name}.{one}"] for name, names in self.tables.items() for one in names}
        columns |= {f"{name}.{one}": right[f"{name}.{one}"] for name, names in other.tables.items() for one in names}
        rows = left.join(right, *conditions, how=_MODES[join.side]).select(**columns)
        scope = Scope(rows, tables)
        if rest and join.side:
            raise refuse(text, rest[0], "only equal columns can be joined by a LEFT, RIGHT or FULL JOIN")
        for part in rest:
            scope = scope.filtered(text, part)
        return scope

    def filtered(self, text: str, condition: exp.Expr) -> Scope:
        """Return the rows for which a condition holds."""
        tree = to_tree(condition, text, lambda column: self.resolve(text, column))
        return self.over(self.rows.filter(condition_of_tree(text, tree, self.rows)))

    def _conditions(
        self, text: str, join: exp.Join, other: Scope
    ) -> tuple[list[tuple[exp.Expr, exp.Expr]], list[exp.Expr]]:
        rest: list[exp.Expr] = []
        named = join.args.get("using") or ()
        pairs: list[tuple[exp.Expr, exp.Expr]] = [(exp.column(one.copy()), exp.column(one.copy())) for one in named]
        on = join.args.get("on")
        for part in on.flatten() if isinstance(on, exp.And) else [on] if on is not None else []:
            sides = [self._side(one, other) for one in (part.this, part.expression)] if isinstance(part, exp.EQ) else []
            if sides == ["left", "right"]:
                pairs.append((part.this, part.expression))
            elif sides == ["right", "left"]:
                pairs.append((part.expression, part.this))
            else:
                rest.append(part)
        if not pairs:
            raise refuse(text, join, "a JOIN needs ON with at least one pair of equal columns",
                         "For times use windows.interval_join or tables.asof_join")  # fmt: skip
        return pairs, rest

    def _side(self, node: exp.Expr, other: Scope) -> str:
        columns = list(node.find_all(exp.Column))
        sides = {"right" if _has(other, one) else "left" if _has(self, one) else "" for one in columns}
        return sides.pop() if len(sides) == 1 else ""

    def _with_keys(self, text: str, pairs: list[tuple[exp.Expr, exp.Expr]], other: Scope) -> tuple[Rows, Rows]:
        left, right = {}, {}
        for place, (ours, theirs) in enumerate(pairs):
            left[f"_key_{place}"] = self._computed(text, ours)
            right[f"_key_{place}"] = other._computed(text, theirs)
        return self.rows.with_columns(**left), other.rows.with_columns(**right)

    def _computed(self, text: str, node: exp.Expr) -> Any:
        tree = to_tree(node, text, lambda column: self.resolve(text, column))
        return compute_tree(text, tree, self.rows)


def _has(scope: Scope, column: exp.Column) -> bool:
    return any(column.name in names and column.table in ("", name) for name, names in scope.tables.items())
