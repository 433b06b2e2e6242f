"""Writes what the shop left behind to files that any tool for telemetry reads, and the truth beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import pandas as pd

from workbench.errors import BadInput
from workbench.semconv import ORIGIN, Table
from workbench.simulate.otlp import log_lines, metric_lines, trace_lines
from workbench.simulate.world import Simulation

Format = Literal["otlp", "jsonl", "csv"]


def write_files(simulation: Simulation, out: Path, formats: Format) -> list[Path]:
    """Write the telemetry and `truth.json` into a folder, which is made when missing; return the files.

    `otlp`: traces, logs (with the events) and metrics as OTLP JSON lines. `jsonl` and `csv`: one file per table, with
    the columns of `semconv.COLUMNS` but the origin; `attributes` is a JSON object as text.

    Files of an earlier run in the folder (one with a `truth.json`) are removed.

    Raises:
        BadInput: the folder cannot be written to, or the format is not known.
    """
    if formats not in ("otlp", "jsonl", "csv"):
        raise BadInput(f"no format {formats!r}", where="format", hint="Known formats: otlp, jsonl, csv")
    truth = json.dumps(simulation.truth, indent=2) + "\n"
    try:
        out.mkdir(parents=True, exist_ok=True)
        _remove_last_run(out)
        written = [_write(out / name, lines) for name, lines in _contents(simulation, formats)]
        written.append(_write(out / "truth.json", [truth.rstrip("\n")]))
    except OSError as error:
        raise BadInput(
            f"cannot write: {error.strerror or error}", where=str(out), hint="Give another folder"
        ) from error
    return written


def _remove_last_run(out: Path) -> None:
    """Remove the files of an earlier run, so that no table of it is taken for one of this run."""
    if (out / "truth.json").exists():
        for name in ("traces.jsonl", *(f"{table.value}.{ending}" for table in Table for ending in ("jsonl", "csv"))):
            (out / name).unlink(missing_ok=True)


def _contents(simulation: Simulation, formats: Format) -> Iterator[tuple[str, Iterable[str]]]:
    telemetry, versions = simulation.telemetry, simulation.versions
    if formats == "otlp":
        yield "traces.jsonl", trace_lines(telemetry.spans, versions)
        yield "logs.jsonl", log_lines(telemetry.logs, telemetry.events, versions)
        yield "metrics.jsonl", metric_lines(telemetry.metrics, versions)
        return
    for table in Table:
        frame = telemetry.frame(table).drop(columns=list(ORIGIN))
        if len(frame):
            yield f"{table.value}.{formats}", _json_lines(frame) if formats == "jsonl" else _csv_lines(frame)


def _json_lines(frame: pd.DataFrame) -> Iterator[str]:
    encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
    names = list(frame.columns)
    for values in frame.itertuples(index=False, name=None):
        yield encode(dict(zip(names, values, strict=True)))


def _csv_lines(frame: pd.DataFrame) -> Iterator[str]:
    yield frame.to_csv(index=False, lineterminator="\n").rstrip("\n")


def _write(path: Path, lines: Iterable[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)
    return path
