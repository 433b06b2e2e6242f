"""`causeway detect`: abnormality of every row of a series."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from workbench.tools.series import ABNORMAL, PAGE, Purpose, SeriesScores, Silence, score_files
from workbench.tools.texts import count

_SHOWN = 20
_SILENCES_SHOWN = 5


@click.command("detect")
@click.argument("path", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--jsonl", is_flag=True, help='Print one line per series: {"file", "scores", "silences", "notes"}.')
@click.option("--json", "as_json", is_flag=True, help="Print the scores of all files as JSON.")
@click.option(
    "--for",
    "purpose",
    type=click.Choice(["points", "pages"]),
    default="points",
    show_default=True,
    help="What a score of 0.5 means: the row is in an abnormal state (0.75 pages), or it is worth a page.",
)
@click.option("--together", is_flag=True, help="The files belong to one system: they share the budget of false pages.")
@click.pass_obj
def command(
    context: dict[str, object], path: tuple[Path, ...], jsonl: bool, as_json: bool, purpose: Purpose, together: bool
) -> None:
    """Score every row of CSV files with times and values, 0 to 1, looking at earlier rows only.

    0.5 and above is abnormal, 0.75 and above is worth a page. Folders are searched for .csv files. Each column of
    numbers is a series; counters are scored as rates.
    """
    if as_json or context["json"]:
        found = [series.model_dump() for series in score_files(path, purpose=purpose, together=together)]
        click.echo(json.dumps(found, indent=2))
        return
    for series in score_files(path, purpose=purpose if jsonl else "points", together=together):
        if jsonl:
            click.echo(series.model_dump_json())
        else:
            _show(series)


def _show(series: SeriesScores) -> None:
    rows = [row for row, score in enumerate(series.scores) if score >= ABNORMAL]
    pages = sum(series.scores[row] >= PAGE for row in rows)
    counted = f"{count(len(series.scores), 'row')}, {len(rows):,} abnormal, {pages:,} worth a page"
    click.echo(f"{series.file}: {counted}")
    for note in series.notes:
        click.echo(f"  {note}")
    longest = sorted(series.silences, key=lambda one: -one.missing)[:_SILENCES_SHOWN]
    for silence in sorted(longest, key=lambda one: one.began_s):
        click.echo(f"  no rows from {_time(silence)}: {count(silence.missing, 'row')} missing")
    if len(series.silences) > len(longest):
        click.echo(f"  and {len(series.silences) - len(longest):,} shorter silences")
    # The strongest are shown, in the order of the file.
    strongest = sorted(sorted(rows, key=lambda row: -series.scores[row])[:_SHOWN])
    for row in strongest:
        click.echo(f"  row {row + 1}  score {series.scores[row]:.2f}{'  page' if series.scores[row] >= PAGE else ''}")
    if len(rows) > len(strongest):
        click.echo(f"  and {len(rows) - len(strongest):,} weaker; --jsonl prints every score")


def _time(silence: Silence) -> str:
    began, ended = (datetime.fromtimestamp(time, UTC) for time in (silence.began_s, silence.ended_s))
    return f"{began:%Y-%m-%d %H:%M:%S} to {ended:%Y-%m-%d %H:%M:%S} UTC"
