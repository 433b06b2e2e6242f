"""Whose series a file of metrics holds, and of what, told from its name and those beside it: `cart_cpu.csv`.

Exports of one series a file call them after both: SERVICE_METRIC, METRIC_SERVICE, or SERVICE_ADDRESS_METRIC. One name
does not tell where the service ends; its neighbours do, because both halves come again in other files.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from workbench.ingest.files import COMPRESSIONS, Found
from workbench.semconv import MetricRole, metric_role

_DATES = re.compile(r"(?:[._-]?(?:\d{4}[._-]?\d\d[._-]?\d\d|\d{8,14})(?:[T._-]\d{2,6})*)+$")
_ADDRESS = re.compile(r"(?P<service>.+?)[_-](?P<host>\d{1,3}(?:\.\d{1,3}){3})[_-](?P<metric>.+)")
_ANYBODYS = re.compile(
    r"(?i)(?:all|data|export|hosts?|kpis?|metrics?|query|result|series|stats|system|telemetry|values?|before|after|"
    r"normal|abnormal|healthy|faulty|baseline|reference|today|yesterday|train|test|day|hour|night|morning)"
)
"""Names of files that say nothing of whose the metrics in them are."""
_MEASURES = re.compile(
    r"(?i)(?<![a-z])(?:usage|used|utili[sz]ation|total|bytes|count|rate|percent|seconds|latency|duration)(?![a-z])"
)
_MARKS = "_.-"
"""What stands between service and metric, the likeliest first: names of services have dashes of their own."""


class Series(NamedTuple):
    """What the name of a file says; '' for what it does not say."""

    service: str = ""
    host: str = ""
    metric: str = ""


def series_of(file: Found) -> Series:
    """Return what the name of a file with one series says; the metric at least."""
    stem = _stem(file.relative.rsplit("/", 1)[-1])
    if found := _ADDRESS.fullmatch(stem):
        return Series(**found.groupdict())
    stems = _beside(file)
    best, most = Series(metric=stem), (0, False)
    for mark in _MARKS:
        for at in (one.start() for one in re.finditer(re.escape(mark), stem)):
            front, back = stem[:at], stem[at + 1 :]
            same_front = {one[at + 1 :] for one in stems if one.startswith(front + mark)}
            same_back = {one[: -len(back) - 1] for one in stems if one.endswith(mark + back)}
            if min(len(same_front), len(same_back)) < 2:
                continue
            service, metric = (back, front) if _known(front) and not _known(back) else (front, back)
            # Of two ways to part them the better leaves `usage` with the metric: cpu_usage-cart.
            fit = (len(same_front) * len(same_back), not _MEASURES.search(service))
            if fit > most:
                best, most = Series(service, "", metric), fit
    return best


def owner_of(file: Found) -> str:
    """Return the service that a file with several metrics is named after, '' when its name does not tell.

    It does when files of the same columns lie beside it: then their names are what differs.
    """
    stem = _stem(file.relative.rsplit("/", 1)[-1])
    if _ANYBODYS.fullmatch(stem) or _known(stem):
        return ""
    head = _head(file.path)
    same = [one for one in _listed(file.path.parent) if one.name.endswith(file.suffix) and _head(one) == head]
    names = {_stem(one.name) for one in same}
    if not head or any(_known(name) or _ANYBODYS.fullmatch(name) for name in names):
        return ""
    return stem if len({re.sub(r"\d+", "", name) for name in names}) > 1 else ""


def _known(name: str) -> bool:
    return metric_role(name) is not MetricRole.OTHER


def _stem(name: str) -> str:
    for ending in COMPRESSIONS:
        name = name.removesuffix(ending)
    return _DATES.sub("", re.sub(r"\.[A-Za-z]{2,7}$", "", name))


def _beside(file: Found) -> frozenset[str]:
    return frozenset(_stem(one.name) for one in _listed(file.path.parent))


def _listed(folder: Path) -> tuple[Path, ...]:
    try:
        return _list(folder, folder.stat().st_mtime_ns)
    except OSError:
        return ()


@lru_cache(maxsize=64)
def _list(folder: Path, changed: int) -> tuple[Path, ...]:
    """Return the files of a folder; `changed` is when, so that the answer is not kept longer than it is true."""
    return tuple(one for one in sorted(folder.iterdir()) if one.is_file())


@lru_cache(maxsize=4096)
def _head(path: Path) -> bytes:
    """Return the first line of a file that is not compressed, b'' of others: names of columns."""
    if path.suffix in COMPRESSIONS:
        return b""
    try:
        with path.open("rb") as text:
            return text.readline(65_536).strip()
    except OSError:
        return b""
