"""`causeway templates`: the templates of log files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import click

from workbench.tools.log_templates import TemplateCount, template_counts, template_lines
from workbench.tools.texts import count, printable


@click.command("templates")
@click.argument("path", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--jsonl", is_flag=True, help='Print one line per log line: {"file", "line", "template_id", "template"}.')
@click.option("--json", "as_json", is_flag=True, help="Print the templates and how often they occur as JSON.")
@click.option(
    "--top", default=30, show_default=True, type=click.IntRange(1), help="Show so many templates of each file."
)
@click.pass_obj
def command(context: dict[str, object], path: tuple[Path, ...], jsonl: bool, as_json: bool, top: int) -> None:
    """Group the lines of log files by template; the header (time, level, component) is found by itself."""
    if jsonl:
        for line in template_lines(path):
            click.echo(line.model_dump_json())
        return
    found = template_counts(path)
    if as_json or context["json"]:
        click.echo(json.dumps([item.model_dump() for item in found], indent=2))
        return
    if not found:
        click.echo("No lines: the files are empty.")
    for name, items in groupby(found, key=lambda item: item.file):
        _show(name, items, top)


def _show(name: str, items: Iterable[TemplateCount], top: int) -> None:
    every = list(items)
    click.echo(name)
    for item in every[:top]:
        click.echo(f"{item.count:>8}  {printable(item.template) or '(blank)'}")
    if len(every) > top:
        click.echo(f"{name}: {count(len(every) - top, 'more template')}; --top {len(every)} shows all")
