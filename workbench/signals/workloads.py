"""Which workload a pod belongs to, by its name alone."""

from __future__ import annotations

import re

_SAFE = "bcdfghjklmnpqrstvwxz2456789"
"""What Kubernetes makes random parts of names from: no vowels, so that no word comes out."""
MADE_UP = (
    (rf"-[0-9a-f]{{6,10}}-[{_SAFE}]{{5}}$",),  # of a deployment
    (rf"-[{_SAFE}]{{6,10}}-[{_SAFE}]{{5}}$",),
    # as people make one up: digits and letters
    (r"-[0-9a-f]{6,10}-[a-z0-9]{3,5}$", r"-[a-f]*\d[0-9a-f]*-[a-z0-9]+$", r"-\d*[a-f][0-9a-f]*-[a-z0-9]+$"),
    (rf"-\d{{8,}}-[{_SAFE}]{{5}}$",),  # of a cron job
    (rf"-[{_SAFE}]{{5}}$", r"-[^-]*\d[^-]*$"),  # of a daemon set or a job
    (r"-[0-9a-f]{8,10}$", r"-[^-]*\d[^-]*$"),  # of a replica set
    (r"-\d{1,3}$",),  # of a stateful set
)
"""Endings of pods' names, and what else has to be found at the end; written so that RE2 (DuckDB) knows them, too."""
_COMPILED = tuple(tuple(map(re.compile, patterns)) for patterns in MADE_UP)


def workload_of(pod: str) -> str:
    """Return the name of what runs a pod: its name without the parts that Kubernetes made up.

    One such part goes and no more, since what stands before it is the workload's own name: the pod
    `shard-1-7d9f8b6c5-x2x4q` is of the deployment `shard-1`.
    """
    for ending, *besides in _COMPILED:
        if (found := ending.search(pod)) and all(pattern.search(pod) for pattern in besides):
            return pod[: found.start()] or pod
    return pod
