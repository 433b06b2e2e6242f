"""A call that is cancelled ends soon, and leaves nothing that it had only begun; others go on."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench import Workbench, open_workbench
from workbench.cancel import Cancel, cancellable, check, shielded
from workbench.engine.export.runtime import Runtime
from workbench.errors import BadInput, Cancelled, NotFound
from workbench.report.pdf import to_pdf

ENDLESS = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = 3"
SOON_S = 20.0


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with open_workbench(tmp_path / "workspace", use_model=False) as opened:
        assert isinstance(opened, Workbench)
        yield opened


def wait_for(there: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + SOON_S
    while not (found := there()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)
    return found


def in_thread(work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Start work; the list gets its result or its error."""
    ended: list[Any] = []

    def run() -> None:
        try:
            ended.append(work())
        except Exception as error:  # noqa: BLE001 - the test looks at it
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, ended


def contents(wb: Workbench) -> dict[str, int]:
    """How many rows each table has that an import, an investigation or the demo writes to."""
    tables = (
        "sources", "logs", "spans", "metrics", "events", "incidents", "steps", "diagnoses", "reports", "evidence",
        "checkpoints", "checkpoint_writes",
    )  # fmt: skip
    with wb.store.connection() as cursor:
        return {table: cursor.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in tables}


def folders(wb: Workbench, name: str) -> list[str]:
    assert wb.path
    return sorted(path.name for path in (wb.path / name).iterdir())


def cancelling_at(wb: Workbench, call: str, number: int) -> Callable[[float, float | None, str], None]:
    """Progress that cancels the call when it is told something for the `number`th time."""
    told = 0

    def progress(done: float, total: float | None, text: str) -> None:
        nonlocal told
        told += 1
        if told == number:
            wb.call("call_cancel", call_id=call)

    return progress


def test_a_query_is_interrupted_and_the_call_is_listed_until_then(wb: Workbench) -> None:
    thread, ended = in_thread(lambda: wb.call("sql", as_call="long", statement=ENDLESS, timeout_s=3000))
    wait_for(lambda: [one.call_id for one in wb.call("calls")] == ["long"])
    assert "long  sql" in wb.call("calls").text()

    assert wb.call("call_cancel", call_id="long") == "sql is being stopped"

    thread.join(SOON_S)
    assert [type(one) for one in ended] == [Cancelled]
    assert str(ended[0]) == "sql was cancelled"
    assert wb.call("calls").text() == "Nothing runs."
    assert wb.call("sql", statement="SELECT 1 AS one").rows == [[1]]


def test_a_call_that_does_not_run_cannot_be_cancelled(wb: Workbench) -> None:
    with pytest.raises(NotFound, match=r"no running call 'none'\. It may have ended already"):
        wb.call("call_cancel", call_id="none")


def test_two_calls_do_not_share_a_name(wb: Workbench) -> None:
    thread, _ = in_thread(lambda: wb.call("sql", as_call="same", statement=ENDLESS, timeout_s=3000))
    wait_for(lambda: len(wb.call("calls")))

    with pytest.raises(BadInput, match="a call named 'same' is running"):
        wb.call("incidents", as_call="same")

    wb.call("call_cancel", call_id="same")
    thread.join(SOON_S)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_cancelled_import_leaves_no_file_of_its_own(wb: Workbench, tmp_path: Path, number: int) -> None:
    data = tmp_path / "data"
    wb.call("simulate", out=data, healthy=True, minutes=1, seed=5)
    first = min(data.glob("*.*"))
    wb.call("import_telemetry", path=[first], scope="data")
    before = contents(wb)

    with pytest.raises(Cancelled):
        wb.call(
            "import_telemetry", path=[data], scope="data", as_call="in", on_progress=cancelling_at(wb, "in", number)
        )

    assert contents(wb) == before
    assert wb.call("import_telemetry", path=[data], scope="data").report.skipped == 1


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6])
def test_a_cancelled_investigation_leaves_nothing(small: Workbench, number: int) -> None:
    before, reports = contents(small), folders(small, "reports")
    told = cancelling_at(small, "inv", number)

    with pytest.raises(Cancelled):
        small.call("investigate", subject="data", as_call="inv", on_progress=told)

    assert contents(small) == before
    assert folders(small, "reports") == reports


