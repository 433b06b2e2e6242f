"""Evaluates root-cause analysis on labelled cases: our modes, published methods, ablations, false alarms."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.evaluate import baselines, tables
from workbench.evaluate.answers import ALONE_DETECTED, DETECTED, GIVEN, MODES, Answer, Run, alarms, answer, in_mode
from workbench.evaluate.degrade import ABLATIONS, changes, fault_free_windows
from workbench.evaluate.labels import Labelled
from workbench.evaluate.result import Evaluation, ResultTable
from workbench.evaluate.statistics import hits, reliability, with_interval
from workbench.facts.diagnosis import Verdict
from workbench.facts.telemetry import Case
from workbench.rca.cache import ReferenceCache

Told = Callable[[int, str], None]
CAUSED = "Labels say which cause was put in; other troubles in the same data count as errors."


@dataclass(slots=True)
class Evaluator:
    """Takes cases one by one, so that none has to stay in memory, and gives the evaluation at the end."""

    name: str
    command: str
    ablate: bool = False
    false_alarms: bool = True
    runs: dict[str, Run] = field(default_factory=dict)
    published: dict[str, Run] = field(default_factory=dict)
    ablated: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    called: int = 0
    windows: int = 0
    _caches: dict[str, ReferenceCache] = field(default_factory=dict)
    _seen_references: set[frozenset[str]] = field(default_factory=set)
    _methods: dict[str, Callable[..., Any]] = field(default_factory=baselines.methods)

    def __post_init__(self) -> None:
        if not self._methods:
            self.notes.append("n-sigma and BARO are not shown: they come with `pip install causeway[bench]`.")

    def add(self, case: Case, label: Labelled) -> None:
        """Answer one labelled case in every mode; a label without services is a fault-free case."""
        if not label.services:
            self.windows += 1
            self.called += answer(case, label, self._cache("healthy")).verdict is Verdict.INCIDENT
            return
        for mode in MODES:
            handed = in_mode(case, label, mode)
            if handed is not None:
                run = self.runs.setdefault(mode, Run(mode))
                run.answers.append(answer(handed, label, self._cache(mode)))
                self._without(handed, label, mode)
        self._publish(case, label)
        if self.false_alarms and frozenset(case.references) not in self._seen_references:
            self._seen_references.add(frozenset(case.references))
            called, total = alarms(fault_free_windows(case), ReferenceCache)
            self.called, self.windows = self.called + called, self.windows + total

    def result(self) -> Evaluation:
        """Return all tables."""
        runs = list(self.runs.values())
        published = list(self.published.values())
        made = [
            tables.ranking_table("Services", [*runs, *published]),
            tables.group_table([*runs, *published]),
            *(one for run in runs if run.mode in (DETECTED, ALONE_DETECTED) and (one := tables.onset_table(run))),
            tables.confidence_table(runs),
            tables.cost_table(runs),
        ]
        if self.windows:
            made.append(tables.alarm_table(self.called, self.windows))
        if self.ablated:
            made.append(self._ablation_table())
        return Evaluation(
            subject="rca", name=self.name, command=self.command, made_unix_nano=time.time_ns(),
            cases=max((len(run.answers) for run in runs), default=0), tables=made,
            reliability=reliability(tables.stated(runs)), worst=tables.wrong_cases(runs), notes=[*self.notes, CAUSED],
        )  # fmt: skip

    def _without(self, case: Case, label: Labelled, mode: str) -> None:
        if not self.ablate or mode not in (GIVEN, DETECTED):
            return
        for name, change in ABLATIONS.items():
            if name != "without references" and changes(case, name):
                found = answer(change(case), label, self._cache(f"{mode} {name}"))
                self.ablated.setdefault((name, mode), []).append(found)

    def _publish(self, case: Case, label: Labelled) -> None:
        handed = in_mode(case, label, GIVEN)
        if handed is None or not len(case.telemetry.metrics):
            return
        for name, method in self._methods.items():
            run = self.published.setdefault(name, Run(f"{name} (time given)"))
            scores = baselines.rank_services(handed, method)
            run.answers.append(Answer(label, Verdict.INCIDENT, scores))

    def _ablation_table(self) -> ResultTable:
        rows = []
        for (name, mode), answers in self.ablated.items():
            ranks = [one.rank for one in answers]
            healthy = sum(one.verdict is Verdict.HEALTHY for one in answers)
            unknown = sum(one.verdict is Verdict.UNKNOWN for one in answers)
            first, third = with_interval(hits(ranks, 1)), with_interval(hits(ranks, 3))
            rows.append([name, mode, len(ranks), first, third, healthy, unknown])
        columns = ["taken away", "mode", "cases", "AC@1 [95 %]", "AC@3 [95 %]", "called healthy", "not known"]
        return ResultTable(title="What each kind of data is worth", columns=columns, rows=sorted(rows))

    def _cache(self, name: str) -> ReferenceCache:
        # A cache belongs to one set of references; what is taken away changes them.
        return self._caches.setdefault(name, ReferenceCache())


def evaluate_cases(evaluator: Evaluator, cases: Iterable[tuple[Case, Labelled]], told: Told) -> Evaluation:
    """Run an evaluator over cases, telling after each how many are done."""
    for number, (case, label) in enumerate(cases, start=1):
        evaluator.add(case, label)
        told(number, label.case)
    return evaluator.result()


def simulated_labels(seeds: Sequence[int], faults: Sequence[str]) -> list[tuple[int, str]]:
    """Return every pair of a seed and a fault; the empty name stands for a healthy run."""
    return [(seed, fault) for fault in [*faults, ""] for seed in seeds]
