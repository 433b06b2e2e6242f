"""Takes off the lines of a flow what others put before them, as imports do: who wrote a line, and when."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC
from functools import lru_cache
from typing import Any, Literal

from workbench.flow.lines import Line
from workbench.signals.origins import Origins, pod_of
from workbench.signals.syslog import unix_nano_of

LinePrefix = Literal["none", "compose", "kubectl", "kubelet", "syslog"]
COLUMNS: dict[str, type] = {"service_name": str, "service_instance_id": str, "host_name": str, "time_unix_nano": int}
"""What is known of a line whose prefix is taken off; empty or 0 where the prefix does not say it."""

_pod_of = lru_cache(1024)(pod_of)


class Prefixes:
    """Takes one kind of prefix off; with `none`, lines stay as they are and no columns are added."""

    def __init__(self, prefix: LinePrefix) -> None:
        self._origins = None if prefix == "none" else Origins(prefix)

    @property
    def columns(self) -> dict[str, type]:
        """Columns that `values` gives."""
        return COLUMNS if self._origins else {}

    def take(self, line: Line) -> Line:
        """Return a line as its program wrote it."""
        if not self._origins:
            return line
        origin = self._origins.split(line.text)
        if not self._origins.name_services:
            service, pod = _pod_of(line.uri)
            origin = origin._replace(service=service, instance=pod)
        return replace(line, text=origin.line, origin=origin)

    def values(self, line: Line) -> tuple[Any, ...]:
        """Return the values of `columns` for a line that was taken."""
        if not self._origins:
            return ()
        origin = line.origin
        when = unix_nano_of(origin.time, UTC, time.time_ns()) if origin.time else None
        return (*origin.key, when or 0)
