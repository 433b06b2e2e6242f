"""Files of objectives: bring them into the workspace, write Prometheus rules and OpenSLO."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen
from workbench.guard.tool import tool
from workbench.tools.texts import count

if TYPE_CHECKING:
    from workbench.core import Workbench


class Imported(Frozen):
    """Files that were brought in."""

    folder: str
    files: list[str]
    objectives: list[str]
    """Their objectives, as service/name."""
    notes: list[str] = []

    def text(self) -> str:
        """Return what is there now and what to type next."""
        lines = [f"{count(len(self.files), 'file')} copied to {self.folder}: {', '.join(self.files)}."]
        names = f": {', '.join(self.objectives)}" if self.objectives else " in them"
        lines += [f"{count(len(self.objectives), 'objective')}{names}."]
        return "\n".join([*lines, *self.notes, "", "Next    causeway slo list"])


class Written(Frozen):
    """YAML that was made of objectives."""

    body: str
    file: str = ""
    """Where it was written; empty when it was not."""
    objectives: list[str]
    left_out: list[str] = []
    """Objectives that have no place in this form, and why."""
    notes: list[str] = []

    def text(self) -> str:
        """Return the YAML, with what was left out as comments; only its place when it was written to a file."""
        remarks = [*(f"Left out: {one}" for one in self.left_out), *self.notes]
        if self.file:
            return "\n".join([f"{count(len(self.objectives), 'objective')} written to {self.file}.", *remarks])
        return "\n".join([*(f"# {one}" for one in remarks), self.body.rstrip()])


@tool(risk="write", command="slo import", positional=("path",))
def slo_import(
    wb: Workbench,
    path: list[Path] = [],  # noqa: B006 - a tool's defaults are read, never changed
    sample: bool = False,
    replace: bool = False,
) -> Imported:
    """Check OpenSLO and sloth files and copy them into the workspace; a file with a fault is refused with all faults.

    Args:
        path: Files or folders.
        sample: Bring the objectives of the simulated shop.
        replace: Write over files of the same name.
    """
    from workbench.detect.slo.read import files_of, read_specs
    from workbench.detect.slo.workspace import FOLDER, shipped_files

    if bool(path) == sample:
        raise BadInput("name files or folders, or give --sample", where="slo import")
    if wb.path is None:
        raise BadInput("a workspace in memory keeps no files", where="slo import", hint="Name a workspace with -w")
    folder = wb.path / FOLDER
    given = shipped_files() if sample else files_of(path)
    if not given:
        raise BadInput("there is no .yaml file", where=", ".join(str(one) for one in path))
    names = [one.name for one in given]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadInput(f"several files are called {twice[0]}", where="slo import", hint="Rename one of them")
    _check_free(folder, given, replace)
    kept = [one for one in (files_of([folder]) if folder.is_dir() else []) if one.name not in names]
    reading = read_specs([*kept, *given]).refuse()
    folder.mkdir(parents=True, exist_ok=True)
    for one in given:
        (folder / one.name).write_bytes(one.read_bytes())
    # A file that is alone in its name is told by it alone.
    mine = [slo.key for slo in reading.slos if Path(slo.origin.rpartition(", document ")[0]).name in names]
    return Imported(folder=str(folder), files=names, objectives=mine, notes=reading.notes)


def _check_free(folder: Path, given: list[Path], replace: bool) -> None:
    for one in given:
        there = folder / one.name
        if there.exists() and not replace and there.read_bytes() != one.read_bytes():
            raise BadInput("there is another file of this name", where=str(there), hint="Give --replace, or rename it")


@tool(risk="write", command="slo rules", positional=("path",))
def slo_rules(
    wb: Workbench,
    path: list[Path] = [],  # noqa: B006
    out: Path | None = None,
    label: list[str] = [],  # noqa: B006
    period: str = "30d",
) -> Written:
    """Write Prometheus recording and alert rules of objectives, equal in effect to sloth's.

    Args:
        path: Files or folders of objectives. Left out: the workspace's folder slos.
        out: File to write; printed when left out.
        label: A label NAME=VALUE for every recorded series; may be given several times.
        period: Length of the rolling window of sloth's objectives, which do not name one.
    """
    from workbench.detect.slo.durations import prometheus_s
    from workbench.detect.slo.export import to_yaml
    from workbench.detect.slo.read import read_specs
    from workbench.detect.slo.rules import rule_documents, why_no_rules

    seconds = prometheus_s(period)
    if seconds is None:
        raise BadInput(f"{period!r} is no duration", where="period", hint="Write such as 30d, 28d or 1w")
    reading = read_specs(_paths(wb, path), period_s=seconds).refuse()
    reasons = {slo.key: why_no_rules(slo) for slo in reading.slos}
    able = [slo for slo in reading.slos if not reasons[slo.key]]
    body = to_yaml(rule_documents(able, _labels(label))) if able else ""
    return Written(
        body=body,
        file=_write(out, body),
        objectives=[slo.key for slo in able],
        left_out=[f"{key}: {why}." for key, why in reasons.items() if why],
        notes=reading.notes,
    )


@tool(risk="write", command="slo export", positional=("path",))
def slo_export(wb: Workbench, path: list[Path] = [], out: Path | None = None) -> Written:  # noqa: B006
    """Write objectives as OpenSLO v1; those of sloth as well.

    Args:
        path: Files or folders of objectives. Left out: the workspace's folder slos.
        out: File to write; printed when left out.
    """
    from workbench.detect.slo.export import to_openslo, to_yaml
    from workbench.detect.slo.read import read_specs

    reading = read_specs(_paths(wb, path)).refuse()
    body = to_yaml(to_openslo(reading.slos)) if reading.slos else ""
    return Written(body=body, file=_write(out, body), objectives=[slo.key for slo in reading.slos], notes=reading.notes)


def _paths(wb: Workbench, path: list[Path]) -> list[Path]:
    from workbench.detect.slo.workspace import FOLDER

    if path:
        return path
    own = wb.path / FOLDER if wb.path else None
    if own is None or not own.is_dir():
        raise BadInput(
            "the workspace has no objectives", where="slos", hint="Name a file, or `causeway slo import` one"
        )
    return [own]


def _labels(given: list[str]) -> dict[str, str]:
    found = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name.isidentifier():
            raise BadInput(f"{one!r} is no label", where="label", hint="Write NAME=VALUE, such as team=shop")
        found[name] = value
    return found


def _write(out: Path | None, body: str) -> str:
    if out is None:
        return ""
    try:
        out.write_text(body, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"cannot be written: {error.strerror or error}", where=str(out)) from error
    return str(out)
