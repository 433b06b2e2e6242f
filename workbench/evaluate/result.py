"""What an evaluation gives: tables with intervals, how well confidence is calibrated, and the worst cases."""

from __future__ import annotations

from typing import Literal

from workbench.facts.evidence import Frozen

Cell = str | float | int | None


class ResultTable(Frozen):
    """One table; numbers are kept as numbers."""

    title: str
    columns: list[str]
    rows: list[list[Cell]]
    note: str = ""


class ReliabilityBin(Frozen):
    """Answers whose first confidence lies in one tenth, and how many of them were right."""

    low: float
    high: float
    cases: int
    confidence: float
    """Mean of what was stated."""
    right: float
    """Share of them whose first cause was the true one."""


class WrongCase(Frozen):
    """One case that was answered wrongly, and what was said of it."""

    case: str
    mode: str
    truth: str
    answer: str
    confidence: float | None = None
    reason: str


class Evaluation(Frozen):
    """One evaluation, as it is printed, stored and shown in the app."""

    subject: Literal["rca", "detect", "templates"]
    name: str
    """Of the data: the folder's name, or `simulated`."""
    command: str
    """What to type to get the same again."""
    made_unix_nano: int
    cases: int
    tables: list[ResultTable]
    reliability: list[ReliabilityBin] = []
    worst: list[WrongCase] = []
    notes: list[str] = []

    def text(self) -> str:
        """Return the tables as aligned text."""
        from workbench.evaluate.words import evaluation_text

        return evaluation_text(self)
