"""Investigates an incident step by step: sanitise, plan, analyse, rank, summarise, report.

The steps are a LangGraph graph whose state is on disk after each of them, so that an investigation that was cut off at
any point goes on in another process and ends with the same diagnosis and one report.
"""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.agents.nodes import Steps, recorded, report_folder, report_id
from workbench.agents.opening import opened_by
from workbench.agents.place import Diagnose, Place, WriteReport
from workbench.agents.state import STEPS, Investigation, State, Unfinished
from workbench.cancel import shielded
from workbench.errors import BadInput, Cancelled, NotFound
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.telemetry import Case
from workbench.models.protocol import ChatModel
from workbench.store import diagnoses, incidents, reports, steps
from workbench.store.db import Store
from workbench.store.steps import StepRecord
from workbench.store.taking_back import Before, look, take_back

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

    from workbench.agents.checkpointer import StoreSaver

_running: set[str] = set()
_running_lock = threading.Lock()


def investigate(
    store: Store,
    *,
    reports: Path,
    scope: str | None = None,
    case: Case | None = None,
    incident_id: str | None = None,
    at_unix_nano: int | None = None,
    model: ChatModel | None = None,
    top: int = 10,
    now: Callable[[], int] = time.time_ns,
    on_step: Callable[[StepRecord], None] | None = None,
    diagnose: Diagnose | None = None,
    write_report: WriteReport | None = None,
    investigation_id: str | None = None,
) -> Investigation:
    """Find out what broke first and why, store the evidence, write the report.

    Args:
        store: The workspace; the rows of the data set are in it.
        reports: Folder that gets one folder per report.
        scope: The data set. Left out: that of the case or of the incident.
        case: The same data set when it is in memory already; what is resumed later is read from the store again.
        incident_id: An incident to investigate. Left out: one is opened if something is wrong.
        at_unix_nano: When the trouble began, if somebody knows.
        model: May word the summary; None, absent, slow or lying ones change nothing else.
        top: Name so many causes.
        now: Clock, UTC nanoseconds.
        on_step: Told of each step when it is done.
        diagnose: Finds the causes; `rca.diagnose.diagnose` when left out.
        write_report: Writes the report; `agents.reporting.write_report` when left out.
        investigation_id: Name for the investigation; a new one when left out.

    Raises:
        BadInput: there is nothing to investigate, or the id is taken.
        NotFound: there is no such incident.
    """
    if incident_id:
        incident = incidents.get(store, incident_id)
        scope = scope or incident.scope
        at_unix_nano = at_unix_nano if at_unix_nano is not None else incident.opened_unix_nano
    scope = scope or (case.name if case else None)
    if not scope:
        raise BadInput("there is no data set to investigate", hint="Name a scope, a case or an incident")
    if case is not None and at_unix_nano is None:
        at_unix_nano = case.at_unix_nano
    state: State = {
        "investigation_id": investigation_id or f"INV-{secrets.token_hex(6)}",
        "scope": scope,
        "incident_id": incident_id or "",
        "own_incident": False,
        "at_unix_nano": at_unix_nano,
        "at_given": at_unix_nano is not None,
        "start_unix_nano": case.between[0] if case else None,
        "end_unix_nano": case.between[1] if case else None,
        "top": top,
        "started_unix_nano": now(),
    }
    place = _place(store, reports, model, now, on_step, diagnose, write_report, case)
    if steps.of_investigation(store, state["investigation_id"]):
        raise BadInput(f"investigation {state['investigation_id']} is there already", hint="Resume it")
    return _run(place, state["investigation_id"], state)


def resume(
    store: Store,
    investigation_id: str,
    *,
    reports: Path,
    model: ChatModel | None = None,
    now: Callable[[], int] = time.time_ns,
    on_step: Callable[[StepRecord], None] | None = None,
    diagnose: Diagnose | None = None,
    write_report: WriteReport | None = None,
) -> Investigation:
    """Go on with an investigation that was cut off; one that is finished is given back as it is.

    Raises:
        NotFound: there is no such investigation.
        BadInput: it is running in this process.
    """
    place = _place(store, reports, model, now, on_step, diagnose, write_report, None)
    if any(one.investigation_id == investigation_id for one in _cut_off(store)):
        return _run(place, investigation_id, None)
    return _finished(store, investigation_id)


def unfinished(store: Store) -> list[Unfinished]:
    """Return the investigations that were cut off, the oldest first; those running in this process are left out."""
    with _running_lock:
        running = set(_running)
    return [one for one in _cut_off(store) if one.investigation_id not in running]


