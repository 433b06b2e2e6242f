"""Builds an explanation from a diagnosis, the telemetry and the stored evidence."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.facts.diagnosis import Diagnosis, Verdict
from workbench.facts.evidence import Evidence
from workbench.facts.telemetry import Telemetry
from workbench.report.content import LedgerEntry
from workbench.report.explain.calls import call_changes
from workbench.report.explain.content import Claim, Explanation
from workbench.report.explain.reasoning import reasoning
from workbench.report.explain.strips import find_strips
from workbench.report.explain.why_not import suspects, why_not
from workbench.report.masking import Masker
from workbench.report.patterns import make_patterns
from workbench.report.topology import make_topology
from workbench.report.window import window_of, within
from workbench.semconv import Table

MOST_SERVICES = 12


def explain(
    diagnosis: Diagnosis,
    telemetry: Telemetry,
    ledger: Sequence[tuple[Evidence, LedgerEntry]] = (),
    *,
    subject: str,
    title: str,
    ask: Sequence[str] = (),
) -> Explanation:
    """Return how a verdict was reached.

    Args:
        diagnosis: The verdict.
        telemetry: The rows it was reached from.
        ledger: Stored evidence with the query of each.
        subject: The incident or data set.
        title: What the reader knows it as.
        ask: Services to say `why not` of, before those that stand out by themselves.

    Raises:
        BadInput: a service that is asked about is not in the data.
    """
    ill = diagnosis.verdict is Verdict.INCIDENT
    window = window_of(telemetry, diagnosis.onset_unix_nano if ill else None)
    near = within(telemetry, window) if window else telemetry
    first = diagnosis.causes[0] if diagnosis.causes and ill else None
    around = _around(diagnosis, ask)
    strips = find_strips(near, window, around, first.service_name if first else "") if window else []
    asked = [why_not(diagnosis, name, strips) for name in dict.fromkeys(ask)]
    others = [why_not(diagnosis, name, strips) for name in suspects(diagnosis) if name not in ask] if ill else []
    patterns, _ = make_patterns(near, window) if window and ill else ([], 0.0)
    rows = {table.value: len(telemetry.frame(table)) for table in Table if len(telemetry.frame(table))}
    masker = Masker()
    return Explanation(
        subject=subject,
        title=title,
        verdict=diagnosis.verdict,
        onset_unix_nano=diagnosis.onset_unix_nano if ill else None,
        compared_s=round(window.compared_s, 1) if window else 0.0,
        paragraphs=[
            one.model_copy(update={"sentences": masker.texts(one.sentences)})
            for one in reasoning(diagnosis, rows, strips, [*asked, *others])
        ],
        chain=list(first.path) if first else [],
        strips=strips,
        calls=call_changes(near, window) if window and ill else [],
        patterns=masker.patterns(patterns),
        topology=make_topology(diagnosis, near),
        claims=_claims(diagnosis, ledger) if ill else [],
        why_not=[
            one.model_copy(update={"sentences": masker.texts(one.sentences)}) for one in (asked or others[:4])
        ],
    )  # fmt: skip


def _around(diagnosis: Diagnosis, ask: Sequence[str]) -> list[str]:
    """Return the services whose series are looked at: the first causes, the way to the users, what is asked about."""
    ranked = [cause.service_name for cause in diagnosis.causes]
    path = diagnosis.causes[0].path if diagnosis.causes else []
    return list(dict.fromkeys([*ranked[:3], *ask, *path, *ranked, *suspects(diagnosis)]))[: MOST_SERVICES + len(ask)]


def _claims(diagnosis: Diagnosis, ledger: Sequence[tuple[Evidence, LedgerEntry]]) -> list[Claim]:
    stored = {_bare(evidence): entry for evidence, entry in ledger}
    claims = [
        Claim(
            service_name=one.service_name,
            statement=one.summary,
            supports=one.supports,
            strength=one.strength,
            entry=stored.get(_bare(one)),
        )
        for cause in diagnosis.causes
        for one in cause.evidence
    ]
    # What bears the first cause comes first, then whatever is strongest.
    first = diagnosis.causes[0].service_name if diagnosis.causes else ""
    return sorted(claims, key=lambda one: (one.service_name != first, -one.strength))


def _bare(one: Evidence) -> str:
    return one.model_copy(update={"evidence_id": ""}).model_dump_json()
