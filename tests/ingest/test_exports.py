"""Exports of logging tools are read as they come: names in envelopes, their times and levels, whose a log is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.ingest.conftest import T0, Rows, Write
from workbench.ingest import import_paths
from workbench.store.db import Store

QUERY = "SELECT time_unix_nano, service_name, severity_number, body FROM logs ORDER BY row_id"
SEEN = [(T0, "pay", 9, "stored"), (T0 + 1_000_000_000, "pay", 17, "refused")]
ISO = ("2023-11-14T22:13:20.000Z", "2023-11-14T22:13:21.000Z")


def lines(*objects: dict[str, object]) -> str:
    return "\n".join(map(json.dumps, objects)) + "\n"


KIBANA = """"@timestamp","kubernetes.labels.app","log.level",message,"_id"
"Nov 14, 2023 @ 22:13:20.000",pay,INFO,stored,a
"Nov 14, 2023 @ 22:13:21.000",pay,ERROR,refused,b
"""
DATADOG = f"Date,Host,Service,Status,Content\n{ISO[0]},i-0,pay,info,stored\n{ISO[1]},i-0,pay,error,refused\n"
SPLUNK = (
    f'"_raw","_time",host,source,loglevel\nstored,{ISO[0]},ip-10-0-0-8,/var/log/pay/app.log,INFO\n'
    f"refused,{ISO[1]},ip-10-0-0-8,/var/log/pay/app.log,ERROR\n"
)
ELASTIC = lines(
    *(
        {"_source": {"@timestamp": at, "service": {"name": "pay"}, "log": {"level": level}, "message": said}}
        for at, level, said in zip(ISO, ("INFO", "ERROR"), ("stored", "refused"), strict=True)
    )
)  # fmt: skip
GCP = json.dumps(
    [
        {
            "timestamp": at, "severity": level, "jsonPayload": {"message": said},
            "resource": {"labels": {"pod_name": "pay-6f7c9d8b55-x2abc", "container_name": "main"}},
            "labels": {"k8s-pod/app": "pay"},
        }
        for at, level, said in zip(ISO, ("INFO", "ERROR"), ("stored", "refused"), strict=True)
    ]
)  # fmt: skip
FLUENT = lines(
    *(
        {"time": at, "log": said, "level": level, "kubernetes": {"pod_name": "pay-6f7c9d8b55-x2abc"}}
        for at, level, said in zip(ISO, ("info", "error"), ("stored", "refused"), strict=True)
    )
)  # fmt: skip
JOURNAL = lines(
    *(
        {"__REALTIME_TIMESTAMP": str(at // 1000), "_SYSTEMD_UNIT": "pay.service", "PRIORITY": level, "MESSAGE": said}
        for at, level, said in ((T0, "6", "stored"), (T0 + 10**9, "3", "refused"))
    )
)
PINO = lines(
    *(
        {"level": n, "time": at, "msg": said}
        for n, at, said in ((30, T0 // 10**6, "stored"), (50, T0 // 10**6 + 1000, "refused"))
    )
)
INSIGHTS = (
    'TimeGenerated,AppRoleName,SeverityLevel,Message\n"2023-11-14T22:13:20Z",pay,1,stored\n'
    '"2023-11-14T22:13:21Z",pay,3,refused\n'
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("discover.csv", KIBANA, id="kibana"),
        pytest.param("extract.csv", DATADOG, id="datadog"),
        pytest.param("1732_export.csv", SPLUNK, id="splunk"),
        pytest.param("hits.ndjson", ELASTIC, id="elasticsearch"),
        pytest.param("downloaded-logs.json", GCP, id="google-cloud"),
        pytest.param("tail.jsonl", FLUENT, id="fluent-bit"),
        pytest.param("journal.json", JOURNAL, id="journalctl"),
        pytest.param("pay/app.jsonl", PINO, id="pino"),
        pytest.param("query_data.csv", INSIGHTS, id="application-insights"),
    ],
)
def test_an_export_is_read_as_it_comes(store: Store, write: Write, rows: Rows, name: str, content: str) -> None:
    path = write(name, content)

    report = import_paths(store, [path.parents[len(Path(name).parts) - 1]])

    assert rows(QUERY) == SEEN
    assert report.rejected == 0


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("pay/app.log", "pay"),
        ("pay/logs/server.log.1", "pay"),
        ("pay-error.log", "pay"),
        ("logs/2023-11-14/pay.log", "pay"),
        ("pay-2023-11-14_221320.log", "pay"),
        ("order-service.log", "order-service"),
        ("kafka-1.log", "kafka-1"),
        ("app.log", "app"),
    ],
)
def test_a_log_is_of_the_service_that_its_path_names(
    store: Store, write: Write, rows: Rows, name: str, service: str
) -> None:
    path = write(name, "2023-11-14 22:13:20 INFO stored\n2023-11-14 22:13:21 ERROR refused\n" * 3)

    import_paths(store, [path.parents[len(Path(name).parts) - 1]])

    assert rows("SELECT DISTINCT service_name FROM logs") == [(service,)]


def test_of_files_called_alike_the_folder_tells(store: Store, write: Write, rows: Rows) -> None:
    text = "2023-11-14 22:13:20 INFO {0} stored\n2023-11-14 22:13:21 ERROR {0} refused\n"
    paths = [write(f"{name}/app.log", text.format(name)) for name in ("pay", "cart")]

    import_paths(store, paths)

    assert rows("SELECT DISTINCT service_name FROM logs ORDER BY 1") == [("cart",), ("pay",)]
