"""Pages do not fail over modules that come and go while they are made.

Panel lists the modules that a page has loaded, for reloading when a developer edits them, and fails the page (500) when
one of them is gone again by then. Others load modules in threads at the same time, such as the engine in the first
seconds, and some of those try a part that is not there: it is listed for a moment, then gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import panel as pn
from panel.io import handlers
from panel.io.reload import record_modules


@contextmanager
def _recorded(*args: Any, **settings: Any) -> Iterator[None]:
    if pn.config.autoreload:
        with record_modules(*args, **settings):
            yield
    else:
        yield


def record_for_reload_only() -> None:
    """Let Panel list modules only where it reloads them; `panel serve --dev` does."""
    handlers.record_modules = _recorded
