"""What running flows need from the store."""

from __future__ import annotations

import pyarrow as pa

from workbench.semconv import Table
from workbench.store import flows, sources, telemetry
from workbench.store.db import Store


def rows(*lines: int) -> pa.Table:
    return pa.table(
        {"time_unix_nano": [line * 10 for line in lines], "body": [f"b{line}" for line in lines], "source_line": lines},
        schema=pa.schema([("time_unix_nano", pa.int64()), ("body", pa.string()), ("source_line", pa.int64())]),
    )


def test_a_row_that_is_there_is_not_stored_again() -> None:
    with Store.open(None) as store:
        one, two = (sources.register(store, kind="run", uri=uri, scope="s").source_id for uri in "ab")

        added = [
            flows.append_once(store, Table.LOGS, rows(1, 2), source_id=one, batch_id="1"),
            flows.append_once(store, Table.LOGS, rows(2, 3), source_id=one, batch_id="2"),
            flows.append_once(store, Table.LOGS, rows(2), source_id=two, batch_id="3"),
            flows.append_once(store, Table.LOGS, rows(1, 3), source_id=one, batch_id="4"),
        ]

        assert added == [2, 1, 1, 0]
        assert sorted(telemetry.read(store, scope="s").logs["body"]) == ["b1", "b2", "b2", "b3"]


def test_rows_are_taken_back_from_their_source_only() -> None:
    with Store.open(None) as store:
        one, two = (sources.register(store, kind="run", uri=uri, scope="s").source_id for uri in "ab")
        for source_id in (one, two):
            telemetry.append(store, Table.LOGS, rows(1, 2, 3), source_id=source_id)

        flows.take_back(store, Table.LOGS, [1, 3, 99], source_id=one)

        found = telemetry.read(store, scope="s").logs
        assert sorted(zip(found["source_id"], found["body"], strict=True)) == [
            (one, "b2"),
            (two, "b1"),
            (two, "b2"),
            (two, "b3"),
        ]


def test_batches_come_in_order_and_between_times() -> None:
    with Store.open(None) as store:
        for scope in ("s", "t"):
            source = sources.register(store, kind="run", uri=scope, scope=scope)
            telemetry.append(store, Table.LOGS, rows(3, 1, 2), source_id=source.source_id)

        def bodies(scope: str | None, start: int | None, end: int | None) -> list[str]:
            found = flows.batches(store, Table.LOGS, scope=scope, start_unix_nano=start, end_unix_nano=end)
            return [body for batch in found for body in batch.column("body").to_pylist()]

        assert bodies("s", None, None) == ["b3", "b1", "b2"]
        assert bodies("t", 20, 30) == ["b2"]
        assert len(bodies(None, None, None)) == 6
