"""Lines of several programs in one file are each their own program's, and so are the lines that follow them."""

from __future__ import annotations

import pytest

from tests.ingest.conftest import T0, Rows, Write
from workbench.ingest import import_paths
from workbench.signals.origins import pod_of
from workbench.store.db import Store

SEEN = "SELECT service_name, service_instance_id, host_name, severity_text, body FROM logs ORDER BY row_id"


def test_docker_compose(store: Store, write: Write, rows: Rows) -> None:
    lines = [f"api-1  | 2023-11-14T22:13:{second:02d}Z INFO order {second} taken" for second in range(20, 40)]
    lines[3:3] = [
        "db-1   | 2023-11-14T22:13:22Z ERROR cannot write",
        "api-1  | 2023-11-14T22:13:22Z INFO between",
        "db-1   |   at Store.write",
    ]

    report = import_paths(store, [write("logs.txt", "\n".join(lines))])

    assert (report.rows, report.rejected) == ({"logs": 22}, 0)
    assert {row[:3] for row in rows(SEEN)} == {("api", "api-1", ""), ("db", "db-1", "")}
    assert [row[3:] for row in rows(SEEN) if row[0] == "db"] == [("ERROR", "cannot write\n  at Store.write")]


def test_kubectl_with_prefix(store: Store, write: Write, rows: Rows) -> None:
    text = "".join(f"[pod/api-7d9f8c6b5-q8k2p/main] 2023-11-14T22:13:{at}Z WARN slow {at}\n" for at in range(20, 40))

    import_paths(store, [write("all.log", text)])

    assert {row[:4] for row in rows(SEEN)} == {("api", "api-7d9f8c6b5-q8k2p", "", "WARN")}


@pytest.mark.parametrize("name", ["syslog", "messages-20231115", "kern.log.1"])
def test_syslog_of_a_machine(store: Store, write: Write, rows: Rows, name: str) -> None:
    lines = [
        f"2023-11-14T22:13:{second:02d}+00:00 web-1 nginx[812]: request {second} served" for second in range(20, 40)
    ]
    lines.append("2023-11-14T22:13:40+00:00 web-1 kernel: Out of memory: Killed process 4711 (java)")

    report = import_paths(store, [write(f"var/{name}", "\n".join(lines)).parent])

    assert (report.rows, report.rejected) == ({"logs": 21}, 0)
    assert {row[:3] for row in rows(SEEN)} == {("nginx", "", "web-1"), ("kernel", "", "web-1")}
    assert rows(SEEN)[-1][4] == "Out of memory: Killed process 4711 (java)"
    assert rows("SELECT min(time_unix_nano) FROM logs") == [(T0,)]


def test_the_pod_in_a_file_name(store: Store, write: Write, rows: Rows) -> None:
    text = "2023-11-14 22:13:20 INFO taken\n2023-11-14 22:13:21 INFO taken\n"

    import_paths(store, [write("api-7d9f8c6b5-q8k2p.log", text)])

    assert {row[:2] for row in rows(SEEN)} == {("api", "api-7d9f8c6b5-q8k2p")}
    assert pod_of(f"api-7d9f8c6b5-q8k2p_shop_main-{'0f' * 32}.log") == ("api", "api-7d9f8c6b5-q8k2p")
    assert pod_of("shop/orders.log") == ("", "")
