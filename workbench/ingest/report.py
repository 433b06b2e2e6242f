"""What an import did, file by file, and how it would read a file: values that are shown and sent."""

from __future__ import annotations

from workbench.facts.evidence import Frozen


class ImportedFile(Frozen):
    """One file that is in the store now."""

    source_id: int
    uri: str
    scope: str
    profile: str = ""
    rows: dict[str, int] = {}
    """Rows by table."""
    rejected: int = 0
    """Rows that could not be used; they are kept with the reason."""
    duplicates: int = 0
    """Rows that came a second time and were left out."""
    empty_cells: int = 0
    """Cells of wide metrics without a number: empty, NaN, null."""
    read_as: str = ""
    """Format, table and clock in one line."""
    notices: list[str] = []
    """What its reader should know, such as columns that were left out."""
    already_there: bool = False
    """The same content was in this scope before; nothing was added."""


class LeftFile(Frozen):
    """One file that is not in the store, and why."""

    uri: str
    reason: str
    hint: str = ""
    refused: bool = False
    """True when it should have been read and could not; False when it was left alone on purpose."""


class ImportReport(Frozen):
    """Sums and parts of one import."""

    scope: str
    sources: list[ImportedFile]
    rows: dict[str, int]
    rejected: int
    skipped: int
    """Files that were already there."""
    left: list[LeftFile] = []
    explain: list[str] = []
    """One line per new file: format, table, clock."""

    @property
    def refused(self) -> list[LeftFile]:
        """Return the files that could not be read."""
        return [file for file in self.left if file.refused]


class Explanation(Frozen):
    """How one file would be read."""

    uri: str
    relative: str
    bytes: int
    format: str
    layout: str
    tables: list[str]
    mapping: dict[str, str]
    """Column of the table -> where it comes from."""
    times: dict[str, str]
    """Time column -> unit and zone, and why."""
    reasons: list[str]

    def line(self) -> str:
        """Return the main points in one line."""
        times = "; ".join(f"time {column}: {said}" for column, said in self.times.items())
        shifts = [reason for reason in self.reasons if "is used" in reason]
        return "; ".join([f"{self.format} -> {', '.join(self.tables)}", *([times] if times else []), *shifts])

    def notices(self) -> list[str]:
        """Return what is not read though it is there."""
        return [reason for reason in self.reasons if "is left out" in reason]

    def text(self) -> str:
        """Return the explanation for a terminal."""
        layout = "" if self.layout == "records" else f", {self.layout.replace('_', ' ')}"
        lines = [f"{self.uri}", f"  format   {self.format}{layout} -> {', '.join(self.tables)}"]
        lines += [f"  time     {column}: {said}" for column, said in self.times.items()]
        width = max((len(target) for target in self.mapping), default=0)
        lines += [f"  {target:<{width}} <- {origin}" for target, origin in self.mapping.items()]
        lines += [f"  why      {reason}" for reason in self.reasons]
        return "\n".join(lines)
