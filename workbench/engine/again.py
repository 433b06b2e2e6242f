"""Tells rejected lines that are read again after a crash from new ones, so that each is counted once."""

from __future__ import annotations

from collections import Counter

from workbench.store import dead_letters
from workbench.store.db import Store

LOOKED_BACK_MS = 60_000
"""A line may have been rejected so long before its offset was kept; until then it waited with its rows."""
MOST = 10_000


class Again:
    """What was rejected shortly before the place at which a run goes on."""

    def __init__(self) -> None:
        self._known: Counter[tuple[str, str, str]] = Counter()

    def learn(self, store: Store, flow_name: str, kept_ms: int) -> None:
        """Know what an earlier attempt rejected and may have to read again.

        Args:
            store: Where the letters are.
            flow_name: Of the flow that goes on.
            kept_ms: Engine time before which everything is kept; engine times are milliseconds of the clock.
        """
        since = (kept_ms - LOOKED_BACK_MS) * 1_000_000
        letters = dead_letters.find(store, flow_name=flow_name, since_unix_nano=since, limit=MOST)
        self._known = Counter((one.node, one.message, one.row_json) for one in letters if one.side == "source")

    def comes(self, node: str, message: str, row: str) -> bool:
        """Tell whether a rejected line is one of those; each is expected once."""
        if not self._known[node, message, row]:
            return False
        self._known[node, message, row] -= 1
        return True
