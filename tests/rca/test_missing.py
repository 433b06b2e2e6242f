import duckdb

from tests.rca.made import call, frame, metric
from workbench.facts.telemetry import Telemetry
from workbench.rca.missing import missing_of
from workbench.semconv import Table

SPANS = frame(Table.SPANS, call(1, "web", "cart", 1.0))
METRICS = frame(Table.METRICS, metric("cpu.utilization", "cart", [0.1, 0.2]))


def test_only_what_a_service_lacks_is_named() -> None:
    said = missing_of(Telemetry(spans=SPANS, metrics=METRICS), "cart")

    assert [text.partition(":")[0] for text in said] == ["There are no logs of cart"]


def test_the_queries_run_on_the_tables_of_a_workspace() -> None:
    tables = {"spans": SPANS, "metrics": METRICS, "logs": Telemetry().logs}
    queries = [text.partition("then run: ")[2] for text in missing_of(Telemetry(), "ca'rt")]

    with duckdb.connect() as db:
        for name, rows in tables.items():
            db.register(name, rows)
        found = [db.execute(query).fetchall() for query in queries]

    assert found == [[], [], []]
