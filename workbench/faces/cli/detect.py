"""`causeway detect`: abnormality of every row of a series."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.tools.series import score_files


@click.command("detect")
@click.argument("path", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--jsonl", is_flag=True, help='Print one line per file: {"file", "scores"}.')
def command(path: tuple[Path, ...], jsonl: bool) -> None:
    """Score every row of CSV files with a time and a value, 0 to 1, looking at earlier rows only.

    0.5 and above is abnormal, 0.75 and above is worth a page. Folders are searched for .csv files.
    """
    for series in score_files(path):
        if jsonl:
            click.echo(series.model_dump_json())
            continue
        pages = [row for row, score in enumerate(series.scores) if score >= 0.75]
        click.echo(f"{series.file}: {len(series.scores)} rows, {len(pages)} worth a page")
        for row in pages[:20]:
            click.echo(f"  row {row + 1}  score {series.scores[row]:.2f}")
        if len(pages) > 20:
            click.echo(f"  and {len(pages) - 20} more; --jsonl prints every score")
