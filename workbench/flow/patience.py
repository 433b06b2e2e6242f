"""How long to go on trying when another system does not answer, and how its errors become ours."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from workbench.errors import BadInput, GiveUp, RetryLater, Unreachable

FIRST_S, LONGEST_S = 0.2, 10.0
"""First and longest pause between two attempts; each is about twice the one before."""
AFTER_STOP_S = 3.0
"""How long a run that shall end still tries to hand over what it has."""

log = logging.getLogger(__name__)


class Patience:
    """Counts the attempts in a row that failed, and waits between them."""

    def __init__(self, name: str, stop: threading.Event, retry_s: float, after_stop_s: float = 0.0) -> None:
        """Prepare.

        Args:
            name: Who tries; for the log.
            stop: Set when the run shall end.
            retry_s: After so long without success the last error is final.
            after_stop_s: How long to go on when the run shall end, for those who have something to hand over.
        """
        self._name, self._stop = name, stop
        self._retry_s, self._after_stop_s = retry_s, after_stop_s
        self._since: float | None = None
        self._stopped: float | None = None
        self._pause = FIRST_S

    def succeeded(self) -> None:
        """Begin anew: it works."""
        self._since, self._pause = None, FIRST_S

    def wait(self, error: RetryLater) -> bool:
        """Wait a little longer than the last time; return False when the run shall end and nothing is left to do.

        Raises:
            GiveUp: it has failed for `retry_s`, or for `after_stop_s` since the run shall end.
        """
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        left = self._since + self._retry_s - now
        if self._stop.is_set():
            if not self._after_stop_s:
                return False
            self._stopped = now if self._stopped is None else self._stopped
            left = min(left, self._stopped + self._after_stop_s - now)
        if left <= 0:
            raise GiveUp(f"{error}. Given up after {now - self._since:.0f} s") from error
        pause = min(self._pause * random.uniform(0.8, 1.2), left)  # noqa: S311 - no secret
        self._pause = min(2 * self._pause, LONGEST_S)
        log.warning("%s: %s; trying again in %.1f s", self._name, error, pause)
        if self._stop.is_set():
            time.sleep(min(pause, 0.5))
        else:
            self._stop.wait(pause)
        return bool(self._after_stop_s) or not self._stop.is_set()


@contextmanager
def speaking_with(
    where: str, *, later: tuple[type[Exception], ...], never: tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    """Turn what a driver raises into `Unreachable` (try again) or `BadInput` (it will not get better).

    Args:
        where: The other system, such as postgresql://shop@db:5432/orders; without secrets.
        later: Errors that may go away by themselves.
        never: Errors that stay; looked at first, because drivers like to derive them from the others.
    """
    try:
        yield
    except never as error:
        raise BadInput(_said(error), where=where) from error
    except later as error:
        raise Unreachable(where, _said(error)) from error


def _said(error: Exception) -> str:
    text = " ".join(part.strip() for part in str(error).splitlines() if part.strip())
    return (text or type(error).__name__).rstrip(".")[:400]
