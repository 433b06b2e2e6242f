"""Which workload a pod belongs to, by its name alone."""

from __future__ import annotations

import re

_SAFE = "bcdfghjklmnpqrstvwxz2456789"
"""What Kubernetes makes random parts of names from: no vowels, so that no word comes out."""
_MADE_UP = (
    re.compile(rf"-[0-9a-f]{{6,10}}-[{_SAFE}]{{5}}$"),  # of a deployment
    re.compile(rf"-[{_SAFE}]{{6,10}}-[{_SAFE}]{{5}}$"),
    re.compile(r"-(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{6,10}-[a-z0-9]{3,5}$"),  # as people make one up
    re.compile(rf"-\d{{8,}}-[{_SAFE}]{{5}}$"),  # of a cron job
    re.compile(rf"-(?=[{_SAFE}]*\d)[{_SAFE}]{{5}}$"),  # of a daemon set or a job
    re.compile(r"-(?=[0-9a-f]*\d)[0-9a-f]{8,10}$"),  # of a replica set
    re.compile(r"-\d{1,3}$"),  # of a stateful set
)


def workload_of(pod: str) -> str:
    """Return the name of what runs a pod: its name without the parts that Kubernetes made up.

    One such part goes and no more, since what stands before it is the workload's own name: the pod
    `shard-1-7d9f8b6c5-x2x4q` is of the deployment `shard-1`.
    """
    for pattern in _MADE_UP:
        if found := pattern.search(pod):
            return pod[: found.start()] or pod
    return pod
