"""`causeway detect`: abnormality of every row of a series."""

from __future__ import annotations

import json
from pathlib import Path

import click

from workbench.tools.series import SeriesScores, score_files
from workbench.tools.texts import count

ABNORMAL, PAGE = 0.5, 0.75
_SHOWN = 20


@click.command("detect")
@click.argument("path", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--jsonl", is_flag=True, help='Print one line per file: {"file", "scores"}.')
@click.option("--json", "as_json", is_flag=True, help="Print the scores of all files as JSON.")
@click.pass_obj
def command(context: dict[str, object], path: tuple[Path, ...], jsonl: bool, as_json: bool) -> None:
    """Score every row of CSV files with a time and a value, 0 to 1, looking at earlier rows only.

    0.5 and above is abnormal, 0.75 and above is worth a page. Folders are searched for .csv files.
    """
    if as_json or context["json"]:
        click.echo(json.dumps([series.model_dump() for series in score_files(path)], indent=2))
        return
    for series in score_files(path):
        if jsonl:
            click.echo(series.model_dump_json())
        else:
            _show(series)


def _show(series: SeriesScores) -> None:
    rows = [row for row, score in enumerate(series.scores) if score >= ABNORMAL]
    pages = sum(series.scores[row] >= PAGE for row in rows)
    counted = f"{count(len(series.scores), 'row')}, {len(rows):,} abnormal, {pages:,} worth a page"
    click.echo(f"{series.file}: {counted}")
    # The strongest are shown, in the order of the file.
    strongest = sorted(sorted(rows, key=lambda row: -series.scores[row])[:_SHOWN])
    for row in strongest:
        click.echo(f"  row {row + 1}  score {series.scores[row]:.2f}{'  page' if series.scores[row] >= PAGE else ''}")
    if len(rows) > len(strongest):
        click.echo(f"  and {len(rows) - len(strongest):,} weaker; --jsonl prints every score")
