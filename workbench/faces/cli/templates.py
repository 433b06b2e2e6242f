"""`causeway templates`: the templates of log files."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.tools.log_templates import template_counts, template_lines


@click.command("templates")
@click.argument("path", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--jsonl", is_flag=True, help='Print one line per log line: {"file", "line", "template_id", "template"}.')
@click.option("--top", default=30, show_default=True, help="Show so many templates of each file.")
def command(path: tuple[Path, ...], jsonl: bool, top: int) -> None:
    """Group the lines of log files by template; the header (time, level, component) is found by itself."""
    if jsonl:
        for line in template_lines(path):
            click.echo(line.model_dump_json())
        return
    shown: dict[str, int] = {}
    for item in template_counts(path):
        if item.file not in shown:
            click.echo(item.file)
        shown[item.file] = shown.get(item.file, 0) + 1
        if shown[item.file] <= top:
            click.echo(f"{item.count:>8}  {item.template}")
    for name, count in shown.items():
        if count > top:
            click.echo(f"{name}: {count - top} more templates; --top {count} shows all")
