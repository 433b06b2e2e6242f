"""Says what to do next about a cause: rules by fault type."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.facts.diagnosis import Action, Cause
from workbench.rca.changes import Changed

_RULES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "cpu_contention": (
        ("Find what uses the processor of {service}", "Its processor use left the healthy range first.", "low"),
        ("Add instances of {service} or move it to another host", "More processor time ends the contention.", "medium"),
    ),
    "memory_leak": (
        ("Restart the instances of {service} one by one", "This frees the memory until the leak is mended.", "medium"),
        ("Take a heap dump of {service} before the restart", "It shows what is kept.", "low"),
    ),
    "disk_full": (
        ("Free or enlarge the volume of {service}", "Writes fail when the volume is full.", "medium"),
        ("Look for logs and temporary files that grow on {service}", "They are the usual cause.", "low"),
    ),
    "disk_contention": (
        ("Find what reads and writes on {service}: backups, compaction, logs, swapping", "Its disk is busy.", "low"),
        ("Move or pause that work, or give {service} a faster disk", "What waits for the disk is slow.", "medium"),
    ),
    "network_delay": (
        ("Check the network of the host and the pod of {service}", "All calls in and out of it are late.", "low"),
        ("Move {service} to another host", "The delay belongs to where it runs.", "medium"),
    ),
    "packet_loss": (
        ("Check interface errors and drops on the host of {service}", "Messages are lost and sent again.", "low"),
        ("Move {service} to another host", "The loss belongs to where it runs.", "medium"),
    ),
    "pool_exhaustion": (
        ("Look for connections that {service} does not give back", "Its pool is full and calls wait.", "low"),
        ("Restart {service}, or enlarge its pool for now", "This frees the connections that are held.", "medium"),
    ),
    "dependency_down": (
        ("Start {service} again and read its last log lines", "It is silent, or nobody listens there.", "medium"),
        ("Let the callers of {service} answer without it", "This limits the damage until it is back.", "medium"),
    ),
    "connection_errors": (
        ("Check time-outs and limits between {service} and its peers", "Calls fail on the way.", "low"),
    ),
    "slow_query": (
        ("Explain the slow statement of {service}", "One statement is slow, its database is not.", "low"),
        ("Cancel running queries of {service}, add the missing index", "This unloads the database.", "medium"),
    ),
    "clock_skew": (("Synchronise the clock of {service}", "Its spans do not fit those of its callers.", "low"),),
    "retry_storm": (
        ("Set the time-outs and retries of {service} back, with growing pauses", "It calls again and again.", "medium"),
        ("Limit the calls of {service} at those it calls", "This lets them recover.", "medium"),
    ),
    "socket_exhaustion": (
        ("Look for connections that {service} opens for each call", "It has no local ports left.", "low"),
        ("Restart {service}, and let it keep connections open", "This frees the ports that wait.", "medium"),
    ),
    "exception": (
        ("Read the errors of {service} since the onset", "Its requests end differently than ever before.", "low"),
        ("Roll {service} back to the version before", "Code that fails is best taken out of the way.", "medium"),
    ),
    "return": (
        ("Compare answers of {service} with those before the onset", "It returns early, without an error.", "low"),
        (
            "Roll {service} back to the version before",
            "Code that answers wrongly should not run.",
            "medium",
        ),
    ),
    "latency": (("Profile {service}", "Its own work takes longer, nothing else explains it.", "low"),),
}
_TOLD_BY_CALLERS = (
    (
        "Ask {service} how long its own answers take",
        "Its callers only know that they wait for it.",
        "low",
    ),
    ("Check the network between {service} and its callers", "It is the cause if {service} answers in time.", "low"),
)
"""Of a slow service that writes no spans."""
UNDO = "Undo the change"
"""How the title of an action begins that takes a change back."""
_OTHERWISE = (("Look at {service} first", "It departs most from what is healthy.", "low"),)


def actions_for(cause: Cause, changes: Sequence[Changed], *, told_by_callers: bool = False) -> list[Action]:
    """Return the actions for the first cause; a change of the same service near the onset comes first, if it is not
    too late to have started it. `told_by_callers` means that only spans of others tell of the service.
    """
    service = cause.service_name
    found = [
        Action(
            title=f"{UNDO} of {service}: {change.summary or change.name}",
            why=f"It came {abs(change.before_s):.0f} s {'before' if change.before_s >= 0 else 'after'} the onset.",
            risk="medium",
        )
        for change in changes
        if change.service == service and not change.is_late
    ][:1]
    rules = _RULES.get(cause.fault_type or "", _OTHERWISE)
    if told_by_callers and cause.fault_type == "latency":
        rules = _TOLD_BY_CALLERS
    return found + [
        Action(title=title.format(service=service), why=why.format(service=service), risk=risk)
        for title, why, risk in rules
    ]
