"""Chooses what to do next from the runbooks, by rules: the fault type of the first cause decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from workbench.errors import BadInput
from workbench.facts.diagnosis import Action, Cause, Diagnosis, Verdict
from workbench.facts.evidence import Frozen

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
MOST_ACTIONS = 4


class RunbookStep(Frozen):
    """One thing that a runbook tells to do."""

    title: str
    risk: str = "low"
    command: str = ""
    """May hold SERVICE, the name of the service."""


class Runbook(Frozen):
    """What a runbook's front matter says."""

    id: str
    title: str
    fault_types: list[str]
    steps: list[RunbookStep]


def runbook_folder() -> Path:
    """Return the folder of the runbooks that come with Causeway."""
    package = Path(__file__).parent.parent
    installed = package / "resources" / "runbooks"
    return installed if installed.is_dir() else package.parent / "runbooks"


@lru_cache(maxsize=8)
def load_runbooks(folder: Path) -> tuple[Runbook, ...]:
    """Read the runbooks of a folder, by name.

    Raises:
        BadInput: one of them has no front matter, or one that does not fit.
    """
    return tuple(_read(path) for path in sorted(folder.glob("*.md")) if path.stem != "README")


def actions_for(diagnosis: Diagnosis, runbooks: Sequence[Runbook]) -> list[Action]:
    """Return what to do about a diagnosis, the safest step of each runbook's own order first; nothing when healthy."""
    if diagnosis.verdict is not Verdict.INCIDENT or not diagnosis.causes:
        return []
    first = diagnosis.causes[0]
    for runbook in runbooks:
        if first.fault_type and first.fault_type in runbook.fault_types:
            return [_action(step, runbook, first) for step in runbook.steps][:MOST_ACTIONS]
    return [_look(first)]


def _read(path: Path) -> Runbook:
    front = _FRONT.match(path.read_text(encoding="utf-8"))
    hint = "It begins with a line ---, then id, title, match and steps as YAML, then a line ---"
    if not front:
        raise BadInput("has no front matter", where=str(path), hint=hint)
    try:
        said: dict[str, Any] = yaml.safe_load(front.group(1))
        match = said.get("match") or {}
        return Runbook(
            id=said["id"],
            title=said["title"],
            fault_types=match.get("fault_types") or [],
            steps=[RunbookStep.model_validate(step) for step in said.get("steps") or []],
        )
    except (yaml.YAMLError, ValidationError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"front matter cannot be used: {error}", where=str(path), hint=hint) from error


def _action(step: RunbookStep, runbook: Runbook, cause: Cause) -> Action:
    # A name out of telemetry must not become shell.
    name = cause.service_name if _SAFE_NAME.fullmatch(cause.service_name) else "SERVICE"
    return Action(
        title=step.title.replace("SERVICE", name),
        why=f"{cause.service_name} looks like {runbook.title.lower()} (runbook {runbook.id})",
        risk=step.risk,
        command=step.command.replace("SERVICE", name),
    )


def _look(cause: Cause) -> Action:
    return Action(
        title=f"Look at {cause.service_name} first",
        why="It is the most likely first cause; its type of fault is not known, so no runbook fits",
        risk="low",
    )
