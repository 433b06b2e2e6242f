"""The burn-rate node on streams whose budget burns at known times."""

from __future__ import annotations

from typing import Any

from node_catalog.detectors.slo_burn_rate import BurnMemory, SloBurnRate

S = 1_000_000_000
LOGS = {"time_unix_nano": int, "service_name": str, "severity_number": int}


def lines(bucket: int, service: str, good: int, bad: int = 0) -> list[tuple[Any, ...]]:
    """Return the rows of one bucket of 60 s."""
    return [(bucket * 60 * S + n, service, 17 if n < bad else 9) for n in range(good + bad)]


def trouble(begin: int, end: int, last: int) -> list[tuple[Any, ...]]:
    """Return rows of a service that loses a fifth of its requests in some minutes, and of one that is well."""
    rows = [row for minute in range(last) for row in lines(minute, "cart", 8, 2 if begin <= minute < end else 0)]
    return rows + [row for minute in range(last) for row in lines(minute, "pay", 10)]


def test_a_page_begins_when_both_windows_burn(bench: Any) -> None:
    # 2 of 10 bad. Over the hour: 14.4 * 0.1 % = 1.44 % of about 180 to 200 events, so 3 bad ones, in the second minute.
    node = SloBurnRate(objective=99.9, bucket_s=60, threshold=0.9)

    found = bench.rows(node, bench.table(LOGS, *trouble(20, 25, 40)))

    assert [(row[0] // S, row[1], row[2], row[3], row[4]) for row in found] == [
        (22 * 60, "slo_burn_rate", "error", "cart", 0.95)
    ]
    assert found[0][5:7] == (4 / (20 * 8 + 2 * 10), 0.001)
    assert "22.2 times the allowed rate" in found[0][7]


def test_the_threshold_lets_tickets_through(bench: Any) -> None:
    rows = [row for minute in range(0, 180, 2) for row in lines(minute, "cart", 99, 1 if minute % 4 == 0 else 0)]

    found = bench.rows(SloBurnRate(objective=99.9, bucket_s=60), bench.table(LOGS, *rows))
    pages = bench.rows(SloBurnRate(objective=99.9, bucket_s=60, threshold=0.75), bench.table(LOGS, *rows))

    # Half a percent bad is 5 times what is allowed: too slow for a page (6), enough for a quick ticket (3) after 2 h.
    assert {row[4] for row in found} == {0.65}
    assert min(row[0] for row in found) >= 2 * 3600 * S
    assert pages == []


def test_minibatches_change_nothing(bench: Any) -> None:
    rows = trouble(10, 14, 20)
    times = [1 + row[0] // (60 * S) for row in rows]
    node = SloBurnRate(objective=99.9, bucket_s=60, promises="latency")

    at_once = bench.rows(node, bench.table(LOGS, *rows))
    bit_by_bit = bench.rows(node, bench.table(LOGS, *rows, times=times))

    assert at_once == bit_by_bit != []
    assert {row[2] for row in at_once} == {"latency"}


def test_what_still_burns_is_told_every_half_hour() -> None:
    memory = BurnMemory(99.9, 30 * 86_400, 60, 0.9, "error")

    found = [row for minute in range(120) for row in memory.step([(minute * 60 * S, "cart", 10, 5)])]

    assert [row[0] // (60 * S) for row in found] == [5, 35, 65, 95]


def test_nothing_is_judged_before_the_short_window_has_passed() -> None:
    memory = BurnMemory(99.9, 30 * 86_400, 60, 0.0, "error")

    assert list(memory.step([(minute * 60 * S, "cart", 1, 1) for minute in range(4)])) == []
