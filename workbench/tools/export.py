"""Flows as containers: write what a runtime needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen
from workbench.flow.findings import Finding, Severity
from workbench.flow.library import locate
from workbench.guard.tool import tool
from workbench.tools.flows import settings_of
from workbench.tools.texts import count

if TYPE_CHECKING:
    from workbench.core import Workbench


CONTROL_MB = 64
"""Memory of the control server beside the flow's program."""


class Exported(Frozen):
    """What was written, or why nothing was."""

    flow: str
    folder: Path
    name: str
    """Name of the image and of everything in the cluster."""
    files: list[str]
    """Empty when the flow cannot run without Causeway."""
    secrets: list[str]
    """Files that have to be put into the folder `secrets`."""
    findings: list[Finding]

    @property
    def exit_code(self) -> int:
        """1 when nothing was written."""
        return int(not self.files)

    def text(self) -> str:
        """Return the findings, and what to type next."""
        told = [finding.text() for finding in self.findings]
        if not self.files:
            return "\n".join([*told, f"{self.flow}: nothing was written; it cannot run without Causeway."])
        return "\n".join(
            [
                *told,
                f"{self.flow}: {count(len(self.files), 'file')} written to {self.folder}; README.md there says more.",
                f"Secrets to put there: {', '.join(f'secrets/{name}' for name in self.secrets)}",
                "",
                f"Next    causeway container build {self.folder}",
            ]
        )


@tool(risk="write", positional=("flow",))
def export(
    wb: Workbench,
    flow: str,
    to: Path,
    set_: list[str] = [],  # noqa: B006 - a tool's defaults are read, never changed
    postgres: bool = False,
    replicas: Annotated[int, Field(ge=1, le=100)] = 1,
    memory_mb: Annotated[int, Field(ge=256, le=1_000_000)] | None = None,
    cpus: Annotated[float, Field(gt=0, le=64)] | None = None,
    autostart: bool = True,
    replace: bool = False,
) -> Exported:
    """Write a flow as a container: Containerfile, compose file, Kubernetes manifests, program and control server.

    Nothing of Causeway is needed to run it. A flow with a node that cannot run alone is refused with every finding.

    Args:
        flow: Path of a flow, or the name of one in the workspace or among the samples.
        to: Folder to write to.
        set_: Another value for a setting, as node.field=value; may be given several times.
        postgres: Bring a PostgreSQL beside the flow.
        replicas: How many at once; more than one only where every source shares its input.
        memory_mb: Memory that the container may use, in MB; what the flow says and 64, else 1024, when left out.
        cpus: Processors that it may use; what the flow says, else 1, when left out.
        autostart: Run as soon as the container is up; otherwise when it is triggered.
        replace: Write over an earlier export; its secrets, data and wheels stay.
    """
    from workbench.engine.export.fit import needs_of
    from workbench.engine.export.kubernetes import secret_keys
    from workbench.engine.export.plan import Plan, label
    from workbench.engine.export.requirements import pinned
    from workbench.engine.export.write import write
    from workbench.flow.catalog import load_catalog
    from workbench.flow.script import to_script

    found = locate(flow, wb.path)
    chosen, catalog = found.flow.with_settings(settings_of(set_)), load_catalog()
    needs = needs_of(chosen, catalog, found.folder)
    name = label(chosen.name)
    nothing = Exported(flow=chosen.name, folder=to, name=name, files=[], secrets=[], findings=needs.findings)
    if any(finding.severity is Severity.ERROR for finding in needs.findings):
        return nothing
    if replicas > 1 and not needs.shared_by:
        raise BadInput(
            f"{replicas} replicas would each read all of the input",
            where="replicas",
            hint="Leave it at 1; FLOW_THREADS and FLOW_PROCESSES give one replica more of a machine",
        )
    program = to_script(chosen, catalog, count=True)
    beside = [path.read_text(encoding="utf-8") for path in needs.files.values() if path.suffix == ".py"]
    plan = Plan(
        name=name,
        flow=chosen,
        program=program,
        requirements=pinned(program, needs.extras, beside),
        needs=needs,
        postgres=postgres,
        replicas=replicas,
        memory_mb=memory_mb or (chosen.run.memory_mb + CONTROL_MB if chosen.run.memory_mb else 1024),
        cpus=cpus or float(chosen.run.cores or 1),
        environment=() if autostart else (("FLOW_AUTOSTART", "false"),),
    )
    return nothing.model_copy(update={"files": write(plan, to, replace=replace), "secrets": secret_keys(plan)})
