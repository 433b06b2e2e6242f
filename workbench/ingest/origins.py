"""What others put before the line of a program: `docker compose logs`, `kubectl logs --prefix`, syslog, and Kubernetes.

Syslog's is that of RFC 3164, also with a time as in RFC 3339, as rsyslog and `journalctl -o short-iso` write it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from workbench.signals.plain import workload_of

_COMPOSE = re.compile(r"(?P<service>[A-Za-z0-9][\w.-]*?)(?P<number>[-_]\d+)?\s+\| ?(?P<rest>.*)", re.DOTALL)
_KUBECTL = re.compile(r"\[pod/(?P<pod>[^/\]\s]+)/(?P<container>[^\]\s]+)\] ?(?P<rest>.*)", re.DOTALL)
_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_ENOUGH = 0.95
_SYSLOG = re.compile(
    r"(?:<\d+>)?(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) "
    r"(?P<host>[\w.:-]+) (?P<program>[A-Za-z][\w./-]*?)(?:\([\w.-]+\))?(?:\[\d+\])?: (?P<rest>.*)",
    re.DOTALL,
)
_CRI = re.compile(r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) (?:stdout|stderr) [FP] (?P<rest>.*)", re.DOTALL)
"""The format of logs that the kubelet keeps (CRI): the pod is told by the file's name."""
_POD_FOLDER = re.compile(r"[a-z0-9-]+_(?P<pod>[a-z0-9][a-z0-9.-]*)_[0-9a-f]{8}-[0-9a-f-]{27}")
_POD_FILE = re.compile(r"(?P<pod>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)_[a-z0-9-]+_[a-z0-9-]+-[0-9a-f]{64}")
_HASHED = re.compile(r"[a-z0-9.-]+-[0-9a-f]{8,10}-[a-z0-9]{5}")


class Origin(NamedTuple):
    """Who wrote a line, and the line without the prefix that says so."""

    service: str
    instance: str
    host: str
    line: str
    time: str = ""
    """When, where that is said before the line; '' elsewhere."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells programs apart whose lines lie between one another."""
        return self.service, self.instance, self.host


class Origins:
    """Takes the prefixes of one kind off the lines of a file. Make one with `learn_origins`."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern

    @property
    def name_services(self) -> bool:
        """Whether the prefix says who wrote the line."""
        return self._pattern is not _CRI

    def split(self, line: str) -> Origin:
        """Return the parts of a line; one without a prefix is nobody's."""
        plain = _COLOR.sub("", line)
        found = self._pattern.match(plain)
        if not found:
            return Origin("", "", "", plain)
        if self._pattern is _KUBECTL:
            return Origin(workload_of(found["pod"]), found["pod"], "", found["rest"])
        if self._pattern is _SYSLOG:
            return Origin(found["program"], "", found["host"], found["rest"], found["time"])
        if self._pattern is _CRI:
            return Origin("", "", "", found["rest"], found["time"])
        service = found["service"]
        return Origin(service, service + (found["number"] or ""), "", found["rest"])


def learn_origins(rows: Sequence[str]) -> Origins | None:
    """Return what takes the prefixes off, or None when the lines of a sample have none."""
    said = [_COLOR.sub("", row) for row in rows if row.strip()]
    for pattern in (_KUBECTL, _COMPOSE, _CRI, _SYSLOG):
        if said and sum(bool(pattern.match(row)) for row in said) >= _ENOUGH * len(said):
            return Origins(pattern)
    return None


def pod_of(path: str) -> tuple[str, str]:
    """Return service and pod that the path of a log file says, ('', '') when it is not that of a pod.

    Args:
        path: The file's name may be `api-7d9f8c6b5-x2x1z.log`, or as the kubelet names it, with namespace,
            container and id behind; or a folder above it is `NAMESPACE_POD_UID`, as below `/var/log/pods`.
    """
    *folders, name = path.split("/")
    stem = name.rsplit(".", 1)[0]
    kubelet = _POD_FILE.fullmatch(stem) or next((at for one in folders if (at := _POD_FOLDER.fullmatch(one))), None)
    pod = kubelet["pod"] if kubelet else stem
    workload = workload_of(pod)
    return (workload, pod) if kubelet or _HASHED.fullmatch(pod) else ("", "")
