"""`causeway analyze`: from files to ranked causes; a report for one case, one line each for many."""

from __future__ import annotations

import os
from pathlib import Path

import click

from workbench.errors import BadInput
from workbench.faces.cli.report_page import open_report
from workbench.faces.cli.run import workbench_of
from workbench.faces.cli.show import progress_line, show

PATHS = click.Path(path_type=Path)


@click.command("analyze")
@click.argument("path", nargs=-1, required=True, type=PATHS, metavar="PATH...")
@click.option("--at", help="When the trouble began, if known: ISO-8601 (no zone means UTC) or an epoch.")
@click.option("--from", "first", help="Look at what happened from this time on only; written as --at.")
@click.option("--to", "last", help="Look at what happened before this time only.")
@click.option("--times", type=PATHS, help="With --jsonl: a file that maps folder names to known times (JSON or CSV).")
@click.option("--reference", multiple=True, type=PATHS, help="Fault-free files of the same system; may be repeated.")
@click.option("--profile", help="Name or file of a profile that says which column is what.")
@click.option("--top", default=10, show_default=True, type=click.IntRange(1, 1000), help="Name so many causes.")
@click.option("--jsonl", is_flag=True, help="Analyse every folder and print one JSON line each; keeps nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--open/--no-open", "browser", default=False, help="Open the report in a browser.")
@click.pass_context
def command(
    ctx: click.Context,
    path: tuple[Path, ...],
    at: str | None,
    first: str | None,
    last: str | None,
    times: Path | None,
    reference: tuple[Path, ...],
    profile: str | None,
    top: int,
    jsonl: bool,
    as_json: bool,
    browser: bool,
) -> None:
    """Find the root cause in files of telemetry and write the report.

    PATH are files or folders of one system: logs, spans, metrics, in any mix of formats. Without --at the time of the
    trouble is detected; without --reference the time before it is taken for healthy.
    """
    if jsonl:
        if at is not None:
            raise BadInput("--at holds for one case only", hint="With --jsonl name the times in a file: --times FILE")
        if first is not None or last is not None:
            raise BadInput("--from and --to hold for one case only", hint="Leave out --jsonl")
        ctx.exit(_lines(path, times, reference, profile, top))
    if times is not None:
        raise BadInput("--times goes with --jsonl", hint="For one case use --at TIME")
    context = ctx.obj
    from workbench.core import find_tool

    with workbench_of(context) as workbench:
        with progress_line(context["quiet"] or as_json) as report:
            result = workbench.call(
                "analyze", on_progress=report, path=[Path(os.path.abspath(item)) for item in path], at=at,
                reference=[Path(os.path.abspath(item)) for item in reference], profile=_absolute(profile), top=top,
                from_=first, to=last,
            )  # fmt: skip
        show(find_tool("analyze"), result, as_json or context["json"])
    if browser:
        open_report(result.files)


def _lines(
    paths: tuple[Path, ...], times: Path | None, reference: tuple[Path, ...], profile: str | None, top: int
) -> int:
    from workbench.tools.batch import BatchOptions, CaseFailed, analyze_folders, case_folders
    from workbench.tools.times import read_times

    options = BatchOptions(read_times(times) if times else {}, reference, profile, top)
    failed = 0
    for answer in analyze_folders(case_folders(paths), options):
        if isinstance(answer, CaseFailed):
            failed += 1
            click.echo(f"causeway: {answer.case}: {answer.error}", err=True)
        else:
            click.echo(answer.model_dump_json())
    return 1 if failed else 0


def _absolute(profile: str | None) -> str | None:
    # The owner of the workspace may run in another folder.
    return str(Path(profile).resolve()) if profile and Path(profile).is_file() else profile
