"""Writes an evaluation as aligned text, with a reliability diagram that a terminal can show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.evaluate.result import Cell, Evaluation, ReliabilityBin, ResultTable

_WIDTH = 40


def shown(cell: Cell) -> str:
    """Return a cell as people read it: three digits, "-" where there is nothing."""
    if cell is None:
        return "-"
    return f"{cell:.3f}" if isinstance(cell, float) else f"{cell:,}" if isinstance(cell, int) else cell


def table_text(table: ResultTable) -> str:
    """Return one table, its first column flush left, the numbers flush right."""
    lines = [table.columns] + [[shown(cell) for cell in row] for row in table.rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(table.columns))]
    body = [
        "  "
        + "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    return "\n".join([table.title, *body, *([f"  {table.note}"] if table.note else [])])


def reliability_text(bins: Sequence[ReliabilityBin]) -> str:
    """Return one bar per tenth of confidence: # up to the share that was right, | at what was stated."""
    lines = ["Reliability: how often the first cause was right (#), beside the confidence that was stated (|)"]
    for one in bins:
        bar = ["#" if place < round(one.right * _WIDTH) else "." for place in range(_WIDTH + 1)]
        bar[min(_WIDTH, round(one.confidence * _WIDTH))] = "|"
        lines.append(
            f"  {one.low:.1f}-{one.high:.1f}  {''.join(bar)}  right {one.right:.2f}, stated {one.confidence:.2f}, "
            f"{one.cases} {'case' if one.cases == 1 else 'cases'}"
        )
    return "\n".join(lines)


def evaluation_text(found: Evaluation) -> str:
    """Return the whole evaluation."""
    parts = [f"{found.subject} on {found.name}: {found.cases} cases"]
    parts += [table_text(table) for table in found.tables]
    if found.reliability:
        parts.append(reliability_text(found.reliability))
    if found.worst:
        rows = [
            f"  {one.case} ({one.mode}): {one.truth}, answered {one.answer}"
            + (f" at {one.confidence:.0%}" if one.confidence is not None else "")
            + f". {one.reason}"
            for one in found.worst
        ]
        parts.append("\n".join(["Where it is wrong", *rows]))
    parts += [f"Note: {note}" for note in found.notes]
    parts.append(f"Again: {found.command}")
    return "\n\n".join(parts)
