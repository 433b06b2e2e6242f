"""Counts the events of an objective in the stored telemetry: when, how good, how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.detect.slo.model import Indicator, Query, Ratio, Raw, Rows, Threshold
from workbench.errors import BadInput
from workbench.semconv import COLUMNS, TIME_COLUMN, Table
from workbench.store import telemetry
from workbench.store.db import Store

_MOST_ROWS = 1_000_000_000
_SIGN = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_SERIES = "metric_name, statistic, service_name, service_instance_id, host_name, peer_service_name, attributes"
_DURATION = "(end_time_unix_nano - start_time_unix_nano) / 1e6"


@dataclass(frozen=True, slots=True)
class Events:
    """What happened, in the order of time; all arrays are equally long."""

    time: npt.NDArray[np.int64]
    """UTC nanoseconds; events of one second are taken together at its begin."""
    good: npt.NDArray[np.float64]
    total: npt.NDArray[np.float64]

    @property
    def bad(self) -> npt.NDArray[np.float64]:
        """How many were bad."""
        return self.total - self.good

    @classmethod
    def of(cls, time: npt.ArrayLike, good: npt.ArrayLike, total: npt.ArrayLike) -> Events:
        """Make events of any order; those that count nothing are left out."""
        times = np.asarray(time, dtype=np.int64)
        order = np.argsort(times, kind="stable")
        goods, totals = np.asarray(good, dtype=np.float64)[order], np.asarray(total, dtype=np.float64)[order]
        there = (totals > 0) | (goods > 0)
        return cls(times[order][there], goods[there], np.maximum(totals, goods)[there])

    def __add__(self, other: Events) -> Events:
        """Put two batches together."""
        pairs = ((self.time, other.time), (self.good, other.good), (self.total, other.total))
        return Events.of(*(np.concatenate(pair) for pair in pairs))


def count_events(
    store: Store, indicator: Indicator, *, scope: str | None = None, end_unix_nano: int | None = None
) -> Events:
    """Count an indicator's events in the stored telemetry, by second.

    Args:
        store: The workspace.
        indicator: All of its queries have to be `Rows`.
        scope: Stay in this data set; None takes all that are no fault-free references.
        end_unix_nano: Only what ended before.

    Raises:
        BadInput: a query is of another system.
    """
    if isinstance(indicator, Ratio):
        total = _sums(store, indicator.total, scope, end_unix_nano)
        part = _sums(store, indicator.good or indicator.bad, scope, end_unix_nano)
        seconds = np.union1d(total[0], part[0])
        all_of, some = _at(seconds, total), _at(seconds, part)
        # A bad event that the total does not know is still an event.
        all_of = np.maximum(all_of, some)
        return Events.of(seconds, some if indicator.good else all_of - some, all_of)
    if isinstance(indicator, Threshold):
        sign = _SIGN[indicator.op]
        good = f"CASE WHEN {_value_of(indicator.query)} {sign} {float(indicator.value)!r} THEN 1.0 ELSE 0.0 END"
        return Events.of(*_run(store, indicator.query, good, scope, end_unix_nano))
    return _raw(store, indicator, scope, end_unix_nano)


def _raw(store: Store, indicator: Raw, scope: str | None, end: int | None) -> Events:
    share = f"least(greatest({_value_of(indicator.query)}, 0.0), 1.0)"
    good = share if indicator.is_success else f"1.0 - {share}"
    return Events.of(*_run(store, indicator.query, good, scope, end))


def _sums(
    store: Store, query: Query | None, scope: str | None, end: int | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    counts = query.counts if isinstance(query, Rows) else "rows"
    amount = {"rows": "1.0", "value": "greatest(value, 0.0)", "increase": "increase"}[counts]
    time, amounts, _ = _run(store, query, amount, scope, end)
    return time, amounts


def _at(
    seconds: npt.NDArray[np.int64], found: tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]
) -> npt.NDArray[np.float64]:
    amounts = np.zeros(len(seconds))
    amounts[np.searchsorted(seconds, found[0])] = found[1]
    return amounts


def _value_of(query: Query) -> str:
    return _DURATION if isinstance(query, Rows) and query.table is Table.SPANS else "value"


def _run(
    store: Store, query: Query | None, amount: str, scope: str | None, end: int | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return for each second with rows its begin, the sum of an amount, and how many rows there were."""
    if not isinstance(query, Rows):
        raise BadInput("this objective is measured by a query of another system", hint="Only rows are counted here")
    sql, parameters = select_rows(query, scope=scope, end_unix_nano=end)
    # A span counts when it ends, since only then is it known how it went.
    time = "end_time_unix_nano" if query.table is Table.SPANS else TIME_COLUMN[query.table]
    known = f"WHERE NOT isnan({_value_of(query)})" if query.table is not Table.LOGS else ""
    grouped = (
        f"SELECT {time} // 1000000000 AS second, sum({amount}) AS amount, count(*) AS n FROM ({sql}) {known} "
        "GROUP BY second ORDER BY second"
    )
    found = telemetry.query(store, grouped, parameters, limit=_MOST_ROWS)
    return (
        found.column(0).to_numpy().astype(np.int64) * 1_000_000_000,
        found.column(1).to_numpy().astype(np.float64),
        found.column(2).to_numpy().astype(np.float64),
    )


