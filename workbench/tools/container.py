"""Exported flows as containers of this machine: build, start, watch, stop, remove."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from workbench.facts.evidence import Frozen
from workbench.guard.tool import tool
from workbench.tools.texts import Listing, columns, one_line

if TYPE_CHECKING:
    from workbench.core import Workbench

Port = Annotated[int, Field(ge=1, le=65535)]


class ContainerShown(Frozen):
    """A container of an exported flow."""

    name: str
    image: str
    status: str
    runtime: str
    ports: str


class Containers(Listing[ContainerShown]):
    """Containers of exported flows."""

    def text(self) -> str:
        """Return one line for each."""
        head = ("CONTAINER", "STATUS", "IMAGE", "PORTS", "RUNTIME")
        rows = [(one.name, one.status, one.image, one.ports, one.runtime) for one in self.root]
        return columns(head, rows) if rows else "No container of an exported flow."


@tool(risk="write", command="container build", positional=("folder",))
def container_build(wb: Workbench, folder: Path, base: str = "") -> str:
    """Build the image of an exported flow with podman or docker; with wheels in its folder no network is needed.

    Args:
        folder: What `causeway export` wrote.
        base: Base image with Python 3.11; that of the Containerfile when left out.
    """
    from workbench.engine.export.containers import build, mark_of
    from workbench.engine.export.runtime import find_runtime

    mark_of(folder)
    runtime, done = find_runtime(), 0

    def tell(line: str) -> None:
        nonlocal done
        done += 1
        wb.progress(float(done), None, one_line(line, 80))

    image = build(runtime, folder, base=base, on_line=tell)
    return f"Built {image} with {runtime.name}.\n\nNext    causeway container start {folder}"


@tool(risk="write", command="container start", positional=("folder",))
def container_start(wb: Workbench, folder: Path, port: Port = 8080, network: str = "") -> Containers:
    """Start an exported flow: read-only, without root, reachable from this machine only.

    Args:
        folder: What `causeway export` wrote; its secrets have to be there, a token is made when there is none.
        port: Port on 127.0.0.1 for the control server.
        network: Network of the runtime to join, such as that of a database.
    """
    from workbench.engine.export.containers import start
    from workbench.engine.export.runtime import find_runtime

    return _shown([start(find_runtime(), folder, port=port, network=network)])


@tool(risk="read", command="container list")
def container_list(wb: Workbench) -> Containers:
    """List the containers of exported flows, running or not."""
    from workbench.engine.export.containers import listed
    from workbench.engine.export.runtime import find_runtime

    return _shown(listed(find_runtime()))


@tool(risk="read", command="container status", positional=("folder",))
def container_status(wb: Workbench, folder: Path, port: Port = 8080) -> dict[str, Any]:
    """Tell what the flow in a container is doing: state, rows, rejected lines, last lines of its log.

    Args:
        folder: What `causeway export` wrote.
        port: Port of its control server.
    """
    from workbench.engine.export.containers import ask, mark_of

    mark_of(folder)
    return ask(folder, "/status", port=port)


@tool(risk="write", command="container trigger", positional=("folder",))
def container_trigger(wb: Workbench, folder: Path, port: Port = 8080) -> dict[str, Any]:
    """Start the flow in a container that is up, once more.

    Args:
        folder: What `causeway export` wrote.
        port: Port of its control server.
    """
    from workbench.engine.export.containers import ask, mark_of

    mark_of(folder)
    return ask(folder, "/trigger", port=port, post=True)


@tool(risk="write", command="container stop", positional=("name",))
def container_stop(wb: Workbench, name: str) -> Containers:
    """Stop a container in order: its flow finishes what it has read.

    Args:
        name: Name of the container; `container list` has them.
    """
    from workbench.engine.export.containers import listed, stop
    from workbench.engine.export.runtime import find_runtime

    runtime = find_runtime()
    stop(runtime, name)
    return _shown(listed(runtime))


@tool(risk="write", command="container remove", positional=("name",))
def container_remove(wb: Workbench, name: str, image: bool = False) -> Containers:
    """Remove a container of an exported flow; its folder with data and secrets stays.

    Args:
        name: Name of the container; `container list` has them.
        image: Remove its image as well.
    """
    from workbench.engine.export.containers import listed, remove
    from workbench.engine.export.runtime import find_runtime

    runtime = find_runtime()
    remove(runtime, name, image=image)
    return _shown(listed(runtime))


def _shown(found: list[Any]) -> Containers:
    return Containers([ContainerShown.model_validate(one.model_dump()) for one in found])
