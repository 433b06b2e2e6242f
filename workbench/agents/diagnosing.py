"""Diagnoses with the known failure modes of a workspace; a runbook of its own with a mistake is left out and told."""

from __future__ import annotations

from pathlib import Path

from workbench.agents.place import Diagnose
from workbench.facts.diagnosis import Diagnosis
from workbench.facts.telemetry import Case
from workbench.facts.telling import as_told

RUNBOOKS = "runbooks"
"""Folder of a workspace with runbooks that add to the shipped ones, or replace them."""


def usual_diagnose(workspace: Path | None) -> Diagnose:
    """Return what finds the causes: the shipped runbooks and those of the workspace, None for one in memory.

    A mistake in a runbook stops no investigation: somebody on call has no time to mend it.
    """
    from workbench.rca.diagnose import diagnose
    from workbench.rca.signatures.load import load_usable_signatures

    own = [folder] if workspace is not None and (folder := workspace / RUNBOOKS).is_dir() else []
    signatures, mistakes = load_usable_signatures(own)
    left_out = [
        f"The runbook {RUNBOOKS}/{_closed(mistake)} It was left out: mend the file in the workspace, or remove it."
        for mistake in mistakes
    ]

    def with_runbooks(case: Case, *, top: int = 10) -> Diagnosis:
        found = diagnose(case, top=top, signatures=signatures)
        return as_told(found.model_copy(update={"not_known": [*found.not_known, *left_out]}))

    return with_runbooks


def _closed(mistake: str) -> str:
    return mistake if mistake.endswith(".") else f"{mistake}."