def select_rows(query: Rows, *, scope: str | None, end_unix_nano: int | None) -> tuple[str, list[Any]]:
    """Return a SELECT of the rows with `?` marks, and its parameters.

    Raises:
        BadInput: a column is not one of the table's.
    """
    conditions, parameters = ["role = 'case'"], list[Any]()
    if scope is not None:
        conditions.append("scope = ?")
        parameters.append(scope)
    where = [f"source_id IN (SELECT source_id FROM sources WHERE {' AND '.join(conditions)})"]
    for sign, bounds in ((">=", query.at_least), ("<=", query.at_most)):
        for name, bound in bounds.items():
            where.append(f"{_column(query.table, name, number=True)} {sign} ?")
            parameters.append(bound)
    for name, values in {**{key: [one] for key, one in query.equals.items()}, **query.one_of}.items():
        where.append(f"{_column(query.table, name)} IN ({', '.join('?' * len(values))})" if values else "false")
        parameters += values
    for name, text in query.contains.items():
        where.append(f"contains({_column(query.table, name)}, ?)")
        parameters.append(text)
    time = "end_time_unix_nano" if query.table is Table.SPANS else TIME_COLUMN[query.table]
    if end_unix_nano is not None:
        where.append(f"{time} < ?")
        parameters.append(end_unix_nano)
    condition = " AND ".join(where)
    if query.counts != "increase":
        return f"SELECT * FROM {query.table.value} WHERE {condition}", parameters
    # By data set and not by file: a series that comes in several files is one series.
    before = f"lag(value) OVER (PARTITION BY scope, {_SERIES} ORDER BY {time}, row_id)"
    # A counter that falls was reset: all that it shows is new.
    grown = "CASE WHEN before IS NULL THEN 0.0 WHEN value >= before THEN value - before ELSE value END"
    named = f"SELECT m.*, s.scope FROM {query.table.value} m JOIN sources s USING (source_id)"
    inner = f"SELECT *, {before} AS before FROM ({named}) WHERE {condition}"
    return f"SELECT *, {grown} AS increase FROM ({inner})", parameters


def _column(table: Table, name: str, *, number: bool = False) -> str:
    if name.startswith("attributes."):
        path = name.removeprefix("attributes.").replace("\\", "").replace('"', "").replace("'", "")
        text = f"json_extract_string(attributes, '$.\"{path}\"')"
        return f"TRY_CAST({text} AS DOUBLE)" if number else f"coalesce({text}, '')"
    if name == "duration_ms" and table is Table.SPANS:
        return _DURATION if number else f"({_DURATION})::VARCHAR"
    if name not in COLUMNS[table]:
        raise BadInput(f"{table.value} have no column {name!r}", hint=f"They have {', '.join(COLUMNS[table])}")
    return name if number or COLUMNS[table][name] == "VARCHAR" else f"{name}::VARCHAR"
