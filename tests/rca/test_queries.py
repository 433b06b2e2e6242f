"""Statements that share a span name are told apart by the text of the query."""

from typing import Any

import pytest

from tests.rca.made import START, frame
from workbench.rca.narrate import EdgeSign, Span, edge_evidence
from workbench.rca.network import slow_network, span_gaps
from workbench.rca.queries import MOST_STATEMENTS, span_name, statement_of, words_of
from workbench.rca.statements import slow_statement
from workbench.rca.visits import read_spans
from workbench.semconv import Table

MS = 1_000_000
FAST, SLOW = "SELECT * FROM orders WHERE id = ?", "SELECT * FROM orders WHERE day = ?"


def asked(number: int, text: str, ms: float, *, caller: str = "cart", begin_s: float = 0.0) -> dict[str, Any]:
    """One statement to the store, named `SELECT orders` as all others."""
    start = START + round((begin_s + number) * 1000 * MS)
    return {
        "trace_id": f"{caller}{begin_s}{number}",
        "span_id": f"{caller}{begin_s}{number}{text[-8:]}",
        "service_name": caller,
        "span_name": "SELECT orders",
        "span_kind": "CLIENT",
        "peer_service_name": "store",
        "start_time_unix_nano": start,
        "end_time_unix_nano": start + round(ms * MS),
        "attributes": f'{{"db.system.name":"mysql","db.query.text":"{text}"}}',
    }


@pytest.mark.parametrize(
    ("attributes", "statement"),
    [
        ('{"db.query.text":"SELECT 1"}', "SELECT ?"),
        ('{"db.statement": "GET cart:17"}', "GET cart:?"),
        (
            """{"db.query.text":"DELETE FROM t1 WHERE a = 'O''Neil' AND n = -2.5"}""",
            "DELETE FROM t1 WHERE a = ? AND n = ?",
        ),
        ('{"db.query.text":"SELECT a FROM t1 WHERE b IN (4,5)"}', "SELECT a FROM t1 WHERE b IN (?)"),
        ('{"db.query.text":"a \\"b\\" c"}', 'a "b" c'),
        ('{"rpc.method":"Do"}', ""),
        ("", ""),
    ],
)
def test_literals_are_no_part_of_a_statement(attributes, statement):
    assert statement_of(attributes) == statement


def test_a_slow_statement_that_shares_its_name_with_fast_ones_is_found():
    usual = [asked(n, FAST, 5 + n % 3) for n in range(60)] + [asked(n, SLOW, 6 + n % 3) for n in range(10)]
    usual += [asked(n, FAST, 5 + n % 3, caller="mail") for n in range(60)]
    later = [asked(n, FAST, 5 + n % 3, begin_s=100) for n in range(60)]
    later += [asked(n, SLOW, 900, begin_s=100) for n in range(10)]
    later += [asked(n, FAST, 5 + n % 3, caller="mail", begin_s=100) for n in range(60)]

    base, test = (span_gaps(read_spans(frame(Table.SPANS, rows))) for rows in (usual, later))
    found = slow_statement(slow_network(base, test).edges, test)

    assert found is not None
    assert (found.caller, span_name(found.operation)) == ("cart", "SELECT orders")
    assert found.operation.endswith(SLOW)


def test_its_evidence_selects_the_rows_of_this_statement_alone():
    base = span_gaps(read_spans(frame(Table.SPANS, [asked(n, SLOW, 6 + n % 3) for n in range(30)])))
    edge = slow_network(base, base.assign(gap_ms=900.0)).edges.iloc[0]

    selection = edge_evidence(edge, "cart", 2.0, Span(START, START + MS), what=EdgeSign.GAPS).selection

    assert selection is not None
    assert selection.equals == {"service_name": "cart", "span_name": "SELECT orders"}
    assert selection.contains == {"attributes": "SELECT * FROM orders WHERE day = "}
    assert words_of("SELECT orders") == ""


def test_texts_that_are_no_templates_stay_one_operation():
    words = [chr(ord("a") + n // 26) + chr(ord("a") + n % 26) for n in range(MOST_STATEMENTS + 1)]
    rows = [asked(n, f"SELECT {word} FROM orders", 5) for n, word in enumerate(words)]

    gaps = span_gaps(read_spans(frame(Table.SPANS, rows)))

    assert set(gaps["operation"]) == {"SELECT orders"}
