import duckdb

from tests.rca.made import call, frame, metric
from workbench.facts.telemetry import Telemetry
from workbench.rca.missing import doubt_of_type, missing_of
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
