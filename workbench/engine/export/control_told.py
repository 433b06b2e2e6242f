"""What the control server of an exported flow tells: status, metrics for Prometheus, health."""

from __future__ import annotations

from typing import Any

from workbench.engine.export.control_program import Program

STATES = ("idle", "starting", "running", "stopping", "stopped", "succeeded", "failed")


def status_of(program: Program) -> dict[str, Any]:
    """Return what /status tells."""
    found = program.rows()
    return {
        "state": program.state,
        "exit_code": program.exit_code,
        "started_at": program.started_at or None,
        "ended_at": program.ended_at or None,
        "running_s": round(program.running_s(), 3),
        "succeeded": program.counts.succeeded,
        "failed": program.counts.failed,
        "stopped": program.counts.stopped,
        "restarts": program.counts.restarts,
        "rows": found.get("rows", []),
        "rejected": found.get("rejected", {}),
        "log": list(program.lines)[-50:],
    }


def metrics_of(program: Program) -> str:
    """Return what /metrics tells, in the text format of Prometheus."""
    counts, found, seconds = program.counts, program.rows(), round(program.running_s(), 3)
    up = int(program.state == "running")
    lines = [
        *_metric("causeway_flow_up", "gauge", "1 while the flow's program runs.", [({}, up)]),
        *_metric(
            "causeway_flow_state", "gauge", "1 for the state it is in.",
            [({"state": name}, int(program.state == name)) for name in STATES],
        ),
        *_metric(
            "causeway_flow_runs_total", "counter", "Runs that have ended.",
            [({"result": name}, getattr(counts, name)) for name in ("succeeded", "failed", "stopped")],
        ),
        *_metric("causeway_flow_restarts_total", "counter", "Restarts after a failure.", [({}, counts.restarts)]),
        *_metric("causeway_flow_running_seconds_total", "counter", "Time it has run.", [({}, seconds)]),
        *_metric(
            "causeway_flow_rows", "gauge", "Rows that came out of a source (out) or went into a sink (in) in this run.",
            [({"node": one["node"], "direction": one["direction"]}, one["rows"]) for one in found.get("rows", [])],
        ),
        *_metric(
            "causeway_flow_rejected_rows", "gauge", "Lines that could not be used in this run.",
            [({"node": node}, number) for node, number in found.get("rejected", {}).items()],
        ),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _metric(name: str, kind: str, help_text: str, values: list[tuple[dict[str, str], float]]) -> list[str]:
    lines = [f"# HELP {name} {help_text}", f"# TYPE {name} {kind}"]
    for labels, value in values:
        inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        lines.append(f"{name}{{{inside}}} {value}" if inside else f"{name} {value}")
    return lines


def _escaped(text: str) -> str:
    return str(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def health_of(program: Program, path: str) -> tuple[bool, str]:
    """Return whether a probe passes, and the state in a word."""
    alive = program.keeper.is_alive()
    if path == "/startupz":
        return alive and (program.began_once or not program.settings.autostart), program.state
    if path == "/readyz":
        return alive and program.state not in ("starting", "stopping", "failed"), program.state
    return alive, program.state
