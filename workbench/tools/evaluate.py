"""Evaluations: how often the answers are right, on labelled folders and on simulated faults."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import BadInput
from workbench.evaluate.result import Evaluation
from workbench.guard.tool import tool
from workbench.tools.texts import Listing, columns, utc

if TYPE_CHECKING:
    from workbench.core import Workbench

STATE = "evaluation"
_KEPT = 50


@tool(risk="write", command="eval rca", positional=("folder",))
def evaluate_rca(
    wb: Workbench,
    folder: Path | None = None,
    profile: str | None = None,
    ablate: bool = False,
    fault: list[str] = [],  # noqa: B006 - never changed
    seeds: str = "1-5",
    minutes: float = 12,
) -> Evaluation:
    """Say how often the true cause comes first, in a labelled folder or, when none is given, on simulated faults.

    Every case is answered with the time given, with the time detected and without its fault-free reference, beside
    blind guessing and, with the extra `bench`, n-sigma and BARO.

    Args:
        folder: Holds labels.json beside cases/, or cases/*/target.json, or folders written by `causeway simulate`.
        profile: Name or file of a profile that says which column is what.
        ablate: Also say what each kind of data is worth, by taking it away.
        fault: Simulated faults, such as cpu or cpu@cart; all when left out.
        seeds: Simulated runs per fault, such as 1-20 or 3,5,8.
        minutes: Length of a simulated run.
    """
    from workbench.evaluate.cases import folder_cases, simulated_cases
    from workbench.evaluate.labels import read_labels
    from workbench.evaluate.rca import Evaluator, evaluate_cases, simulated_labels

    if folder is not None:
        labels = read_labels(folder)
        options = [*(["--profile", profile] if profile else []), *(["--ablate"] if ablate else [])]
        evaluator = Evaluator(folder.resolve().name, _command("rca", str(folder), *options), ablate=ablate)
        cases, total = folder_cases(labels, profile), len(labels)
    else:
        from workbench.simulate import FAULTS

        pairs = simulated_labels(parse_seeds(seeds), fault or list(FAULTS))
        wanted = [word for name in fault for word in ("--fault", name)]
        options = ["--seeds", seeds, *wanted, *(["--ablate"] if ablate else [])]
        evaluator = Evaluator("simulated", _command("rca", *options), ablate=ablate)
        cases, total = simulated_cases(pairs, minutes), len(pairs)
    found = evaluate_cases(evaluator, cases, lambda done, name: wb.progress(done, total, f"answered {name}"))
    return _keep(wb, found)


@tool(risk="write", command="eval detect", positional=("folder",))
def evaluate_detect(wb: Workbench, folder: Path) -> Evaluation:
    """Score the detector on labelled series, beside simple detectors.

    Args:
        folder: Holds labels/combined_windows.json beside data/ (NAB's layout), or CSV files with a column `Label`.
    """
    from workbench.evaluate.detect import Reader, evaluate_series
    from workbench.tools.series import read_series, score_files

    reader = Reader(read_series, lambda path: next(iter(score_files([path]))).scores)
    return _keep(wb, evaluate_series(folder, _command("detect", str(folder)), reader, wb.progress))


@tool(risk="write", command="eval templates", positional=("folder",))
def evaluate_templates(wb: Workbench, folder: Path) -> Evaluation:
    """Score the log templates on labelled logs.

    Args:
        folder: Holds logs beside CSV files with the columns `LineId`, `EventTemplate` (LogHub's layout).
    """
    from workbench.evaluate.templates import evaluate_logs
    from workbench.tools.files import read_text
    from workbench.tools.log_templates import template_lines

    def mined(path: Path) -> list[tuple[str, str]]:
        return [(line.template_id, line.template) for line in template_lines([path])]

    return _keep(wb, evaluate_logs(folder, _command("templates", str(folder)), mined, read_text, wb.progress))


MOST_SEEDS = 1000


class Evaluations(Listing[Evaluation]):
    """The newest evaluation of each subject and data set, the newest first."""

    def text(self) -> str:
        """Return one line for each, with the command that makes it again."""
        if not self.root:
            return "Nothing was measured yet. `causeway eval rca FOLDER` measures; without FOLDER, on simulated faults."
        rows = [(one.subject, one.name, one.cases, utc(one.made_unix_nano), one.command) for one in self.root]
        return columns(("SUBJECT", "DATA", "CASES", "MEASURED", "AGAIN"), rows, right=(2,))


@tool(risk="read", command="eval list")
def evaluations(wb: Workbench) -> Evaluations:
    """List the evaluations of this workspace, the newest of each subject and data set."""
    from workbench.store.templates import load_state

    found = [Evaluation.model_validate(one) for one in load_state(wb.store, STATE) or []]
    return Evaluations(sorted(found, key=lambda one: -one.made_unix_nano))


def parse_seeds(text: str) -> list[int]:
    """Return the seeds of "1-20" or "3,5,8".

    Raises:
        BadInput: it is neither.
    """
    try:
        ranges = [
            range(int(low), int(high if dash else low) + 1)
            for part in text.split(",")
            for low, dash, high in [part.strip().partition("-")]
        ]
    except ValueError:
        ranges = []
    # Ranges are counted before they are spelled out: 1-999999999 must not fill the memory.
    if (wanted := sum(map(len, ranges))) > MOST_SEEDS:
        hint = f"Give at most {MOST_SEEDS:,}; each is a run of its own for every fault"
        raise BadInput(f"{text!r} names {wanted:,} seeds", where="--seeds", hint=hint)
    found = [seed for one in ranges for seed in one]
    if not found:
        raise BadInput(f"{text!r} names no seeds", where="--seeds", hint="Write 1-20 or 3,5,8")
    return found


def _command(subject: str, *words: str) -> str:
    return " ".join(["causeway eval", subject, *words])


def _keep(wb: Workbench, found: Evaluation) -> Evaluation:
    """Keep the newest evaluation of each subject and data set for the app."""
    from workbench.store.templates import load_state, save_state

    def same(one: dict[str, object]) -> bool:
        return (one["subject"], one["name"]) == (found.subject, found.name)

    others: Sequence[dict[str, object]] = load_state(wb.store, STATE) or []
    save_state(wb.store, STATE, [found.model_dump(mode="json"), *(one for one in others if not same(one))][:_KEPT])
    return found
