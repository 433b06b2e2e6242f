"""Runs a tool from the command line: opens the workspace, calls, shows."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import click

from workbench.core import RemoteWorkbench, Workbench, open_workbench, workspace_folder
from workbench.faces.cli.commands import command_of
from workbench.faces.cli.show import progress_line, show
from workbench.guard.tool import TOOLS, Tool


def tool_command(module: str, name: str, word: str) -> click.Command:
    """Return the click command of one tool."""
    import_module(module)
    return command_of(TOOLS[name], word, call_and_show)


def workbench_of(context: dict[str, Any]) -> Workbench | RemoteWorkbench:
    """Open the workspace that the command line names."""
    return open_workbench(context["workspace"])


def workspace_of(context: dict[str, Any]) -> Path:
    """Return the workspace folder that the command line names."""
    return workspace_folder(context["workspace"])


def call_and_show(tool: Tool, arguments: dict[str, Any]) -> None:
    """Call a tool in the workspace and print its result."""
    context = click.get_current_context().obj
    with workbench_of(context) as workbench:
        with progress_line(context["quiet"] or context["json"]) as report:
            result = workbench.call(tool.name, on_progress=report, **arguments)
        show(tool, result, context["json"])
        # Commands that ran but found something wrong say so to scripts.
        code = getattr(result, "exit_code", 0)
    if code:
        click.get_current_context().exit(code)
