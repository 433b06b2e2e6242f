"""Where flows are found: a file, a name in the workspace's `flows` folder, or a sample that is shipped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workbench.errors import NotFound
from workbench.flow.findings import did_you_mean
from workbench.flow.graph import SUFFIX, Flow

SAMPLES = Path(__file__).parents[1] / "resources" / "flows"


@dataclass(frozen=True, slots=True)
class Located:
    """A flow, and what its relative paths are relative to."""

    flow: Flow
    path: Path
    folder: Path
    """The workspace for its own flows and for samples; else the folder of the file."""


def folder_of(name: str, workspace: Path | None) -> Path:
    """Return what relative paths of a flow begin at: the workspace, or the folder of its file; it need not be saved."""
    path = Path(name).expanduser()
    if not name.endswith(SUFFIX) or not path.is_file():
        return workspace or Path.cwd()
    own = workspace is not None and path.resolve().parent == (workspace / "flows").resolve()
    return workspace if workspace is not None and own else path.resolve().parent


def locate(name: str, workspace: Path | None, document: str | None = None) -> Located:
    """Return the flow of a path or a name.

    Args:
        name: Path of a flow, or its name.
        workspace: Folder whose flows are known by name, beside the samples.
        document: The flow as JSON, in place of what its file says; there need not be a file then.

    Raises:
        NotFound: there is none; the message has the nearest name.
        BadInput: the file is not a flow.
    """
    base = workspace or Path.cwd()
    if document is not None:
        beside = Path(name).expanduser().resolve()
        own = beside.is_file() and (workspace is None or beside.parent != (workspace / "flows").resolve())
        return Located(Flow.parse(document, where=name), beside, beside.parent if own else base)
    path = Path(name).expanduser()
    if path.is_file():
        own = workspace is not None and path.resolve().parent == (workspace / "flows").resolve()
        return Located(Flow.load(path), path, base if own else path.resolve().parent)
    known = available(workspace)
    found = known.get(name.removesuffix(SUFFIX))
    if found is None:
        raise NotFound("flow", name, hint=did_you_mean(name, known))
    return Located(Flow.load(found), found, base)


def available(workspace: Path | None) -> dict[str, Path]:
    """Return the files of the workspace's flows and of the samples by name; a workspace's own name wins."""
    folders = [SAMPLES, *([workspace / "flows"] if workspace else [])]
    found = {path.name.removesuffix(SUFFIX): path for folder in folders for path in sorted(folder.glob("*" + SUFFIX))}
    return dict(sorted(found.items()))
