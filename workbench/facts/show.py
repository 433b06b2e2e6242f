"""How facts look in a notebook: small, escaped HTML without scripts, readable in light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

from workbench.facts.shares import percent

if TYPE_CHECKING:
    from workbench.facts.diagnosis import Cause, Diagnosis
    from workbench.facts.evidence import Evidence
    from workbench.facts.incident import Incident

_BOX = "border:1px solid rgba(127,127,127,.4);border-radius:8px;padding:12px 16px;max-width:60rem;line-height:1.5"
_CHIP = "border:1px solid rgba(127,127,127,.5);border-radius:999px;padding:1px 10px;margin-right:6px;font-size:.85em"


def clock(unix_nano: int | None) -> str:
    """Return UTC nanoseconds as a date and time to the second, or a dash."""
    if unix_nano is None:
        return "–"
    return datetime.fromtimestamp(unix_nano / 1e9, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def incident_html(incident: Incident) -> str:
    """Return an incident as a card."""
    chips = (incident.state.value, incident.severity, incident.kind.value, f"{incident.anomaly_count} anomalies")
    return (
        f'<div style="{_BOX}"><b>{escape(incident.incident_id)}</b> {escape(incident.title)}<br>'
        + "".join(f'<span style="{_CHIP}">{escape(chip)}</span>' for chip in chips)
        + f"<small>since {clock(incident.opened_unix_nano)}</small></div>"
    )


def causes_html(causes: Sequence[Cause], heading: str = "Ranked causes") -> str:
    """Return ranked causes with bars of confidence and their evidence."""
    if not causes:
        return f'<div style="{_BOX}"><b>{escape(heading)}</b><br>None: nothing stands out.</div>'
    return f'<div style="{_BOX}"><b>{escape(heading)}</b>' + "".join(_cause(cause) for cause in causes) + "</div>"


def diagnosis_html(diagnosis: Diagnosis) -> str:
    """Return verdict, onset, causes and what is not known."""
    unknown = "".join(f"<li>{escape(text)}</li>" for text in diagnosis.not_known)
    # What is out of what says more than which sign decided.
    known = "".join(f"{escape(cause.failure_mode)}<br>" for cause in diagnosis.causes[:1] if cause.failure_mode)
    return (
        f'<div style="{_BOX}"><b>{escape(diagnosis.case)}: {escape(diagnosis.verdict.value)}</b><br>'
        f"{known}{escape(diagnosis.reason)}<br><small>onset {clock(diagnosis.onset_unix_nano)}</small></div>"
        + (causes_html(diagnosis.causes) if diagnosis.verdict.value == "incident" else "")
        + (f'<div style="{_BOX}"><b>Not known</b><ul>{unknown}</ul></div>' if unknown else "")
    )


def evidence_html(evidence: Evidence) -> str:
    """Return one piece of evidence as a line."""
    mark = "for" if evidence.supports else "against"
    name = f" <code>{escape(evidence.evidence_id)}</code>" if evidence.evidence_id else ""
    return f"<div><small>{mark}</small>{name} {escape(evidence.summary)}</div>"


def _cause(cause: Cause) -> str:
    kind = f" · {escape(cause.fault_type)}" if cause.fault_type else ""
    path = f"<br><small>{escape(' → '.join(cause.path))}</small>" if len(cause.path) > 1 else ""
    width = round(100 * cause.confidence)
    bar = (
        '<div style="background:rgba(127,127,127,.25);border-radius:4px;height:8px;width:16rem">'
        f'<div style="background:#d9480f;border-radius:4px;height:8px;width:{width}%"></div></div>'
    )
    return (
        f'<div style="margin-top:10px">{cause.rank}. <b>{escape(cause.service_name)}</b>{kind} '
        f"<small>{percent(cause.confidence)}</small>{bar}{path}"
        + "".join(evidence_html(one) for one in cause.evidence[:4])
        + "</div>"
    )
