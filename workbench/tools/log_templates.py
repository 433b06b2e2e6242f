"""Groups the lines of log files by their templates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def template_lines(paths: Sequence[Path]) -> Iterator[LineTemplate]:
    """Yield the template of every line of every file; raises BadInput for a file that cannot be read."""
    from workbench.signals.templates import mine_file

    for name, path in expand(paths, SUFFIXES):
        for number, (template_id, template) in enumerate(mine_file(read_lines(path)), start=1):
            yield LineTemplate(file=name, line=number, template_id=template_id, template=template)


def template_counts(paths: Sequence[Path]) -> list[TemplateCount]:
    """Return the templates of each file, the most frequent first."""
    counts: dict[tuple[str, str, str], int] = {}
    for line in template_lines(paths):
        key = (line.file, line.template_id, line.template)
        counts[key] = counts.get(key, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0][2]))
    return [TemplateCount(file=f, template_id=i, count=n, template=t) for (f, i, t), n in ordered]
