"""Makes a flow fit for a look: sources read what is there and end; those that would take something are left alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError

from workbench.flow.catalog import Catalog, find
from workbench.flow.graph import Flow

SOURCE_ROWS = 1000
"""Rows that are read from each source, at most."""
LOOK_S = 1.0
"""How long a source that goes on is listened to."""
QUIET_S = 0.15
"""Once every source has given rows, and none has given more for so long, the look is over."""


def fit(flow: Flow, catalog: Catalog) -> tuple[Flow, dict[str, str]]:
    """Return the flow as a preview runs it, and why sources are left alone, by node.

    A source that follows reads what is there instead. One that would take messages away, or leave something behind in
    the other system, is not read at all.
    """
    changes: dict[str, dict[str, Any]] = {}
    alone: dict[str, str] = {}
    for entry in flow.nodes:
        kind = find(catalog, entry.kind)
        if kind is None or kind.inputs():
            continue
        try:
            node = kind.model_validate(entry.settings)
        except ValidationError:
            # The check has told of it.
            continue
        changes[entry.id] = dict(node.looked_at)
        if node.takes:
            alone[entry.id] = node.takes
    return flow.with_settings(changes), alone


def lasting(flow: Flow, catalog: Catalog, given: Collection[str]) -> bool:
    """Tell whether a second look would find the same rows, as long as no file changes that the flow names.

    Args:
        flow: A flow without faults in its settings.
        catalog: The node types.
        given: Nodes that are not run.
    """
    kinds = [(find(catalog, entry.kind), entry.settings) for entry in flow.nodes if entry.id not in given]
    return all(kind.model_validate(settings).told_by_files for kind, settings in kinds if kind and not kind.inputs())


class Looked:
    """The sources of a preview: each ends after its first rows, and all end when nothing more comes."""

    def __init__(self, alone: Mapping[str, str], stop: threading.Event) -> None:
        self._alone, self._stop = alone, stop
        self._subjects: list[Any] = []

    def opened(self, node: str, subject: Any) -> None:
        """Let a source end after its first rows, or before them."""
        if node in self._alone:
            subject.most = 0
        else:
            subject.most = SOURCE_ROWS
            self._subjects.append(subject)

    def watch(self) -> None:
        """Set `stop` when every source that is read has been quiet for a moment, or its time is over."""
        threading.Thread(target=self._watch, daemon=True, name="look").start()

    def _watch(self) -> None:
        deadline, before = time.monotonic() + LOOK_S, [0]
        while time.monotonic() < deadline:
            time.sleep(QUIET_S)
            handed = [subject.measure()[0] for subject in self._subjects]
            if all(handed) and handed == before:
                break
            before = handed
        self._stop.set()
