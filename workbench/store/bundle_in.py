"""Brings a bundle into a workspace: first a plan that says what would happen, then all of it or nothing."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workbench.errors import BadInput, CausewayError
from workbench.facts.evidence import Frozen
from workbench.facts.flow_version import FlowPerson, FlowVersion
from workbench.flow.change import content_id
from workbench.flow.graph import SUFFIX, Flow
from workbench.flow.text import compact, in_order
from workbench.guard import rules
from workbench.settings import FILE_NAME, Settings
from workbench.store import flow_drafts, flow_saving, flow_versions
from workbench.store.db import Store


class Action(StrEnum):
    """What becomes of one file of a bundle."""

    NEW = "new"
    SAME = "same"
    """It is there already."""
    CONTINUES = "continues"
    """The workspace has the first of these versions; the later ones are added."""
    DIFFERS = "differs"
    """The workspace has something else there; only `replace` takes it."""


class Step(Frozen):
    """One file of a bundle and what becomes of it."""

    place: str
    action: Action
    note: str = ""


class History(Frozen):
    """Versions of a flow as they lie in a bundle."""

    versions: list[FlowVersion]
    documents: dict[str, Any]
    draft_base: int
    people: list[FlowPerson]


@dataclass(frozen=True, slots=True)
class Into:
    """The workspace that takes a bundle."""

    store: Store
    folder: Path


def plan(into: Into, files: Mapping[str, bytes]) -> list[Step]:
    """Return what would become of each file.

    Raises:
        BadInput: a file is not what it should be; the message has every fault.
    """
    faults: list[str] = []
    steps: list[Step] = []
    for place, body in files.items():
        try:
            steps.append(_step(into, place, body, files))
        except CausewayError as error:
            faults.append(str(error))
    if faults:
        raise BadInput("; ".join(faults), where="bundle", hint="Nothing was changed")
    return steps


def carry_out(
    into: Into, files: Mapping[str, bytes], *, replace: bool, source: str, author: str, now_unix_nano: int
) -> list[Step]:
    """Bring the files in; an error leaves the versions as they were.

    Args:
        into: The workspace.
        files: By place, as `bundle.read` gives them.
        replace: Take what differs as well. Flows keep their own versions, and get what was imported as a new one.
        source: Name of the bundle, for messages.
        author: Who does it.
        now_unix_nano: When.

    Raises:
        BadInput: something differs and `replace` is false; the message has every place.
    """
    with into.store.transaction():
        steps = plan(into, files)
        different = [step for step in steps if step.action is Action.DIFFERS]
        if different and not replace:
            told = "; ".join(f"{step.place}: {step.note}" for step in different)
            raise BadInput(told, where=source, hint="Nothing was changed. --replace takes what the bundle has")
        by_place = {step.place: step for step in steps}
        # Versions first: a draft that is replaced may then be found among them.
        for place in sorted(files, key=lambda name: not name.startswith("versions/")):
            step = by_place[place]
            if place.startswith("flows/") and step.action is not Action.DIFFERS:
                _take_draft(into, place, files)
            elif step.action is Action.SAME:
                continue
            elif place.startswith("versions/"):
                _take_history(into, place, files[place], step.action)
            elif place.startswith("flows/"):
                _take_other_draft(into, place, files[place], source, author, now_unix_nano)
            else:
                target = into.folder / place
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(files[place])
    return steps


def _step(into: Into, place: str, body: bytes, files: Mapping[str, bytes]) -> Step:
    if place.startswith("versions/"):
        return _history_step(into, place, body)
    here = into.folder / place
    if place.startswith("flows/"):
        flow = Flow.parse(_text(place, body), where=place)
        flow_drafts.path_of(into.folder, _name(place))
        if not here.is_file():
            return Step(place=place, action=Action.NEW)
        mine = content_id(Flow.load(here))
        if mine == content_id(flow):
            return Step(place=place, action=Action.SAME)
        # A draft that is one of the versions loses nothing when another takes its place.
        history = files.get(f"versions/{_name(place)}.json")
        known = {one.document_id for one in _history(place, history).versions} if history else set[str]()
        continues = history is not None and _history_step(into, place, history).action is not Action.DIFFERS
        if continues and mine in known:
            return Step(place=place, action=Action.CONTINUES)
        return Step(place=place, action=Action.DIFFERS, note="the workspace has another draft")
    if place == FILE_NAME:
        _check_settings(_text(place, body))
    elif place == rules.FILE:
        rules.Rules.parse(_text(place, body))
    if not here.is_file() or (place == FILE_NAME and here.read_text(encoding="utf-8") == Settings.as_comments()):
        return Step(place=place, action=Action.NEW)
    if here.read_bytes() == body:
        return Step(place=place, action=Action.SAME)
    return Step(place=place, action=Action.DIFFERS, note="the workspace has another file there")


def _history_step(into: Into, place: str, body: bytes) -> Step:
    theirs = _history(place, body).versions
    mine = sorted(flow_versions.of_flow(into.store, _name(place)), key=lambda one: one.version)
    if not mine:
        return Step(place=place, action=Action.NEW)
    if mine[: len(theirs)] == theirs:
        return Step(place=place, action=Action.SAME)
    if theirs[: len(mine)] == mine:
        return Step(place=place, action=Action.CONTINUES, note=f"{len(theirs) - len(mine)} more versions")
    return Step(place=place, action=Action.DIFFERS, note="the workspace has other versions of this flow")


def _take_history(into: Into, place: str, body: bytes, action: Action) -> None:
    if action is Action.DIFFERS:
        return
    name, found = _name(place), _history(place, body)
    there = {one.version for one in flow_versions.of_flow(into.store, name)}
    for version in found.versions:
        if version.version not in there:
            flow_versions.put(into.store, version, compact(found.documents[version.document_id]))
    if action is Action.NEW:
        for one in found.people:
            flow_versions.set_role(into.store, name, one.person, one.role)
    if not flow_drafts.path_of(into.folder, name).is_file():
        flow_versions.set_draft_base(into.store, name, found.draft_base)


def _take_draft(into: Into, place: str, files: Mapping[str, bytes]) -> None:
    name, history = _name(place), files.get(f"versions/{_name(place)}.json")
    base = _history(place, history).draft_base if history else flow_versions.draft_base(into.store, name)
    if history and _history_step(into, f"versions/{name}.json", history).action is Action.DIFFERS:
        base = flow_versions.draft_base(into.store, name)
    flow_drafts.write(into.store, into.folder, name, Flow.parse(_text(place, files[place]), where=place), base=base)


def _take_other_draft(into: Into, place: str, body: bytes, source: str, author: str, now_unix_nano: int) -> None:
    """Save what is there, then what comes, so that both are among the versions."""
    name, flow = _name(place), Flow.parse(_text(place, body), where=place)
    mine = flow_drafts.read(into.store, into.folder, name)
    for said, one, parent in (
        (f"the draft before {source} was imported", mine.flow, mine.base),
        (f"imported from {source}", flow, None),
    ):
        known = {version.document_id for version in flow_versions.of_flow(into.store, name)}
        if parent is None or content_id(one) not in known:
            last = flow_versions.latest(into.store, name)
            base = parent if parent is not None else last.version if last else 0
            flow_saving.keep(into.store, name, one, base=base, message=said, author=author, now_unix_nano=now_unix_nano)
    last = flow_versions.latest(into.store, name)
    flow_drafts.write(into.store, into.folder, name, flow, base=last.version if last else 0)


def _history(place: str, body: bytes) -> History:
    try:
        found = History.model_validate(json.loads(_text(place, body)))
    except (json.JSONDecodeError, ValidationError) as error:
        said = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error.msg
        raise BadInput(f"is no history of a flow: {said}", where=place) from error
    name = _name(place)
    for number, one in enumerate(found.versions, 1):
        flow = found.documents.get(one.document_id)
        whole = (
            one.is_whole()
            and flow is not None
            and content_id(Flow.parse(in_order(flow), where=place)) == one.document_id
        )
        if one.flow != name or one.version != number or not whole:
            raise BadInput(f"version {number} is not what was saved", where=place)
    return found


def _check_settings(text: str) -> None:
    try:
        Settings.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        said = error.errors()[0] if isinstance(error, ValidationError) else None
        told = f"setting {said['loc'][0]!r}: {said['msg']}" if said else str(error)
        raise BadInput(told, where=FILE_NAME) from error


def _name(place: str) -> str:
    return place.partition("/")[2].removesuffix(SUFFIX).removesuffix(".json")


def _text(place: str, body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput("is not UTF-8", where=place) from error
