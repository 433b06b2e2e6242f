"""What diagnoses are compared by: a small part of each, so that thousands can be read while somebody waits."""

from __future__ import annotations

from pydantic import BaseModel

from workbench.facts.diagnosis import Verdict
from workbench.facts.evidence import EvidenceKind


class EvidenceOutline(BaseModel):
    """One piece of evidence."""

    kind: EvidenceKind
    supports: bool


class CauseOutline(BaseModel):
    """A ranked cause."""

    service_name: str
    fault_type: str | None = None
    evidence: list[EvidenceOutline] = []


class ModeOutline(BaseModel):
    """A known failure mode."""

    signature_id: str
    title: str
    active: bool
    role: str


class Outline(BaseModel):
    """The part of a diagnosis that likeness and the times of an incident need.

    Fields are named as there, all others are not read.
    """

    verdict: Verdict = Verdict.UNKNOWN
    onset_unix_nano: int | None = None
    causes: list[CauseOutline] = []
    failure_modes: list[ModeOutline] = []
    edges: list[tuple[str, str]] = []
    """Caller -> callee."""
