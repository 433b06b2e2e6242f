"""Keeps out of the server's log what a tab of the browser leaves there when it goes away, and nobody can mend."""

from __future__ import annotations

import logging
from traceback import walk_tb

_LOGGER = "bokeh.server.protocol_handler"


class GoneTabs(logging.Filter):
    """Drops errors about messages of a tab that was closed or loaded anew while they were on their way."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is to be kept."""
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, AssertionError):
            return True
        frames = [frame.f_code for frame, _ in walk_tb(error.__traceback__)]
        # Bokeh asserts that a connection has a session; one whose tab is gone has none any more.
        gone = frames[-1].co_name == "session" and frames[-1].co_filename.endswith("connection.py")
        return not gone


def hear_nothing_of_gone_tabs() -> None:
    """Put the filter in force, once for the process."""
    logger = logging.getLogger(_LOGGER)
    if not any(isinstance(one, GoneTabs) for one in logger.filters):
        logger.addFilter(GoneTabs())
