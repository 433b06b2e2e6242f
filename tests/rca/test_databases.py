"""Spans of databases repeat what their callers say, and are read as the callers' calls."""

import pandas as pd

from workbench.facts.telemetry import empty_frame
from workbench.rca.databases import without_database_spans
from workbench.semconv import Table


def span(span_id: str, service: str, kind: str, parent: str = "", peer: str = "", about: str = "{}") -> dict:
    return {
        "trace_id": "t",
        "span_id": span_id,
        "parent_span_id": parent,
        "service_name": service,
        "span_kind": kind,
        "peer_service_name": peer,
        "attributes": about,
        "start_time_unix_nano": 0,
        "end_time_unix_nano": 10,
    }


def frame(*rows: dict) -> pd.DataFrame:
    columns = empty_frame(Table.SPANS).columns
    return pd.DataFrame([{name: row.get(name, "") for name in columns} for row in rows])


SQL = '{"db.system.name":"postgresql","db.query.text":"SELECT 1"}'


def test_a_span_that_repeats_a_client_span_is_left_out():
    spans = frame(
        span("a", "cart", "SERVER"),
        span("b", "cart", "SPAN_KIND_CLIENT", "a", peer="pg", about=SQL),
        span("c", "pg", "SPAN_KIND_SERVER", "b", about=SQL),
    )

    assert without_database_spans(spans)["span_id"].tolist() == ["a", "b"]


def test_a_span_whose_caller_was_not_recorded_goes_with_the_others_of_its_database():
    spans = frame(
        span("b", "cart", "CLIENT", "a", peer="pg", about=SQL),
        span("c", "pg", "SERVER", "b", about=SQL),
        span("e", "pg", "SERVER", "lost", about=SQL),
    )
    alone = frame(span("e", "pg", "SERVER", "lost", about=SQL))

    assert without_database_spans(spans)["span_id"].tolist() == ["b"]
    assert len(without_database_spans(alone)) == 1


def test_a_span_that_nothing_else_tells_of_stays():
    unnamed = frame(span("b", "cart", "CLIENT", "a", about=SQL), span("c", "pg", "SERVER", "b", about=SQL))
    calling = frame(
        span("b", "cart", "CLIENT", "a", peer="pg", about=SQL),
        span("c", "pg", "SERVER", "b", about=SQL),
        span("d", "pg", "CLIENT", "c", peer="disk"),
    )
    code = frame(span("b", "cart", "CLIENT", "a", peer="stock"), span("c", "stock", "SERVER", "b"))

    assert [len(without_database_spans(spans)) for spans in (unnamed, calling, code)] == [2, 3, 2]
    assert len(without_database_spans(empty_frame(Table.SPANS))) == 0
