"""Hears of rows that fail in a node, as the engine logs them.

Pathway gives its errors as a table, too. But the whole graph waits for whoever reads that, up to a second at a time:
the same rows took a quarter longer. Its log has the same errors at once, each with operator and message.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

LOGGER = "pathway_engine"
_ERROR = re.compile(r"(?P<message>.*) in operator (?P<operator>\d+)\.\s*(?:Occurred here:\n.*)?", re.DOTALL)


class Faults(logging.Handler):
    """Takes the place of what would write the engine's errors to standard error, several lines for each bad row."""

    def __init__(self, tell: Callable[[int, str], None]) -> None:
        """Listen from now on, in this process.

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
        if found:
            self._tell(int(found["operator"]), found["message"])
