"""Finds what people changed shortly before the onset: deployments, settings, flags."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from workbench.rca.windows import seconds
from workbench.semconv import NANOS_PER_SECOND

BEFORE_S, AFTER_S = 300, 60
"""Changes so long before the onset may have to do with it; after it, because an onset is known to about a minute."""
AT_ONSET_S = 30
"""An onset is dated so finely; what came later than this did not start it."""
NEAR_S = 150
"""Only so near it makes other evidence of the same service stronger."""
_CHANGE = re.compile(r"deploy|config|release|roll(out|ed)|flag|feature|scal|migrat|change|upgrade", re.IGNORECASE)
_OURS = "incident."
"""Events that our own detectors write; whatever they quote, they are no change."""
_DEPLOY = re.compile(r"deploy|release|rollout|rolled|upgrade", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Changed:
    """One change near the onset."""

    time_unix_nano: int
    service: str
    name: str
    summary: str
    before_s: float
    """Seconds before the onset; negative when after it."""

    @property
    def is_deployment(self) -> bool:
        """Tell whether other code runs since."""
        return bool(_DEPLOY.search(f"{self.name} {self.summary}"))

    @property
    def is_late(self) -> bool:
        """Tell whether it came too long after the onset to have started it."""
        return self.before_s < -AT_ONSET_S

    def sentence(self) -> str:
        """Say what was changed and when."""
        when = f"{abs(self.before_s):.0f} s {'before' if self.before_s >= 0 else 'after'} the onset"
        when += ", so it hardly started it" if self.is_late else ""
        what = self.name.replace("_", " ") or "change"
        return f"{what} of {self.service or 'the system'} {when}: {self.summary or 'no details'}"


def changes_near(events: pd.DataFrame, onset_unix_nano: int | None) -> list[Changed]:
    """Return the changes around the onset, the nearest first. `events` has the columns of `semconv.COLUMNS`."""
    if onset_unix_nano is None or not len(events):
        return []
    time = events["time_unix_nano"]
    near = events[(time >= onset_unix_nano - seconds(BEFORE_S)) & (time <= onset_unix_nano + seconds(AFTER_S))]
    found = [
        Changed(
            time_unix_nano=int(row["time_unix_nano"]),
            service=str(row["service_name"]),
            name=str(row["event_name"]),
            summary=str(row["summary"]),
            before_s=(onset_unix_nano - int(row["time_unix_nano"])) / NANOS_PER_SECOND,
        )
        for _, row in near.iterrows()
        if _CHANGE.search(f"{row['event_name']} {row['summary']}") and not str(row["event_name"]).startswith(_OURS)
    ]
    return sorted(found, key=lambda one: (abs(one.before_s), one.service))


def changed_services(changes: Sequence[Changed]) -> dict[str, Changed]:
    """Return the nearest change of each service that is near enough to count."""
    found: dict[str, Changed] = {}
    for change in changes:
        if abs(change.before_s) <= NEAR_S and change.service:
            found.setdefault(change.service, change)
    return found
