"""What others put before the line of a program: `docker compose logs`, `kubectl logs --prefix`, syslog, and Kubernetes.

Syslog's is that of RFC 3164, also with a time as in RFC 3339, as rsyslog and `journalctl -o short-iso` write it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from workbench.signals.syslog import PRIORITY, split_head
from workbench.signals.workloads import workload_of

Prefix = Literal["compose", "kubectl", "kubelet", "syslog"]
"""Who put it there: `docker compose logs`, `kubectl logs --prefix`, the kubelet of a node, the syslog of a machine."""

_COMPOSE = re.compile(r"(?P<service>[A-Za-z0-9][\w.-]*?)(?P<number>[-_]\d+)?\s+\| ?(?P<rest>.*)", re.DOTALL)
_KUBECTL = re.compile(r"\[pod/(?P<pod>[^/\]\s]+)/(?P<container>[^\]\s]+)\] ?(?P<rest>.*)", re.DOTALL)
_HOST, _PROGRAM = re.compile(r"[\w.:-]+"), re.compile(r"[A-Za-z][\w./-]*")
_LEVEL = re.compile(r"(?i:trace|debug|info|notice|warn(?:ing)?|error|fatal|critical)")
"""What stands behind the time in a program's own line, `2026-03-10T09:30:00Z INFO main: started`."""
_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_ENOUGH = 0.95
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


NOBODY = Origin("", "", "", "")
"""Of a line that has no prefix."""


class Origins:
    """Takes the prefixes of one kind off lines."""

    def __init__(self, prefix: Prefix) -> None:
        self._prefix, self._read = prefix, _READERS[prefix]

    @property
    def name_services(self) -> bool:
        """Whether the prefix says who wrote the line."""
        return self._prefix != "kubelet"

    def split(self, line: str) -> Origin:
        """Return the parts of a line; one without a prefix is nobody's."""
        plain = _COLOR.sub("", line)
        return self._read(plain) or NOBODY._replace(line=plain)

    def fits(self, lines: Sequence[str]) -> bool:
        """Tell whether nearly all lines have the prefix."""
        return sum(bool(self._read(_COLOR.sub("", line))) for line in lines) >= _ENOUGH * len(lines)


def learn_origins(rows: Sequence[str]) -> Origins | None:
    """Return what takes the prefixes off, or None when the lines of a sample have none."""
    said = [row for row in rows if row.strip()]
    return next((found for prefix in _READERS if (found := Origins(prefix)).fits(said)), None) if said else None


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


def _of_kubectl(line: str) -> Origin | None:
    found = _KUBECTL.match(line)
    return Origin(workload_of(found["pod"]), found["pod"], "", found["rest"]) if found else None


def _of_compose(line: str) -> Origin | None:
    found = _COMPOSE.match(line)
    if not found:
        return None
    service = found["service"]
    return Origin(service, service + (found["number"] or ""), "", found["rest"])


def _of_syslog(line: str) -> Origin | None:
    """Return the origin of a line with time, host and program."""
    priority = PRIORITY.match(line)
    head = split_head(line[priority.end() :] if priority else line)
    named = _HOST.fullmatch(head.host) and _PROGRAM.fullmatch(head.program)
    if not named or _LEVEL.fullmatch(head.host) or not line.endswith(f": {head.message}"):
        return None
    return Origin(head.program, "", head.host, head.message, head.time)


def _of_kubelet(line: str) -> Origin | None:
    found = _CRI.match(line)
    return Origin("", "", "", found["rest"], found["time"]) if found else None


_READERS: dict[Prefix, Callable[[str], Origin | None]] = {
    "kubectl": _of_kubectl,
    "compose": _of_compose,
    "kubelet": _of_kubelet,
    "syslog": _of_syslog,
}
