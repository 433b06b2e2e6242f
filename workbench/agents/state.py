"""What an investigation carries from step to step: a few plain values. Telemetry stays in the store."""

from __future__ import annotations

from typing import TypedDict

from workbench.facts.diagnosis import Diagnosis
from workbench.facts.evidence import Frozen
from workbench.store.reports import Report
from workbench.store.steps import StepRecord

STEPS = ("sanitise", "plan", "analyse", "rank", "summarise", "report")
"""The steps in their order; a step's place is its `seq`."""


class State(TypedDict, total=False):
    """The graph's state. Plain JSON values only: it is written to disk after every step."""

    investigation_id: str
    scope: str
    incident_id: str
    """Empty until an incident is there; stays empty when nothing is wrong."""
    own_incident: bool
    """True when this investigation opened the incident itself."""
    at_unix_nano: int | None
    at_given: bool
    """True when somebody named the time; False when a detector did."""
    start_unix_nano: int | None
    """First time that is looked at, where somebody named one."""
    end_unix_nano: int | None
    """End of the time that is looked at (exclusive)."""
    top: int
    started_unix_nano: int
    kind: str
    verdict: str
    summary: list[str]
    worded_by: str
    worded_why: str
    masked: int
    report_id: str


class Investigation(Frozen):
    """What an investigation found out, and how."""

    investigation_id: str
    incident_id: str
    """Empty when nothing is wrong and no incident was named."""
    diagnosis: Diagnosis
    summary: list[str]
    """Three sentences: what happened, why, how sure."""
    worded_by: str
    """`rules`, or the name of the model whose words stand."""
    worded_why: str = ""
    """Why it was not a model; empty when it was."""
    masked: int
    """Values that were masked in the summary and in what a model was asked."""
    report: Report
    steps: list[StepRecord]


class Unfinished(Frozen):
    """An investigation that was cut off and can be resumed."""

    investigation_id: str
    scope: str
    incident_id: str
    started_unix_nano: int
    next_step: str
