"""What a workbench has: settings, store, runs, a model perhaps. `call` is the one way to every tool.

The first process to open a workspace owns its database; all others get a `RemoteWorkbench` with the same `call`.
"""

from __future__ import annotations

import importlib
import logging
import os
import pkgutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pydantic import ValidationError

from workbench import cancel, journal
from workbench.cancel import Cancel
from workbench.errors import BadInput, Cancelled, CausewayError, NotFound, OwnerGone
from workbench.facts.run import RunStatus
from workbench.guard.rules import Rules, holding
from workbench.guard.secrets import SecretStore
from workbench.guard.tool import TOOLS, Risk, Tool, is_secret
from workbench.notebook.door import Door
from workbench.settings import FILE_NAME, Settings, unknown_variables
from workbench.store import runs, telemetry
from workbench.store.client import Client
from workbench.store.db import Store
from workbench.store.owner import Owner

if TYPE_CHECKING:
    from workbench.engine.supervisor import Supervisor
    from workbench.models.protocol import ChatModel

Progress = Callable[[float, float | None, str], None]

FOLDERS = ("flows", "runs", "reports", "runbooks", "logs")
log = logging.getLogger(__name__)
_progress: ContextVar[Progress | None] = ContextVar("progress", default=None)


@dataclass(slots=True)
class RunningCall:
    """A call of a tool that runs in this process."""

    call_id: str
    tool: str
    since_unix_nano: int = field(default_factory=time.time_ns)
    done: float = 0.0
    total: float | None = None
    text: str = ""
    """What it last said it was doing."""
    cancel: Cancel = field(init=False)

    def __post_init__(self) -> None:
        self.cancel = Cancel(self.tool)


_call: ContextVar[RunningCall | None] = ContextVar("call", default=None)


def find_tool(name: str) -> Tool:
    """Return a tool by name; loads the tools on first use.

    Raises:
        NotFound: there is no such tool.
    """
    if name not in TOOLS:
        load_tools()
    if name not in TOOLS:
        raise NotFound("tool", name, hint="Known tools: " + ", ".join(sorted(TOOLS)))
    return TOOLS[name]


def load_tools() -> None:
    """Import every module of `workbench.tools`, so that `TOOLS` is complete."""
    # The rooms are stacked: core may not import tools, so it finds them by the package's name, as plug-ins are found.
    package = importlib.import_module("workbench.tools")
    for module in pkgutil.iter_modules(package.__path__, "workbench.tools."):
        importlib.import_module(module.name)


