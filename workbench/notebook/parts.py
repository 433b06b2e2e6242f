"""The parts of an incident: ranked causes, timeline, topology, waterfall, curves. Each shows itself and has rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from workbench.errors import NotFound
from workbench.facts.diagnosis import Cause
from workbench.notebook.frames import Frames
from workbench.notebook.shown import Shown, render
from workbench.report.content import ReportContent
from workbench.report.content import Topology as Drawing


class Part(Frames, Shown):
    """One part of a report's content."""

    template: ClassVar[str]

    def __init__(self, content: ReportContent) -> None:
        self._content = content
        self.title = f"{type(self).__name__} of {content.incident_id or content.case}"

    def fragment(self, live: bool = False) -> str:
        """Return the HTML without any styles."""
        return render(self.template, c=self._content, live=live)

    def __repr__(self) -> str:
        return f"<{self.title}: {len(self.rows())} rows>"


class Causes(Part):
    """Ranked causes; use it like a list of causes."""

    template = "causes.html.j2"
    columns: ClassVar[Mapping[str, str]] = {
        "rank": "int", "service_name": "text", "fault_type": "text", "confidence": "float", "first_seen": "time",
        "service_instance_id": "text", "host_name": "text", "path": "texts", "evidence": "int", "because": "text",
    }  # fmt: skip

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return one row for each cause, the first cause first."""
        return [
            {
                **cause.model_dump(include=set(self.columns) - {"evidence"}),
                "first_seen": cause.first_seen_unix_nano,
                "evidence": len(cause.evidence),
                "because": next((one.summary for one in cause.evidence if one.supports), ""),
            }
            for cause in self._content.causes
        ]

    def selectable(self) -> list[str]:
        """Return the services, the first cause first."""
        return list(dict.fromkeys(cause.service_name for cause in self._content.causes))

    def __getitem__(self, place: int | str) -> Cause:
        if isinstance(place, int):
            return self._content.causes[place]
        for cause in self._content.causes:
            if cause.service_name == place:
                return cause
        raise NotFound("cause", place, hint="Causes: " + (", ".join(self.selectable()) or "none"))

    def __iter__(self) -> Iterator[Cause]:
        return iter(self._content.causes)

    def __len__(self) -> int:
        return len(self._content.causes)


class Timeline(Part):
    """What happened when, below the curves that show it."""

    template = "timeline.html.j2"
    columns: ClassVar[Mapping[str, str]] = {"time": "time", "kind": "text", "service_name": "text", "text": "text"}

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return one row for each entry, oldest first."""
        return [
            {"time": one.time_unix_nano, "kind": one.kind, "service_name": one.service_name, "text": one.text}
            for one in self._content.timeline
        ]


class Topology(Part):
    """Who calls whom: one row for each call."""

    template = "topology.html.j2"
    columns: ClassVar[Mapping[str, str]] = {
        "caller": "text", "callee": "text", "failing": "bool", "calls": "int", "error_rate": "float",
    }  # fmt: skip

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return one row for each pair of services that call each other."""
        return [one.model_dump() for one in self._content.topology.edges]

    @property
    def drawn(self) -> Drawing:
        """The drawing: services with their places, and calls."""
        return self._content.topology

    @property
    def services(self) -> Services:
        """The services of the drawing, with their state, requests and errors."""
        return Services(self._content)

    def selectable(self) -> list[str]:
        """Return the services."""
        return [one.service_name for one in self._content.topology.nodes]


class Services(Part):
    """The services of a topology."""

    template = "services.html.j2"
    columns: ClassVar[Mapping[str, str]] = {
        "service_name": "text", "state": "text", "requests": "int", "error_rate": "float", "rank": "int",
    }  # fmt: skip

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return one row for each service."""
        return [one.model_dump(include=set(self.columns)) for one in self._content.topology.nodes]


class Waterfall(Part):
    """The slowest request after the onset: one row for each span, in the order of the drawing."""

    template = "waterfall.html.j2"
    columns: ClassVar[Mapping[str, str]] = {
        "depth": "int", "service_name": "text", "span_name": "text", "start_ms": "float", "duration_ms": "float",
        "error": "bool", "message": "text",
    }  # fmt: skip

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return one row for each span."""
        drawn = self._content.waterfall
        return [one.model_dump() for one in drawn.spans] if drawn else []

    def selectable(self) -> list[str]:
        """Return the services that the request came through."""
        return list(dict.fromkeys(str(one["service_name"]) for one in self.rows()))


class Curves(Part):
    """The curves of an incident in long form: one row for each value."""

    template = "curves.html.j2"
    columns: ClassVar[Mapping[str, str]] = {
        "time": "time", "chart": "text", "unit": "text", "service_name": "text", "value": "float", "cause": "bool",
    }  # fmt: skip

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return one row for each value that was measured."""
        return [
            {"time": time, "chart": chart.title, "unit": chart.unit, "service_name": line.name, "value": value,
             "cause": line.cause}
            for chart in self._content.charts
            for line in chart.lines
            for time, value in zip(chart.times_unix_nano, line.values, strict=True)
            if value is not None
        ]  # fmt: skip


class Patterns(Part):
    """Kinds of log lines whose rate changed at the onset."""

    template = "patterns.html.j2"
    columns: ClassVar[Mapping[str, str]] = {
        "change": "text", "before": "int", "after": "int", "severity": "text", "service_name": "text",
        "template": "text", "example": "text",
    }  # fmt: skip

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return one row for each pattern."""
        return [one.model_dump(include=set(self.columns)) for one in self._content.patterns]
