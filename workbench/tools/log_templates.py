"""Groups the lines of log files by their templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from workbench.facts.evidence import Frozen
from workbench.tools.files import expand, read_lines

SUFFIXES = (".log", ".txt", "")


class LineTemplate(Frozen):
    """The template of one line."""

    file: str
    line: int
    """From 1."""
    template_id: str
    template: str
    """The message with `<*>` for what varies, without the header."""


class TemplateCount(Frozen):
    """How often a template occurs in a file."""

    file: str
    template_id: str
    count: int
    template: str


Told = Callable[[float, float | None, str], None]
"""Hears how far the work is: done, in all, a few words."""


def template_lines(paths: Sequence[Path], told: Told | None = None) -> Iterator[LineTemplate]:
    """Yield the template of every line of every file; raises BadInput for a file that cannot be read."""
    for name, mined in _mined(paths, told):
        for number, (template_id, template) in enumerate(mined, start=1):
            yield LineTemplate(file=name, line=number, template_id=template_id, template=template)


def template_counts(paths: Sequence[Path], told: Told | None = None) -> list[TemplateCount]:
    """Return the templates of each file, the most frequent first."""
    counts = Counter((name, *template) for name, mined in _mined(paths, told) for template in mined)
    ordered = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0][2]))
    return [TemplateCount(file=f, template_id=i, count=n, template=t) for (f, i, t), n in ordered]


def _mined(paths: Sequence[Path], told: Told | None) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the name of each file and the (identifier, template) of its lines."""
    from workbench.signals.templates import mine_file

    for name, path in expand(paths, SUFFIXES):
        if told:
            told(0, None, f"reading {name}")
        lines = read_lines(path)
        yield name, mine_file(lines, told=_counted(told, len(lines), name) if told else None)


def _counted(told: Told, total: int, name: str) -> Callable[[int], None]:
    return lambda done: told(done, total, f"{done:,} of {total:,} lines of {name}")