class Workbench(Door):
    """One open workspace, in the process that owns it."""

    def __init__(self, store: Store, settings: Settings, path: Path | None = None, owner: Owner | None = None) -> None:
        self.store, self.settings, self.path = store, settings, path
        self.secrets = SecretStore(path)
        self.pii = Rules.load(path)
        """How texts are masked in this workspace."""
        self._owner = owner
        self._lock = threading.Lock()
        self._supervisor: Supervisor | None = None
        self._log = journal.start(path / "logs") if path else None
        self._calls: dict[str, RunningCall] = {}
        if owner:
            _mark_cut_off_runs(store)
            owner.serve(self._answer, append=partial(telemetry.append_ipc, store))

    def call(self, name: str, /, *, on_progress: Progress | None = None, as_call: str = "", **arguments: Any) -> Any:
        """Check the arguments of a tool and run it.

        Args:
            name: Name of the tool, such as `incidents`.
            on_progress: Told how far the call is: done, in all (or None), a few words.
            as_call: A name of the caller's choice by which the call can be cancelled; one is made when left out.
            **arguments: The tool's parameters.

        Raises:
            BadInput: an argument does not fit.
            NotFound: there is no such tool.
            Cancelled: somebody called `call_cancel` for it.
        """
        tool = find_tool(name)
        with (
            # First, as the journal tells of the call's end when all else is left.
            holding(self.pii),
            journal.call(name, as_call) as call_id,
            self._listed(call_id, name),
            _reporting(on_progress or _progress.get()),
        ):
            try:
                return tool(self, arguments)
            except ValidationError as error:
                raise _bad_arguments(tool, error) from error

    def running_calls(self) -> list[RunningCall]:
        """Return the calls of tools that run now, the oldest first."""
        return list(self._calls.values())

    def progress(self, done: float, total: float | None = None, text: str = "") -> None:
        """Tell whoever made the current call how far it is; raises `Cancelled` when it was cancelled."""
        cancel.check()
        call = _call.get()
        if call is not None:
            call.done, call.total, call.text = done, total, text
        report = _progress.get()
        if report:
            report(done, total, text)

    def caller_is_gone(self) -> bool:
        """Tell whether the other process that made the current call has hung up; calls without an end ask this."""
        is_gone = getattr(_progress.get(), "is_gone", None)
        return bool(is_gone and is_gone())

    @property
    def supervisor(self) -> Supervisor:
        """Runs flows as child processes; started when first needed."""
        with self._lock:
            if self._supervisor is None:
                from workbench.detect.asked import open_asked
                from workbench.engine.supervisor import Supervisor

                self._supervisor = Supervisor(
                    self.store,
                    drain_s=self.settings.run_drain_s,
                    folder=self.path,
                    secrets=self.secrets,
                    opens=partial(open_asked, self.store),
                )
            return self._supervisor

    def get_ready(self) -> None:
        """Load what a node editor asks for first, and start what the first run would wait for; for those who serve an
        app. Nobody waits for it, so it is not listed among the calls that run.
        """
        with suppress(CausewayError):
            find_tool("flow_nodes")(self, {})
            self.supervisor.prepare()

    def model(self) -> ChatModel | None:
        """Return the language model that may word things, or None when none is wanted or none answers."""
        if not self.settings.use_model:
            return None
        from workbench.models.ollama import Ollama, status

        found = status(self.settings.ollama_url)
        name = self.settings.model or (found.models[0] if found.models else "")
        if not found.reachable or not name:
            return None
        return Ollama(self.settings.ollama_url, name, total_s=self.settings.model_timeout_s)

    def close(self) -> None:
        """Finish what other processes have asked for, stop the runs, then give the workspace back."""
        if self._owner:
            self._owner.drain()
        with self._lock:
            if self._supervisor is not None:
                self._supervisor.close()
                self._supervisor = None
        self.store.close()
        if self._owner:
            self._owner.close()
        if self._log:
            journal.stop(self._log)

    def __enter__(self) -> Workbench:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _listed(self, call_id: str, name: str) -> Iterator[None]:
        if _call.get() is not None:
            # Part of another call, and cancelled with that.
            yield
            return
        call = RunningCall(call_id, name)
        if self._calls.setdefault(call_id, call) is not call:
            raise BadInput(f"a call named {call_id!r} is running", where="as_call", hint="Choose another name")
        token = _call.set(call)
        try:
            with cancel.cancellable(call.cancel):
                yield
        except Exception as error:
            # Whatever an interrupted query or a killed child was told as.
            if call.cancel.asked and not isinstance(error, Cancelled):
                raise Cancelled(name) from error
            raise
        finally:
            _call.reset(token)
            del self._calls[call_id]

    def _answer(self, name: str, arguments: dict[str, Any], on_progress: Progress) -> Any:
        tool = find_tool(name)
        done = self.call(name, on_progress=on_progress, as_call=getattr(on_progress, "as_call", ""), **arguments)
        return tool.result.dump_python(done, mode="json")


