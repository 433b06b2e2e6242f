"""Masks personal data and secrets in what a report quotes from telemetry."""

from __future__ import annotations

from workbench.facts.correlation import SimilarIncident
from workbench.facts.diagnosis import Cause, TimelineEntry
from workbench.guard.pii import mask_text
from workbench.report.content import Pattern, Waterfall


class Masker:
    """Masks texts and counts how many values it replaced."""

    def __init__(self) -> None:
        self.count = 0

    def text(self, text: str) -> str:
        """Return the text with every found value replaced by the placeholder of its kind."""
        masked = mask_text(text)
        self.count += masked.count
        return masked.text

    def texts(self, texts: list[str]) -> list[str]:
        """Return each text masked."""
        return [self.text(text) for text in texts]

    def causes(self, causes: list[Cause]) -> list[Cause]:
        """Return causes whose evidence is masked; what is re-run stays as it is stored."""
        return [
            cause.model_copy(
                update={
                    "evidence": [one.model_copy(update={"summary": self.text(one.summary)}) for one in cause.evidence],
                    "missing": self.texts(cause.missing),
                }
            )
            for cause in causes
        ]

    def timeline(self, entries: list[TimelineEntry]) -> list[TimelineEntry]:
        """Return entries with masked texts."""
        return [entry.model_copy(update={"text": self.text(entry.text)}) for entry in entries]

    def patterns(self, patterns: list[Pattern]) -> list[Pattern]:
        """Return patterns with masked templates and examples."""
        return [
            one.model_copy(update={"template": self.text(one.template), "example": self.text(one.example)})
            for one in patterns
        ]

    def similar(self, found: list[SimilarIncident]) -> list[SimilarIncident]:
        """Return similar incidents with masked titles, notes and log lines."""
        lists = ("shared", "differs", "worked", "did_not_work")
        return [
            one.model_copy(
                update={"title": self.text(one.title)} | {name: self.texts(getattr(one, name)) for name in lists}
            )
            for one in found
        ]

    def waterfall(self, waterfall: Waterfall | None) -> Waterfall | None:
        """Return the waterfall with masked names and messages."""
        if waterfall is None:
            return None
        spans = [
            span.model_copy(update={"span_name": self.text(span.span_name), "message": self.text(span.message)})
            for span in waterfall.spans
        ]
        return waterfall.model_copy(update={"spans": spans})
