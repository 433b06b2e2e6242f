"""Detectors on streams whose trouble is known."""

import json
from typing import Any

from node_catalog.detectors.error_rate import ErrorRate
from node_catalog.detectors.incident_opener import IncidentOpener
from node_catalog.detectors.rate_change import RateChange

S = 1_000_000_000
LOGS = {"time_unix_nano": int, "service_name": str, "severity_number": int}


def lines(bucket: int, service: str, usual: int, errors: int = 0) -> list[tuple[Any, ...]]:
    """Return the rows of one bucket of 10 s."""
    return [(bucket * 10 * S + n, service, 17 if n < errors else 9) for n in range(usual + errors)]


def test_error_rate_sees_the_bucket_in_which_errors_rise(bench: Any) -> None:
    rows = [row for bucket in range(30) for row in lines(bucket, "cart", 100, 60 if bucket == 20 else 0)]
    rows += [row for bucket in range(30) for row in lines(bucket, "pay", 50, 1)]

    found = bench.rows(ErrorRate(), bench.table(LOGS, *rows))

    assert [(row[0] // S, row[1], row[2], row[3]) for row in found] == [(200, "error_rate", "error", "cart")]
    _, _, _, _, score, value, expected, summary = found[0]
    assert 0.75 < score <= 1
    assert (value, expected) == (60 / 160, 0.0)
    assert summary == "cart: 60 of 160 rows within 10 s are errors (37.5%, usual 0.0%)"


def test_error_rate_may_put_out_every_bucket(bench: Any) -> None:
    rows = [row for bucket in range(3) for row in lines(bucket, "cart", 10)]

    assert len(bench.rows(ErrorRate(threshold=0), bench.table(LOGS, *rows))) == 3


def test_error_rate_does_not_depend_on_minibatches(bench: Any) -> None:
    rows = [row for bucket in range(12) for row in lines(bucket, "cart", 30, 20 if bucket == 9 else 0)]
    times = [1 + row[0] // (10 * S) for row in rows]

    at_once = bench.rows(ErrorRate(), bench.table(LOGS, *rows))
    bit_by_bit = bench.rows(ErrorRate(), bench.table(LOGS, *rows, times=times))

    assert at_once == bit_by_bit != []


def test_rate_change_sees_a_service_fall_silent(bench: Any) -> None:
    rows = [row for bucket in range(30) for row in lines(bucket, "pay", 100)]
    rows += [row for bucket in range(20) for row in lines(bucket, "cart", 100)]

    found = bench.rows(RateChange(), bench.table(LOGS, *rows))

    assert {(row[1], row[3]) for row in found} == {("rate_change", "cart")}
    assert found[0][0] == 200 * S
    assert found[0][7].startswith("cart: 0 rows within 10 s, fewer than the usual 100")


def test_rate_change_counts_buckets_in_which_nobody_speaks(bench: Any) -> None:
    rows = [row for bucket in [*range(20), 25] for row in lines(bucket, "cart", 100)]

    found = bench.rows(RateChange(), bench.table(LOGS, *rows))

    assert [row[0] // (10 * S) for row in found[:5]] == [20, 21, 22, 23, 24]


def test_incident_opener_opens_one_per_service_and_kind(bench: Any) -> None:
    anomalies = {"time_unix_nano": int, "service_name": str, "kind": str, "score": float, "summary": str}
    rows = [
        (10 * S, "cart", "error", 0.9, "first"),
        (20 * S, "cart", "error", 0.95, "same"),
        (20 * S, "cart", "metric", 0.8, "other kind"),
        (30 * S, "pay", "error", 0.6, "too weak"),
        (900 * S, "cart", "error", 0.8, "much later"),
    ]

    found = bench.rows(IncidentOpener(), bench.table(anomalies, *rows))

    assert [(row[1], row[3]) for row in found] == [
        ("incident.open", "first"),
        ("incident.open", "other kind"),
        ("incident.open", "much later"),
    ]
    assert json.loads(found[0][4]) == {"fingerprint": "cart/error", "kind": "error", "score": 0.9}
