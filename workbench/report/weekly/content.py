"""What a weekly report holds, as plain values."""

from __future__ import annotations

from workbench.facts.evidence import Frozen


class Week(Frozen):
    """The incidents that began in one week, Monday to Sunday, UTC."""

    start_unix_nano: int
    incidents: int = 0
    by_kind: dict[str, int] = {}
    severe: int = 0
    """Of severity error or critical."""
    recurrences: int = 0
    """Whose first cause and fault type had been seen in the weeks before."""
    explained: int = 0
    """With a first cause at a confidence of one half or more."""
    hours_in_hand: float | None = None
    """Median time from the first look to resolved, of those that were resolved."""


class Trend(Frozen):
    """How the last week compares with the weeks before it."""

    what: str
    last: int
    before: float
    """Mean of the weeks before."""
    chance: float
    """Probability of a difference at least as large if nothing changed; two-sided."""
    words: str


class Repeated(Frozen):
    """A cause that came back."""

    service_name: str
    fault_type: str
    count: int
    incident_ids: list[str]


class Weekly(Frozen):
    """One weekly report."""

    title: str
    weeks: list[Week]
    """Oldest first; the last is the one that is reported."""
    trends: list[Trend]
    services: dict[str, int]
    """Incidents of the last week by the service that was found to be the cause."""
    repeated: list[Repeated] = []
    open_incidents: list[str] = []
    """Titles of what is still open."""

    def text(self) -> str:
        """Return the report as Markdown, which reads well in a terminal."""
        from workbench.report.weekly.markdown import to_markdown

        return to_markdown(self)
