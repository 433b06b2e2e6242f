"""Tells spans that databases wrote of the queries they answered, and reads them as the caller's calls only.

Most databases write no spans: their callers' client spans, one per statement, are all there is. Where a database does,
its span adds nothing about the statement; left in, it would hide which caller's statement got slow. Attributes by the
OpenTelemetry conventions for database spans (`db.system.name`, `db.query.text`, older: `db.system`, `db.statement`).
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

_DATABASE = re.compile(r'"db\.(?:system|query|statement|operation|collection|namespace|name)')


def without_database_spans(spans: pd.DataFrame) -> pd.DataFrame:
    """Return the spans (columns of `semconv.COLUMNS`) without those that only repeat a caller's client span.

    A span is left out when it speaks of a database, has no children, and its parent is a client span of another
    service that names it as the callee; or was not recorded, as happens at the edges of a recording, while other spans
    of its service are left out: a single span that stays would pass for a service that measures itself.
    """
    if not len(spans) or "attributes" not in spans:
        return spans
    about, trace, service, peer = (
        _texts(spans, name) for name in ("attributes", "trace_id", "service_name", "peer_service_name")
    )
    kinds = np.char.upper(_texts(spans, "span_kind").astype(str))
    served = np.char.endswith(kinds, "SERVER")
    asked = np.char.endswith(kinds, "CLIENT")
    places = np.flatnonzero(served)
    known = {text: _DATABASE.search(str(text)) is not None for text in set(about[places])}
    candidates = places[np.fromiter((known[text] for text in about[places]), dtype=bool, count=len(places))]
    if not len(candidates):
        return spans
    own, above = (trace + "\x00" + _texts(spans, name) for name in ("span_id", "parent_span_id"))
    clients = np.flatnonzero(asked)
    callers = pd.Series(clients, index=pd.Index(own[clients]))
    parent = callers[~callers.index.duplicated()].reindex(above[candidates]).fillna(-1).to_numpy(dtype=np.int64)
    leaf = ~pd.Index(own[candidates]).isin(above)
    repeats = leaf & (parent >= 0) & (peer[np.maximum(parent, 0)] == service[candidates])
    stray = leaf & ~pd.Index(above[candidates]).isin(own) & np.isin(service[candidates], service[candidates][repeats])
    drop = np.zeros(len(spans), dtype=bool)
    drop[candidates[repeats | stray]] = True
    return spans[~drop]


def _texts(frame: pd.DataFrame, column: str) -> Any:
    values = frame[column]
    return values.where(values.notna(), "").to_numpy(dtype=object)