@pytest.mark.slow
def test_a_second_investigation_that_is_cancelled_leaves_the_first(small: Workbench) -> None:
    first = small.call("investigate", subject="data")
    before = contents(small), small.call("incident", incident_id=first.incident_id).diagnosis

    with pytest.raises(Cancelled):
        small.call(
            "investigate", subject=first.incident_id, as_call="again", on_progress=cancelling_at(small, "again", 5)
        )

    assert (contents(small), small.call("incident", incident_id=first.incident_id).diagnosis) == before


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A workspace with a minute of a shop that is ill."""
    folder = tmp_path_factory.mktemp("cancel")
    with open_workbench(folder / "workspace", use_model=False) as opened:
        assert isinstance(opened, Workbench)
        opened.call("simulate", out=folder / "data", fault=["cpu@cart"], minutes=3, seed=5)
        opened.call("import_telemetry", path=[folder / "data"], scope="data")
        yield opened


@pytest.mark.slow
def test_a_cancelled_demo_stops_its_run_and_leaves_nothing(wb: Workbench) -> None:
    def told(done: float, total: float | None, text: str) -> None:
        if text.startswith("streaming"):
            wb.call("call_cancel", call_id="demo")

    with pytest.raises(Cancelled):
        wb.call("demo", as_call="demo", on_progress=told)

    assert not any(contents(wb).values())
    assert [run.status.value for run in wb.call("runs").runs] == ["cancelled"]
    assert not [name for name in folders(wb, "runs") if name.startswith("demo-")]


def test_ctrl_c_in_another_process_cancels_its_call(tmp_path: Path) -> None:
    program = (
        # Whoever runs the tests in the background has Ctrl-C ignored.
        "import signal, sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from workbench import open_workbench\nwb = open_workbench(sys.argv[1])\n"
        "wb.call('sql', statement=sys.argv[2], timeout_s=3000)\n"
    )
    with open_workbench(tmp_path) as wb:
        assert isinstance(wb, Workbench)
        command = [sys.executable, "-c", program, str(tmp_path), ENDLESS]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as other:
            wait_for(lambda: len(wb.call("calls")))

            other.send_signal(signal.SIGINT)

            assert "KeyboardInterrupt" in other.communicate(timeout=SOON_S)[1]
        wait_for(lambda: len(wb.call("calls")) == 0)


def script(folder: Path, text: str) -> str:
    path = folder / "program"
    path.write_text(f"#!/bin/sh\necho $$ > {folder}/pid\n{text}\n")
    path.chmod(0o755)
    return str(path)


def is_alive(folder: Path) -> bool:
    return Path(f"/proc/{(folder / 'pid').read_text().strip()}").exists()


@pytest.mark.parametrize("of", ["browser", "container runtime"])
def test_a_program_that_is_waited_for_is_ended(tmp_path: Path, of: str) -> None:
    program, cancel = script(tmp_path, "exec sleep 600"), Cancel("it")

    def work() -> None:
        with cancellable(cancel):
            if of == "browser":
                to_pdf("<p>Hello</p>", program)
            else:
                Runtime("podman", program).stream("build", on_line=lambda line: None)

    thread, ended = in_thread(work)
    wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip())
    cancel.ask()

    thread.join(SOON_S)
    assert [type(one) for one in ended] == [Cancelled]
    assert not is_alive(tmp_path)


def test_what_is_shielded_runs_to_its_end() -> None:
    cancel = Cancel("it")
    cancel.ask()
    with cancellable(cancel):
        with shielded():
            check()
        with pytest.raises(Cancelled, match="it was cancelled"):
            check()
