"""Bundles: flows and whole workspaces as one file, out and in."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen
from workbench.flow.graph import SUFFIX, Flow
from workbench.guard import rules
from workbench.guard.tool import tool
from workbench.store import bundle, bundle_in, bundle_out, flow_drafts, flow_versions
from workbench.store.bundle_in import Action, Step
from workbench.tools.flow_versions import me
from workbench.tools.texts import columns, count, size

if TYPE_CHECKING:
    from workbench.core import Workbench


class WrittenBundle(Frozen):
    """A file that was written."""

    file: Path
    size: int
    files: list[str]

    def text(self) -> str:
        """Return what is in it."""
        said = f"{self.file}: {count(len(self.files), 'file')}, {size(self.size)}"
        return "\n".join([said, *(f"  {name}" for name in self.files)])


class BundleImport(Frozen):
    """What became, or would become, of each file of a bundle."""

    source: str
    dry_run: bool
    steps: list[Step]

    @property
    def exit_code(self) -> int:
        """1 when a trial found something that only --replace would take."""
        return int(self.dry_run and any(step.action is Action.DIFFERS for step in self.steps))

    def text(self) -> str:
        """Return one line for each file."""
        rows = [(step.action.value, step.place, step.note) for step in self.steps]
        said = "would be imported, nothing was changed" if self.dry_run else "imported"
        lines = [f"{self.source}: {count(len(rows), 'file')} {said}", columns(("ACTION", "FILE", ""), rows)]
        settings = any(step.place == "causeway.toml" and step.action is not Action.SAME for step in self.steps)
        if settings and not self.dry_run:
            lines.append("The settings hold from the next time on that the workspace is opened.")
        return "\n".join(lines)


@tool(risk="write", command="flow export-file", positional=("flow",))
def flow_export_file(wb: Workbench, flow: str, to: Path, version: int | None = None) -> WrittenBundle:
    """Write one flow to a file: with all its versions as a bundle, or alone as JSON when the name ends with .json.

    Args:
        flow: Name of a flow in the workspace or among the samples.
        to: File to write, such as shop.zip or shop.flow.json.
        version: With .json, this version in place of the draft.
    """
    name = flow.removesuffix(SUFFIX)
    if to.suffix == ".json":
        draft = flow_drafts.read(wb.store, wb.path, name) if version is None else None
        if version is not None:
            flow_versions.get(wb.store, name, version)
        found = draft.flow if draft else flow_drafts.version_flow(wb.store, name, version or 0)
        return _write(to, found.to_json().encode(), [to.name])
    if version is not None:
        raise BadInput("a bundle has all versions", where="version", hint="Name a file that ends with .json")
    files = bundle_out.refuse_secrets(bundle_out.of_flow(wb.store, wb.path, name))
    return _write(to, bundle.write(files, made_by=_made_by()), list(files))


@tool(risk="write", command="flow import-file", positional=("file",))
def flow_import_file(
    wb: Workbench,
    file: Path,
    name: str | None = None,
    dry_run: bool = False,
    replace: bool = False,
    author: str | None = None,
) -> BundleImport:
    """Bring a flow into the workspace, from a bundle or a .json file; whatever differs is told, nothing is lost.

    Args:
        file: What `flow export-file` wrote, or any flow.
        name: Name in the workspace; that of the file when left out. Not for bundles.
        dry_run: Only tell what would happen.
        replace: Take it also when the workspace has another draft or other versions; these stay among the versions.
        author: Who does it; the user of this machine when left out.
    """
    if file.suffix == ".json":
        wanted = (name or file.name).removesuffix(SUFFIX).removesuffix(".json")
        files = {f"flows/{wanted}{SUFFIX}": Flow.load(file).to_json().encode()}
    elif name is not None:
        raise BadInput("a bundle has the name of its flow", where="name", hint="Leave it out")
    else:
        _, files = bundle.read(file)
        others = [place for place in files if not place.startswith(("flows/", "versions/"))]
        if others:
            raise BadInput(
                f"it holds more than flows: {others[0]}", where=str(file), hint="`causeway workspace import` takes it"
            )
    return _take(wb, file, files, dry_run, replace, author)


@tool(risk="write", command="workspace export", positional=("to",))
def workspace_export(wb: Workbench, to: Path, leave_out: list[str] = []) -> WrittenBundle:  # noqa: B006 - never changed
    """Write flows with their versions, settings, runbooks, objectives, rules of correlation and masking to one bundle.

    Telemetry, incidents and reports stay. Secrets are never in it: a file in which something looks like one is refused.

    Args:
        to: File to write, such as work.zip.
        leave_out: A place in the bundle, such as runbooks/db.md; may be given several times.
    """
    files = bundle_out.refuse_secrets(bundle_out.of_workspace(wb.store, _folder(wb)), leave_out)
    return _write(to, bundle.write(files, made_by=_made_by()), list(files))


@tool(risk="write", command="workspace import", positional=("file",))
def workspace_import(
    wb: Workbench, file: Path, dry_run: bool = False, replace: bool = False, author: str | None = None
) -> BundleImport:
    """Check a bundle and bring it into the workspace: all of it, or nothing when something there differs.

    Args:
        file: What `workspace export` wrote.
        dry_run: Only tell what would happen.
        replace: Take what differs as well. Flows keep their own versions and drafts as versions; files are replaced.
        author: Who does it; the user of this machine when left out.
    """
    _, files = bundle.read(file)
    taken = _take(wb, file, files, dry_run, replace, author)
    # The settings wait until the workspace is opened anew; what is to be masked is masked from now on.
    wb.pii = rules.Rules.load(wb.path)
    return taken


def _take(
    wb: Workbench, file: Path, files: dict[str, bytes], dry_run: bool, replace: bool, author: str | None
) -> BundleImport:
    into = bundle_in.Into(wb.store, _folder(wb))
    if dry_run:
        steps = bundle_in.plan(into, files)
    else:
        steps = bundle_in.carry_out(
            into, files, replace=replace, source=file.name, author=me(author), now_unix_nano=time.time_ns()
        )
    return BundleImport(source=file.name, dry_run=dry_run, steps=steps)


def _folder(wb: Workbench) -> Path:
    if wb.path is None:
        raise BadInput("a workspace in memory keeps no files", hint="Name a workspace with -w")
    return wb.path


def _write(to: Path, body: bytes, files: list[str]) -> WrittenBundle:
    part = to.with_name(to.name + ".part")
    try:
        part.write_bytes(body)
        part.replace(to)
    except OSError as error:
        raise BadInput(f"cannot be written: {error.strerror or error}", where=str(to)) from error
    return WrittenBundle(file=to, size=len(body), files=files)


def _made_by() -> str:
    from workbench import __version__

    return __version__
