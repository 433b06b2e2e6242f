"""Puts the visits of several telemetries into one numbered table: those of the baseline and those under test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.rca.items import VisitTable
from workbench.rca.visits import Flags, Floats, Ints, Texts


@dataclass(frozen=True, slots=True)
class Part:
    """Some visits of a table."""

    table: VisitTable
    keep: Flags


@dataclass(slots=True)
class Joined:
    """Visits of all parts, numbered anew; the last part is the test."""

    kind: Texts
    service: Texts
    trace: Ints
    is_test: Flags
    part: Ints
    start: Ints
    own_ms: Floats
    caller: Ints
    before_last: Texts
    weight: Floats
    trace_id: Texts
    item_visit: Ints
    item: Texts

    def by_kind(self) -> list[Kind]:
        """Return the visits by kind, in the order in which the kinds first come."""
        codes, kinds = pd.factorize(self.kind)
        of_item = codes[self.item_visit]
        order, item_order = np.argsort(codes, kind="stable"), np.argsort(of_item, kind="stable")
        edges = np.searchsorted(codes[order], np.arange(len(kinds) + 1))
        item_edges = np.searchsorted(of_item[item_order], np.arange(len(kinds) + 1))
        return [
            Kind(str(name), order[edges[i] : edges[i + 1]], item_order[item_edges[i] : item_edges[i + 1]])
            for i, name in enumerate(kinds)
        ]


@dataclass(frozen=True, slots=True)
class Kind:
    """The visits of one kind, and the positions of their items."""

    name: str
    visits: Ints
    items: Ints


def join(parts: Sequence[Part]) -> Joined:
    """Return the visits of all parts; the last part is the test."""
    columns: dict[str, list[Any]] = {name: [] for name in ("kind", "service", "trace", "start", "own", "before")}
    test, part_of, caller, item_visit, item = [], [], [], [], []
    offset = 0
    for number, part in enumerate(parts):
        table, keep = part.table, part.keep
        renumber = np.full(len(table), -1, dtype=np.int64)
        count = int(keep.sum())
        renumber[keep] = np.arange(offset, offset + count)
        for name, values in (
            ("kind", table.kind),
            ("service", table.service),
            ("trace", table.trace),
            ("start", table.start),
            ("own", table.own_ms),
            ("before", table.before_last),
        ):
            columns[name].append(values[keep])
        test.append(np.full(count, number == len(parts) - 1))
        part_of.append(np.full(count, number, dtype=np.int64))
        above = table.caller[keep]
        caller.append(np.where(above >= 0, renumber[np.maximum(above, 0)], -1) if len(table) else above)
        kept = keep[table.item_visit]
        item_visit.append(renumber[table.item_visit[kept]])
        item.append(table.item[kept])
        offset += count
    trace_id = np.concatenate(columns["trace"])
    trace = pd.factorize(trace_id)[0].astype(np.int64)
    kind, is_test = np.concatenate(columns["kind"]), np.concatenate(test)
    # The unit of counting is (kind, trace, side).
    unit = pd.DataFrame({"kind": pd.factorize(kind)[0], "trace": trace, "test": is_test})
    weight = 1.0 / unit.groupby(["kind", "trace", "test"])["kind"].transform("size").to_numpy(dtype=float)
    return Joined(
        kind=kind,
        service=np.concatenate(columns["service"]),
        trace=trace,
        is_test=is_test,
        part=np.concatenate(part_of),
        start=np.concatenate(columns["start"]),
        own_ms=np.concatenate(columns["own"]),
        caller=np.concatenate(caller),
        before_last=np.concatenate(columns["before"]),
        weight=weight,
        trace_id=trace_id,
        item_visit=np.concatenate(item_visit),
        item=np.concatenate(item),
    )
