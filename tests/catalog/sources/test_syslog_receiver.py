"""Syslog, sent by `logger` of util-linux and by raw sockets."""

import json
import socket
import subprocess
import time
from typing import Any

import pytest

from node_catalog.sources.syslog_receiver import SyslogReceiver
from tests.ports import free_port, wait_for
from workbench.errors import BadInput
from workbench.flow.telemetry.columns import columns_of
from workbench.semconv import Table

HOUR = 3_600_000_000_000


def named(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(zip(columns_of(Table.LOGS), row, strict=True)) for row in rows]


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["-d", "--rfc3164"], id="udp-3164"),
        pytest.param(["-d", "--rfc5424"], id="udp-5424"),
        pytest.param(["-T", "--rfc3164"], id="tcp-3164"),
        pytest.param(["-T", "--rfc5424", "--octet-count"], id="tcp-5424-counted"),
    ],
)
def test_messages_of_logger(bench: Any, options: list[str]) -> None:
    port = free_port()

    def act() -> None:
        wait_for(port)
        command = ["logger", "-n", "127.0.0.1", "-P", str(port), *options, "-t", "cart", "--id=77", "-p", "local3.err"]
        subprocess.run([*command, "card refused: [x] <y>"], check=True, timeout=30)

    found = bench.live(SyslogReceiver(port=port), act, 1)

    row = named(found)[0]
    assert (row["body"], row["service_name"]) == ("card refused: [x] <y>", "cart")
    assert (row["severity_number"], row["severity_text"]) == (17, "ERR")
    attributes = json.loads(row["attributes"])
    assert (attributes["facility"], attributes["procid"]) == ("local3", "77")
    assert row["host_name"] == socket.gethostname().split(".")[0]
    if "--rfc5424" in options:
        # Only the new form says in which zone its time is.
        assert abs(row["time_unix_nano"] - time.time_ns()) < HOUR
    assert bench.rejected == []


def test_many_on_one_connection_some_of_them_nonsense(bench: Any) -> None:
    port = free_port()

    def act() -> None:
        wait_for(port)
        with socket.create_connection(("127.0.0.1", port)) as client:
            for part in (
                b"<13>1 - h app - - - one\n<13>1 - h ap",
                b"p - - - two\nnonsense\n",
                b"21 <13>1 - h app - - - 3\n",
            ):
                client.sendall(part)
                time.sleep(0.02)

    found = bench.live(SyslogReceiver(port=port), act, 3, rejected=1)

    assert sorted(row["body"] for row in named(found)) == ["3", "one", "two"]
    assert [(fault["raw"], fault["uri"]) for fault in bench.rejected] == [("nonsense", "127.0.0.1")]


def test_what_was_sent_before_the_stop_is_there(bench: Any) -> None:
    port = free_port()

    def act() -> None:
        wait_for(port)
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"".join(b"<13>1 - h app - - - %d\n" % number for number in range(3000)))

    found = bench.live(SyslogReceiver(port=port, queue_rows=100), act, 0)

    assert len(found) == 3000


def test_other_machines_have_to_be_named() -> None:
    with pytest.raises(ValueError, match="name their networks in allow_from"):
        SyslogReceiver(host="0.0.0.0")
    with pytest.raises(ValueError, match=r"'10\.0\.0\.0/99' does not appear"):
        SyslogReceiver(allow_from=["10.0.0.0/99"])
    with pytest.raises(ValueError, match="no time zone 'Berlin'"):
        SyslogReceiver(time_zone="Berlin")


def test_a_probe_says_whether_the_port_is_free() -> None:
    port = free_port()
    node = SyslogReceiver(port=port)

    assert node.probe(secrets=str) == f"127.0.0.1 port {port} can be listened on (udp and tcp)."
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", port))
        with pytest.raises(BadInput, match=f"cannot listen on 127.0.0.1 port {port}: Address already in use"):
            node.probe(secrets=str)
