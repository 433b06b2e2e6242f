"""GROUP BY: keys and aggregates become columns, and what is computed from them refers to those."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from workbench.errors import BadExpression, BadInput
from workbench.flow.aggregates import Aggregate, Function, prepare, reduced
from workbench.flow.expression.compiler import compute_tree
from workbench.flow.expression.tree import Call, Expr, Literal
from workbench.flow.queries.read import DIALECT, place_of, refuse
from workbench.flow.queries.scope import Scope
from workbench.flow.queries.values import to_tree
from workbench.flow.rows import Rows

_FUNCTIONS: dict[type[exp.Expr], Function] = {
    exp.Sum: "sum", exp.Avg: "avg", exp.Min: "min", exp.Max: "max", exp.AnyValue: "any", exp.Median: "median",
    exp.Stddev: "stddev", exp.StddevSamp: "stddev", exp.ArrayAgg: "list", exp.ApproxDistinct: "count_distinct",
    exp.ArgMax: "argmax", exp.ArgMin: "argmin", exp.Quantile: "percentile", exp.PercentileCont: "percentile",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grouped:
    """The rows of the groups, and the column that each key and aggregate became."""

    text: str
    rows: Rows
    became: dict[str, str]
    """SQL of a key or an aggregate -> its column."""

    def tree(self, node: exp.Expr) -> Expr:
        """Return our tree of an expression over keys and aggregates; raises `BadExpression` for any other column."""
        changed = node.copy().transform(self._replace)
        return to_tree(changed, self.text, self._resolve)

    def _replace(self, node: exp.Expr) -> exp.Expr:
        found = self.became.get(node.sql(DIALECT))
        if found is None:
            return node
        made = exp.column(exp.to_identifier(found, quoted=True))
        if place_of(node, self.text).start or place_of(node, self.text).end < len(self.text):
            place = place_of(node, self.text)
            made.this.meta.update(start=place.start, end=place.end - 1)
        return made

    def _resolve(self, column: exp.Column) -> str:
        if column.name in self.became.values():
            return column.name
        raise refuse(
            self.text, column, f"{column.sql(DIALECT)} is neither grouped by nor aggregated",
            f"Add it to GROUP BY, or write any_value({column.sql(DIALECT)})",
        )  # fmt: skip


def aggregates_in(node: exp.Expr) -> list[exp.Expr]:
    """Return the aggregates inside an expression, each with its FILTER."""
    found: list[exp.Expr] = []
    for one in node.find_all(exp.AggFunc):
        whole: exp.Expr = one
        while isinstance(whole.parent, (exp.Filter, exp.WithinGroup)):
            whole = whole.parent
        found.append(whole)
    return found


def grouped(text: str, scope: Scope, keys: list[exp.Expr], used_in: list[exp.Expr]) -> Grouped:
    """Return the groups of a query; raises `BadExpression`."""
    columns: dict[str, Any] = {}
    became: dict[str, str] = {}
    for place, key in enumerate(keys):
        became[key.sql(DIALECT)] = f"_by_{place}"
        columns[f"_by_{place}"] = compute_tree(text, _tree(text, key, scope), scope.rows)
    aggregates: dict[str, Aggregate] = {}
    for node in [one for part in used_in for one in aggregates_in(part)]:
        written = node.sql(DIALECT)
        if written in became:
            continue
        name = f"_made_{len(aggregates)}"
        became[written] = name
        aggregates[name] = _aggregate(text, node, name, scope, columns)
    rows = scope.rows.select(**columns) if columns else scope.rows
    by = [name for name in columns if name.startswith("_by_")]
    try:
        prepared = prepare(rows, aggregates)
        made = reduced(prepared, aggregates)
    except BadExpression:
        raise
    except BadInput as error:
        raise BadExpression(text, error.what, (0, len(text)), hint=error.hint) from error
    return Grouped(
        text, prepared.groupby(*(prepared[one] for one in by)).reduce(*(prepared[one] for one in by), **made), became
    )


def _aggregate(text: str, node: exp.Expr, name: str, scope: Scope, columns: dict[str, Any]) -> Aggregate:
    where = None
    if isinstance(node, exp.Filter):
        node, where = node.this, node.expression.this
    distinct = isinstance(node.this, exp.Distinct)
    value = node.this.expressions[0] if distinct else node.this
    tree = None if isinstance(value, exp.Star) or value is None else _tree(text, value, scope)
    if where is not None:
        place = place_of(node, text)
        tree = Call("case", (_tree(text, where, scope), tree or Literal(1, place)), place)
    settings: dict[str, Any] = {}
    if tree is not None:
        columns[f"{name}_of"] = compute_tree(text, tree, scope.rows)
        settings["column"] = f"{name}_of"
    if isinstance(node, exp.Count):
        return Aggregate(function="count_distinct" if distinct else "count", **settings)
    function = _FUNCTIONS.get(type(node))
    if function is None or (distinct and function not in ("min", "max", "count_distinct")):
        raise refuse(text, node, f"{node.sql(DIALECT)} is not supported as an aggregate", "docs/sql.md says what is")
    if function in ("argmax", "argmin"):
        columns[f"{name}_at"] = compute_tree(text, _tree(text, node.expression, scope), scope.rows)
        settings["by"] = f"{name}_at"
    if function == "percentile":
        share = node.args.get("quantile")
        if not isinstance(share, exp.Literal) or share.is_string:
            raise refuse(
                text, node, "the share of a quantile has to be written as a number", "Such as quantile(ms, 0.95)"
            )
        settings["percent"] = float(str(share.this)) * 100
    return Aggregate(function=function, **settings)


def _tree(text: str, node: exp.Expr, scope: Scope) -> Expr:
    return to_tree(node, text, lambda column: scope.resolve(text, column))
