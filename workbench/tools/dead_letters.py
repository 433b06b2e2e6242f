"""Rows that failed in flows: look at them, and send them through again."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from workbench.errors import BadInput, NotFound
from workbench.facts.evidence import Frozen
from workbench.facts.run import Run, RunStatus
from workbench.flow.graph import Flow
from workbench.flow.library import locate
from workbench.flow.partial import behind
from workbench.guard.tool import tool
from workbench.store import dead_letters as letter_store
from workbench.store import runs as run_store
from workbench.store.dead_letters import DeadLetter
from workbench.tools.arguments import Limit
from workbench.tools.flows import settings_of
from workbench.tools.texts import Listing, columns, count, one_line, utc

if TYPE_CHECKING:
    from workbench.core import Workbench


class DeadLetters(Listing[DeadLetter]):
    """Rows that failed."""

    def text(self) -> str:
        """Return one line for each."""
        if not self.root:
            return "No rows failed."
        head = ("LETTER", "SEEN", "NODE", "STATE", "MESSAGE", "ROW")
        rows = [
            (one.letter_id, utc(one.seen_unix_nano), one.node, one.state, one_line(one.message, 50),
             one_line(one.row_json, 60) or "-")
            for one in self.root
        ]  # fmt: skip
        return columns(head, rows)


class Skipped(Frozen):
    """A letter that could not be tried again."""

    letter_id: str
    reason: str


class Retried(Frozen):
    """What became of letters that were tried again."""

    runs: list[Run]
    """One for each node at which rows were let in."""
    retried: int
    failed_again: int
    skipped: list[Skipped]

    @property
    def exit_code(self) -> int:
        """1 when some could not be tried or failed again."""
        return int(bool(self.failed_again or self.skipped))

    def text(self) -> str:
        """Return what became of them."""
        lines = [f"{count(self.retried, 'row')} tried again, {self.failed_again:,} failed again"]
        lines += [f"{run.run_id}: {run.status}, {run.exit_reason}" for run in self.runs]
        lines += [f"  {one.letter_id}: {one.reason}" for one in self.skipped[:20]]
        return "\n".join(lines)


@tool(risk="read", positional=("target",))
def dead_letters(
    wb: Workbench, target: str | None = None, node: str | None = None, waiting: bool = False, limit: Limit = 50
) -> DeadLetters:
    """List rows that failed in runs, with node, message and content; equal rows of one run once, 1,000 for each node.

    Args:
        target: Id of a run, or name of a flow; all when left out.
        node: Only rows that failed in this node.
        waiting: Only rows that were not tried again.
        limit: At most so many.
    """
    return DeadLetters(_find(wb, target, node, waiting=waiting, limit=limit))


@tool(risk="write", positional=("target",))
def retry_rows(
    wb: Workbench,
    target: str,
    node: str | None = None,
    letter: list[str] = [],  # noqa: B006 - never changed
    row: str | None = None,
    flow: str | None = None,
    set_: list[str] = [],  # noqa: B006 - never changed
) -> Retried:
    """Send rows that failed through the flow again, as it is now: through the node that failed and all behind it.

    A row of a source comes out of it as a new row; so it has to be a JSON object with its columns. Rows go into the
    data set of the run that they failed in. Windows, groups and joins behind the node see these rows alone.

    Args:
        target: Id of a run, or name of a flow, whose waiting rows are tried.
        node: Only rows that failed in this node.
        letter: Only these letters; may be given several times.
        row: Another content for the one letter, as a JSON object.
        flow: Path or name of the flow; the name that the rows have when left out.
        set_: Another value for a setting, as node.field=value; may be given several times.
    """
    found = _find(wb, target, node, waiting=True, limit=100_000)
    chosen = [one for one in found if not letter or one.letter_id in letter]
    if not chosen:
        raise NotFound("waiting row of", target, hint="`causeway dead-letters` lists them")
    if row is not None and len(chosen) != 1:
        raise BadInput(f"one letter takes the row, not {len(chosen)}", where="row", hint="Name it with --letter")
    place = locate(flow or chosen[0].flow_name, wb.path)
    document = place.flow.with_settings(settings_of(set_)).expanded()
    schemas = wb.supervisor.schemas(document, folder=place.folder)
    groups: dict[tuple[str, str | None, str], list[DeadLetter]] = {}
    skipped: list[Skipped] = []
    for one in chosen:
        try:
            given, first = _entrance(document, one)
        except (BadInput, NotFound) as error:
            skipped.append(Skipped(letter_id=one.letter_id, reason=str(error)))
            continue
        groups.setdefault((given, first, one.run_id), []).append(one)
    done: list[Run] = []
    failed_again = retried = 0
    for (given, first, run_id), letters in groups.items():
        output = schemas[given].output if given in schemas else None
        rows, unfit = _fitting(letters, row, output is not None)
        skipped += unfit
        if output is None or not rows:
            continue
        from workbench.engine.events import Given
        from workbench.engine.portion import Portion

        run = wb.supervisor.run(
            behind(document, given, first),
            folder=place.folder,
            scope=run_store.get(wb.store, run_id).scope or run_id,
            options=document.run.model_copy(update={"resume": False, "restart": "never", "max_errors": None}),
            portion=Portion(
                words=f"failed rows of {letters[0].node} again",
                given={given: Given(columns=output, rows=[text for _, text in rows])},
            ),
        )
        done.append(run)
        if run.status is RunStatus.SUCCEEDED:
            letter_store.mark_retried(wb.store, [one.letter_id for one, _ in rows], run.run_id, time.time_ns())
            retried += len(rows)
            failed_again += run.rows_rejected
    return Retried(runs=done, retried=retried, failed_again=failed_again, skipped=skipped)


def _find(wb: Workbench, target: str | None, node: str | None, *, waiting: bool, limit: int) -> list[DeadLetter]:
    run = target if target is not None and target.startswith("run-") else None
    if run is not None:
        run_store.get(wb.store, run)
    flow = target if run is None else None
    return letter_store.find(wb.store, run_id=run, flow_name=flow, node=node, waiting=waiting, limit=limit)


def _entrance(flow: Flow, letter: DeadLetter) -> tuple[str, str | None]:
    """Return the node whose output the row stands for, and the one it goes into (None: all behind it)."""
    flow.node(letter.node)
    if letter.side == "source":
        behind(flow, letter.node)
        return letter.node, None
    before = [source for several in flow.wires(letter.node).values() for source in several]
    if len(before) != 1 or not letter.row_json:
        raise BadInput(f"node {letter.node!r} does not tell which row it was", hint="Run the flow again")
    behind(flow, before[0], letter.node)
    return before[0], letter.node


def _fitting(
    letters: list[DeadLetter], row: str | None, known: bool
) -> tuple[list[tuple[DeadLetter, str]], list[Skipped]]:
    rows: list[tuple[DeadLetter, str]] = []
    skipped: list[Skipped] = []
    for one in letters:
        text = one.row_json if row is None else row
        try:
            fits = isinstance(json.loads(text), dict)
        except json.JSONDecodeError:
            fits = False
        if fits and known:
            rows.append((one, text))
        else:
            reason = "it is no JSON object; give it as one with --row" if known else "the columns are not known"
            skipped.append(Skipped(letter_id=one.letter_id, reason=reason))
    return rows, skipped
