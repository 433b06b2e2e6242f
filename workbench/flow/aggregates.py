"""Aggregates of groups and windows: how many, how much, the largest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import pathway as pw
from pydantic import BaseModel, ConfigDict, model_validator

from workbench.flow.expression.compiler import condition
from workbench.flow.fields import Column, Expression
from workbench.flow.rows import Rows


class Aggregate(BaseModel):
    """One number or value made of many rows."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    function: Literal["count", "sum", "avg", "min", "max", "count_distinct", "earliest", "latest", "any"] = "count"
    """How the rows become one value; earliest and latest go by when a row was read."""
    column: Column | None = None
    """Column whose values are taken; count needs none."""
    where: Expression | None = None
    """Only rows for which this holds are counted or summed."""

    @model_validator(mode="after")
    def _fits(self) -> Aggregate:
        if self.column is None and self.function != "count":
            raise ValueError(f"{self.function} needs a column")
        if self.where is not None and self.function not in ("count", "sum"):
            raise ValueError(f"where goes with count and sum only, not with {self.function}")
        return self


REDUCERS: dict[str, Callable[..., Any]] = {
    "sum": pw.reducers.sum,
    "avg": pw.reducers.avg,
    "min": pw.reducers.min,
    "max": pw.reducers.max,
    "count_distinct": pw.reducers.count_distinct,
    "earliest": pw.reducers.earliest,
    "latest": pw.reducers.latest,
    "any": pw.reducers.any,
}


def prepare(rows: Rows, aggregates: Mapping[str, Aggregate]) -> Rows:
    """Add the columns that conditional aggregates sum up."""
    extra = {}
    for name, one in aggregates.items():
        if one.where is not None:
            value = 1 if one.column is None or one.function == "count" else rows[one.column]
            extra[_helper(name)] = pw.if_else(condition(one.where, rows), value, 0)
    return rows.with_columns(**extra) if extra else rows


def reduced(aggregates: Mapping[str, Aggregate]) -> dict[str, Any]:
    """Return the reducer of each output column, over the rows that `prepare` returned."""
    return {name: _reducer(name, one) for name, one in aggregates.items()}


def _reducer(name: str, one: Aggregate) -> Any:
    if one.where is not None:
        return pw.reducers.sum(pw.this[_helper(name)])
    if one.function == "count":
        return pw.reducers.count()
    return REDUCERS[one.function](pw.this[one.column])


def _helper(name: str) -> str:
    return f"_where_{name}"
