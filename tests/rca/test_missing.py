import duckdb

from tests.rca.made import call, frame, metric
from workbench.facts.diagnosis import Cause
from workbench.facts.telemetry import Telemetry
from workbench.rca.actions import actions_for
from workbench.rca.missing import doubt_of_type, is_told_by_callers, missing_of
from workbench.rca.witnesses import heard_in
from workbench.semconv import Table

SPANS = frame(Table.SPANS, call(1, "web", "cart", 1.0))
METRICS = frame(Table.METRICS, metric("cpu.utilization", "cart", [0.1, 0.2]))


def test_only_what_a_service_lacks_is_named() -> None:
    said = missing_of(heard_in(Telemetry(spans=SPANS, metrics=METRICS)), "cart")

    assert [text.partition(":")[0] for text in said] == ["There are no logs of cart"]


def test_the_queries_run_on_the_tables_of_a_workspace() -> None:
    tables = {"spans": SPANS, "metrics": METRICS, "logs": Telemetry().logs}
    queries = [text.partition("then run: ")[2] for text in missing_of(heard_in(Telemetry()), "ca'rt")]

    with duckdb.connect() as db:
        for name, rows in tables.items():
            db.register(name, rows)
        found = [db.execute(query).fetchall() for query in queries]

    assert found == [[], [], []]


def test_exception_and_wrong_return_value_are_told_apart_by_lines_or_statuses_only() -> None:
    bare = frame(Table.SPANS, [{**row, "status_code": ""} for row in call(1, "web", "cart", 1.0)])
    told = frame(Table.SPANS, [{**row, "status_code": "OK"} for row in call(1, "web", "cart", 1.0)])
    lines = frame(Table.LOGS, [{"service_name": "cart", "body": "INFO done"}])

    said = doubt_of_type(Telemetry(spans=bare), "cart", "exception")

    assert "cannot be told" in said[0]
    assert doubt_of_type(Telemetry(spans=bare), "cart", "network_delay") == []
    assert doubt_of_type(Telemetry(spans=bare, logs=lines), "cart", "return") == []
    assert doubt_of_type(Telemetry(spans=told), "cart", "return") == []


def test_a_slow_service_without_spans_may_be_slow_itself_or_far_away() -> None:
    unanswered = Telemetry(spans=frame(Table.SPANS, call(1, "web", "store", 1.0, answered=False)))
    slow = Cause(rank=1, service_name="store", fault_type="latency", confidence=0.9, score=1.0)

    said = doubt_of_type(unanswered, "store", "latency")
    titles = [one.title for one in actions_for(slow, [], told_by_callers=is_told_by_callers(unanswered, "store"))]

    assert "Whether store itself or the network to it is why cannot be told" in said[0]
    assert titles == ["Ask store how long its own answers take", "Check the network between store and its callers"]
    assert doubt_of_type(Telemetry(spans=SPANS), "cart", "latency") == []
    assert [one.title for one in actions_for(slow, [])] == ["Profile store"]
