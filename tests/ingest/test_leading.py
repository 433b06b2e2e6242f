"""Tables of log lines whose time stands in the line only, or in a column of days."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.conftest import T0, Rows, Write
from workbench.ingest import explain, import_paths
from workbench.ingest.importer import plans, profile_of
from workbench.store.db import Store

LINES = ("2023-11-14 22:13:20,500 | INFO | started", "2023-11-14 22:13:21,500 | ERROR | cannot connect")


def table(*columns: str, days: bool = True) -> str:
    rows = [",".join([*(["2023-11-14"] if days else []), "web", f'"{line}"']) for line in LINES]
    return "\n".join([",".join([*(["datetime"] if days else []), *columns]), *rows]) + "\n"


@pytest.mark.parametrize("days", [True, False], ids=["days", "no-column"])
def test_the_time_that_a_line_begins_with_is_taken(store: Store, write: Write, rows: Rows, days: bool) -> None:
    path = write("business.csv", table("service", "message", days=days))

    import_paths(store, [path])

    assert rows(f"SELECT time_unix_nano - {T0}, service_name, body FROM logs ORDER BY row_id") == [
        (500_000_000, "web", LINES[0]),
        (1_500_000_000, "web", LINES[1]),
    ]
    assert "what the text begins with" in explain([path])[0].text()


def test_a_column_with_the_time_of_day_goes_before_what_a_line_begins_with(
    store: Store, write: Write, rows: Rows
) -> None:
    text = table("service", "message").replace("\n2023-11-14,", "\n2023-11-14 22:13:25,")

    import_paths(store, [write("business.csv", text)])

    assert rows(f"SELECT DISTINCT time_unix_nano - {T0} FROM logs") == [(5_000_000_000,)]


def test_lines_that_seldom_begin_with_a_time_keep_the_day(store: Store, write: Write, rows: Rows) -> None:
    text = "datetime,service,message\n" + "".join(f"2023-11-14,web,line {at}\n" for at in range(5))

    import_paths(store, [write("business.csv", text)])

    assert rows("SELECT count(DISTINCT time_unix_nano), count(*) FROM logs") == [(1, 5)]


def test_a_profile_that_was_kept_reads_it_again(store: Store, write: Write, tmp_path: Path, rows: Rows) -> None:
    path = write("business.csv", table("service", "message"))
    kept = profile_of(plans([path])[0], "mine")

    import_paths(store, [path], scope="again", profile=kept)

    assert rows(f"SELECT time_unix_nano - {T0} FROM logs ORDER BY row_id") == [(500_000_000,), (1_500_000_000,)]
