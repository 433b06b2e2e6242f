"""Builds, starts, stops and removes the container of an exported flow."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from workbench import cancel
from workbench.engine.export.compose import TOKEN
from workbench.engine.export.image import PORT, USER
from workbench.engine.export.runtime import LABEL, Runtime, as_user
from workbench.engine.export.write import MARK
from workbench.errors import BadInput, Cancelled, FlowError, NotFound
from workbench.facts.evidence import Frozen

_READY_S = 60.0


class Mark(Frozen):
    """What an exported folder says about itself."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,49}$")
    secrets: list[str]
    ports: list[Annotated[str, Field(pattern=r"^\d+:\d+(/udp)?$")]] = []
    memory_mb: int = 1024
    cpus: float = 1.0


class Container(Frozen):
    """A container of an exported flow."""

    name: str
    image: str
    status: str
    """In the words of the runtime, such as `Up 3 minutes`."""
    runtime: str
    ports: str = ""


def mark_of(folder: Path) -> Mark:
    """Return what an exported folder says about itself; raises `BadInput` when it is none."""
    try:
        return Mark.model_validate_json((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValidationError) as error:
        raise BadInput(
            "is no exported flow", where=str(folder), hint="`causeway export FLOW --to DIR` makes one"
        ) from error


def build(runtime: Runtime, folder: Path, *, base: str = "", on_line: Callable[[str], None]) -> str:
    """Build the image of an exported folder and return its name; without a network when wheels lie in the folder."""
    mark = mark_of(folder)
    image = f"localhost/{mark.name}:latest"
    arguments = ["build", "--tag", image, "--label", f"{LABEL}={mark.name}", "--file", str(folder / "Containerfile")]
    # The other format has no health check.
    arguments += ["--format", "docker"] if runtime.name == "podman" else []
    arguments += ["--build-arg", f"BASE={base}"] if base else []
    arguments += ["--network", "none"] if any((folder / "wheels").glob("*.whl")) else []
    runtime.stream(*arguments, str(folder), on_line=on_line)
    return image


def start(runtime: Runtime, folder: Path, *, port: int = PORT, network: str = "") -> Container:
    """Start the container of an exported folder and wait until its control server answers.

    Args:
        runtime: What runs it.
        folder: The export; its `data` is the container's data folder, its `secrets` are handed in.
        port: Port on 127.0.0.1 at which the control server is reached.
        network: Name of a network of the runtime; its own default when empty.

    Raises:
        BadInput: it runs already, a secret is missing, or there is no image yet.
        FlowError: the runtime could not start it, or it ended at once; the message has its last words.
    """
    mark = mark_of(folder)
    there = next((one for one in listed(runtime) if one.name == mark.name), None)
    if there and there.status.startswith("Up"):
        raise BadInput(f"{mark.name} runs already", hint=f"causeway container stop {mark.name}")
    _prepare(folder, mark)
    try:
        runtime.run("image", "inspect", f"localhost/{mark.name}:latest")
    except FlowError as error:
        raise BadInput(f"there is no image of {mark.name} yet", hint=f"causeway container build {folder}") from error
    ports = [f"127.0.0.1:{port}:{PORT}", *(f"127.0.0.1:{one}" for one in mark.ports)]
    arguments = [
        "run", "--detach", "--name", mark.name, "--label", f"{LABEL}={mark.name}",
        "--read-only", "--tmpfs", "/tmp", "--cap-drop", "all", "--security-opt", "no-new-privileges",  # noqa: S108
        "--memory", f"{mark.memory_mb}m", "--cpus", str(mark.cpus), "--pids-limit", "500",
        "--volume", f"{folder / 'data'}:/data:Z", "--volume", f"{folder / 'secrets'}:/run/secrets:ro,Z",
        *(part for one in ports for part in ("--publish", one)),
        *(["--network", network] if network else []),
        *as_user(runtime),
        f"localhost/{mark.name}:latest",
    ]  # fmt: skip
    if there:
        runtime.run("rm", mark.name)
    runtime.run(*arguments)
    try:
        _wait_until_it_answers(runtime, mark.name, port)
    except Cancelled:
        runtime.run("rm", "--force", mark.name)
        raise
    return next(one for one in listed(runtime) if one.name == mark.name)


def stop(runtime: Runtime, name: str) -> None:
    """Stop a container in order: its flow finishes what it has read; raises `NotFound` when there is none."""
    _known(runtime, name)
    runtime.run("stop", "--time", "40", name, timeout_s=60)


def remove(runtime: Runtime, name: str, *, image: bool = False) -> None:
    """Remove a container, stopped before, and its image when that is wanted; its data folder stays."""
    _known(runtime, name)
    runtime.run("rm", "--force", name)
    if image:
        runtime.run("rmi", f"localhost/{name}:latest")


def listed(runtime: Runtime) -> list[Container]:
    """Return the containers of exported flows, running or not."""
    form = "{{.Names}}\t{{.Image}}\t{{.Status}}\t{{.Ports}}"
    lines = runtime.run("ps", "--all", "--filter", f"label={LABEL}", "--format", form).splitlines()
    parts = [line.split("\t") for line in lines if line.count("\t") == 3]
    return [
        Container(name=name, image=image, status=status, runtime=runtime.name, ports=ports)
        for name, image, status, ports in parts
    ]


def ask(folder: Path, path: str, *, port: int = PORT, post: bool = False) -> dict[str, Any]:
    """Ask the control server of an exported flow, with the token that lies in the folder.

    Raises:
        FlowError: it does not answer, or refuses; the message says which.
    """
    token = (folder / "secrets" / TOKEN).read_text(encoding="utf-8").strip()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        method="POST" if post else "GET",
        headers={"Authorization": f"Bearer {token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
            return found
    except urllib.error.HTTPError as error:
        with error:
            said = json.load(error).get("error", error.reason)
        raise FlowError(f"the control server at port {port} says: {said}") from error
    except OSError as error:
        raise FlowError(f"no control server answers at port {port}: {error}") from error


def _prepare(folder: Path, mark: Mark) -> None:
    """Make the token when there is none, and let the user in the container read what it has to."""
    (folder / "data").mkdir(exist_ok=True)
    token = folder / "secrets" / TOKEN
    if not token.exists():
        token.parent.mkdir(exist_ok=True)
        token.touch(mode=0o600)
        token.write_text(secrets.token_urlsafe(32) + "\n", encoding="utf-8")
    missing = [name for name in mark.secrets if not (folder / "secrets" / name).is_file()]
    if missing:
        raise BadInput(
            f"missing: {', '.join(missing)}",
            where=str(folder / "secrets"),
            hint="Put each value into a file of its name",
        )
    if os.geteuid() == 0:
        for path in (folder / "data", folder / "secrets", *(folder / "secrets").iterdir()):
            shutil.chown(path, USER, USER)


def _wait_until_it_answers(runtime: Runtime, name: str, port: int) -> None:
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline:
        cancel.check()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
        if runtime.run("inspect", "--format", "{{.State.Running}}", name).strip() != "true":
            said = runtime.run("logs", "--tail", "1", name).strip()
            runtime.run("rm", "--force", name)
            raise FlowError(f"the container {name} ended at once: {said or 'it said nothing'}")
    raise FlowError(f"the container {name} runs, but its control server does not answer at port {port}")


def _known(runtime: Runtime, name: str) -> None:
    names = [one.name for one in listed(runtime)]
    if name not in names:
        raise NotFound("container", name, hint=f"There is {', '.join(names)}" if names else "There is none")
