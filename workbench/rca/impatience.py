"""Tells callers that fail by themselves: they give up too early, run out of connections, or call again and again.

A call that its caller abandoned within the time that such calls always took says nothing about the callee. When such
calls are made again at once, the load of the callee grows with each of them: the caller is the cause of what the callee
then suffers (Google, Site Reliability Engineering, ch. 22: cascading failures).
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from workbench.rca.network import Network

_OWN = (
    (
        "socket_exhaustion",
        r"cannot assign requested address|EADDRNOTAVAIL|too many open files|EMFILE|ephemeral port"
        r"|address already in use",
    ),
    (
        "pool_exhaustion",
        r"no (?:free |idle )?connections? available|pool (?:is )?(?:exhausted|empty|timed? ?out)|pool ?timeout"
        r"|(?:acquire|obtain|get|borrow)\w* (?:a |jdbc |idle |pooled )*connection|connection pool",
    ),
)
LEAST_CALLS = 8
LEAST_SHARE = 0.2
"""So much of the calls has to be abandoned too early."""
HASTY_QUANTILE = 0.95
SCALE = 4.0
"""A quarter more calls per visit, all of them for haste, is the edge of what counts."""
EDGE = ["caller", "callee"]


def own_failure(message: str) -> str:
    """Return what a client's message says about itself (the call never left), as a fault type; '' for all others."""
    return next((name for name, pattern in _OWN if re.search(pattern, message, re.IGNORECASE)), "")


def hasty_calls(base: pd.DataFrame, test: pd.DataFrame) -> pd.Series:
    """Return per row of `test` whether the caller gave up on a callee that did answer, within the time that 95 % of
    such calls took before. Columns of `call_outcomes`.
    """
    keys = [*EDGE, "name"]
    hasty: pd.Series = test["failed"] & test["answered"]
    if not hasty.any():
        return hasty
    # Few calls are given up, so only those are compared.
    given_up = test[hasty.to_numpy()]
    usual = base.groupby(keys)["ms"].quantile(HASTY_QUANTILE).rename("usual")
    limit = given_up[keys].merge(usual, left_on=keys, right_index=True, how="left")["usual"].to_numpy()
    early = hasty.to_numpy(copy=True)
    early[early] = given_up["ms"].to_numpy() <= np.nan_to_num(limit, nan=-1.0)
    return pd.Series(early, index=test.index)


def repeated_calls(base: pd.DataFrame, test: pd.DataFrame) -> Network:
    """Compare how many calls a visit makes to a callee; only repeats for haste count, and for the caller."""
    if not len(base) or not len(test) or not test["failed"].any():
        return Network()
    test = test.assign(hasty=hasty_calls(base, test))
    if test["hasty"].sum() < LEAST_CALLS:
        return Network()
    counts = [frame.groupby(EDGE).agg(calls=("first", "size"), visits=("first", "sum")) for frame in (test, base)]
    edges = counts[0].join(counts[1].add_suffix("_base"), how="inner")
    edges["hasty"] = test.groupby(EDGE)["hasty"].sum()
    edges = edges[(edges["hasty"] >= LEAST_CALLS) & (edges["hasty"] >= LEAST_SHARE * edges["calls"])].reset_index()
    if not len(edges):
        return Network()
    edges["value"] = edges["calls"] / edges["visits"].clip(lower=1)
    edges["median"] = edges["calls_base"] / edges["visits_base"].clip(lower=1)
    edges["z"] = edges["excess"] = SCALE * (edges["value"] / edges["median"] - 1).clip(lower=0)
    edges["slow"], edges["operation"] = edges["excess"] >= 1, ""
    scores = edges.groupby("caller")["excess"].max()
    return Network(scores={str(name): float(score) for name, score in scores.items() if score > 0}, edges=edges)
