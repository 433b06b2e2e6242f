"""What an explanation holds, as plain values."""

from __future__ import annotations

from workbench.facts.diagnosis import Verdict
from workbench.facts.evidence import Frozen
from workbench.report.content import LedgerEntry, Pattern, Topology


class Paragraph(Frozen):
    """One question and its answer."""

    question: str
    sentences: list[str]


class Claim(Frozen):
    """One statement of the verdict, and how to check it."""

    service_name: str
    statement: str
    supports: bool
    strength: float
    """1 is the edge of what was seen while healthy."""
    entry: LedgerEntry | None = None
    """The query behind it; None for what needs no rows, or was not stored."""


class Strip(Frozen):
    """One series around the onset, and when it left its healthy range."""

    service_name: str
    label: str
    unit: str = ""
    times_unix_nano: list[int]
    values: list[float | None]
    moved_unix_nano: int
    """Start of the first bucket outside of the healthy range."""
    change: float
    """How far outside, in spreads of the healthy time; negative for a fall."""
    healthy: float
    """Median before the onset."""
    peak: float
    """The value farthest outside."""
    cause: bool = False


class CallChange(Frozen):
    """One edge of the topology before and after the onset, over equal times."""

    caller: str
    callee: str
    calls_before: int
    calls_after: int
    median_before_ms: float | None = None
    median_after_ms: float | None = None
    failed_before: float | None = None
    """Share, 0..1."""
    failed_after: float | None = None


class WhyNot(Frozen):
    """Why a service is not the first cause."""

    service_name: str
    answer: str
    """One sentence."""
    sentences: list[str]


class Explanation(Frozen):
    """Everything that a face shows of how a verdict was reached."""

    subject: str
    """The incident, or the data set where there is none."""
    title: str
    verdict: Verdict
    onset_unix_nano: int | None = None
    compared_s: float = 0.0
    """Length of the times before and after the onset that were compared, in seconds."""
    paragraphs: list[Paragraph]
    chain: list[str] = []
    """Services from the first cause to where users notice it."""
    strips: list[Strip] = []
    """In the order in which they moved."""
    calls: list[CallChange] = []
    patterns: list[Pattern] = []
    topology: Topology = Topology()
    claims: list[Claim] = []
    why_not: list[WhyNot] = []

    def text(self) -> str:
        """Return the explanation for a terminal."""
        from workbench.report.explain.words import explanation_text

        return explanation_text(self)
