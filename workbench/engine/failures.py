"""What went wrong in a run: lines that cannot be read, rows that fail in a node; told to the owner, and counted."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterable

from workbench.engine.events import FailedRow, RejectedRow, RowError
from workbench.engine.wire import Wire
from workbench.flow.services import Reject

KEPT_REJECTS = 1000
"""Rejected lines per node whose text is sent; the rest is only counted."""
KEPT_SAID = 5000
"""Different errors of a node that are kept to find the one of a row."""
REPORT_S = 0.2
_TOLD = 3
_TELLING = 3
"""Texts of a row that are shorter stand in messages of other rows, too."""


class Failures:
    """Sends them; any thread may tell of one."""

    def __init__(self, wire: Wire) -> None:
        """Prepare; `wire` leads to the owner."""
        self._wire = wire
        self._lock = threading.Lock()
        self._errors: Counter[tuple[str, str]] = Counter()
        self._rejects: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._kept: Counter[str] = Counter()
        self._failing: list[tuple[str, str]] = []
        self._recent: list[tuple[str, str]] = []
        self._said: dict[str, dict[str, None]] = {}
        self._last: dict[str, tuple[str, str]] = {}
        self._reported = 0.0

    def troubles(self, node: str) -> tuple[int, str, str]:
        """Return how many rows of a node failed or were rejected, the last message, and the row of it."""
        message, row = self._last.get(node, ("", ""))
        return self._failed[node], message, row

    def reject(self, node: str) -> Reject:
        """Return the function by which a source node hands over bad lines."""

        def reject(*, uri: str, line: int, reason: str, raw: str) -> None:
            self._rejects[node] += 1
            self._note(node, reason, raw)
            if self._rejects[node] <= KEPT_REJECTS:
                self._wire.send(RejectedRow(node=node, uri=uri, line=line, reason=reason, raw=raw[:2000]))
            else:
                self._count_error(node, "more rejected lines, not kept")

        return reject

    def row_error(self, node: str, message: str) -> None:
        """Count an error of a row; equal ones travel together."""
        self._note(node, message, "")
        with self._lock:
            said = self._said.setdefault(node, {})
            # Rows beyond those that are kept need no message.
            if len(said) < KEPT_SAID and self._kept[node] <= KEPT_REJECTS:
                said[message] = None
        self._count_error(node, message)

    def _count_error(self, node: str, message: str) -> None:
        with self._lock:
            self._errors[node, message] += 1
        self.report()

    def failed_row(self, node: str, row: str) -> None:
        """Tell of a row that failed in a node; what the errors of the node say by then goes with it."""
        with self._lock:
            self._kept[node] += 1
            if self._kept[node] <= KEPT_REJECTS:
                self._failing.append((node, row))

    def _send_failed(self, failing: list[tuple[str, str]], errors: Iterable[tuple[str, str]], *, last: bool) -> None:
        # An error is told at once, its row when the minibatch is through: perhaps with the next report.
        before, self._recent = self._recent, list(errors)
        said = _by_node(before) | _by_node(self._recent)
        with self._lock:
            known = {node: list(self._said.get(node, ())) for node, _ in failing}
        for node, row in failing:
            everything = known[node]
            # The engine does not say which message is of which row; else equal times are all that there is.
            own = quoting(row, everything)
            messages = own or said.get(node) or ([self._last[node][0]] if node in self._last else [])
            if not messages and not last:
                with self._lock:
                    self._failing.append((node, row))
                continue
            messages = messages or ["it failed"]
            self._last[node] = (messages[0], row[:1000])
            # Many that differ are each of one row, and none of them may be of this one.
            others = "" if own or len(everything) <= _TOLD else "such as: "
            self._wire.send(FailedRow(node=node, message=others + " or ".join(messages[:_TOLD]), row=row))

    def _note(self, node: str, message: str, row: str) -> None:
        self._failed[node] += 1
        before, known = self._last.get(node, ("", ""))
        message = message[:1000]
        # The row of a message may come before or after it.
        self._last[node] = (message, row[:1000] or (known if message == before else ""))

    def report(self, *, last: bool = False) -> None:
        """Send errors, at most a few times a second."""
        with self._lock:
            now = time.monotonic()
            if not last and now - self._reported < REPORT_S:
                return
            self._reported = now
            errors, self._errors = self._errors, Counter()
            failing, self._failing = self._failing, []
        for (node, message), count in errors.items():
            self._wire.send(RowError(node=node, message=message, count=count))
        self._send_failed(failing, errors, last=last)


def quoting(row: str, messages: list[str]) -> list[str]:
    """Return the messages that have a text of the row in them: of all its texts the longest that any message has.

    Args:
        row: The row as JSON.
        messages: What a node said of its rows.
    """
    if len(messages) <= 1:
        return messages
    try:
        values = json.loads(row)
    except ValueError:
        return []
    texts = [one for one in values.values() if isinstance(one, str)] if isinstance(values, dict) else []
    for text in sorted(texts, key=len, reverse=True):
        if len(text) >= _TELLING and (found := [one for one in messages if text in one]):
            return found
    return []


def _by_node(errors: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node, message in errors:
        found.setdefault(node, []).append(message)
    return found