class RemoteWorkbench(Door):
    """One open workspace, owned by another process. When that goes, this one takes its place."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path, self.settings = path, settings
        self._client: Client | None = Client(path)
        self._own: Workbench | None = None

    def call(self, name: str, /, *, on_progress: Progress | None = None, as_call: str = "", **arguments: Any) -> Any:
        """As `Workbench.call`; raises `OwnerGone` when the owner went while it was changing something.

        Ctrl-C during a call cancels it at the owner.
        """
        as_call = as_call or uuid4().hex[:12]
        tool = find_tool(name)
        try:
            plain = tool.arguments.model_validate(arguments).model_dump(mode="json", exclude_unset=True)
        except ValidationError as error:
            raise _bad_arguments(tool, error) from error
        for _ in range(3):
            if self._own:
                return self._own.call(name, on_progress=on_progress, as_call=as_call, **plain)
            try:
                client = self._client = self._client or Client(self.path)
                return tool.result.validate_python(client.call(name, plain, on_progress, as_call=as_call))
            except KeyboardInterrupt:
                # It may have ended, or its owner may have gone: then there is nothing left to cancel.
                with suppress(CausewayError):
                    client.call("call_cancel", {"call_id": as_call})
                raise
            except OwnerGone as error:
                self._client = None
                self._own = _acquire(self.path, self.settings)
                # A write may have been done before its owner went: only the caller can know whether to repeat it.
                if tool.risk is not Risk.READ and error.sent:
                    raise
        raise OwnerGone(f"{self.path}: the workspace changes hands faster than it can be reached. Try again")

    def get_ready(self) -> None:
        """Do nothing: the owner has what runs need."""

    def close(self) -> None:
        """Hang up."""
        if self._client:
            self._client.close()
        if self._own:
            self._own.close()

    def __enter__(self) -> RemoteWorkbench:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_workbench(
    path: Path | str | None = None, *, in_memory: bool = False, **settings: Any
) -> Workbench | RemoteWorkbench:
    """Open a workspace folder; makes it when it is not there.

    Args:
        path: The folder. Left out: `CAUSEWAY_WORKSPACE`, else this folder if it is a workspace, else `~/causeway`.
        in_memory: Keep nothing; for trials and batch work.
        **settings: Fields of `Settings`, stronger than environment and file.
    """
    load_tools()
    for sentence in unknown_variables(os.environ):
        log.warning(sentence)
    if in_memory:
        return Workbench(Store.open(None), Settings.load(None, **settings))
    folder = workspace_folder(path)
    try:
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        if not (folder / FILE_NAME).exists():
            (folder / FILE_NAME).write_text(Settings.as_comments(), encoding="utf-8")
    except OSError as error:
        raise BadInput(f"cannot be used as a workspace: {error}", where=str(folder), hint="Name another one") from error
    loaded = Settings.load(folder, **settings)
    return _acquire(folder, loaded) or RemoteWorkbench(folder, loaded)


def workspace_folder(path: Path | str | None = None) -> Path:
    """Return the folder that `open_workbench` would open."""
    if path is None:
        path = os.environ.get("CAUSEWAY_WORKSPACE") or None
    if path == "":
        raise BadInput("the workspace has an empty name", hint="Name a folder, or leave it out for ~/causeway")
    if path is not None:
        return Path(path).expanduser().resolve()
    here = Path.cwd()
    return here if (here / FILE_NAME).exists() else Path("~/causeway").expanduser()


def _acquire(folder: Path, settings: Settings) -> Workbench | None:
    owner = Owner.acquire(folder)
    if owner is None:
        return None
    try:
        store = Store.open(folder, memory_limit_mb=settings.memory_limit_mb, threads=settings.threads)
        return Workbench(store, settings, folder, owner)
    except CausewayError:
        owner.close()
        raise


def _mark_cut_off_runs(store: Store) -> None:
    # Runs die with their owner; whoever takes the workspace over says so.
    for run in runs.unfinished(store):
        runs.move(
            store, run.run_id, RunStatus.FAILED, ended_unix_nano=time.time_ns(), exit_reason="failed: the process ended"
        )


@contextmanager
def _reporting(report: Progress | None) -> Iterator[None]:
    token = _progress.set(report)
    try:
        yield
    finally:
        _progress.reset(token)


def _bad_arguments(tool: Tool, error: ValidationError) -> BadInput:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    known = ", ".join(tool.arguments.model_fields)
    field = tool.arguments.model_fields.get(place.split(".")[0])
    shown = "" if field is not None and is_secret(field) else f" = {first.get('input')!r}"
    return BadInput(f"{place}{shown}: {first['msg']}", where=tool.name, hint=f"It takes: {known}")
