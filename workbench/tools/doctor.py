"""Doctor: is everything here that Causeway works with, and what to do where it is not."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sys
import webbrowser
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen
from workbench.guard.tool import tool
from workbench.store.health import look
from workbench.tools.texts import columns, count, size

if TYPE_CHECKING:
    from workbench.core import Workbench

_OLDEST_PYTHON = (3, 11)
_PATHWAY = "0.33."
_DUCKDB = "2.0."
_LITTLE_DISK, _NO_DISK = 2_000_000_000, 200_000_000
_LARGE_WAL = 1_000_000_000
_OLLAMA_S = 1.0

State = Literal["ok", "degraded", "missing"]


class Check(Frozen):
    """One thing that was looked at."""

    name: str
    status: State
    """`missing` is not there, `degraded` is there but not as it should be."""
    found: str
    advice: str = ""
    """What to do; empty when nothing is to be done."""
    needed: bool = True
    """False for what Causeway works well without."""


class Health(Frozen):
    """All checks."""

    checks: list[Check]

    @property
    def exit_code(self) -> int:
        """1 when something that is needed is missing, else 0."""
        return int(any(check.needed and check.status == "missing" for check in self.checks))

    def text(self) -> str:
        """Return one line for each check, and what to do."""
        rows = [(check.name, check.status, check.found) for check in self.checks]
        todo = [f"- {check.name}: {check.advice}" for check in self.checks if check.advice]
        return "\n".join([columns(("CHECK", "STATUS", "FOUND"), rows), *(["", *todo] if todo else [])])


@tool(risk="read")
def doctor(wb: Workbench) -> Health:
    """Check what Causeway works with: engines, model server, port, disk, workspace."""
    looks: list[Callable[[], Check]] = [
        _python,
        lambda: _package("Pathway", "pathway", _PATHWAY),
        lambda: _package("DuckDB", "duckdb", _DUCKDB),
        lambda: _workspace(wb),
        lambda: _disk(wb.path or Path.cwd()),
        lambda: _port(wb.settings.host, wb.settings.port),
        lambda: _ollama(wb.settings.ollama_url, wb.settings.use_model),
        _browser,
        _licence_key,
    ]
    checks = []
    for done, check in enumerate(looks):
        wb.progress(done, len(looks), "checking")
        checks.append(check())
    return Health(checks=checks)


def _python() -> Check:
    found = f"{platform.python_version()} on {platform.system()}"
    if sys.version_info >= _OLDEST_PYTHON:
        return Check(name="Python", status="ok", found=found)
    return Check(name="Python", status="degraded", found=found, advice="Install Python 3.11 or newer")


def _package(name: str, package: str, wanted: str) -> Check:
    # Only the version is read: importing Pathway takes seconds.
    advice = f"Run: pip install '{package}=={wanted}*'"
    try:
        found = version(package)
    except PackageNotFoundError:
        return Check(name=name, status="missing", found="not installed", advice=advice)
    if found.startswith(wanted):
        return Check(name=name, status="ok", found=found)
    return Check(name=name, status="degraded", found=f"{found}, tested with {wanted}*", advice=advice)


def _workspace(wb: Workbench) -> Check:
    health = look(wb.store)
    where = str(wb.path) if wb.path else "in memory"
    parts = [where, f"schema {health.schema_version}", size(health.file_bytes)]
    parts += [f"{size(health.wal_bytes)} in the log"] * bool(health.wal_bytes)
    parts += [f"held by process {health.owner_pid}"] * bool(health.owner_pid)
    advice = ""
    if health.wal_bytes > _LARGE_WAL:
        advice = "The write-ahead log is large. Close every Causeway of this workspace once to merge it"
    elif health.unfinished_imports:
        cut_off = count(health.unfinished_imports, "import was", "imports were")
        advice = f"{cut_off} cut off, so its rows may be half there. Import the same files again; the half is removed"
    return Check(name="Workspace", status="degraded" if advice else "ok", found=", ".join(parts), advice=advice)


def _disk(folder: Path) -> Check:
    usage = shutil.disk_usage(folder)
    found = f"{size(usage.free)} free of {size(usage.total)}"
    state: State = "ok" if usage.free >= _LITTLE_DISK else "degraded" if usage.free >= _NO_DISK else "missing"
    advice = "" if state == "ok" else f"Free some space where {folder} is, or move the workspace"
    return Check(name="Disk", status=state, found=found, advice=advice)


def _port(host: str, port: int) -> Check:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            return Check(
                name="Port",
                status="degraded",
                found=f"{host}:{port} cannot be used: {error.strerror or error}",
                advice="`causeway serve` takes the next free port; set `port` in causeway.toml to fix another",
                needed=False,
            )
    return Check(name="Port", status="ok", found=f"{host}:{port} is free", needed=False)


def _ollama(url: str, wanted: bool) -> Check:
    if not wanted:
        return Check(name="Ollama", status="ok", found="not used (use_model = false)", needed=False)
    # The client is imported here, because every tool is loaded at every start.
    from workbench.models.ollama import status

    try:
        found = status(url, total_s=_OLLAMA_S)
    except BadInput as error:
        return Check(name="Ollama", status="missing", found=str(error), advice="Set `ollama_url`", needed=False)
    if not found.reachable:
        return Check(
            name="Ollama",
            status="missing",
            found=f"no answer at {url}",
            advice="Optional: a model only words summaries. Start `ollama serve` if you want that",
            needed=False,
        )
    if not found.models:
        return Check(
            name="Ollama",
            status="degraded",
            found=f"{found.version} without a model",
            advice="Optional: `ollama pull` a small model",
            needed=False,
        )
    return Check(name="Ollama", status="ok", found=f"{found.version} with {', '.join(found.models)}", needed=False)


def _browser() -> Check:
    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return Check(
            name="Browser",
            status="missing",
            found="none on this machine",
            advice="Copy report.html to a machine with a browser, or read report.md",
            needed=False,
        )
    return Check(name="Browser", status="ok", found=getattr(found, "name", type(found).__name__), needed=False)


def _licence_key() -> Check:
    name = "PATHWAY_LICENSE_KEY"
    if not os.environ.get(name):
        return Check(name="Licence key", status="ok", found="none set, none needed", needed=False)
    return Check(
        name="Licence key",
        status="degraded",
        found=f"{name} is set",
        advice=f"Causeway needs none, and with a key Pathway calls its maker's server. Unset {name}",
        needed=False,
    )
