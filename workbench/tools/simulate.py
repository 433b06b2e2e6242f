"""The verb that makes practice data: files of a simulated system, broken on purpose or healthy, with the truth."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen
from workbench.guard.tool import tool
from workbench.tools.times import parse_at

if TYPE_CHECKING:
    from workbench.core import Workbench


class TrueFault(Frozen):
    """A fault that was put into the shop."""

    service: str
    fault_type: str
    start: str
    """ISO 8601, UTC."""


class SimulationTruth(Frozen):
    """What really happened in a simulated run; also written to `truth.json`."""

    faults: list[TrueFault]
    """Empty for a healthy run."""
    seed: int


class SimulationSummary(Frozen):
    """What was written."""

    folder: Path
    files: list[str]
    """Names in the folder."""
    rows: dict[str, int]
    """Rows per table."""
    truth: SimulationTruth

    def text(self) -> str:
        """Return what was written, what broke, and what to type next."""
        broke = [f"{one.fault_type} at {one.service} from {one.start}" for one in self.truth.faults]
        return "\n".join(
            [
                f"Folder  {self.folder}",
                f"Files   {', '.join(self.files)}",
                f"Rows    {', '.join(f'{number:,} {table}' for table, number in self.rows.items() if number)}",
                f"Broke   {', '.join(broke) or 'nothing'} (seed {self.truth.seed})",
                "",
                f"Next    causeway analyze {shlex.quote(str(self.folder))}",
            ]
        )


@tool(risk="write")
def simulate(
    wb: Workbench,
    out: Path,
    fault: list[str] = [],  # noqa: B006 - a tool's defaults are read, never changed
    healthy: bool = False,
    seed: int = 0,
    minutes: float = 12,
    format: Literal["otlp", "jsonl", "csv"] = "jsonl",
    topology: str = "shop",
    start: str | None = None,
) -> SimulationSummary:
    """Write logs, spans, metrics and events of a simulated shop or a random system, with faults by name or healthy.

    Args:
        out: Folder for the files; it is made when missing.
        fault: A fault such as cpu, cpu@cart or cpu@cart+120 (seconds after the start); may be given several times.
        healthy: Break nothing.
        seed: The same seed gives the same files.
        minutes: Length of the run.
        format: How the files are written: otlp, jsonl or csv.
        topology: shop, random (a system drawn by the seed), or random:30 for one with 30 services.
        start: When the run begins, ISO 8601; 2026-03-10T09:30:00Z when left out. Traffic follows the time of day.
    """
    from workbench.simulate import FAULTS, choose_topology, parse_fault, write_files
    from workbench.simulate import simulate as run

    if healthy == bool(fault):
        what = "both a fault and healthy are asked for" if healthy else "neither a fault nor healthy is asked for"
        raise BadInput(
            what, where="simulate", hint=f"Give --healthy, or --fault with one of {', '.join(sorted(FAULTS))}"
        )
    begin = parse_at(start, "start") if start is not None else None
    system = choose_topology(topology, seed)
    simulation = run(
        [parse_fault(text, system) for text in fault], seed, minutes, start_unix_nano=begin, topology=system
    )
    files = write_files(simulation, out, format)
    telemetry = simulation.telemetry
    return SimulationSummary(
        folder=out,
        files=[file.name for file in files],
        rows={
            name: len(frame)
            for name, frame in (
                ("logs", telemetry.logs),
                ("spans", telemetry.spans),
                ("metrics", telemetry.metrics),
                ("events", telemetry.events),
                ("edges", telemetry.edges),
            )
        },
        truth=SimulationTruth.model_validate(simulation.truth),
    )
