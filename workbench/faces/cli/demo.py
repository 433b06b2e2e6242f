"""`causeway demo`: the first thing a newcomer runs."""

from __future__ import annotations

import click

from workbench.faces.cli.report_page import has_screen, open_report
from workbench.faces.cli.run import workbench_of, workspace_of
from workbench.faces.cli.show import progress_line, show


@click.command("demo")
@click.option(
    "--fault", default="pool_exhaustion", show_default=True, help="What breaks, such as cpu@cart or bad_deploy."
)
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same shop.")
@click.option("--serve", is_flag=True, help="Then serve the app with this incident.")
@click.option("--open/--no-open", "browser", default=True, help="Open the report in a browser, where there is one.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def command(context: dict[str, object], fault: str, seed: int, serve: bool, browser: bool, as_json: bool) -> None:
    """Break a simulated shop, watch it live, get the report.

    A shop of ten services runs for some minutes and one of them breaks. Its logs, spans and metrics stream through a
    Pathway flow into the workspace; an anomaly opens an incident; the causes are ranked, the report is written.
    """
    from workbench.core import find_tool

    as_json = as_json or bool(context["json"])
    with workbench_of(context) as workbench:
        with progress_line(bool(context["quiet"]) or as_json) as report:
            result = workbench.call("demo", on_progress=report, fault=fault, seed=seed)
        show(find_tool("demo"), result, as_json)
    if browser and not as_json and has_screen():
        open_report(result.files)
    if serve:
        from workbench.faces.cli.serve import run_server

        run_server(workspace_of(context), None, None, browser, f"?incident={result.incident_id}")
