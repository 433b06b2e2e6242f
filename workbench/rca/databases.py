"""Tells spans that databases wrote of the queries they answered, and reads them as the caller's calls only.

Most databases write no spans: their callers' client spans, one per statement, are all there is. Where a database does,
its span adds nothing about the statement; left in, it would hide which caller's statement got slow. Attributes by the
OpenTelemetry conventions for database spans (`db.system.name`, `db.query.text`, older: `db.system`, `db.statement`).
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from workbench.rca.columns import Flags, find_pairs, flags, texts

_DATABASE = re.compile(r'"db\.(?:system|query|statement|operation|collection|namespace|name)')


def without_database_spans(spans: pd.DataFrame) -> pd.DataFrame:
    """Return the spans (columns of `semconv.COLUMNS`) without those that only repeat a caller's client span."""
    repeated = database_spans(spans)
    return spans[~repeated] if repeated.any() else spans


def database_spans(spans: pd.DataFrame) -> Flags:
    """Tell which spans (columns of `semconv.COLUMNS`) only repeat a caller's client span.

    A span is left out when it speaks of a database, has no children, and its parent is a client span of another
    service that names it as the callee; or was not recorded, as happens at the edges of a recording, while other spans
    of its service are left out: a single span that stays would pass for a service that measures itself.
    """
    drop = np.zeros(len(spans), dtype=np.bool_)
    if not len(spans) or "attributes" not in spans:
        return drop
    about, kind = texts(spans, "attributes"), texts(spans, "span_kind")
    candidates = np.flatnonzero(flags(kind, lambda name: name.upper().endswith("SERVER")))
    candidates = candidates[flags(about[candidates], lambda text: _DATABASE.search(text) is not None)]
    if not len(candidates):
        return drop
    trace, own, above = (texts(spans, name) for name in ("trace_id", "span_id", "parent_span_id"))
    service, peer = texts(spans, "service_name"), texts(spans, "peer_service_name")
    clients = np.flatnonzero(flags(kind, lambda name: name.upper().endswith("CLIENT")))
    called = find_pairs(trace[clients], own[clients], trace[candidates], above[candidates])
    leaf = ~pd.Index(own[candidates]).isin(above)
    inner = candidates[~leaf]
    if len(inner):
        leaf[~leaf] = find_pairs(trace, above, trace[inner], own[inner]) < 0
    lost = find_pairs(trace, own, trace[candidates], above[candidates]) < 0
    parent = clients[called] if len(clients) else called
    repeats = leaf & (called >= 0) & (peer[parent] == service[candidates])
    answering = set(service[candidates][repeats])
    stray = leaf & lost & flags(service[candidates], lambda name: name in answering)
    drop[candidates[repeats | stray]] = True
    return drop
