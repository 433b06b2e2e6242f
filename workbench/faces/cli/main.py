"""The `causeway` command: one subcommand for every tool, and a few that are faces of their own."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import click

from workbench.faces.cli.endings import end_in_order, keep_faults_short, reader_is_gone, run_to_the_end
from workbench.faces.cli.index import Entry, entries

OWN = {"analyze": "analyze", "demo": "demo", "detect": "detect", "serve": "serve", "templates": "templates"}
"""Commands with a module of their own in this package: they stream lines, open a browser or serve."""

GROUPS = {
    "eval": "Measure how often the answers are right, on labelled data and simulated faults.",
    "flow": "Check, run, version and export flows.",
    "rule": "Rules by which signals are grouped: add, check, try.",
    "container": "Exported flows as containers of this machine: build, start, watch, stop, remove.",
    "workspace": "Take a workspace to another machine: export, import.",
    "logs": "Log lines of the workspace: search, follow, count, patterns.",
    "metrics": "Metrics of the workspace: list, show over time.",
    "traces": "Requests of the workspace: search, show as a waterfall or a flame graph, count.",
    "services": "Services: list with their health now, map, each in full.",
    "sql": "The workspace in SQL: run, tables, saved queries.",
    "pii": "Rules of masking, built in and of your own: list, set, remove, try.",
    "slo": "Objectives: error budgets, burn rates, alerts, Prometheus rules.",
}

OWN_HELP = {
    "analyze": "Find the root cause in files of telemetry and write the report.",
    "demo": "Break a simulated shop, watch it live, get the report. Start here.",
    "detect": "Score every row of a series for abnormality, causally.",
    "serve": "Serve the app on this machine.",
    "templates": "Group log lines by their templates, and remember them.",
}


class Lazy(click.Group):
    """A group whose commands are imported when they are called, not when they are listed."""

    def __init__(self, name: str | None = None, prefix: tuple[str, ...] = (), **extra: Any) -> None:
        super().__init__(name, **extra)
        self.prefix = prefix

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the words that may follow, in alphabetical order."""
        depth = len(self.prefix)
        words = {entry.words[depth] for entry in entries() if entry.words[:depth] == self.prefix != entry.words}
        return sorted(words | (set(OWN) if not self.prefix else set()))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        words = (*self.prefix, cmd_name)
        if not self.prefix and cmd_name in OWN:
            command: click.Command = import_module(f"workbench.faces.cli.{OWN[cmd_name]}").command
            return self._shared(command)
        exact = next((entry for entry in entries() if entry.words == words), None)
        if exact is None:
            inner = any(entry.words[: len(words)] == words for entry in entries())
            return Lazy(cmd_name, words, help=GROUPS.get(cmd_name, "")) if inner else None
        from workbench.faces.cli.run import tool_command

        return self._shared(tool_command(exact.module, exact.tool, cmd_name))

    def _shared(self, command: click.Command) -> click.Command:
        from workbench.faces.cli.shared import with_shared

        return with_shared(command)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; that nobody reads its output to the end is no failure of it."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            if not reader_is_gone():
                raise
            ctx.exit(0)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with the first line of their help, without importing them."""
        rows = [(name, self._summary(name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def _summary(self, name: str) -> str:
        words = (*self.prefix, name)
        entry: Entry | None = next((entry for entry in entries() if entry.words == words), None)
        if entry:
            return entry.summary
        return GROUPS.get(name, "") if self.prefix or name not in OWN else OWN_HELP[name]


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="causeway")
@click.option(
    "--workspace", "-w", type=click.Path(), help="Workspace folder. [default: CAUSEWAY_WORKSPACE or ~/causeway]"
)
@click.option("--json", "as_json", is_flag=True, help="Print results as JSON.")
@click.option("--quiet", "-q", is_flag=True, help="No progress.")
@click.pass_context
def cli(ctx: click.Context, workspace: str | None, as_json: bool, quiet: bool) -> None:
    """Find out what broke first, why, and what to do about it. Offline.

    Start with `causeway demo`, then `causeway analyze FOLDER` on your own files.
    """
    ctx.obj = {"workspace": workspace, "json": as_json, "quiet": quiet}


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; always ends by `SystemExit`, see `run_to_the_end`."""
    # Our matrices are small: several threads per product only get into each other's way, most of all on a busy machine.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if arguments is None:
        end_in_order()
        keep_faults_short()
    run_to_the_end(lambda: cli.main(arguments, standalone_mode=False, prog_name="causeway"))


if __name__ == "__main__":
    main()
