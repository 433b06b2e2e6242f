"""Peels off what tools and people put around a text: the command, its arguments, its status, JSON around it.

{"tool_name": ..., "params": {...}}      one line or several, then the text itself
{"stdout": "...", "return_code": 0}      the whole file
$ kubectl get pods -n shop               a transcript: each command with what it printed
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.ingest.saved.names import is_kind, singular

_MARKS = frozenset(
    [
        "tool_name",
        "toolset_name",
        "tool",
        "invocation",
        "command",
        "cmd",
        "return_code",
        "returncode",
        "exit_code",
        "stderr",
        "match_params",
        "params",
        "schema_version",
    ]
)
_PAYLOAD = ("stdout", "output", "result", "data", "content", "logs", "text", "body")
_ARGUMENTS = ("match_params", "params", "arguments", "args", "input")
_PROGRAMS = (
    "kubectl|oc|helm|argocd|stern|docker|crictl|journalctl|logcli|promtool|systemctl|kube-lineage|aws|gcloud|az|curl"
    "|rabbitmqctl|redis-cli|psql"
)
_COMMAND_LINE = re.compile(
    rf"^(?:(?:Command|Cmd|Invocation):\s*`?|(?:\S+[@:]\S*\s*)?[$#%>+]\s*)(?P<command>(?:sudo\s+)?(?:{_PROGRAMS})\s.+?)`?\s*$",
    re.IGNORECASE,
)
_FAILED = re.compile(r"^Command [`'\"](?P<command>.+?)[`'\"] failed with (?:return|exit) code (?P<code>\d+)\s*$")
_FAILED_BEFORE = re.compile(r"^Command [`'\"].+?[`'\"] failed with (?:return|exit) code \d+\s*(?:Output:)?", re.DOTALL)
_HEADINGS = re.compile(
    r"^(?:std(?:out|err)|output|result|return code: \d+|exit code: \d+|status: (?:success|ok|error))\s*:?\s*$", re.I
)
_NAMESPACE = re.compile(r"(?:-n|--namespace)[ =]([\w.-]+)")
_VERB = re.compile(r"\b(?:kubectl|oc|kube-lineage)\b")


@dataclass(frozen=True, slots=True)
class Segment:
    """What one command printed, and what is known about the command."""

    first_line: int = 1
    """Number of the first of `lines` in the file."""
    lines: tuple[str, ...] = ()
    command: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""
    container: str = ""
    status: str = ""
    error: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    peeled: bool = False
    """True when something was found around the text."""

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)

    @property
    def label(self) -> str:
        """How the segment is called: its command, or its tool with the arguments."""
        if self.command:
            return self.command
        said = ", ".join(f"{name}={value}" for name, value in self.arguments.items())
        return f"query of {said}" if said else "query"


def segments(lines: Iterable[str]) -> list[Segment]:
    """Return the parts of a text, one per command; one without a command is one part."""
    listed = list(lines)
    whole = "\n".join(listed)
    if (peeled := _whole_json(whole)) is not None:
        return [replace(peeled, lines=tuple(peeled.lines))]
    found: list[Segment] = []
    current, kept, start = Segment(), list[str](), 1
    for number, line in enumerate(listed, start=1):
        fresh = _read_mark(line, current)
        if fresh is None:
            if not kept and not line.strip():
                continue
            if not kept:
                start = number
            kept.append(line)
            continue
        if any(one.strip() for one in kept):
            found.append(replace(current, first_line=start, lines=tuple(kept)))
            current = _after(current, fresh)
        else:
            current = fresh
        kept = []
    told = any(one.command == current.command and one.arguments == current.arguments for one in found)
    if any(one.strip() for one in kept) or (current.peeled and not told) or not found:
        found.append(replace(current, first_line=start, lines=_trimmed(kept)))
    return found


def _trimmed(lines: list[str]) -> tuple[str, ...]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return tuple(lines)


def _after(before: Segment, fresh: Segment) -> Segment:
    """A heading (`stderr:`) goes on with the same command, a new command does not."""
    return replace(fresh, status="", error="") if fresh.command == before.command else fresh


def _read_mark(line: str, current: Segment) -> Segment | None:
    """Return the segment as this line changes it; None when the line is text."""
    stripped = line.strip()
    if not stripped:
        return None
    if stripped[0] == "{" and stripped[-1] == "}" and any(f'"{mark}"' in stripped for mark in _MARKS):
        value = _load(stripped)
        if isinstance(value, dict) and len(_MARKS & set(value)) >= (1 if current.peeled else 2) and not _text_in(value):
            return _described(value, current)
    if failed := _FAILED.match(stripped):
        return replace(current, command=failed["command"], peeled=True, **_of_command(failed["command"], current))
    if command := _COMMAND_LINE.match(stripped):
        empty = Segment(command=command["command"], peeled=True)
        return replace(empty, **_of_command(empty.command, empty))
    if current.peeled and _HEADINGS.match(stripped):
        return current
    return None


def _whole_json(text: str) -> Segment | None:
    """Return what stands in a JSON document that wraps a text; None when it wraps none."""
    if not text.lstrip().startswith("{"):
        return None
    value = _load(text)
    if not isinstance(value, dict) or not _MARKS & set(value) or "apiVersion" in value:
        return None
    key = next((key for key in _PAYLOAD if value.get(key)), None)
    if key is None:
        return None
    inner = value[key]
    lines = inner.splitlines() if isinstance(inner, str) else json.dumps(inner, ensure_ascii=False).splitlines()
    said = "\n".join(lines)
    if isinstance(value.get("stderr"), str):
        lines += value["stderr"].splitlines()
    outer = _described(value, Segment())
    deeper = _whole_json(said)
    return replace(deeper or outer, lines=deeper.lines if deeper else tuple(lines), peeled=True)


def _text_in(value: Mapping[str, Any]) -> bool:
    return any(isinstance(value.get(key), str) and value[key].strip() for key in _PAYLOAD)


def _described(value: Mapping[str, Any], current: Segment) -> Segment:
    arguments: dict[str, str] = dict(current.arguments)
    for key in _ARGUMENTS:
        if isinstance(value.get(key), Mapping):
            arguments |= {name: str(one) for name, one in value[key].items() if isinstance(one, str | int | float)}
    command = next((str(value[key]) for key in ("invocation", "command", "cmd") if value.get(key)), current.command)
    # A name of a tool ("kubectl_describe command") is no command line.
    command = command if " " in command and "_" not in command.split()[0] else current.command
    found = replace(
        current,
        command=command,
        arguments=arguments,
        status=str(value.get("status") or current.status),
        error=_FAILED_BEFORE.sub("", str(value.get("error") or current.error or "")).strip(),
        peeled=True,
    )
    return replace(found, **_of_command(command, found))


def _of_command(command: str, before: Segment) -> dict[str, Any]:
    """Return kind, name, namespace and container that arguments and command line name."""
    said = before.arguments

    def first(*names: str) -> str:
        return next((said[name] for name in names if said.get(name)), "")

    kind = first("kind", "resource_type", "resource")
    name = first("name", "pod_name", "pod", "resource_name", "deployment_name")
    if first("pod_name", "pod") and not kind:
        kind = "pod"
    found: dict[str, Any] = {
        "kind": singular(kind) if kind else before.kind,
        "name": name or before.name,
        "namespace": first("namespace", "ns") or before.namespace,
        "container": first("container", "container_name") or before.container,
    }
    if not _VERB.search(command):
        return found
    if space := _NAMESPACE.search(command):
        found["namespace"] = found["namespace"] or space[1]
    words = [word for word in re.split(r"\s+", command.split("|")[0]) if not word.startswith("-")]
    if any(verb in words for verb in ("logs", "log")):
        after = words[words.index("logs" if "logs" in words else "log") + 1 :]
        target = after[0] if after else ""
        found["kind"], found["name"] = found["kind"] or "pod", found["name"] or target.split("/")[-1]
        return found
    at = next((place for place, word in enumerate(words) if "/" not in word and is_kind(word)), None)
    if at is not None:
        found["kind"] = found["kind"] or singular(words[at])
    return found


def _load(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
