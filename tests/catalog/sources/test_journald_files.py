"""Journals in the two forms of journalctl."""

import gzip
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from node_catalog.sources.journald_files import JournaldFiles
from tests.services.process import program
from workbench.flow.telemetry.columns import columns_of
from workbench.semconv import Table

ENTRY = {
    "__REALTIME_TIMESTAMP": "1773135000000123",
    "_HOSTNAME": "n1",
    "_SYSTEMD_UNIT": "cart.service",
    "PRIORITY": "3",
    "_PID": "77",
}


def exported(message: bytes, *, binary: bool = False, **more: str) -> bytes:
    lines = b"".join(f"{name}={value}\n".encode() for name, value in {**ENTRY, **more}.items())
    said = (
        b"MESSAGE\n" + len(message).to_bytes(8, "little") + message + b"\n" if binary else b"MESSAGE=" + message + b"\n"
    )
    return lines + said + b"\n"


def check(found: list[tuple[Any, ...]], *bodies: str) -> None:
    rows = [dict(zip(columns_of(Table.LOGS), row, strict=True)) for row in found]
    assert sorted(row["body"] for row in rows) == sorted(bodies)
    for row in rows:
        assert (row["time_unix_nano"], row["service_name"], row["host_name"]) == (1773135000000123000, "cart", "n1")
        assert (row["severity_number"], row["severity_text"]) == (17, "ERR")
        assert json.loads(row["attributes"]) == {"_PID": "77"}


def test_export(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "journal.export.gz"
    path.write_bytes(gzip.compress(exported(b"one") + exported(b"two\nlines =\n\n", binary=True) + exported(b"three")))

    found = bench.rows(JournaldFiles(path=str(path), format="export"))

    check(found, "one", "two\nlines =\n\n", "three")


def test_json(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "journal.json"
    messages: list[Any] = ["one", [116, 119, 111, 255], ["a", "b"], None]
    path.write_text("".join(json.dumps({**ENTRY, "MESSAGE": one}) + "\n" for one in messages) + '{"x": 1}\n[]\n')

    found = bench.rows(JournaldFiles(path=str(path)))

    check(found, "one", "two\ufffd", "a\nb", "")
    assert [fault["line"] for fault in bench.rejected] == [5, 6]


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        (b"MESSAGE\n\x05\x00\x00\x00\x00\x00\x00\x00ab", "field 'MESSAGE' is cut off"),
        (b"MESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xff", "field 'MESSAGE' has no length that can be read"),
    ],
)
def test_an_export_that_breaks_off(bench: Any, tmp_path: Path, rest: bytes, reason: str) -> None:
    path = tmp_path / "journal.export"
    path.write_bytes(exported(b"one") + rest)

    found = bench.rows(JournaldFiles(path=str(path), format="export"))

    check(found, "one")
    assert [(fault["line"], fault["reason"]) for fault in bench.rejected] == [(2, reason)]


@pytest.mark.service
@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "export"])
def test_what_journalctl_writes_of_a_real_journal(bench: Any, tmp_path: Path, form: str) -> None:
    remote = program("systemd-journal-remote", "/lib/systemd/systemd-journal-remote")
    journal, entries = tmp_path / "test.journal", tmp_path / "in.export"
    boot = "_BOOT_ID=" + "ab" * 16 + "\n__MONOTONIC_TIMESTAMP=5\n"
    sent = [exported(b"one"), exported(b"two\nlines", binary=True), exported(b"\xff\xfe raw", binary=True)]
    entries.write_bytes(b"".join(boot.encode() + one for one in sent))
    subprocess.run([remote, f"--output={journal}", str(entries)], check=True, timeout=60)
    written = subprocess.run(
        ["journalctl", f"--file={journal}", "-o", form], check=True, timeout=60, capture_output=True
    ).stdout
    (tmp_path / "out").write_bytes(written)

    found = bench.rows(JournaldFiles(path=str(tmp_path / "out"), format=form))

    rows = [dict(zip(columns_of(Table.LOGS), row, strict=True)) for row in found]
    assert sorted(row["body"] for row in rows) == ["one", "two\nlines", "\ufffd\ufffd raw"]
    assert {(row["time_unix_nano"], row["service_name"], row["severity_text"]) for row in rows} == {
        (1773135000000123000, "cart", "ERR")
    }
    assert bench.rejected == []
