"""The verb that brings files of telemetry into the workspace."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen
from workbench.guard.tool import tool
from workbench.ingest.report import Explanation, ImportedFile, ImportReport, LeftFile
from workbench.tools.files import check_paths

if TYPE_CHECKING:
    from workbench.core import Workbench

_SHOWN_LEFT = 20


class TelemetryImport(Frozen):
    """What an import did; or, with `explain`, what it would do."""

    report: ImportReport | None = None
    """None when the files were only explained."""
    explanations: list[Explanation] = []
    left: list[LeftFile] = []
    """Files that were left alone or refused, with the reason."""
    saved_profile: str = ""
    next_command: str = ""
    """What to type to have the imported telemetry explained."""

    def text(self) -> str:
        """Return the result for a terminal."""
        lines = [explanation.text() for explanation in self.explanations]
        if self.report:
            lines += _report_lines(self.report)
        lines += [_left_line(file) for file in self.left[:_SHOWN_LEFT]]
        if len(self.left) > _SHOWN_LEFT:
            lines.append(f"  and {len(self.left) - _SHOWN_LEFT} more files that were left alone")
        if self.saved_profile:
            lines += ["", f"Profile written to {self.saved_profile}", ""]
            lines += [f"Next:  causeway import --profile {shlex.quote(self.saved_profile)} PATH"]
        elif self.next_command:
            lines += ["", f"Next:  {self.next_command}"]
        return "\n".join(lines)


@tool(risk="write", command="import", positional=("path",))
def import_telemetry(
    wb: Workbench,
    path: list[Path],
    scope: str | None = None,
    role: Literal["case", "reference"] = "case",
    profile: str | None = None,
    explain: bool = False,
    save_profile: Path | None = None,
) -> TelemetryImport:
    """Read files and folders of logs, spans, metrics and events into the workspace.

    Formats and columns are found out from the files, or named by a profile. Importing a file again adds nothing.

    Args:
        path: Files or folders; .gz and .zst are read as they are.
        scope: Name of the data set; the folder's name when left out.
        role: `reference` for telemetry of a time without faults.
        profile: Name or file of a profile that says which column is what.
        explain: Only show how each file would be read, and why.
        save_profile: Write what was found out to this YAML file, to be mended and used as `profile`; imports nothing.
    """
    from workbench.ingest.importer import explanation, import_paths, plans, profile_of
    from workbench.ingest.profile_files import save_profile as write_profile

    check_paths(path)
    if explain or save_profile:
        planned, left = plans(path, profile)
        if save_profile:
            try:
                write_profile(profile_of(planned, save_profile.stem), save_profile)
            except OSError as error:
                what = f"cannot be written: {error.strerror}"
                raise BadInput(what, where=str(save_profile), hint="Name a file in a folder that is there") from error
        explanations = [explanation(plan) for plan in planned]
        return TelemetryImport(
            explanations=explanations, left=left, saved_profile=str(save_profile) if save_profile else ""
        )
    report = import_paths(wb.store, path, scope=scope, role=role, profile=profile, progress=wb.progress)
    subject = f"investigate {shlex.quote(report.scope)}"
    if role == "reference":
        subject = "analyze FOLDER " + " ".join(f"--reference {shlex.quote(str(one))}" for one in path)
    return TelemetryImport(report=report, left=report.left, next_command=f"causeway {subject}")


def _report_lines(report: ImportReport) -> list[str]:
    rows = ", ".join(f"{count:,} {table}" for table, count in report.rows.items()) or "no new rows"
    lines = [f"{report.scope}: {rows}; {report.rejected:,} rejected, {report.skipped:,} files already there"]
    width = max((len(Path(file.uri).name) for file in report.sources), default=0)
    for file in report.sources:
        lines.append(f"  {Path(file.uri).name:<{width}}  {_file(file)}")
        lines += [f"  {'':<{width}}  {notice}" for notice in file.notices]
    if report.rejected:
        lines.append(f"`causeway rejected {shlex.quote(report.scope)}` shows what was rejected, and why.")
    return lines


def _file(file: ImportedFile) -> str:
    if file.already_there:
        return "already there, nothing added"
    counts = [f"{count:,} {table}" for table, count in file.rows.items()] or ["no rows"]
    others = {"rejected": file.rejected, "duplicates left out": file.duplicates, "empty cells": file.empty_cells}
    counts += [f"{count:,} {what}" for what, count in others.items() if count]
    return ", ".join(counts)


def _left_line(file: LeftFile) -> str:
    word = "REFUSED" if file.refused else "left"
    return f"  {word} {Path(file.uri).name}: {file.reason}" + (f". {file.hint}" if file.refused and file.hint else "")
