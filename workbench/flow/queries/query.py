"""Builds the table of a query: joins, conditions, groups, columns, unions, from the inside out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pathway as pw
from sqlglot import exp

from workbench.flow.expression.compiler import compute_tree, condition_of_tree
from workbench.flow.expression.tree import Expr
from workbench.flow.findings import did_you_mean
from workbench.flow.queries.grouping import aggregates_in, grouped
from workbench.flow.queries.read import DIALECT, read_query, refuse
from workbench.flow.queries.scope import Scope
from workbench.flow.queries.values import to_tree
from workbench.flow.rows import Rows
from workbench.flow.tabular import aligned, ranked

_REFUSED = {
    "windows": "window functions", "laterals": "LATERAL", "qualify": "QUALIFY", "pivots": "PIVOT", "offset": "OFFSET",
    "sample": "SAMPLE", "connect": "CONNECT BY", "into": "INTO",
}  # fmt: skip


def run_query(text: str, tables: Mapping[str, Rows]) -> Rows:
    """Return the table of a query over some tables.

    Raises:
        BadExpression: it is not SQL, uses something that is not supported, or does not fit the tables; says where.
    """
    return _Query(text).table(read_query(text), dict(tables))


class _Query:
    def __init__(self, text: str) -> None:
        self.text = text

    def table(self, query: exp.Expr, tables: dict[str, Rows]) -> Rows:
        """Return the table of a SELECT or UNION."""
        known = dict(tables)
        for part in getattr(query, "ctes", ()):
            known[part.alias_or_name.lower()] = self.table(part.this, known)
        match query:
            case exp.Union():
                return self.ordered(query, self.union(query, known))
            case exp.Select():
                return self.ordered(query, self.select(query, known))
            case exp.Subquery():
                return self.table(query.this, known)
        raise refuse(self.text, query, f"{query.key.upper()} is not supported", "Only SELECT and UNION are")

    def union(self, query: exp.Union, tables: dict[str, Rows]) -> Rows:
        left, right = self.table(query.this, tables), self.table(query.expression, tables)
        names = list(left.column_names())
        if len(names) != len(list(right.column_names())):
            raise refuse(self.text, query, f"one side of UNION has {len(names)} columns, the other another number")
        renamed = right.select(**{new: right[old] for new, old in zip(names, right.column_names(), strict=True)})
        table = pw.Table.concat_reindex(*aligned((left, renamed)))
        return _distinct(table) if query.args.get("distinct") else table

    def select(self, query: exp.Select, tables: dict[str, Rows]) -> Rows:
        for name, said in _REFUSED.items():
            if query.args.get(name):
                raise refuse(self.text, query, f"{said} is not supported", "docs/sql.md says what is")
        scope = self.source(query, tables)
        rows = scope.rows
        if (where := query.args.get("where")) is not None:
            scope = scope.filtered(self.text, where.this)
            rows = scope.rows
        group, having = query.args.get("group"), query.args.get("having")
        if group is not None or having is not None or any(map(aggregates_in, query.expressions)):
            table = self.aggregated(query, scope)
        else:
            columns: dict[str, Any] = {}
            for part in query.expressions:
                for name, tree in self.columns(part, scope).items():
                    self.free(part, name, columns)
                    columns[name] = compute_tree(self.text, tree, rows)
            table = rows.select(**columns)
        return _distinct(table) if query.args.get("distinct") else table

    def aggregated(self, query: exp.Select, scope: Scope) -> Rows:
        group = query.args.get("group")
        keys = [self.meant(key, query) for key in (group.expressions if group is not None else [])]
        result = grouped(self.text, scope, keys, [*query.expressions, *filter(None, [query.args.get("having")])])
        rows = result.rows
        if (having := query.args.get("having")) is not None:
            rows = rows.filter(condition_of_tree(self.text, result.tree(having.this), rows))
        columns: dict[str, Any] = {}
        for part in query.expressions:
            if isinstance(part, exp.Star):
                raise refuse(self.text, query, "* does not go with GROUP BY or aggregates")
            name = _name(part)
            self.free(part, name, columns)
            columns[name] = compute_tree(self.text, result.tree(part.unalias()), rows)
        return rows.select(**columns)

    def meant(self, key: exp.Expr, query: exp.Select) -> exp.Expr:
        """Return what is grouped by: a number or an alias stands for a column of the result."""
        if isinstance(key, exp.Literal) and not key.is_string:
            place = int(str(key.this))
            if not 1 <= place <= len(query.expressions):
                raise refuse(self.text, query, f"GROUP BY {place}: there is no such column")
            chosen: exp.Expr = query.expressions[place - 1].unalias()
            return chosen
        named: dict[str, exp.Expr] = {
            part.alias: part.this for part in query.expressions if isinstance(part, exp.Alias)
        }
        plain = isinstance(key, exp.Column) and not key.table
        return named.get(key.name, key) if plain else key

    def source(self, query: exp.Select, tables: dict[str, Rows]) -> Scope:
        origin = query.args.get("from_") or query.args.get("from")
        if origin is None:
            raise refuse(self.text, query, "there is no FROM", "The inputs are called " + ", ".join(tables))
        scope = self.named(origin.this, tables)
        for join in query.args.get("joins") or ():
            scope = scope.joined(self.text, join, self.named(join.this, tables))
        return scope

    def named(self, part: exp.Expr, tables: dict[str, Rows]) -> Scope:
        if isinstance(part, exp.Subquery):
            return Scope.of(part.alias_or_name or "_", self.table(part.this, tables))
        if not isinstance(part, exp.Table) or not isinstance(part.this, exp.Identifier):
            raise refuse(self.text, part, f"{part.sql(DIALECT)} is not a table")
        rows = tables.get(part.name.lower())
        if rows is None:
            near = did_you_mean(part.name.lower(), tables)
            raise refuse(self.text, part, f"there is no table {part.name!r}", near)
        return Scope.of(part.alias_or_name, rows)

    def columns(self, part: exp.Expr, scope: Scope) -> dict[str, Expr]:
        """Return the columns that one part of the list after SELECT means."""
        if isinstance(part, exp.Star) or (isinstance(part, exp.Column) and isinstance(part.this, exp.Star)):
            if any(part.args.get(name) for name in ("except", "except_", "replace", "rename")):
                raise refuse(self.text, part, "* EXCEPT and * REPLACE are not supported")
            return scope.everything(part.table if isinstance(part, exp.Column) else "")
        return {_name(part): self.tree(part.unalias(), scope)}

    def tree(self, node: exp.Expr, scope: Scope) -> Expr:
        return to_tree(node, self.text, lambda column: scope.resolve(self.text, column))

    def free(self, part: exp.Expr, name: str, taken: Mapping[str, Any]) -> None:
        if name in taken or name == "id":
            why = "is there twice" if name in taken else "is the name of Pathway's row key"
            raise refuse(self.text, part, f"the column {name!r} {why}", f"Write {part.unalias().sql(DIALECT)} AS other")

    def ordered(self, query: exp.Query, table: Rows) -> Rows:
        """Apply ORDER BY together with LIMIT: tables have no order of their own."""
        order, limit = query.args.get("order"), query.args.get("limit")
        if limit is None:
            if order is not None:
                raise refuse(
                    self.text, order, "ORDER BY without LIMIT means nothing, as rows of a stream have no order",
                    "Add LIMIT, or number the rows with tables.sort",
                )  # fmt: skip
            return table
        if order is None or not isinstance(limit.expression, exp.Literal) or not str(limit.expression.this).isdigit():
            raise refuse(self.text, query, "LIMIT takes a number, and needs ORDER BY to say which rows are meant")
        names = []
        for part in order.expressions:
            if part.this.name not in table.column_names():
                raise refuse(self.text, part, "ORDER BY takes columns of the result", "Give it a name with AS")
            names.append(part.this.name)
        down = {bool(part.args.get("desc")) for part in order.expressions}
        if len(down) > 1:
            raise refuse(self.text, order, "either all columns of ORDER BY go up, or all go down")
        kept = ranked(table, [], names, descending=down.pop(), first=int(str(limit.expression.this)))
        joined = table.join(kept, table.id == kept.id, id=table.id)
        return joined.select(*(table[name] for name in table.column_names()))


def _name(part: exp.Expr) -> str:
    return part.alias_or_name or part.sql(DIALECT).lower()


def _distinct(table: Rows) -> Rows:
    columns = [table[name] for name in table.column_names()]
    return table.groupby(*columns).reduce(*columns)
