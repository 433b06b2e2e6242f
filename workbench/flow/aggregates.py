"""Aggregates of groups and windows: how many, how much, the largest. Missing values are left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal

import pathway as pw
from pydantic import BaseModel, ConfigDict, Field, model_validator

from workbench.errors import BadInput
from workbench.flow.expression.compiler import condition
from workbench.flow.fields import Column, Expression
from workbench.flow.rows import Rows
from workbench.flow.types import column_type

Function = Literal[
    "count", "sum", "avg", "min", "max", "count_distinct", "count_distinct_approximate", "earliest", "latest", "any",
    "unique", "list", "sorted_list", "argmin", "argmax", "median", "percentile", "stddev",
]  # fmt: skip
KEEPS_ALL = ("list", "sorted_list", "median", "percentile", "stddev")
"""Functions for which all values of a group are kept, not only a sum."""
_NUMBERS_ONLY = ("sum", "avg", "median", "percentile", "stddev")
_ONLY_ADDED = ("earliest", "latest", "count_distinct_approximate")
"""Pathway's reducers that panic when a row is taken back."""
_SKIPPING = ("min", "max", "count_distinct", "count_distinct_approximate")
_CONDITIONAL = ("count", "sum", "avg")


class Aggregate(BaseModel):
    """One number or value made of many rows."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    function: Function = "count"
    """How the rows become one value; earliest and latest go by when a row was read; unique is none when they differ."""
    column: Column | None = None
    """Column whose values are taken; count without one counts all rows."""
    where: Expression | None = None
    """Only rows for which this holds are counted, summed or averaged."""
    by: Column | None = None
    """For argmin and argmax: the column is taken from the row where this one is smallest or largest."""
    percent: float = Field(95.0, ge=0, le=100)
    """For percentile: between the two nearest values it is interpolated; 50 is the median."""

    @model_validator(mode="after")
    def _fits(self) -> Aggregate:
        if self.column is None and self.function != "count":
            raise ValueError(f"{self.function} needs a column")
        if self.where is not None and self.function not in _CONDITIONAL:
            raise ValueError(f"where goes with count, sum and avg only, not with {self.function}")
        if (self.by is None) == (self.function in ("argmin", "argmax")):
            raise ValueError(
                f"{self.function} needs `by`" if self.by is None else "by goes with argmin and argmax only"
            )
        return self


def prepare(rows: Rows, aggregates: Mapping[str, Aggregate], *, taken_back: bool = False) -> Rows:
    """Add the columns that conditional aggregates and those over missing values sum up.

    Args:
        rows: What is aggregated.
        aggregates: Output column -> how it is made.
        taken_back: Whether rows leave their group again even if the input only gets more.

    Raises:
        BadInput: a function does not fit the type of its column, or cannot take back a row.
    """
    extra: dict[str, Any] = {}
    for name, one in aggregates.items():
        column = None if one.column is None else column_type(rows, one.column)
        if one.function in _NUMBERS_ONLY and column and column.type not in ("integer", "number", "unknown"):
            duration = one.function == "sum" and column.type == "duration" and not column.nullable
            if not duration or one.where:
                raise BadInput(f"{one.function} needs numbers, but {one.column} is {column.type}")
        only_added = not taken_back and column and rows[one.column]._column.properties.append_only
        if one.function in _ONLY_ADDED and not only_added:
            raise BadInput(
                f"{one.function} needs rows that are never taken back, but here some are",
                hint="Use argmax or argmin by a column with the time, or count_distinct",
            )
        nullable = column is not None and column.nullable
        if one.function in _CONDITIONAL and (one.where is not None or nullable):
            counted = condition(one.where, rows) if one.where is not None else True
            if column is not None and nullable:
                counted = counted & rows[one.column].is_not_none() if one.where else rows[one.column].is_not_none()
            extra[_count(name)] = pw.if_else(counted, 1, 0)
            if column is not None and one.function != "count":
                number = float if column.type == "number" else int
                value = pw.unwrap(rows[one.column]) if nullable else rows[one.column]
                extra[_sum(name)] = pw.if_else(counted, value, number(0))
    return rows.with_columns(**extra) if extra else rows


def reduced(rows: Rows, aggregates: Mapping[str, Aggregate]) -> dict[str, Any]:
    """Return the reducer of each output column, over the rows that `prepare` returned."""
    return {name: _reducer(rows, name, one) for name, one in aggregates.items()}


def _reducer(rows: Rows, name: str, one: Aggregate) -> Any:
    names = rows.column_names()
    if _sum(name) in names:
        total, count = pw.reducers.sum(pw.this[_sum(name)]), pw.reducers.sum(pw.this[_count(name)])
        return pw.if_else(count == 0, None, pw.cast(float, total) / count) if one.function == "avg" else total
    if one.function == "count":
        return pw.reducers.sum(pw.this[_count(name)]) if _count(name) in names else pw.reducers.count()
    column = pw.this[one.column]
    known = column_type(rows, str(one.column))
    if one.by is not None:
        return _at_extreme(one)
    if one.function == "unique":
        return pw.if_else(pw.reducers.count_distinct(column) == 1, pw.reducers.any(column), None)
    if one.function in _SIMPLE and not (known.nullable and one.function in _SKIPPING):
        return _SIMPLE[one.function](column)
    values = pw.reducers.sorted_tuple(column, skip_nones=True)
    if one.function in ("min", "max"):
        place = 0 if one.function == "min" else -1
        return values.get(place)
    if one.function == "sorted_list":
        return values
    if one.function.startswith("count_distinct"):
        return pw.udf(lambda found: len(set(found)), return_type=int, deterministic=True)(values)
    if one.function == "list":
        return pw.reducers.tuple(column, skip_nones=True)
    if one.function == "stddev":
        return pw.udf(deviation, return_type=float | None, deterministic=True)(values)
    share = 0.5 if one.function == "median" else one.percent / 100
    return pw.udf(quantile, return_type=float | None, deterministic=True)(values, share)


def _at_extreme(one: Aggregate) -> Any:
    # Pathway's own argmin gives the id of a row, which windows do not keep. A row without a time or size never wins.
    by = pw.this[one.by]
    if one.function == "argmin":
        return pw.reducers.min(pw.make_tuple(by.is_none(), by, pw.this[one.column]))[2]
    return pw.reducers.max(pw.make_tuple(by.is_not_none(), by, pw.this[one.column]))[2]


def quantile(values: tuple[float, ...], share: float) -> float | None:
    """Return the value below which a share of sorted values lies, interpolated; None when there are none."""
    if not values:
        return None
    place = (len(values) - 1) * share
    low = math.floor(place)
    high = min(low + 1, len(values) - 1)
    return float(values[low] + (values[high] - values[low]) * (place - low))


def deviation(values: tuple[float, ...]) -> float | None:
    """Return the standard deviation of a sample; None when there are less than two values."""
    if len(values) < 2:
        return None
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


_SIMPLE: dict[str, Callable[..., Any]] = {
    "sum": pw.reducers.sum,
    "avg": pw.reducers.avg,
    "min": pw.reducers.min,
    "max": pw.reducers.max,
    "count_distinct": pw.reducers.count_distinct,
    "count_distinct_approximate": pw.reducers.count_distinct_approximate,
    "earliest": pw.reducers.earliest,
    "latest": pw.reducers.latest,
    "any": pw.reducers.any,
}


def _count(name: str) -> str:
    return f"_count_{name}"


def _sum(name: str) -> str:
    return f"_sum_{name}"
