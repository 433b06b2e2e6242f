import pytest

from workbench.errors import BadInput
from workbench.semconv import NANOS_PER_SECOND, Table
from workbench.simulate.replay import stream

KNOWN_AT = {Table.SPANS: "end_time_unix_nano"}


def when(table: Table, row: dict) -> int:
    return row[KNOWN_AT.get(table, "time_unix_nano")]


def test_all_rows_come_once_in_the_order_of_time(broken):
    rows = [row for batch in stream(broken, 0) for row in batch]

    times = [when(table, row) for table, row in rows]
    assert times == sorted(times)
    dated = (Table.LOGS, Table.SPANS, Table.METRICS, Table.EVENTS)
    assert {table: sum(table == other for other, _ in rows) for table in dated} == {
        table: len(broken.telemetry.frame(table)) for table in dated
    }


def test_speed_shortens_the_waiting(broken):
    waited: list[float] = []

    batches = list(stream(broken, 10, sleep=waited.append))

    assert len(waited) == len(batches) - 1
    assert sum(waited) == pytest.approx(18, abs=0.2)
    assert all(len({when(*row) // NANOS_PER_SECOND for row in batch}) == 1 for batch in batches)


def test_a_run_can_be_moved_to_another_time(broken):
    start = 1_900_000_000 * NANOS_PER_SECOND

    table, row = next(stream(broken, 0, start_unix_nano=start))[0]

    _, original = next(stream(broken, 0))[0]
    assert when(table, row) - when(table, original) == start - broken.start_unix_nano


def test_a_negative_speed_is_refused(broken):
    with pytest.raises(BadInput, match="speed: a speed of -1"):
        stream(broken, -1)
