"""Says of a service that suffers visibly and is no candidate why that is: its trouble is that of another one."""

from __future__ import annotations

import pandas as pd

from workbench.rca.narrate import number
from workbench.rca.queries import span_name
from workbench.rca.statements import SlowStatement


def explained_store(edges: pd.DataFrame, slow: SlowStatement) -> dict[str, str]:
    """Return, for the store, why its trouble is that of the service which sends the slow statement."""
    own = edges[
        (edges["caller"] == slow.caller) & (edges["callee"] == slow.store) & (edges["operation"] == slow.operation)
    ]
    if not len(own):
        return {}
    now, usual = (number(float(own[name].iloc[0])) for name in ("value", "median"))
    return {
        slow.store: (
            f"{slow.store} is busy with one statement of {slow.caller}: {span_name(slow.operation)} takes {now} ms, "
            f"healthy is {usual} ms. What else is slow there waits for it."
        )
    }
