"""Evidence is a query that anybody can run again, and checking it says whether the rows are still those of then."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa
import pytest

from workbench.errors import BadInput, NotFound
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.evidence import Evidence, EvidenceKind, Selection
from workbench.facts.incident import Incident
from workbench.semconv import Table
from workbench.store import evidence, incidents, sources, telemetry
from workbench.store.db import Store


def spans(**changes: Any) -> pa.Table:
    columns = {
        "start_time_unix_nano": [30_000_000, 10_000_000, 20_000_000],
        "end_time_unix_nano": [31_000_000, 60_000_000, 120_000_000],
        "service_name": ["web", "db", "db"],
        "span_name": ["GET /cart", "SELECT 100%_'x'", "SELECT"],
        "status_code": ["", "ERROR", "OK"],
    }
    return pa.table({**columns, **changes})


@pytest.fixture(autouse=True)
def rows(store: Store, source_id: int) -> None:
    telemetry.append(store, Table.SPANS, spans(), source_id=source_id)


def proof(**selection: Any) -> Evidence:
    return Evidence(
        kind=EvidenceKind.LATENCY, service_name="db", summary="db is slow: p99 100 ms",
        selection=Selection(table=Table.SPANS, **selection),
    )  # fmt: skip


def change(store: Store, sql: str) -> None:
    with store.transaction() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    ("selection", "ordinals"),
    [
        pytest.param({}, [1, 2, 0], id="all-in-the-order-of-time"),
        pytest.param({"limit": 2}, [1, 2], id="limit"),
        pytest.param({"start_unix_nano": 10_000_000, "end_unix_nano": 30_000_000}, [1, 2], id="end-is-exclusive"),
        pytest.param({"start_unix_nano": 10_000_001}, [2, 0], id="start-is-inclusive"),
        pytest.param({"equals": {"service_name": "db", "status_code": "OK"}}, [2], id="equals"),
        pytest.param({"equals": {"end_time_unix_nano": "31000000"}}, [0], id="equals-of-a-number"),
        pytest.param({"one_of": {"status_code": ["OK", ""]}}, [2, 0], id="one-of"),
        pytest.param({"one_of": {"status_code": []}}, [], id="one-of-nothing"),
        pytest.param({"contains": {"span_name": "100%_'x'"}}, [1], id="contains-takes-signs-as-they-are"),
        pytest.param({"contains": {"span_name": "SELECT_"}}, [], id="contains-knows-no-wildcards"),
        pytest.param({"at_least": {"duration_ms": 50}}, [1, 2], id="at-least-is-inclusive"),
        pytest.param({"at_most": {"duration_ms": 50}, "at_least": {"duration_ms": 2}}, [1], id="both-bounds"),
        pytest.param({"equals": {"scope": "shop"}}, [1, 2, 0], id="scope"),
        pytest.param({"one_of": {"scope": ["other"], "role": ["case"]}}, [], id="other-scope"),
    ],
)
def test_a_selection_selects(store: Store, source_id: int, selection: dict[str, Any], ordinals: list[int]) -> None:
    stored = evidence.get(store, evidence.save(store, "INC-1", proof(**selection)).evidence_id)

    assert [row_id - source_id * sources.ROWS_PER_SOURCE for row_id in stored.row_ids] == ordinals


@pytest.mark.parametrize(
    ("selection", "words"),
    [
        pytest.param({"equals": {"statuss": "x"}}, r"spans has no column 'statuss'. It has row_id,", id="unknown"),
        pytest.param({"at_least": {"span_name": 1}}, r"spans.span_name is text", id="bound-of-text"),
        pytest.param({"contains": {"1=1 OR span_name": "x"}}, "has no column", id="no-sql-from-names"),
    ],
)
def test_a_wrong_column_is_named(store: Store, selection: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        evidence.save(store, "INC-1", proof(**selection))


def test_a_duration_belongs_to_spans_only() -> None:
    with pytest.raises(BadInput, match="logs has no column 'duration_ms'"):
        evidence.compile(Selection(table=Table.LOGS, at_least={"duration_ms": 1}))


def test_the_stored_query_can_be_run_by_hand(store: Store) -> None:
    saved = evidence.save(store, "INC-1", proof(equals={"service_name": "db"}, at_least={"duration_ms": 60}))
    stored = evidence.get(store, saved.evidence_id)

    assert stored.sql.splitlines()[-5:] == [
        "FROM spans",
        "WHERE service_name = ?",
        "  AND (end_time_unix_nano - start_time_unix_nano) / 1e6 >= ?",
        "ORDER BY start_time_unix_nano, row_id",
        "LIMIT 200",
    ]
    by_hand = telemetry.query(store, stored.sql, stored.parameters).to_pylist()
    assert by_hand == evidence.recheck(store, saved.evidence_id).rows
    assert [row["span_name"] for row in by_hand] == ["SELECT"]


def test_the_same_evidence_on_the_same_rows_is_stored_once(store: Store, source_id: int) -> None:
    first = evidence.save(store, "INC-1", proof())
    assert evidence.save(store, "INC-1", first) == first
    assert first.evidence_id[0] == "E"
    assert len(first.evidence_id) == 11

    elsewhere = evidence.save(store, "INC-2", proof())
    telemetry.append(store, Table.SPANS, spans(), source_id=source_id)
    later = evidence.save(store, "INC-1", proof())

    assert len({first.evidence_id, elsewhere.evidence_id, later.evidence_id}) == 3
    assert [stored.evidence for stored in evidence.of_incident(store, "INC-1")] == [first, later]


@pytest.mark.parametrize(
    ("sql", "holds", "reason"),
    [
        pytest.param("DELETE FROM logs", True, "the query gives the same 2 rows", id="untouched"),
        pytest.param("UPDATE spans SET span_kind = 'x' WHERE service_name = 'web'", True, "same 2 rows", id="others"),
        pytest.param("UPDATE spans SET span_name = 'x'", False, "the same 2 rows, with other content", id="changed"),
        pytest.param("DELETE FROM spans WHERE span_name = 'SELECT'", False, "changed: 1 row of 2 gone", id="one-gone"),
        pytest.param("DELETE FROM spans", False, "rows gone: 2 rows of 2 gone", id="all-gone"),
        pytest.param("UPDATE spans SET service_name = 'db'", False, "rows changed: 1 row new", id="one-new"),
    ],
)
def test_a_recheck_tells_what_became_of_the_rows(store: Store, sql: str, holds: bool, reason: str) -> None:
    saved = evidence.save(store, "INC-1", proof(equals={"service_name": "db"}))
    change(store, sql)

    checked = evidence.recheck(store, saved.evidence_id)

    assert checked.holds is holds
    assert reason in checked.reason
    assert (checked.sha256 == checked.stored_sha256) is holds


def test_absence_is_evidence_until_a_row_comes(store: Store, source_id: int) -> None:
    saved = evidence.save(store, "INC-1", proof(equals={"service_name": "auth"}))
    assert evidence.recheck(store, saved.evidence_id).reason == "the query still gives no row"

    telemetry.append(store, Table.SPANS, spans(service_name=["auth", "a", "b"]), source_id=source_id)

    checked = evidence.recheck(store, saved.evidence_id)
    assert (checked.holds, checked.reason) == (False, "rows changed: 1 row new")


def test_evidence_without_rows_is_kept_and_says_so(store: Store) -> None:
    bare = Evidence(kind=EvidenceKind.TOPOLOGY, service_name="db", summary="db is called by all")
    saved = evidence.save(store, "INC-1", bare)

    checked = evidence.recheck(store, saved.evidence_id)

    assert (checked.holds, checked.rows) == (True, [])
    assert "nothing to run again" in checked.reason


def test_rows_are_looked_for_in_the_data_set_of_the_incident(store: Store) -> None:
    other = sources.register(store, kind="api", uri="", scope="other").source_id
    good = sources.register(store, kind="api", uri="", scope="shop", role="reference").source_id
    for source in (other, good):
        telemetry.append(store, Table.SPANS, spans(), source_id=source)
    opened = Incident(
        incident_id="", title="t", kind=IncidentKind.ERROR, opened_unix_nano=1, updated_unix_nano=1, scope="shop"
    )
    name = incidents.create(store, opened).incident_id

    inside = evidence.get(store, evidence.save(store, name, proof()).evidence_id)
    beyond = evidence.get(store, evidence.save(store, name, proof(equals={"role": "reference"})).evidence_id)

    assert {row_id // sources.ROWS_PER_SOURCE for row_id in inside.row_ids} == {1}
    assert {row_id // sources.ROWS_PER_SOURCE for row_id in beyond.row_ids} == {good}


def test_a_value_that_is_no_number_does_not_break_the_check(store: Store, source_id: int) -> None:
    telemetry.append(store, Table.METRICS, pa.table({"metric_name": ["cpu"], "value": [None]}), source_id=source_id)
    selection = Selection(table=Table.METRICS)
    saved = evidence.save(store, "INC-1", proof().model_copy(update={"selection": selection}))

    checked = evidence.recheck(store, saved.evidence_id)

    assert checked.holds
    assert checked.rows[0]["value"] is None


def test_unknown_evidence_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="no evidence 'E0'"):
        evidence.recheck(store, "E0")


def test_hashes_do_not_depend_on_the_library_that_ran_the_query(store: Store) -> None:
    saved = evidence.save(store, "INC-1", proof())
    stored = evidence.get(store, saved.evidence_id)
    with duckdb.connect() as other:
        other.register("t", telemetry.query(store, "FROM spans"))
        other.execute("CREATE TABLE spans AS FROM t ORDER BY row_id DESC")
        names = [column[0] for column in other.execute(stored.sql, stored.parameters).description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in other.fetchall()]

    assert evidence.hash_rows(rows) == stored.sha256
