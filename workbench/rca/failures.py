"""Finds services whose calls fail, or that fail the calls they get, though the other side reports no error (evidence
F).

A call that fails while the callee itself saw no error failed on the way: nobody listened, the connection broke, or the
caller did not wait long enough. If all callers of a service see it, it is the service; if a service sees it with all
its callees, it is the caller.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.rca.columns import Flags, Ints
from workbench.rca.edge_groups import KEYS, by_edge, named, numbered
from workbench.rca.impatience import hasty_calls, own_failure
from workbench.rca.network import ENOUGH, Network, blame_ends
from workbench.rca.steps import most_likely_step
from workbench.rca.tail import upper_tail
from workbench.rca.visits import SpanTable

LARGEST_P = 1e-3
IMPATIENCE = 0.5
"""Share of the blame for the callee when the caller gave up on a call that was answered."""
LEAST_DATED = 3
LEAST_EFFECT = 0.02
"""A share of failed calls that rises by less than this is left to the rules of structure."""


def call_outcomes(table: SpanTable, keep: Flags | None = None) -> pd.DataFrame:
    """Return one row per client span with a callee.

    Columns: caller, callee, operation (''), name (of the span), error (whoever is to blame), failed (without an error
    of the callee), answered, own (the fault type, when the
    message says that the caller could not even call), first (of this name in its visit), ms, time (ns). `keep` chooses
    spans; visits are kept or left out as a whole.
    """
    outcomes, at = table.once("outcomes", lambda: _all_outcomes(table))
    return outcomes.copy(deep=False) if keep is None else outcomes[keep[at]].reset_index(drop=True)


def _all_outcomes(table: SpanTable) -> tuple[pd.DataFrame, Ints]:
    """Return the outcomes of all calls, and the positions of their spans."""
    calls = table.calls()
    calls = calls[~table.later[calls]]
    callee = np.array(table.peer, dtype=object)
    child_error, answered = np.zeros((2, len(table)), dtype=np.bool_)
    called = table.parent[calls]
    callee[called] = table.service[calls]
    child_error[called[table.error[calls]]] = True
    answered[called] = True
    chosen = table.client & (callee != "")
    codes, messages = pd.factorize(table.message[chosen])
    own = np.array([own_failure(str(text)) for text in messages], dtype=object)
    frame = pd.DataFrame(
        {
            "caller": table.service[chosen],
            "callee": callee[chosen],
            "operation": "",
            "name": table.operation[chosen],
            "error": table.error[chosen],
            "failed": table.error[chosen] & ~child_error[chosen],
            "answered": answered[chosen],
            "own": own[codes],
            "ms": table.duration_ms[chosen],
            "visit": table.visit[chosen],
            "time": table.start[chosen],
        }
    )
    frame["first"] = ~frame.duplicated(["visit", "callee", "name"])
    return numbered(frame.drop(columns="visit")), np.flatnonzero(chosen)


def failed_calls(base: pd.DataFrame, test: pd.DataFrame) -> Network:
    """Compare the shares of failed calls (columns of `call_outcomes`); a score is -log10 p x effect, spread over the
    ends.
    """
    if not len(base) or not len(test) or not test["failed"].any():
        return Network()
    counts = [named(by_edge(frame, "failed").agg(["sum", "size"]), frame) for frame in (test, base)]
    edges = counts[0].join(counts[1].add_suffix("_base")).fillna(0.0).reset_index()
    k1, n1, k0, n0 = (edges[name].to_numpy(dtype=float) for name in ("sum", "size", "sum_base", "size_base"))
    p = upper_tail(k1, n1, k0, n0)
    effect = np.clip(k1 / n1 - k0 / np.maximum(n0, 1.0), 0.0, None)
    edges["value"], edges["median"], edges["calls"] = k1 / n1, k0 / np.maximum(n0, 1.0), n1
    edges["slow"] = (p < LARGEST_P) & (effect >= LEAST_EFFECT)
    edges["weight"] = np.minimum(n1, ENOUGH) / ENOUGH
    edges["excess"] = np.where(edges["slow"], -np.log10(p) * np.sqrt(effect) * edges["weight"], 0.0)
    edges["z"] = edges["excess"]
    marks = pd.DataFrame(
        {
            "given_up": test["failed"] & test["answered"],
            "own": test["failed"] & ((test["own"] != "") | hasty_calls(base, test)),
        }
    )
    failed = test["failed"].to_numpy(dtype=np.bool_)
    sums = test[KEYS][failed].join(marks[failed]).groupby(KEYS).sum().reindex(pd.MultiIndex.from_frame(edges[KEYS]))
    own = edges["slow"] & (sums["own"].to_numpy() > edges["sum"] / 2)
    impatient = edges["slow"] & ~own & (sums["given_up"].to_numpy() > edges["sum"] / 2)
    scores = blame_ends(edges[~impatient & ~own])
    # The callee did answer: the caller did not wait. How slow the callee is, other signs say.
    for which, callee_share in ((impatient, IMPATIENCE), (own, 0.0)):
        for _, edge in edges[which].iterrows():
            for service, share in ((str(edge["caller"]), 1.0), (str(edge["callee"]), callee_share)):
                scores[service] = scores.get(service, 0.0) + share * float(edge["excess"])
    said = test[test["failed"] & (test["own"] != "")].groupby(KEYS)["own"].agg(lambda kinds: kinds.mode().iloc[0])
    edges["own"] = said.reindex(pd.MultiIndex.from_frame(edges[KEYS])).fillna("").to_numpy()
    return Network(scores=scores, edges=edges)


def failed_since(found: Network, outcomes: pd.DataFrame, service: str) -> int | None:
    """Return when the calls over the failing edges of a service began to fail (UTC ns); None when none do.

    `outcomes` has the columns of `call_outcomes`, and holds the time before and after.
    """
    if not len(found.edges) or not len(outcomes):
        return None
    failing = found.edges[found.edges["slow"]]
    own = failing[(failing["caller"] == service) | (failing["callee"] == service)]
    calls = outcomes.merge(own[KEYS], on=KEYS).sort_values("time", kind="stable")
    failed = calls["failed"].to_numpy(dtype=np.bool_)
    if len(calls) < LEAST_DATED or not failed.any():
        return None
    return int(calls["time"].to_numpy(dtype=np.int64)[most_likely_step(failed)])
