"""Tables of Delta Lake and Iceberg on the disk, written and read by the projects' own libraries."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pathway as pw
import pyarrow as pa
import pytest

from node_catalog._files.parts import ArrowPart
from node_catalog._lakes.delta import DeltaVersions
from node_catalog.sinks.deltalake import DeltalakeOutput
from node_catalog.sinks.iceberg import IcebergOutput
from node_catalog.sources.deltalake import Deltalake, DeltaReader
from node_catalog.sources.iceberg import Iceberg, IcebergReader
from workbench.errors import BadInput, RunFailed, SystemUnfit

pytestmark = [
    pytest.mark.service,
    # Libraries of others leave files to the collector, and talk of what will come.
    pytest.mark.filterwarnings("default"),
]
COLUMNS = {"n": "integer", "s": "text"}


def no_secrets(reference: str) -> str:
    raise KeyError(reference)


class Lake(NamedTuple):
    """One kind of table, and how others than we write to it."""

    settings: dict[str, Any]
    source: Callable[..., Any]
    reader: Callable[..., Any]
    sink: Callable[..., Any]
    append: Callable[[list[dict[str, Any]]], None]
    delete: Callable[[str], None]
    compact: Callable[[], None]
    rows: Callable[[], list[dict[str, Any]]]
    versions: Callable[[], int]


def delta(folder: Path) -> Lake:
    from deltalake import DeltaTable, write_deltalake

    uri = str(folder / "table")
    return Lake(
        {"uri": uri}, Deltalake, DeltaReader, DeltalakeOutput,
        append=lambda rows: write_deltalake(uri, pa.Table.from_pylist(rows), mode="append"),
        delete=lambda where: DeltaTable(uri).delete(where) and None,
        compact=lambda: DeltaTable(uri).optimize.compact() and None,
        rows=lambda: DeltaTable(uri).to_pyarrow_table().to_pylist(),
        versions=lambda: DeltaTable(uri).version(),
    )  # fmt: skip


def iceberg(folder: Path) -> Lake:
    from pyiceberg.catalog import load_catalog

    uri, files = f"sqlite:///{folder}/catalog.db", f"file://{folder}/files"

    def catalog() -> Any:
        return load_catalog("other", type="sql", uri=uri, warehouse=files)

    def append(rows: list[dict[str, Any]]) -> None:
        opened, table = catalog(), pa.Table.from_pylist(rows)
        opened.create_namespace_if_not_exists("shop")
        opened.create_table_if_not_exists("shop.calls", table.schema).append(table)

    catalog()
    return Lake(
        {"catalog_name": "other", "catalog_uri": uri, "warehouse": files, "table": "shop.calls"},
        Iceberg, IcebergReader, IcebergOutput,
        append=append,
        delete=lambda where: catalog().load_table("shop.calls").delete(where),
        compact=lambda: None,
        rows=lambda: catalog().load_table("shop.calls").scan().to_arrow().to_pylist(),
        versions=lambda: len(catalog().load_table("shop.calls").snapshots()),
    )  # fmt: skip


@pytest.fixture(params=[delta, iceberg])
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> Lake:
    made: Lake = request.param(tmp_path)
    return made


def test_a_table_is_read_once(bench: Any, lake: Lake) -> None:
    lake.append([{"n": 1, "s": "a"}, {"n": 2, "s": None}])
    lake.append([{"n": 3, "s": "c"}])

    node = lake.source(**lake.settings, columns=COLUMNS, follow=False)

    assert bench.rows(node) == [(1, "a"), (2, None), (3, "c")]


def test_new_rows_are_followed_from_the_time_when_there_is_no_table(bench: Any, lake: Lake) -> None:
    table = lake.source(**lake.settings, columns=COLUMNS, poll_s=0.05).build(source=bench.source(), secrets=no_secrets)

    def steps(there: Any) -> None:
        lake.append([{"n": 1, "s": "a"}])
        there(lambda rows: len(rows) == 1)
        lake.append([{"n": 2, "s": "b"}])
        lake.compact()
        lake.append([{"n": 3, "s": "c"}])
        there(lambda rows: len(rows) == 3)

    assert bench.follow(table, steps) == [(1, "a"), (2, "b"), (3, "c")]


def test_rows_were_left_out_when_files_were_written_anew_while_the_history_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deltalake import DeltaTable

    lake = delta(tmp_path)
    for number in range(2):
        lake.append([{"n": number, "s": "a"}])
    read, others = DeltaTable.history, [lake.compact]

    def meanwhile(table: Any, *asked: Any) -> Any:
        while others:
            others.pop()()
        return read(table, *asked)

    monkeypatch.setattr(DeltaTable, "history", meanwhile)

    # The second version has added a row, the third has only written it anew.
    assert DeltaVersions(Deltalake(**lake.settings, columns=COLUMNS), None).after("0") == [("1", True), ("2", False)]


def test_with_a_key_changes_and_deletions_are_followed(bench: Any, lake: Lake) -> None:
    lake.append([{"n": 1, "s": "a"}, {"n": 2, "s": "b"}, {"n": 3, "s": "c"}])
    node = lake.source(**lake.settings, columns=COLUMNS, key=["n"], poll_s=0.05)
    table = node.build(source=bench.source(), secrets=no_secrets)

    def steps(there: Any) -> None:
        there(lambda rows: len(rows) == 3)
        lake.delete("n = 2")
        lake.append([{"n": 3, "s": "new"}])
        there(lambda rows: sorted(rows) == [(1, "a"), (3, "new")])

    assert bench.follow(table, steps) == [(1, "a"), (3, "new")]


def test_without_a_key_a_deletion_ends_the_run_with_what_to_do(bench: Any, lake: Lake) -> None:
    lake.append([{"n": 1, "s": "a"}, {"n": 2, "s": "b"}])
    table = lake.source(**lake.settings, columns=COLUMNS, poll_s=0.05).build(source=bench.source(), secrets=no_secrets)
    timer = threading.Timer(1.0, lake.delete, ["n = 2"])
    timer.start()

    with pytest.raises(RunFailed, match=r"has changed or deleted rows.*Name the columns of `key`"):
        bench.run(table)
    timer.join()


def kept(reader: type) -> type:
    class Kept(reader):
        """Collects what it hands over, without a graph."""

        def next(self, **values: Any) -> None:
            self.got = [*getattr(self, "got", []), *values["rows"]]

        def _report_offset(self, offset: bytes) -> None:
            self.state = offset

    return Kept


def test_reading_goes_on_in_the_middle_of_a_version(bench: Any, lake: Lake) -> None:
    lake.append([{"n": n, "s": "x"} for n in range(300)])
    node = lake.source(**lake.settings, columns=COLUMNS)

    first = kept(lake.reader)(node, bench.source(), no_secrets)
    bench.stop.set()
    with first.connect() as connection:
        first.poll(connection)
    lake.append([{"n": 300, "s": "x"}])
    bench.stop.clear()
    second = kept(lake.reader)(node, bench.source(), no_secrets)
    second._seek(first.state)
    with second.connect() as connection:
        second.poll(connection)
        second.flush()

    assert len(first.got) == 256
    assert sorted(row[0] for row in first.got + second.got) == list(range(301))


def test_rows_are_appended_in_one_version_and_a_crash_repeats_none(bench: Any, lake: Lake, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    node = lake.sink(**lake.settings, spool=str(spool))

    bench.write(
        node,
        bench.table({"n": int, "took": pw.Duration}, (1, pw.Duration(2_000_000)), (2, pw.Duration(0)), times=[1, 2]),
    )

    assert sorted((row["n"], row["took"]) for row in lake.rows()) == [(1, 2000), (2, 0)]
    assert list(spool.iterdir()) == []


def test_a_file_that_is_handed_over_twice_is_written_once(bench: Any, lake: Lake, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    for _ in range(2):
        part = ArrowPart(spool / ".rows-0.parquet.part", pa.schema({"n": pa.int64()}))
        part.append([{"n": 7}])
        part.close()
        bench.write(lake.sink(**lake.settings, spool=str(spool)), bench.table({"n": int}, (1,)))

    assert sorted(row["n"] for row in lake.rows()) == [1, 1, 7]


def test_present_rows_are_kept_by_their_key(bench: Any, lake: Lake, tmp_path: Path) -> None:
    lake.append([{"service": "old", "errors": 9}, {"service": "cart", "errors": 0}])
    rows = bench.table(
        {"service": str, "errors": int}, ("cart", 1), ("pay", 1), ("pay", 5), ("it's", 2), times=[1, 1, 2, 2]
    )
    most = rows.groupby(rows.service).reduce(rows.service, errors=pw.reducers.max(rows.errors))
    node = lake.sink(**lake.settings, key=["service"], roll_mb=1e-9, spool=str(tmp_path / "spool"))

    bench.write(node, most.filter(most.errors < 5))

    found = sorted((row["service"], row["errors"]) for row in lake.rows())
    assert found == [("cart", 1), ("it's", 2), ("old", 9)]


def test_a_table_that_does_not_fit_fails_the_run(bench: Any, lake: Lake, tmp_path: Path) -> None:
    lake.append([{"n": "text"}])
    node = lake.sink(**lake.settings, spool=str(tmp_path / "spool"))

    with pytest.raises(RunFailed):
        bench.write(node, bench.table({"n": bytes}, (b"\xff",)))


def test_a_key_that_others_call_id_is_called_so(bench: Any, lake: Lake, tmp_path: Path) -> None:
    node = lake.sink(**lake.settings, key=["id_"], roll_mb=1e-9, spool=str(tmp_path / "spool"))

    bench.write(node, bench.table({"id_": int, "s": str}, (1, "a"), (2, "b"), (1, "c"), times=[1, 1, 2]))

    assert sorted(lake.rows(), key=str) == [{"id": 1, "s": "c"}, {"id": 2, "s": "b"}]


def test_a_key_has_to_be_a_column(bench: Any, lake: Lake) -> None:
    node = lake.sink(**lake.settings, key=["m"])

    with pytest.raises(BadInput, match="there is no column 'm' for the key; there are n"):
        node.build(bench.table({"n": int}, (1,)), sink=bench.sink(), secrets=no_secrets)


def test_a_probe_says_what_is_there(lake: Lake) -> None:
    node = lake.source(**lake.settings, columns=COLUMNS)

    assert "there is no table yet" in node.probe(secrets=no_secrets)
    lake.append([{"n": 1, "s": "a"}])
    assert "table, " in node.probe(secrets=no_secrets)


def test_a_version_that_is_gone_is_told(bench: Any, lake: Lake) -> None:
    lake.append([{"n": 1, "s": "a"}])
    reader = lake.reader(lake.source(**lake.settings, columns=COLUMNS), bench.source(), no_secrets)

    with reader.connect() as connection, pytest.raises(SystemUnfit, match="Run the flow afresh"):
        reader.versions(connection).after("77")
