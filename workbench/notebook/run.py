"""Runs in hand: one that can be followed while it goes on, and the list of them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from markupsafe import Markup

from workbench.facts.metrics import FlowMetrics
from workbench.facts.run import RUN_MOVES, Run
from workbench.notebook.frames import Frames
from workbench.notebook.shown import Caller, Shown, render

_SPARK_W, _SPARK_H = 150.0, 26.0


class RunInHand(Frames, Shown):
    """One run: its figures by node, its rates over time, its log; the live widget follows it."""

    columns: ClassVar[Mapping[str, str]] = {
        "node": "text", "rows_in": "int", "rows_out": "int", "rows_per_s": "float", "lag_ms": "int", "waiting": "int",
        "errors": "int", "last_error": "text",
    }  # fmt: skip

    def __init__(self, wb: Caller, run_id: str) -> None:
        self._wb = wb
        self.run_id = run_id
        self.facts: Run
        """How it stands, as it was when last asked."""
        self._figures: list[FlowMetrics] = []
        self.title = f"Run {run_id}"
        self.refresh()

    def refresh(self) -> RunInHand:
        """Ask how it stands."""
        found = self._wb.call("runs", run_id=self.run_id)
        self.facts, self.errors = found.runs[0], found.errors
        figures = self._wb.call("flow_metrics", run_id=self.run_id, history=True)
        # When the owner of the workspace changes, the figures of before are gone: what was seen stays.
        self._figures = [*figures.before, figures.now] if figures.now is not None else self._figures
        return self

    @property
    def is_going_on(self) -> bool:
        """Whether it has not ended."""
        return bool(RUN_MOVES[self.facts.status])

    def wait(self, timeout_s: float = 600.0) -> RunInHand:
        """Wait until it ends, or until the time is over; both is told by its `facts`."""
        deadline = time.monotonic() + timeout_s
        while self.refresh().is_going_on and time.monotonic() < deadline:
            time.sleep(0.2)
        return self

    def stop(self) -> RunInHand:
        """Stop it in order: what was read is finished."""
        self._wb.call("flow_stop", run_id=self.run_id)
        return self.refresh()

    def log(self, lines: int = 50) -> str:
        """Return the last lines that its process wrote."""
        return str(self._wb.call("run_log", run_id=self.run_id, lines=lines).text())

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return the last figures of each node."""
        now = self._figures[-1] if self._figures else None
        return [one.model_dump(include=set(self.columns)) for one in now.nodes] if now else []

    @property
    def history(self) -> History:
        """The figures of the last ten minutes, two for each second and node."""
        return History(self._figures)

    def selectable(self) -> list[str]:
        """Return the nodes."""
        return [str(one["node"]) for one in self.rows()]

    def act(self, action: str, value: str) -> None:
        """Stop it, as a button asks for."""
        if action == "stop":
            self.stop()
        else:
            super().act(action, value)

    def fragment(self, live: bool = False) -> str:
        """Return state, counts, and rates by node."""
        return render(
            "run.html.j2",
            r=self.facts,
            seconds=self.facts.seconds(time.time_ns()),
            nodes=self.rows(),
            sparks={name: self._spark(name) for name in self.selectable()},
            errors=self.errors[:5],
            going_on=self.is_going_on,
            live=live,
        )

    def _spark(self, node: str) -> Markup:
        rates = [one.rows_per_s for taken in self._figures[-120:] for one in taken.nodes if one.node == node]
        return Markup(sparkline(rates))  # noqa: S704 - numbers only

    def __repr__(self) -> str:
        one = self.facts
        return f"<{one.run_id}: {one.named} {one.status}, {one.rows_in:,} rows in, {one.rows_out:,} out>"


class History(Frames):
    """Figures of a run over time: one row for each node and moment."""

    columns: ClassVar[Mapping[str, str]] = {"time": "time", **RunInHand.columns}

    def __init__(self, figures: Sequence[FlowMetrics]) -> None:
        self._figures = figures

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return the figures, the oldest first."""
        return [
            {"time": taken.taken_unix_nano, **one.model_dump(include=set(self.columns))}
            for taken in self._figures
            for one in taken.nodes
        ]


class RunsInHand(Frames, Shown):
    """Runs, the latest first; by number or by id one gets the run."""

    columns: ClassVar[Mapping[str, str]] = {
        "run_id": "text", "flow_name": "text", "part": "text", "status": "text", "started": "time", "ended": "time",
        "rows_in": "int", "rows_out": "int", "rows_rejected": "int", "exit_reason": "text", "scope": "text",
    }  # fmt: skip
    title = "Runs"

    def __init__(self, wb: Caller, **filters: Any) -> None:
        self._wb = wb
        self.facts: list[Run] = list(wb.call("runs", **filters).runs)

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return one row for each run."""
        return [
            {
                **one.model_dump(include=set(self.columns), mode="json"),
                "started": one.started_unix_nano,
                "ended": one.ended_unix_nano,
            }
            for one in self.facts
        ]

    def selectable(self) -> list[str]:
        """Return the ids."""
        return [one.run_id for one in self.facts]

    def fragment(self, live: bool = False) -> str:
        """Return the table."""
        return render("runs.html.j2", runs=self.facts, live=live)

    def __getitem__(self, place: int | str) -> RunInHand:
        return RunInHand(self._wb, self.facts[place].run_id if isinstance(place, int) else place)

    def __len__(self) -> int:
        return len(self.facts)

    def __repr__(self) -> str:
        return f"<{len(self.facts)} runs>"


def sparkline(values: Sequence[float]) -> str:
    """Return values as a small line in SVG, from 0 up; '' for fewer than two."""
    if len(values) < 2:
        return ""
    high = max(*values, 1e-9)
    step = _SPARK_W / (len(values) - 1)
    points = [f"{place * step:.1f},{_SPARK_H - 2 - value / high * (_SPARK_H - 4):.1f}"
              for place, value in enumerate(values)]  # fmt: skip
    return (
        f'<svg class="spark" viewBox="0 0 {_SPARK_W:.0f} {_SPARK_H:.0f}" aria-hidden="true" preserveAspectRatio="none">'
        f'<path d="M0,{_SPARK_H} L{" L".join(points)} L{_SPARK_W:.0f},{_SPARK_H} z"/>'
        f'<polyline points="{" ".join(points)}"/></svg>'
    )
