"""Tables of root-cause runs: by mode, by fault type, onset, confidence and cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.evaluate.answers import Answer, Run
from workbench.evaluate.result import Cell, ResultTable, WrongCase
from workbench.evaluate.statistics import (
    average_at_5,
    brier,
    calibration_error,
    hits,
    reliability,
    wilson,
    with_interval,
)
from workbench.facts.diagnosis import Verdict

MOST_WRONG = 10
LATE_S = 120.0
NEAR_S = 60.0


def ranking_table(title: str, runs: Sequence[Run]) -> ResultTable:
    """Return one line per method and mode; the last is what guessing one of the services earns."""
    rows: list[list[Cell]] = [_ranking(run.mode, run.answers) for run in runs if run.answers]
    numbers = [answer.services for run in runs for answer in run.answers if answer.services]
    if numbers:
        first, third = (float(np.mean([min(1.0, tried / number) for number in numbers])) for tried in (1, 3))
        rows.append(["random", None, f"{first:.3f}", f"{third:.3f}", None, None, None])
    columns = ["method and mode", "cases", "AC@1 [95 %]", "AC@3 [95 %]", "Avg@5", "called healthy", "type and service"]
    return ResultTable(title=title, columns=columns, rows=rows, note="A fault that is called healthy is a miss.")


def group_table(runs: Sequence[Run]) -> ResultTable:
    """Return AC@1 by fault type, one column per method and mode."""
    groups = sorted({answer.label.group for run in runs for answer in run.answers})
    rows: list[list[Cell]] = []
    for group in groups:
        inside = [run.of_group(group) for run in runs]
        shares = [with_interval(hits([one.rank for one in answers], 1)) for answers in inside]
        rows.append([group, max(len(answers) for answers in inside), *shares])
    return ResultTable(
        title="AC@1 by fault type [95 %]", columns=["fault type", "cases", *(run.mode for run in runs)], rows=rows
    )


def onset_table(run: Run) -> ResultTable | None:
    """Return how late the onset was said to be; None when no case has a true one."""
    dated = [answer for answer in run.answers if answer.label.onset_known]
    if not dated:
        return None
    errors = np.array([answer.onset_error_s for answer in dated if answer.onset_error_s is not None])
    row: list[Cell] = [run.mode, len(dated), len(errors)]
    if len(errors):
        near = float((np.abs(errors) <= NEAR_S).sum() / len(dated))
        row += [float(np.median(errors)), near, float((errors > LATE_S).mean())]
    else:
        row += [None, 0.0, None]
    columns = ["mode", "cases", "dated", "median s late", f"within {NEAR_S:.0f} s", f"over {LATE_S:.0f} s late"]
    return ResultTable(title="Onset", columns=columns, rows=[row])


def stated(runs: Sequence[Run]) -> list[tuple[float, bool]]:
    """Return the first confidence of each answer, and whether it was right."""
    return [
        (answer.first[1], answer.rank == 1)
        for run in runs
        for answer in run.answers
        if answer.first is not None
    ]  # fmt: skip


def confidence_table(runs: Sequence[Run]) -> ResultTable:
    """Return Brier score and calibration error by mode."""
    rows: list[list[Cell]] = []
    for run in runs:
        said = stated([run])
        rows.append([run.mode, len(said), brier(said), calibration_error(reliability(said))])
    return ResultTable(title="Confidence of the first cause", columns=["mode", "answers", "Brier", "ECE"], rows=rows)


def cost_table(runs: Sequence[Run]) -> ResultTable:
    """Return seconds per case by mode."""
    rows: list[list[Cell]] = []
    for run in runs:
        seconds = [answer.seconds for answer in run.answers]
        rows.append([run.mode, float(np.mean(seconds)), float(np.max(seconds))])
    return ResultTable(title="Seconds a case, after reading", columns=["mode", "mean", "longest"], rows=rows)


def alarm_table(called: int, total: int) -> ResultTable:
    """Return the share of fault-free windows that were called an incident."""
    low, high = wilson(called, total)
    rows: list[list[Cell]] = [["called an incident", called, total, called / total, f"[{low:.2f} {high:.2f}]"]]
    return ResultTable(
        title="Fault-free windows, cut out of the references",
        columns=["", "alarms", "windows", "share", "95 %"],
        rows=rows,
        note="Windows of one reference overlap where it is short, so the interval is too narrow.",
    )


def wrong_cases(runs: Sequence[Run]) -> list[WrongCase]:
    """Return the worst answers: confident and wrong first, then those that were missed."""
    wrong = [(run.mode, answer) for run in runs for answer in run.answers if answer.rank != 1]
    wrong.sort(key=lambda item: -(item[1].first[1] if item[1].first else 0.0))
    return [_wrong(mode, one) for mode, one in wrong[:MOST_WRONG]]


def _wrong(mode: str, one: Answer) -> WrongCase:
    first = one.first
    said = first[0] if first else str(one.verdict)
    place = f" (rank {one.rank})" if one.rank else ""
    return WrongCase(
        case=one.label.case, mode=mode, truth=f"{one.label.group} at {' and '.join(one.label.services)}{place}",
        answer=said, confidence=first[1] if first else None, reason=one.reason,
    )  # fmt: skip


def _ranking(mode: str, answers: Sequence[Answer]) -> list[Cell]:
    ranks = [answer.rank for answer in answers]
    healthy = sum(not answer.scores and answer.verdict is not Verdict.INCIDENT for answer in answers)
    typed = [answer for answer in answers if answer.label.fault_type]
    right = sum(one.rank == 1 and _same_type(one.fault_type, one.label.fault_type) for one in typed)
    return [
        mode, len(ranks), with_interval(hits(ranks, 1)), with_interval(hits(ranks, 3)), average_at_5(ranks), healthy,
        right / len(typed) if typed else None,
    ]  # fmt: skip


def _same_type(said: str | None, true: str | None) -> bool:
    """Tell whether a type was named; a finer word (cpu_contention for cpu) names it too."""
    return said is not None and (said == true or said.startswith(f"{true}_"))
