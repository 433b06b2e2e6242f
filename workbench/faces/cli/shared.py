"""Options of the whole command that may stand behind a subcommand as well as before it: `causeway demo -w FOLDER`."""

from __future__ import annotations

from typing import Any

import click


def with_shared(command: click.Command) -> click.Command:
    """Add `--workspace`, `--json` and `--quiet` to a command, but for those that it has a parameter of its own for."""
    for option in (
        _shared("workspace", ["--workspace", "-w"], "Workspace folder.", type=click.Path()),
        _shared("json", ["--json"], "Print JSON.", is_flag=True),
        _shared("quiet", ["--quiet", "-q"], "No progress.", is_flag=True),
    ):
        taken = {flag for parameter in command.params for flag in parameter.opts}
        if taken.isdisjoint(option.opts):
            command.params.append(option)
    return command


def _shared(key: str, flags: list[str], text: str, **kind: Any) -> click.Option:
    def note(ctx: click.Context, _: click.Parameter, value: object) -> None:
        # What stands before the command holds where nothing stands behind it.
        if value:
            ctx.obj[key] = value

    return click.Option([*flags, f"shared_{key}"], expose_value=False, callback=note, help=text, **kind)
