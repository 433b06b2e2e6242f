"""Tells what fails anew because a run goes on from what new rows do, where groups, joins or windows fail.

The engine keeps input and not results: a run that goes on computes all that was kept again, in one first minibatch,
and tells its errors once more. They carry the time of the clock, a second's worth of them the same one, so nothing in
them says that they are old. Therefore sources hand over nothing new until an error of ours has come through the log of
errors: it is made when that minibatch is through, so all that came before it is old. That takes a second at most.
"""

from __future__ import annotations

import threading
from collections.abc import Collection

import pathway as pw
from pathway.internals.table_subscription import subscribe

from workbench.flow.rows import Rows

_MARK = "all that was kept is computed again"


class Replay:
    """What is computed again at the beginning of a run; nothing, unless `begin` is called."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._over.set()
        self._seen = False
        self.begun = False

    def begin(self, tables: Collection[Rows]) -> None:
        """Notice when the engine has computed these tables of what it has kept; call it while the graph is built."""
        self.begun = True
        self._over.clear()
        mark = pw.debug.table_from_rows(pw.schema_from_types(mark=int), [(1,)])
        # Of a table only its end is waited for, which a count of all comes behind; its rows are left out.
        ends = [rows.filter(pw.declare_type(bool, False)).select(mark=0) for rows in tables]
        through = mark.concat_reindex(*ends).reduce(rows=pw.reducers.count())
        failed = through.select(rows=pw.apply_with_type(_fail, int, pw.this.rows))
        subscribe(failed, skip_persisted_batch=False, on_change=lambda **change: None, name=":replay")

    def wait(self) -> None:
        """Wait until new rows may come; for sources."""
        self._over.wait()

    def tells_again(self, message: str) -> bool:
        """Tell whether an error is of what was computed again, or ours."""
        self._seen = self._seen or _MARK in message
        return not self._over.is_set()

    def told(self) -> None:
        """Take note that the errors of one moment have all been told, in whatever order."""
        if self._seen:
            self._over.set()


def _fail(rows: int) -> int:
    raise ValueError(_MARK)
