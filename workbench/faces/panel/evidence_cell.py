"""A piece of evidence as cells of a notebook: one to paste, or a file to open."""

from __future__ import annotations

import json

_HEAD = """from workbench import open_workbench

wb = open_workbench({folder!r})
evidence = wb.incident({incident!r}).evidence[{evidence!r}]"""
_ROWS = "evidence.df()  # its rows"
_CHECK = "evidence.check().reason  # runs the query again"
_BARE = """from workbench import open_workbench

open_workbench({folder!r}).call("evidence", evidence_id={evidence!r})"""


def cells_of(folder: str, incident_id: str, evidence_id: str) -> list[str]:
    """Return the cells that have a piece of evidence in hand; `incident_id` may be empty.

    Args:
        folder: The workspace.
        incident_id: Of the incident that it speaks about.
        evidence_id: Of the piece.
    """
    names = {"folder": folder, "incident": incident_id, "evidence": evidence_id}
    if not incident_id:
        return [_BARE.format(**names)]
    return [_HEAD.format(**names), "evidence", _ROWS, _CHECK]


def pasted(cells: list[str]) -> str:
    """Return one cell that ends with the rows, for a notebook that is open already."""
    return "\n".join([*cells[:1], *cells[2:3]])


def notebook_of(cells: list[str]) -> str:
    """Return a notebook file with these cells, none of them run yet."""
    made: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": f"cell-{place}",
            "metadata": {},
            "source": cell,
            "outputs": [],
            "execution_count": None,
        }
        for place, cell in enumerate(cells)
    ]
    about = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return json.dumps({"cells": made, "metadata": about, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"
