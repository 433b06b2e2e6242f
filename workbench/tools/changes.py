"""What changed since somebody looked: how several tabs, notebooks and programs stay in step."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.facts.evidence import Frozen
from workbench.flow.graph import SUFFIX
from workbench.guard.tool import tool
from workbench.settings import FILE_NAME
from workbench.store.changes import marks
from workbench.tools.texts import columns

if TYPE_CHECKING:
    from workbench.core import Workbench


class Changes(Frozen):
    """One mark for each subject; two looks with equal marks saw the same."""

    marks: dict[str, str]
    """incidents, runs, dead_letters, reports, flows, evaluations, telemetry, slos, settings -> mark."""

    def since(self, earlier: Changes) -> frozenset[str]:
        """Return the subjects that changed since an earlier look."""
        return frozenset(name for name, mark in self.marks.items() if earlier.marks.get(name) != mark)

    def text(self) -> str:
        """Return one line for each subject."""
        return columns(("SUBJECT", "MARK"), list(self.marks.items()))


@tool(risk="read")
def changes(wb: Workbench) -> Changes:
    """Give a mark for each subject of the workspace; it differs once something of that subject has changed."""
    found = marks(wb.store)
    if wb.path is not None:
        found["flows"] += "|" + _files(wb.path / "flows", f"*{SUFFIX}")
        found["slos"] = _files(wb.path / "slos", "*.y*ml")
        found["settings"] = _files(wb.path, FILE_NAME)
    return Changes(marks=found)


def _files(folder: Path, pattern: str) -> str:
    stamps = []
    for path in sorted(folder.glob(pattern)):
        try:
            known = path.stat()
        except OSError:
            # It was removed between the two looks; the next one sees that.
            continue
        stamps.append(f"{path.name}:{known.st_mtime_ns}:{known.st_size}")
    return blake2b("\n".join(stamps).encode(), digest_size=8).hexdigest()
