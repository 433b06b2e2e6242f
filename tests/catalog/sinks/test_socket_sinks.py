"""Sinks on plain sockets: syslog to a real rsyslog (Debian package rsyslog), logstash to a small listener."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from node_catalog.sinks.logstash import Logstash
from node_catalog.sinks.syslog import Syslog, message_of
from tests.services.process import answers, free_port, program, server, until
from workbench.flow import patience
from workbench.flow.telemetry.columns import columns_of
from workbench.flow.telemetry.syslog import Frames, syslog_row
from workbench.semconv import Table

T = 1_773_135_000_123_456_000
COLUMNS = {"time_unix_nano": int, "host_name": str, "service_name": str, "severity_number": int, "body": str}
ROWS = [(T, "n1", "cart", 17, "boom\nat line 2"), (T, "", "two words", 0, "grün")]


class Listener:
    """Takes TCP connections and keeps what comes; may close the first one after its first bytes."""

    def __init__(self, close_first: bool = False) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.parts: list[bytes] = []
        self.close_first = close_first
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                while data := connection.recv(65536):
                    self.parts.append(data)
                    if self.close_first:
                        self.close_first = False
                        break


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_S", 0.01)


@pytest.mark.service
@pytest.mark.slow
@pytest.mark.parametrize(("transport", "framing"), [("tcp", "counted"), ("tcp", "lines"), ("udp", "counted")])
def test_messages_reach_rsyslog(bench: Any, tmp_path: Path, transport: str, framing: str) -> None:
    port, out = free_port(), tmp_path / "out.json"
    module = "imtcp" if transport == "tcp" else "imudp"
    parts = {"host": "HOSTNAME", "app": "APP-NAME", "level": "syslogseverity-text", "facility": "syslogfacility-text"}
    form = json.dumps({name: f"%{part}%" for name, part in {**parts, "msg": "msg:::json"}.items()})
    (tmp_path / "rsyslog.conf").write_text(
        f'module(load="{module}")\ninput(type="{module}" address="127.0.0.1" port="{port}")\n'
        f'template(name="j" type="string" string={json.dumps(form + chr(10))})\n'
        f'action(type="omfile" file="{out}" template="j")\n'
    )
    command = [program("rsyslogd"), "-n", "-f", f"{tmp_path}/rsyslog.conf", "-i", f"{tmp_path}/pid"]

    def ready() -> bool:
        return answers(port) if transport == "tcp" else str(port) in Path("/proc/net/udp").read_text() or _bound(port)

    with server(command, ready=ready, log=tmp_path / "output.log"):
        node = Syslog(port=port, transport=transport, framing=framing, facility="local3")
        bench.write(node, bench.table(COLUMNS, *ROWS))
        until(lambda: out.exists() and len(out.read_text().splitlines()) == 2)

    found = {one["app"]: one for one in map(json.loads, out.read_text().splitlines())}
    assert {one["facility"] for one in found.values()} == {"local3"}
    assert (found["cart"]["host"], found["cart"]["level"]) == ("n1", "err")
    assert "boom" in found["cart"]["msg"]
    assert (found["two_words"]["level"], "grün" in found["two_words"]["msg"]) == ("info", True)


def _bound(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


def test_counted_messages_are_what_our_own_reader_reads(bench: Any) -> None:
    listener = Listener()

    bench.write(Syslog(port=listener.port), bench.table(COLUMNS, *ROWS))
    until(lambda: b"gr\xc3\xbcn" in b"".join(listener.parts) and b"boom" in b"".join(listener.parts))

    read = [syslog_row(raw, ZoneInfo("UTC"), 0) for raw in Frames().feed(b"".join(listener.parts))]
    rows = {row[6]: dict(zip(columns_of(Table.LOGS), row, strict=True)) for row in read}
    assert set(rows) == {"boom\nat line 2", "grün"}
    assert rows["boom\nat line 2"]["time_unix_nano"] == T
    assert rows["boom\nat line 2"]["severity_number"] == 17


@pytest.mark.parametrize(
    ("number", "priority"), [(0, 14), (1, 15), (9, 14), (10, 13), (13, 12), (17, 11), (21, 10), (24, 8)]
)
def test_severities(number: int, priority: int) -> None:
    row = {"time_unix_nano": T, "severity_number": number, "body": ""}

    assert message_of(row, "body", 1).startswith(f"<{priority}>1 2026-03-10T".encode())


def test_json_lines_for_logstash_and_a_receiver_that_goes_away(bench: Any) -> None:
    listener = Listener(close_first=True)
    rows = bench.table(COLUMNS, *[(T + n, "n1", "cart", 9, f"line {n}") for n in range(3)], times=[1, 2, 3])

    bench.write(Logstash(port=listener.port, fields={"type": "causeway"}), rows)

    until(lambda: b"line 2" in b"".join(listener.parts))
    found = [json.loads(line) for line in b"".join(listener.parts).splitlines()]
    assert found[0]["@timestamp"] == "2026-03-10T09:30:00.123Z"
    assert {one["type"] for one in found} == {"causeway"}
    assert found[-1]["body"] == "line 2"


def test_nobody_there(bench: Any) -> None:
    with pytest.raises(Exception, match=r"tcp://127\.0\.0\.1:\d+: Connection refused. Given up"):
        bench.write(Logstash(port=free_port(), retry_s=0.05), bench.table(COLUMNS, *ROWS))

    assert len(bench.rejected) == 2
