"""Evaluates log templates on labelled logs in LogHub's layout (Zhu et al. 2019, He et al. 2023), beside plain masks."""

from __future__ import annotations

import csv
import io
import re
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from pathlib import Path

from workbench.errors import BadInput
from workbench.evaluate.result import Cell, Evaluation, ResultTable

Mined = Callable[[Path], Sequence[tuple[str, str]]]
"""File -> (template id, template) of every line."""
ReadText = Callable[[Path], str]
Told = Callable[[float, float | None, str], None]
_TRUTH = re.compile(r"(?P<log>.+?)_structured(_corrected)?\.csv(\.gz)?$")
_NUMBERED = re.compile(r"\S*\d\S*")
METRICS = ("GA", "FGA", "PA", "FTA")


def evaluate_logs(folder: Path, command: str, mined: Mined, read: ReadText, told: Told) -> Evaluation:
    """Return GA, FGA, PA and FTA of every labelled log below a folder.

    Raises:
        BadInput: there is no labelled log, or a log itself is missing.
    """
    labels = _labels(folder)
    rows: list[list[Cell]] = []
    for done, (path, file) in enumerate(labels.items(), start=1):
        truth = _truth(read(path), path)
        answers = mined(file)
        masked = [(mask, mask) for mask in map(_masked, truth.contents)]
        rows.append([file.name, *scores(truth.templates, answers), *scores(truth.templates, masked)[:1]])
        told(done, len(labels), f"mined {file.name}")
    means = [sum(float(row[place] or 0) for row in rows) / len(rows) for place in range(1, len(METRICS) + 2)]
    columns = ["log", *METRICS, "GA of masks"]
    note = "GA of masks: words with a digit masked, on the message as the labels divide it from its header."
    return Evaluation(
        subject="templates", name=folder.resolve().name, command=command, made_unix_nano=time.time_ns(),
        cases=len(rows),
        tables=[ResultTable(title="Log templates", columns=columns, rows=[*rows, ["mean", *means]], note=note)],
    )  # fmt: skip


def read_labelled(folder: Path, read: ReadText) -> Iterator[tuple[Path, Sequence[str]]]:
    """Yield each labelled log below a folder with the true templates of its lines; raises as `evaluate_logs` does."""
    for path, file in _labels(folder).items():
        yield file, _truth(read(path), path).templates


def _labels(folder: Path) -> dict[Path, Path]:
    """Return label file -> its log."""
    truths = _truths(folder)
    if not truths:
        hint = "Wanted: NAME.log beside NAME.log_structured.csv with the columns LineId and EventTemplate"
        raise BadInput("holds no labelled log", where=str(folder), hint=hint)
    found = {}
    for path, log in truths.items():
        file = next((path.with_name(name) for name in (log, f"{log}.gz") if path.with_name(name).is_file()), None)
        if file is None:
            raise BadInput("the log of these labels is missing", where=str(path), hint=f"Wanted beside it: {log}")
        found[path] = file
    return found


def _truths(folder: Path) -> dict[Path, str]:
    """Return label file -> name of its log; corrected labels take the place of the first ones."""
    found: dict[Path, Path] = {}
    for path in sorted(folder.rglob("*.csv*")):
        if match := _TRUTH.match(path.name):
            log = path.with_name(match["log"])
            if log not in found or match[2]:
                found[log] = path
    return {path: log.name for log, path in found.items()}


class _Truth:
    """Templates and messages of the lines, in their order."""

    def __init__(self, templates: Sequence[str], contents: Sequence[str]) -> None:
        self.templates, self.contents = templates, contents


def _truth(text: str, path: Path) -> _Truth:
    rows = list(csv.DictReader(io.StringIO(text)))
    if not rows or "EventTemplate" not in rows[0]:
        raise BadInput("has no column EventTemplate", where=str(path))
    return _Truth([_plain(row["EventTemplate"]) for row in rows], [row.get("Content") or "" for row in rows])


def scores(truth: Sequence[str], answers: Sequence[tuple[str, str]]) -> list[float]:
    """Return GA, FGA, PA and FTA; a line that was not answered is wrong."""
    said = [(group, _plain(text)) for group, text in answers[: len(truth)]]
    said += [("", "")] * (len(truth) - len(said))
    real, found = _groups(truth), _groups([group for group, _ in said])
    same = set(map(frozenset, real.values())) & set(map(frozenset, found.values()))
    texts = _groups([text for _, text in said])
    right = sum({truth[line] for line in lines} == {text} for text, lines in texts.items())
    return [
        sum(map(len, same)) / len(truth),
        2 * len(same) / (len(found) + len(real)),
        sum(text == true for (_, text), true in zip(said, truth, strict=True)) / len(truth),
        2 * right / (len(texts) + len(real)),
    ]


def _groups(names: Sequence[Hashable]) -> Mapping[Hashable, list[int]]:
    made: dict[Hashable, list[int]] = defaultdict(list)
    for line, name in enumerate(names):
        made[name].append(line)
    return made


def _plain(template: str) -> str:
    return " ".join(template.split())


def _masked(content: str) -> str:
    return _NUMBERED.sub("<*>", content)
