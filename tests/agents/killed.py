"""A process that investigates and kills itself with SIGKILL once at every place named; run by test_killed.py.

Arguments: workspace folder, `inside` or `between`, how many times it may be killed in all.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from tests.agents.shop import SCOPE, diagnose, write_report
from workbench.agents import checkpointer
from workbench.agents.investigate import investigate, resume, unfinished
from workbench.store.db import Store
from workbench.store.steps import StepRecord

INVESTIGATION = "INV-test"


def die_once(folder: Path, place: str, most: int) -> None:
    """Leave a mark and end as power failure ends; do nothing where a mark is already."""
    marks = folder / "marks"
    marks.mkdir(exist_ok=True)
    if len(list(marks.iterdir())) < most and not (marks / place).exists():
        (marks / place).touch()
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    folder, mode, most = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

    def on_step(step: StepRecord) -> None:
        # The step has had all its effects, and its state is not on disk yet.
        if mode == "inside":
            die_once(folder, step.name, most)

    put = checkpointer.StoreSaver.put

    def put_and_die(self: Any, config: Any, checkpoint: Any, metadata: Any, versions: Any) -> Any:
        stored = put(self, config, checkpoint, metadata, versions)
        if mode == "between":
            die_once(folder, f"step{metadata['step']}", most)
        return stored

    checkpointer.StoreSaver.put = put_and_die
    more: dict[str, Any] = {
        "reports": folder / "reports",
        "diagnose": diagnose,
        "write_report": write_report,
        "on_step": on_step,
    }
    with Store.open(folder, threads=1) as store:
        cut_off = unfinished(store)
        if cut_off:
            resume(store, cut_off[0].investigation_id, **more)
        else:
            investigate(store, scope=SCOPE, investigation_id=INVESTIGATION, **more)


if __name__ == "__main__":
    main()
