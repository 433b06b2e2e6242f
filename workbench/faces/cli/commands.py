"""Makes a click command of a tool: its parameters become options and arguments, its result is shown."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import click
from pydantic.fields import FieldInfo

from workbench.guard.tool import Tool, is_secret

Runner = Callable[[Tool, dict[str, Any]], None]


def command_of(tool: Tool, name: str, run: Runner) -> click.Command:
    """Return the click command that calls `run(tool, arguments)` with what the user typed."""

    def callback(**typed: Any) -> None:
        given = {key: _plain(value) for key, value in typed.items() if value is not None and value != ()}
        run(tool, given | {key: ask_secret(typed.get("name", key)) for key in hidden})

    fields = tool.arguments.model_fields
    hidden = [key for key, field in fields.items() if is_secret(field)]
    parameters = [_parameter(key, field, tool) for key, field in fields.items() if key not in hidden]
    return click.Command(
        name,
        callback=callback,
        params=parameters,
        help=_help(tool),
        short_help=tool.summary,
        no_args_is_help=False,
    )


def ask_secret(name: str) -> str:
    """Return a value that must not stand on a command line: typed unseen, or all of stdin but the last line end."""
    if sys.stdin.isatty():
        return str(click.prompt(f"Value of {name}", hide_input=True, confirmation_prompt="The same again"))
    return sys.stdin.read().removesuffix("\n").removesuffix("\r")


def _help(tool: Tool) -> str:
    """Return the description, and a line for each positional argument: click has no place of its own for those."""
    fields = tool.arguments.model_fields
    told = [f"{name.upper()}: {text}" for name in tool.positional if (text := fields[name].description)]
    return "\n\n".join([tool.description, *told])


def _parameter(name: str, field: FieldInfo, tool: Tool) -> click.Parameter:
    kind, several = _click_type(field.annotation)
    if name in tool.positional:
        shown_as = name.upper() + ("..." if several else "")
        needed = field.is_required()
        metavar = shown_as if needed else f"[{shown_as}]"
        return click.Argument([name], type=kind, nargs=-1 if several else 1, required=needed, metavar=metavar)
    flag = "--" + name.rstrip("_").replace("_", "-")
    text = field.description or ""
    if kind is click.BOOL and not several:
        return click.Option(
            [f"{flag}/--no-{flag[2:]}" if field.default else flag, name], is_flag=True, help=text, default=None
        )
    shown = None if field.default in (None, "", [], ()) or field.is_required() else field.default
    return click.Option(
        [flag, name],
        type=kind,
        multiple=several,
        required=field.is_required(),
        help=text + (f"  [default: {shown.value if isinstance(shown, Enum) else shown}]" if shown is not None else ""),
    )


def _click_type(annotation: Any) -> tuple[click.ParamType[Any], bool]:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _click_type(next(part for part in inner if part is not type(None)))
    if origin in (list, tuple, set, frozenset):
        return _click_type(inner[0])[0], True
    if origin is Literal:
        return click.Choice([str(value) for value in inner]), False
    if isinstance(annotation, type):
        if issubclass(annotation, Enum):
            return click.Choice([str(member.value) for member in annotation]), False
        if issubclass(annotation, Path):
            return click.Path(path_type=Path), False
        for plain, kind in ((bool, click.BOOL), (int, click.INT), (float, click.FLOAT)):
            if issubclass(annotation, plain):
                return kind, False
    return click.STRING, False


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    # The owner of the workspace may run in another folder; a folder given as .. has to keep its name.
    return Path(os.path.abspath(value)) if isinstance(value, Path) else value
