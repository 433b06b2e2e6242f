"""Shows results, progress and errors in a terminal; machines get JSON."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click
from pydantic import BaseModel

from workbench.guard.tool import Tool

_NANO = "_unix_nano"
_NEXT = re.compile(r"^((?:Next:?)?[ ]{3,}|Next:?[ ]+)causeway (?=[a-z])", re.MULTILINE)
"""A command to type, as results end with it: alone on its line, or behind the word Next."""


def show(tool: Tool, result: Any, as_json: bool) -> None:
    """Print a tool's result: as JSON, by its own `text()`, or as a plain listing."""
    if as_json:
        click.echo(tool.result.dump_json(result, indent=2).decode())
    elif result is not None:
        context = click.get_current_context(silent=True)
        click.echo(name_workspace(text_of(result), context.obj.get("workspace") if context and context.obj else None))


def name_workspace(text: str, workspace: str | None) -> str:
    """Return the text with the workspace that the user named put into the commands to type next."""
    if not workspace:
        return text
    return _NEXT.sub(rf"\1causeway -w {shlex.quote(workspace).replace(chr(92), chr(92) * 2)} ", text)


def text_of(result: Any) -> str:
    """Return a result in words and columns."""
    if hasattr(result, "text") and callable(result.text):
        return str(result.text())
    if isinstance(result, list):
        if not result:
            return "Nothing to show."
        if isinstance(result[0], BaseModel):
            return "\n\n".join(text_of(item) for item in result) if hasattr(result[0], "text") else table_of(result)
        return "\n".join(text_of(item) for item in result)
    if isinstance(result, BaseModel):
        return fields_of(result)
    return str(result) if not isinstance(result, dict) else json.dumps(result, indent=2, default=str)


def fields_of(model: BaseModel) -> str:
    """Return a flat model as one line for each field, times as UTC; one that holds others as JSON."""
    values = {name: getattr(model, name) for name in type(model).model_fields}
    if any(isinstance(value, BaseModel | dict) or _holds_models(value) for value in values.values()):
        return model.model_dump_json(indent=2)
    width = max((len(name.removesuffix(_NANO)) for name in values), default=0)
    return "\n".join(
        f"{name.removesuffix(_NANO):<{width}}  {_moment(value) if name.endswith(_NANO) else _cell(value)}".rstrip()
        for name, value in values.items()
    )


def table_of(rows: list[Any]) -> str:
    """Return models of one type as aligned columns."""
    names = list(type(rows[0]).model_fields)
    cells = [names, *[[_cell(getattr(row, name)) for name in names] for row in rows]]
    widths = [min(48, max(len(line[i]) for line in cells)) for i in range(len(names))]
    return "\n".join(
        "  ".join(_cut(text, width).ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )


@contextmanager
def progress_line(quiet: bool) -> Iterator[Any]:
    """Yield a function(done, total, text) that keeps one progress bar on standard error while it is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, text: bar.update(task, completed=done, total=total, description=escape(text))


def _holds_models(value: Any) -> bool:
    return isinstance(value, list | tuple) and any(isinstance(item, BaseModel | dict) for item in value)


def _moment(unix_nano: int | None) -> str:
    if unix_nano is None:
        return "-"
    at = datetime.fromtimestamp(unix_nano // 1_000_000_000, UTC)
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _cell(value: Any) -> str:
    if isinstance(value, BaseModel):
        return ", ".join(f"{name}={_cell(getattr(value, name))}" for name in type(value).model_fields)
    if isinstance(value, list | tuple):
        return ", ".join(_cell(item) for item in value)
    return "" if value is None else str(value)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
