"""Says who calls whom now as the map of the canvas takes it: health, rates of calls, failing ones in red."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from workbench.report.words import percent, plural

MOST_LABELS = 30
"""With more calls than this, only what fails has figures on it."""
_BAD_SHARE = 0.05
_STATES = {"bad": "cause", "watch": "affected", "good": "healthy", "quiet": "unknown"}
WORDS = {"cause": "Bad", "affected": "Watch", "healthy": "As ever", "unknown": "Quiet", "failing": "Calls that fail"}
"""What the colours of the map mean here."""
_SPOKEN = {"bad": "bad", "watch": "to be watched", "good": "as ever", "quiet": "quiet"}


def map_graph(drawn: Any, link: Callable[[str], str]) -> dict[str, Any]:
    """Return a `ServiceMap` of `tools.services` as `extensions/canvas/src/map/graph.ts` has it.

    Args:
        drawn: With at least one service.
        link: Address that a click on the service of a name leads to.
    """
    callees: dict[str, list[str]] = {}
    called: Counter[str] = Counter()
    for call in drawn.calls:
        callees.setdefault(call.caller, []).append(call.callee)
        called[call.callee] += call.calls
    nodes = sorted(drawn.nodes, key=lambda node: (node.column, node.row))
    few = len(drawn.calls) <= MOST_LABELS
    return {
        "name": f"Call graph of {plural(len(nodes), 'service')}",
        "words": WORDS,
        "services": [
            _service(node, link(node.service_name), callees.get(node.service_name, []), called[node.service_name])
            for node in nodes
        ],
        "calls": [_call(call, few) for call in drawn.calls],
    }


def _service(node: Any, href: str, callees: list[str], called: int) -> dict[str, Any]:
    failed = [f"{percent(node.error_share)} failed"] if node.requests and node.error_share else []
    # A store has no spans of its own; what it was asked is known from those who asked.
    asked = plural(node.requests, "request") if node.requests else plural(called, "call") if called else ""
    told = [_SPOKEN[node.health], asked or "no requests seen", *failed]
    told += [f"calls {', '.join(callees)}"] if callees else []
    return {
        "id": node.service_name,
        "state": _STATES[node.health],
        "caption": " · ".join([f"{node.requests:,} req", *failed]) if node.requests else asked or "no requests seen",
        "href": href,
        "said": f"{node.service_name}: {', '.join(told)}",
    }


def _call(call: Any, few: bool) -> dict[str, Any]:
    share = call.errors / call.calls if call.calls else 0.0
    bad = share >= _BAD_SHARE
    failed = f"{percent(share)} failed" if share else ""
    slow = "" if call.p95_ms is None else f", 95 % within {call.p95_ms:,.0f} ms"
    shown = bool(call.calls) and (few or bad)
    said = f"{call.caller} calls {call.callee}: {call.per_s:,.2f}/s{f', {failed}' if failed else ''}{slow}"
    return {
        "source": call.caller,
        "target": call.callee,
        "failing": bad,
        "label": f"{call.per_s:,.3g}/s" if shown else "",
        "failed": failed if shown else "",
        "bad": bad,
        "said": said,
    }
