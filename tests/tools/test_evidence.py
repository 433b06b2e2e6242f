"""Evidence on the command line: the statement, whether it holds, and a query that can be pasted elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest

from workbench import Workbench, open_workbench
from workbench.errors import NotFound
from workbench.facts.evidence import Evidence, EvidenceKind, Selection
from workbench.semconv import Table
from workbench.store import evidence, sources, telemetry
from workbench.tools.evidence import readable


@pytest.fixture
def wb() -> Iterator[Workbench]:
    with open_workbench(in_memory=True) as opened:
        assert isinstance(opened, Workbench)
        source = sources.register(opened.store, kind="file", uri="shop/app.log", scope="shop")
        rows = pa.table(
            {
                "source_line": list(range(1, 13)),
                "time_unix_nano": [1_769_852_100_000_000_000 + number for number in range(12)],
                "service_name": ["it's db"] * 12,
                "severity_text": ["ERROR"] * 12,
                "body": ["no connection?\n  at pool"] * 12,
            }
        )
        telemetry.append(opened.store, Table.LOGS, rows, source_id=source.source_id)
        yield opened


def saved(wb: Workbench) -> Evidence:
    selection = Selection(table=Table.LOGS, equals={"service_name": "it's db"}, contains={"body": "connection?"})
    proof = Evidence(kind=EvidenceKind.LOG, service_name="db", summary="12 connection errors", selection=selection)
    return evidence.save(wb.store, "INC-1", proof)


def test_evidence_that_holds_is_shown_with_its_query_and_first_rows(wb: Workbench) -> None:
    one = saved(wb)

    checked = wb.call("evidence", evidence_id=one.evidence_id)

    assert (checked.holds, checked.exit_code, len(checked.rows)) == (True, 0, 12)
    text = checked.text()
    for words in (
        f"{one.evidence_id}  12 connection errors\nSupports a cause in db (log) of INC-1. Stored 20",
        "HOLDS: the query gives the same 12 rows.",
        "WHERE service_name = 'it''s db'\n  AND contains(body, 'connection?')\n",
        "TIME                  SERVICE_NAME  SEVERITY_TEXT  BODY                    FROM\n"
        "2026-01-31T09:35:00Z  it's db       ERROR          no connection? at pool  app.log:1\n",
        "... and 2 rows more; --json gives all",
        f"sha256 of the rows: {checked.stored_sha256}",
    ):
        assert words in text, text


def test_the_query_as_shown_gives_the_same_rows(wb: Workbench) -> None:
    checked = wb.call("evidence", evidence_id=saved(wb).evidence_id)

    by_hand = telemetry.query(wb.store, readable(checked.sql, checked.parameters)).to_pylist()

    assert by_hand == checked.rows


def test_evidence_that_does_not_hold_ends_with_code_1(wb: Workbench) -> None:
    one = saved(wb)
    sources.forget(wb.store, 1)

    checked = wb.call("evidence", evidence_id=one.evidence_id)

    assert checked.exit_code == 1
    assert "DOES NOT HOLD: rows gone: 12 rows of 12 gone." in checked.text()


def test_evidence_without_rows_is_a_statement_only(wb: Workbench) -> None:
    bare = Evidence(kind=EvidenceKind.TOPOLOGY, service_name="db", summary="all call db", supports=False)
    one = evidence.save(wb.store, "INC-1", bare)

    assert wb.call("evidence", evidence_id=one.evidence_id).text().splitlines()[1:2] == [
        f"Speaks against a cause in db (topology) of INC-1. Stored {stored_at(wb, one)}."
    ]


def stored_at(wb: Workbench, one: Evidence) -> str:
    from workbench.tools.texts import utc

    return utc(evidence.get(wb.store, one.evidence_id).stored_unix_nano)


def test_unknown_evidence_is_not_found(wb: Workbench) -> None:
    with pytest.raises(NotFound, match="no evidence 'E0'"):
        wb.call("evidence", evidence_id="E0")
