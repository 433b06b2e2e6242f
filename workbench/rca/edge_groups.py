"""Groups calls by their edge: the three names of one are compared once per table, not each time that it is grouped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.rca.columns import Ints

KEYS = ["caller", "callee", "operation"]
NUMBER = "edge"
"""Column of the number of a row's edge; numbers go up as `KEYS` do."""


def numbered(calls: pd.DataFrame) -> pd.DataFrame:
    """Return the calls (with the columns `KEYS`) with the number of their edge among these calls."""
    return calls.assign(**{NUMBER: calls.groupby(KEYS).ngroup()})


def all_of(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the calls of all parts; those of several tables are numbered anew."""
    return parts[0] if len(parts) == 1 else numbered(pd.concat(parts))


def by_edge(calls: pd.DataFrame, column: str) -> Any:
    """Return a column of the calls, grouped by edge; `named` says which edges the groups of the result are."""
    return calls[column].groupby(calls[NUMBER].to_numpy() if NUMBER in calls else [calls[key] for key in KEYS])


def named(found: Any, calls: pd.DataFrame) -> Any:
    """Return what was found per group of `by_edge` by the `KEYS` of the edges, in their order."""
    if NUMBER in calls:
        found.index = names_of(calls, found.index.to_numpy())
    return found


def names_of(calls: pd.DataFrame, numbers: Ints) -> pd.MultiIndex:
    """Return the `KEYS` of edges by their numbers, each of which some of the calls have."""
    code = calls[NUMBER].to_numpy()
    first = np.zeros(int(code.max(initial=-1)) + 1, dtype=np.int64)
    first[code[::-1]] = np.arange(len(code) - 1, -1, -1)
    return pd.MultiIndex.from_frame(calls[KEYS].iloc[first[numbers]])