def build_graph(place: Place, saver: StoreSaver) -> CompiledStateGraph[State, None, State, State]:
    """Return the graph of the steps; there is one analysing node per kind of incident."""
    from langgraph.graph import END, START, StateGraph

    jobs = Steps(place)
    graph: StateGraph[State, None, State, State] = StateGraph(State)
    for name in ("sanitise", "plan", "rank", "summarise", "report"):
        _add(graph, name, recorded(place, name, getattr(jobs, name)))
    for kind in IncidentKind:
        _add(graph, f"analyse_{kind.value}", recorded(place, "analyse", jobs.analyse))
        graph.add_edge(f"analyse_{kind.value}", "rank")
    graph.add_edge(START, "sanitise")
    graph.add_edge("sanitise", "plan")
    graph.add_conditional_edges(
        "plan", lambda state: f"analyse_{state['kind']}", [f"analyse_{kind.value}" for kind in IncidentKind]
    )
    for first, then in (("rank", "summarise"), ("summarise", "report"), ("report", END)):
        graph.add_edge(first, then)
    return graph.compile(checkpointer=saver)


def _add(graph: Any, name: str, node: Callable[[State], State]) -> None:
    graph.add_node(name, node)


def _place(
    store: Store,
    reports: Path,
    model: ChatModel | None,
    now: Callable[[], int],
    on_step: Callable[[StepRecord], None] | None,
    diagnose: Diagnose | None,
    write_report: WriteReport | None,
    case: Case | None,
) -> Place:
    from workbench.agents.diagnosing import usual_diagnose
    from workbench.agents.reporting import write_report as usual_report

    return Place(
        store=store,
        diagnose=diagnose or usual_diagnose(store.path),
        write_report=write_report or usual_report,
        reports=reports,
        model=model,
        now=now,
        on_step=on_step,
        given=case,
    )


def _run(place: Place, investigation_id: str, state: State | None) -> Investigation:
    from workbench.agents.checkpointer import StoreSaver

    saver = StoreSaver(place.store)
    with _alone(investigation_id):
        graph = build_graph(place, saver)
        config: Any = {"configurable": {"thread_id": investigation_id}}
        begun_with: Any = state or graph.get_state(config).values
        place.between = begun_with.get("start_unix_nano"), begun_with.get("end_unix_nano")
        before = look(place.store, "" if begun_with.get("own_incident") else begun_with.get("incident_id", ""))
        try:
            for _ in graph.stream(state, config, durability="sync"):
                pass
        except Cancelled:
            with shielded():
                _take_back(place, before, begun_with | graph.get_state(config).values)
            raise
        # What was found is in tables of its own now; the states of the steps in between are of no more use.
        saver.delete_thread(investigation_id)
    return _finished(place.store, investigation_id)


def _take_back(place: Place, before: Before, state: State) -> None:
    named = report_id(state["investigation_id"])
    own = state["incident_id"] if state["own_incident"] else opened_by(place.store, state)
    take_back(place.store, before, state["investigation_id"], named, own)
    shutil.rmtree(report_folder(place, state | {"incident_id": own or before.incident_id}), ignore_errors=True)


@contextmanager
def _alone(investigation_id: str) -> Iterator[None]:
    with _running_lock:
        if investigation_id in _running:
            raise BadInput(f"investigation {investigation_id} is running", hint="Wait for it")
        _running.add(investigation_id)
    try:
        yield
    finally:
        with _running_lock:
            _running.discard(investigation_id)


def _cut_off(store: Store) -> list[Unfinished]:
    from workbench.agents.checkpointer import StoreSaver

    newest: dict[str, Unfinished] = {}
    for found in StoreSaver(store).list(None):
        place = found.config["configurable"]
        channels = found.checkpoint["channel_values"]
        # Before its first step an investigation has its input only.
        values = channels.get("__start__") or channels
        if place["thread_id"] in newest or "scope" not in values:
            continue
        done = {one.name for one in steps.of_investigation(store, place["thread_id"]) if one.status == "done"}
        newest[place["thread_id"]] = Unfinished(
            investigation_id=place["thread_id"],
            scope=values["scope"],
            incident_id=values.get("incident_id", ""),
            started_unix_nano=values.get("started_unix_nano", 0),
            next_step=next((name for name in STEPS if name not in done), "report"),
        )
    return sorted(newest.values(), key=lambda one: (one.started_unix_nano, one.investigation_id))


def _finished(store: Store, investigation_id: str) -> Investigation:
    try:
        report = reports.get(store, report_id(investigation_id))
    except NotFound as error:
        raise NotFound("investigation", investigation_id, hint="It may have been deleted with its incident") from error
    diagnosis = diagnoses.of_incident(store, report.incident_id or investigation_id)
    if diagnosis is None:
        raise NotFound("diagnosis", investigation_id, hint="Its incident was deleted")
    said = report.metadata
    return Investigation(
        investigation_id=investigation_id,
        incident_id=report.incident_id,
        diagnosis=diagnosis,
        summary=[str(sentence) for sentence in said.get("summary", [])],
        worded_by=str(said.get("worded_by", "")),
        worded_why=str(said.get("worded_why", "")),
        masked=int(said.get("masked", 0)),
        report=report,
        steps=steps.of_investigation(store, investigation_id),
    )
