"""Hears of rows that fail in a node, as the engine logs them.

Pathway gives its errors as a table, too. But the whole graph waits for whoever reads that, up to a second at a time:
the same rows took a quarter longer. Its log has the same errors at once, each with operator and message.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import pathway as pw

from workbench.engine.build import Built
from workbench.engine.failures import Failures
from workbench.engine.replay import Replay
from workbench.flow.outside import as_json, outward
from workbench.flow.rows import Rows

LOGGER = "pathway_engine"
AFTERMATH = "Error value encountered"
"""How messages begin about what a failed row causes further down; the row was told where it failed."""
_ERROR = re.compile(r"(?P<message>.*) in operator (?P<operator>\d+)\.\s*(?:Occurred here:\n.*)?", re.DOTALL)


class Faults(logging.Handler):
    """Takes the place of what would write the engine's errors to standard error, several lines for each bad row."""

    def __init__(self, tell: Callable[[int, str], None]) -> None:
        """Listen from now on, in this process; what a failed row causes further down is left out.

        Args:
            tell: Told of each error, in the engine's thread: the operator's id, and what went wrong.
        """
        super().__init__(logging.ERROR)
        self._tell = tell
        logger = logging.getLogger(LOGGER)
        logger.setLevel(logging.ERROR)
        logger.propagate = False
        logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Tell of an error; what else the engine logs is told by how the run ends."""
        found = _ERROR.fullmatch(record.getMessage())
        if found and not found["message"].startswith(AFTERMATH):
            self._tell(int(found["operator"]), found["message"])


def watch(built: Built, failures: Failures, replay: Replay, *, keep_rows: bool) -> None:
    """Pin the rows that fail in a run to their nodes.

    Args:
        built: The graph, not yet running.
        failures: Told of each error, and of the rows where they can be told.
        replay: Knows whether what was kept is computed again; an earlier run has told of its errors.
        keep_rows: Whether the rows are wanted, too.
    """
    for node, failing in built.failing.items():
        if failing is not None and keep_rows:
            _tell_rows(node, failing, failures)

    def tell(operator: int, message: str) -> None:
        if not replay.goes_on:
            failures.row_error(built.operators.get(operator, ""), message)

    Faults(tell)


def _tell_rows(node: str, rows: Rows, failures: Failures) -> None:
    def on_change(key: Any, row: dict[str, Any], time: int, is_addition: bool) -> None:
        if is_addition:
            failures.failed_row(node, as_json({name: outward(value) for name, value in row.items()}))

    # What was kept is left out: an earlier run has told of it.
    pw.io.subscribe(rows, on_change=on_change, name=f"{node}:failing")
