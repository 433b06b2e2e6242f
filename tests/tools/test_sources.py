"""Sources and runs on the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from workbench import Workbench, open_workbench
from workbench.errors import NotFound
from workbench.facts.run import Run, RunStatus
from workbench.store import rejected, runs, sources
from workbench.store.rejected import Rejected
from workbench.tools.texts import utc


@pytest.fixture
def wb() -> Iterator[Workbench]:
    with open_workbench(in_memory=True) as opened:
        assert isinstance(opened, Workbench)
        yield opened


def test_sources_tell_what_was_taken_and_what_was_not(wb: Workbench) -> None:
    assert "Nothing was imported yet" in wb.call("sources").text()
    done = sources.register(wb.store, kind="file", uri="shop/app.log", scope="shop")
    done = sources.finish(wb.store, done.source_id, {"logs": 12_000, "spans": 3, "events": 0}, rejected=1_500)
    half = sources.register(wb.store, kind="file", uri="shop/b.log", scope="shop")
    live = sources.register(wb.store, kind="run", uri="watch", scope="live", role="reference")

    assert wb.call("sources", scope="live") == [live]
    at = utc(done.imported_unix_nano)
    width = len("12,000 logs, 3 spans")
    half_at, live_at = utc(half.imported_unix_nano), utc(live.imported_unix_nano)
    assert wb.call("sources").text().splitlines() == [
        f"SOURCE  DATA SET  ROLE       IMPORTED              {'ROWS':{width}}  REJECTED  FROM",
        f"     3  live      reference  {live_at}  {'streaming':{width}}         0  watch",
        f"     2  shop      case       {half_at}  {'unfinished':{width}}         0  shop/b.log",
        f"     1  shop      case       {at}  12,000 logs, 3 spans     1,500  shop/app.log",
    ]


def test_rejected_lines_say_where_they_stand_and_why(wb: Workbench) -> None:
    assert wb.call("rejected").text() == "No line was rejected."
    shop, other = (sources.register(wb.store, kind="file", uri=f"{name}.csv", scope=name) for name in ("shop", "other"))
    rejected.add(
        wb.store,
        [
            Rejected(source_id=shop.source_id, uri="shop.csv", line=3, reason="'x' is no time", raw="x,cart,\nERROR"),
            Rejected(source_id=other.source_id, uri="other.csv", line=0, reason="the file is empty", raw=""),
        ],
    )

    assert wb.call("rejected", scope="shop").text() == "shop.csv:3: 'x' is no time\n    x,cart, ERROR"
    assert wb.call("rejected").text().splitlines()[0] == "other.csv: the file is empty"
    assert [one.line for one in wb.call("rejected", limit=1)] == [0]
    with pytest.raises(NotFound, match=r"no data set 'shpo'\. `causeway sources` lists them"):
        wb.call("rejected", scope="shpo")


def test_runs_are_listed_and_one_is_shown_with_its_errors(wb: Workbench) -> None:
    assert wb.call("runs").text() == "No runs."
    second = 1_000_000_000
    runs.create(wb.store, Run(run_id="run-1", flow_name="watch", started_unix_nano=0, status=RunStatus.RUNNING))
    runs.move(
        wb.store, "run-1", RunStatus.FAILED, ended_unix_nano=2 * second, rows_in=1_234, exit_reason="failed: no file"
    )
    runs.create(wb.store, Run(run_id="run-2", flow_name="watch", started_unix_nano=60 * second))
    for number in range(21):
        runs.add_error(wb.store, "run-1", "parse", f"bad\nrow {number}")

    assert wb.call("runs").text().splitlines() == [
        "RUN    FLOW   STATUS   STARTED               SECONDS     IN  OUT  REJECTED  ENDED BECAUSE",
        "run-2  watch  pending  1970-01-01T00:01:00Z        -      0    0         0  -",
        "run-1  watch  failed   1970-01-01T00:00:00Z      2.0  1,234    0         0  failed: no file",
    ]
    one = wb.call("runs", run_id="run-1")
    assert [run.run_id for run in one.runs] == ["run-1"]
    assert "  parse  bad row 0\n" in one.text()
    assert one.text().endswith("... and 1 error more; --json gives all")
    with pytest.raises(NotFound, match="no run 'run-3'"):
        wb.call("runs", run_id="run-3")
