"""`causeway templates`: the templates of log files, and the memory of them in the workspace."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import click

from workbench.faces.cli.main import Lazy
from workbench.faces.cli.show import progress_line
from workbench.tools.log_templates import TemplateCount, template_counts, template_lines
from workbench.tools.texts import count, printable

_MINE = "mine"


class Templates(Lazy):
    """`causeway templates FILE...` groups files by itself; other words are verbs of the memory."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the word for grouping files before arguments that name no verb."""
        named = args and (args[0] in self.list_commands(ctx) or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named or not args else [_MINE, *args])

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs."""
        return sorted([*super().list_commands(ctx), _MINE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one verb."""
        return mine if cmd_name == _MINE else super().get_command(ctx, cmd_name)

    def _summary(self, name: str) -> str:
        return "Group files without a memory; `mine` may be left out." if name == _MINE else super()._summary(name)


command = Templates(
    "templates",
    ("templates",),
    help="Group the lines of log files by template (`causeway templates FILE...`), or use the memory of templates.",
    no_args_is_help=True,
)


@click.command(_MINE)
@click.argument("path", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--jsonl", is_flag=True, help='Print one line per log line: {"file", "line", "template_id", "template"}.')
@click.option("--json", "as_json", is_flag=True, help="Print the templates and how often they occur as JSON.")
@click.option(
    "--top", default=30, show_default=True, type=click.IntRange(1), help="Show so many templates of each file."
)
@click.pass_obj
def mine(context: dict[str, object], path: tuple[Path, ...], jsonl: bool, as_json: bool, top: int) -> None:
    """Group the lines of log files by template; the header (time, level, component) is found by itself."""
    if jsonl:
        # On a terminal the lines themselves show how far it is.
        with progress_line(bool(context["quiet"]) or sys.stdout.isatty()) as report:
            for line in template_lines(path, report):
                click.echo(line.model_dump_json())
        return
    with progress_line(bool(context["quiet"])) as report:
        found = template_counts(path, report)
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
