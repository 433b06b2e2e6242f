"""Recognises saved texts by what stands in them, and reads a file of them: each part by the reader that knows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from workbench.errors import BadInput
from workbench.ingest.contents import open_stream
from workbench.ingest.files import Found
from workbench.ingest.saved import describe, documents, lines, tables
from workbench.ingest.saved.envelope import Segment, segments
from workbench.ingest.saved.rows import Row, state
from workbench.ingest.shape import Shape
from workbench.semconv import Table
from workbench.signals.headers import learn_header
from workbench.signals.times import parse_time
from workbench.signals.workloads import workload_of

TABLES = (Table.LOGS, Table.SPANS, Table.METRICS, Table.EVENTS, Table.STATES)
LONGEST = 64 * 2**20
"""Bytes of a saved text that are read; a longer one is a log and is read as such."""
COMMAND, IN_YAML = "a command and what it printed", "objects of Kubernetes in YAML"
_SAMPLE = 200
_ERROR = re.compile(
    r"^(?:Error from server|error: |Error: |No resources found|Unable to connect to the server|The connection to the"
    r"|Kubernetes API error|failed to |Failed to |.*\bnot found\b.*$|.*forbidden.*$)",
)
_JSON = (
    (r'"resultType"\s*:\s*"streams"', "log streams as Loki answers with them"),
    (r'"trace"\s*:\s*\{\s*"(?:resourceSpans|batches)"|^\s*\{\s*"batches"\s*:', "a trace as Tempo answers with it"),
    (r'"groups"\s*:\s*\[[^\]]*"rules"\s*:', "rules as Prometheus answers with them"),
)
_FILTERS = ("filter", "filter_pattern", "grep", "keyword", "pattern")
_NONE_FOUND = re.compile(r"^No resources found(?: in (?P<namespace>\S+) namespace)?")
_MARKDOWN = re.compile(
    r"^(?:#{1,5} |={4,39}$|-{4,39}$|```|\* |\s*[-*] \[|\[.*\]\(|\d+\.\s{1,3}\*\*)|\]\(https?://|\*\*[^*]+\*\*"
)


def recognise(text: str, *, complete: bool, json_only: bool = False) -> str:
    """Return in a few words what a saved text is; '' when it is none, or better read as a log or a document.

    Args:
        text: The beginning of the file.
        complete: Whether it is the whole file.
        json_only: The file calls itself JSON: it is a saved text only if something is around it, or it is JSON.
    """
    listed = text.splitlines()[: 20_000 if complete else 3000]
    parts = segments(listed)
    if any(part.peeled for part in parts):
        return COMMAND
    if text.lstrip()[:1] in ("{", "["):
        return next((said for pattern, said in _JSON if re.search(pattern, text[:20_000])), "")
    if json_only:
        return ""
    return _of_lines(parts[0], text)


def _of_lines(one: Segment, text: str) -> str:
    if describe.is_described(one.lines):
        return "objects as kubectl describe prints them"
    if tables.is_table(one.lines):
        return "a table as kubectl prints it"
    if re.match(r"(?:---\s*\n)?(?:[\w#].*\n)*?(?:apiVersion|kind):\s", text) and documents.load(text) is not None:
        return IN_YAML
    if all(_ERROR.match(line) for line in one.lines if line.strip()) and len(one.lines) <= 5:
        return "the error of a command"
    return "log lines without a time" if _undated(one.lines) and not is_prose(one.lines) else ""


def is_prose(listed: Sequence[str]) -> bool:
    """Tell whether a text is a page that somebody wrote, not what a program said: headings, lists, links."""
    shown = [line for line in listed[:400] if line.strip()]
    marked = sum(bool(_MARKDOWN.search(line)) for line in shown)
    return marked >= 3 and marked * 12 >= len(shown)


def _undated(listed: Sequence[str]) -> bool:
    shown = [line for line in listed if line.strip()][:_SAMPLE]
    header = learn_header(shown)
    return bool(shown) and not any(
        (found := header.split(line).time_text) and parse_time(found) is not None for line in shown
    )


def rows(file: Found, shape: Shape) -> Iterator[Row]:
    """Yield the rows of a saved text.

    Raises:
        BadInput: the file breaks off, or is a page of documentation.
    """
    with open_stream(file) as stream:
        content = stream.read(LONGEST + 1)
    listed = content.decode("utf-8-sig" if shape.encoding == "utf-8" else shape.encoding, errors="replace").splitlines()
    name = file.relative.rsplit("/", 1)[-1].split(".")[0]
    parts = segments(listed)
    evidence = [part for part in parts if not is_prose(part.lines) or documents.load(part.text)]
    if not evidence:
        hint = "Documentation is no evidence; leave it out"
        raise BadInput("the file is a page of documentation, not what a system said", where=str(file.path), hint=hint)
    told = False
    for part in evidence:
        for row in part_rows(part, name):
            told = True
            yield row
    if not told:
        raise BadInput("there is nothing in it that says something", where=str(file.path), hint="Leave the file out")


def part_rows(part: Segment, file_name: str) -> Iterator[Row]:
    """Yield the rows of one part: of its text, and of how its command ended."""
    yield from _ending(part)
    if not part.text.strip():
        return
    if _tells(part.error) and part.text.strip() in part.error:
        return
    if describe.is_described(part.lines):
        yield from describe.read(part.lines, part.first_line, kind=part.kind)
        return
    if tables.is_table(part.lines, part.kind if _is_get(part) else ""):
        yield from tables.read(part.lines, part.first_line, kind=part.kind, namespace=part.namespace)
        return
    loaded = documents.load(part.text)
    origin = _origin(part, file_name)
    about = replace(origin, service=workload_of(part.name))
    if loaded is not None:
        yield from documents.read(loaded, part.first_line, about, name=part.name)
        return
    if (pairs := documents.pairs(part.lines)) is not None:
        yield from documents.read([pairs], part.first_line, about, name=part.name)
        return
    if _is_piped(part.lines):
        yield from _piped(part)
        return
    rest = []
    for number, line in enumerate(part.lines, start=part.first_line):
        if _ERROR.match(line) and part.peeled and len(part.lines) <= 5:
            yield _said(part, "error", line, number)
        else:
            rest.append((number, line))
    if rest:
        yield from lines.read([line for _, line in rest], rest[0][0], origin)


def _tells(error: str) -> bool:
    return bool(error) and error.lower() not in ("none", "null", "false")


def _is_get(part: Segment) -> bool:
    return " get " in f" {part.command} " or "keyword" in part.arguments


def _origin(part: Segment, file_name: str) -> lines.Origin:
    pod = part.name if part.kind in ("pod", "") else ""
    named = part.name.split("/")[-1]
    service = workload_of(named) if named else next(
        (part.arguments[key] for key in ("service", "app", "job") if part.arguments.get(key)), file_name
    )  # fmt: skip
    return lines.Origin(service, pod or named, part.container, part.namespace)


def _ending(part: Segment) -> Iterator[Row]:
    """Yield how a command ended, when it says so: an error, nothing found, nothing that matches."""
    if _tells(part.error):
        yield _said(part, "error", part.error, max(part.first_line - 1, 1))
    asked = next(
        (part.arguments[key] for key in ("filter", "filter_pattern", "grep", "keyword") if part.arguments.get(key)), ""
    )
    empty = not part.text.strip()
    if part.peeled and empty and not _tells(part.error):
        what = f"nothing that contains {asked!r} was found" if asked else "nothing was found"
        yield _said(part, "result", what, max(part.first_line - 1, 1))
    for number, line in enumerate(part.lines[:5], start=part.first_line):
        if found := _NONE_FOUND.match(line):
            space = found["namespace"] or part.namespace
            yield state("command", part.label, "result", line.strip(), namespace=space, line=number, object=part.name)


def _said(part: Segment, attribute: str, text: str, line: int) -> Row:
    return state(
        "command", part.label, attribute, text, namespace=part.namespace, line=line, service=workload_of(part.name),
        object=part.name, kind=part.kind,
    )  # fmt: skip


def _is_piped(listed: Sequence[str]) -> bool:
    shown = [line for line in listed[:12] if line.strip()]
    return len(shown) >= 2 and sum(line.count("|") >= 2 for line in shown) * 2 >= len(shown) and "|" in shown[0]


def _piped(part: Segment) -> Iterator[Row]:
    """Yield the cells of a table with `|` between its columns, as metric lists and SQL shells print it."""
    titles: list[str] = []
    for number, line in enumerate(part.lines, start=part.first_line):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) < 2 or set(line.strip()) <= set("-+|= :"):
            continue
        if not titles:
            titles = cells
            continue
        for title, cell in zip(titles[1:], cells[1:], strict=False):
            if cell:
                yield state(titles[0].lower() or "row", cells[0], title, cell, line=number, namespace=part.namespace)
