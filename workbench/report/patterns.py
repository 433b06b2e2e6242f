"""Finds the kinds of log lines that appeared, grew or vanished at the onset."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from workbench.facts.telemetry import Telemetry
from workbench.report.content import Pattern, PatternChange
from workbench.report.window import Window
from workbench.semconv import NANOS_PER_SECOND
from workbench.signals.templates import mine_messages

MOST_PATTERNS = 12
MOST_LINES = 40_000
"""Lines that are looked at on each side; beyond, the ones nearest to the onset."""
_LEAST_LINES = 3
_RISE = 2.0
_LEAST_Z = 3.0
_LONGEST = 400


@dataclass(slots=True)
class _Seen:
    template_id: str
    template: str
    before: int = 0
    after: int = 0
    severity: int = 0
    word: str = ""
    example: str = ""
    services: Counter[str] = field(default_factory=Counter)


Mine = Callable[[list[str]], Sequence[tuple[str, str]]]
"""Gives (identifier, template) of each message."""


def make_patterns(telemetry: Telemetry, window: Window, mine: Mine = mine_messages) -> tuple[list[Pattern], float]:
    """Return the patterns that changed, errors first, and the seconds counted on each side of the onset.

    Args:
        telemetry: With logs near the onset.
        window: Around the onset.
        mine: Groups the lines: by themselves, or with the memory of the workspace.
    """
    if window.onset is None or window.compared_s <= 0:
        return [], 0.0
    reach = int(window.compared_s * NANOS_PER_SECOND)
    logs = telemetry.logs
    time = logs["time_unix_nano"].to_numpy(dtype=np.int64)
    order = np.argsort(time, kind="stable")
    first, middle, last = np.searchsorted(time[order], [window.onset - reach, window.onset, window.onset + reach])
    before = logs.iloc[order[first:middle][-MOST_LINES:]]
    after = logs.iloc[order[middle:last][:MOST_LINES]]
    if not len(after) and not len(before):
        return [], 0.0
    # When lines had to be left out, both sides are counted over the shorter of the two times.
    if max(len(before), len(after)) == MOST_LINES:
        near = min(
            window.onset - int(before["time_unix_nano"].min()) if len(before) else reach,
            int(after["time_unix_nano"].max()) - window.onset if len(after) else reach,
        )
        before = before[before["time_unix_nano"] >= window.onset - near]
        after = after[after["time_unix_nano"] <= window.onset + near]
        reach = near
    changed = [pattern for one in _count(before, after, mine) if (pattern := _judge(one)) is not None]
    ordered = sorted(changed, key=lambda item: item[0])
    return [pattern for _, pattern in ordered[:MOST_PATTERNS]], round(reach / NANOS_PER_SECOND, 3)


def _count(before: pd.DataFrame, after: pd.DataFrame, mine: Mine) -> list[_Seen]:
    rows = pd.concat([before, after])
    bodies = [str(body)[:_LONGEST] for body in rows["body"].tolist()]
    found: dict[str, _Seen] = {}
    columns = zip(
        mine(bodies),
        bodies,
        rows["service_name"].tolist(),
        rows["severity_number"].tolist(),
        rows["severity_text"].tolist(),
        [False] * len(before) + [True] * len(after),
        strict=True,
    )
    for (identifier, template), body, service, severity, word, late in columns:
        seen = found.setdefault(identifier, _Seen(identifier, template))
        seen.before, seen.after = seen.before + (not late), seen.after + late
        seen.services[str(service)] += 1
        if severity > seen.severity or not seen.example:
            seen.severity, seen.word = int(severity), str(word)
        seen.example = seen.example or body
    return list(found.values())


def _judge(seen: _Seen) -> tuple[tuple[float, ...], Pattern] | None:
    change: PatternChange
    # Two Poisson counts over equal times: the difference of their square roots is about normal with spread 1/sqrt(2).
    z = math.sqrt(2) * (math.sqrt(seen.after + 0.375) - math.sqrt(seen.before + 0.375))
    if seen.before == 0 and seen.after >= (1 if seen.severity >= 17 else _LEAST_LINES):
        change = "new"
    elif seen.before and seen.after >= _RISE * seen.before and z >= _LEAST_Z:
        change = "risen"
    elif seen.after == 0 and seen.before >= _LEAST_LINES and z <= -_LEAST_Z:
        change = "vanished"
    else:
        return None
    pattern = Pattern(
        template_id=seen.template_id,
        template=seen.template,
        service_name=seen.services.most_common(1)[0][0],
        severity=seen.word,
        change=change,
        before=seen.before,
        after=seen.after,
        example=seen.example,
    )
    rank = {"new": 0.0, "risen": 1.0, "vanished": 2.0}[change]
    return (-float(min(seen.severity, 17)), rank, -abs(z)), pattern
