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


WRAPPED = {
    "record behind syslog": (
        "var/log/syslog",
        'Nov 14 22:13:2{at} web1 pay[12]: {{"level": "{level}", "msg": "{said}"}}',
    ),
    "kubelet": (
        "pods/shop_pay-6f7c9d8b55-x2abc_0a1b2c3d-1111-2222-3333-444455556666/main/0.log",
        "2023-11-14T22:13:2{at}.000000000Z stderr F {level} {said}",
    ),
    "record of the kubelet": (
        "pods/shop_pay-6f7c9d8b55-x2abc_0a1b2c3d-1111-2222-3333-444455556666/main/0.log",
        '2023-11-14T22:13:2{at}.000000000Z stdout F {{"severity": "{level}", "message": "{said}"}}',
    ),
    "logfmt": ("all.log", 'ts=2023-11-14T22:13:2{at}Z level={level} service=pay caller=main.go:4 msg="{said}"'),
    "MongoDB": (
        "pay/mongod.json",
        '{{"t": {{"$date": "2023-11-14T22:13:2{at}.000Z"}}, "s": "{letter}", "msg": "{said}"}}',
    ),
    "Loki": (
        "explore.json",
        '{{"line": "level={level} {said}", "date": "2023-11-14T22:13:2{at}Z", "fields": {{"app": "pay"}}}}',
    ),
}
STORED = [
    (at, level, said) for at, level, said in ((0, "info", "order stored at once"), (1, "error", "card refused now"))
]


@pytest.mark.parametrize("name", WRAPPED)
def test_who_wrote_a_line_and_its_level_are_found_in_what_is_around_it(
    store: Store, write: Write, rows: Rows, name: str
) -> None:
    path, form = WRAPPED[name]
    text = "\n".join(form.format(at=at, level=level, said=said, letter=level[0].upper()) for at, level, said in STORED)

    import_paths(store, [write(path, text).parents[len(Path(path).parts) - 1]])

    service = "mongod" if name == "MongoDB" else "pay"
    assert rows("SELECT service_name, severity_number FROM logs ORDER BY row_id") == [(service, 9), (service, 17)]
    assert [
        body[-len(said) :] for (body,), (_, _, said) in zip(rows("SELECT body FROM logs"), STORED, strict=True)
    ] == [said for _, _, said in STORED]


def test_lines_without_levels_tell_failures_by_their_words(store: Store, write: Write, rows: Rows) -> None:
    said = ("order taken", "checked: 0 errors", "could not obtain a connection")
    path = write("pay.txt", "\n".join(f"2023-11-14T22:13:2{at}Z {one}" for at, one in enumerate(said)))
    lines_of = write(
        "cart.jsonl", lines(*({"time": f"2023-11-14T22:13:2{at}Z", "msg": one} for at, one in enumerate(said)))
    )

    import_paths(store, [path, lines_of])

    found = rows("SELECT severity_number FROM logs ORDER BY service_name, time_unix_nano")
    assert [number for (number,) in found] == [9, 9, 17] * 2


def test_the_log_of_a_container_is_of_its_service(store: Store, write: Write, rows: Rows) -> None:
    name = "0f" * 32
    text = lines(
        *({"log": f"{said}\n", "stream": "stdout", "time": at} for at, said in zip(ISO, ("a", "b"), strict=True))
    )
    path = write(f"containers/{name}/{name}-json.log", text)
    (path.parent / "config.v2.json").write_text('{"Name": "/shop-pay-1", "Config": {"Env": ["PASSWORD=hush"]}}')

    report = import_paths(store, [path.parents[1]])

    assert rows("SELECT DISTINCT service_name FROM logs") == [("shop-pay-1",)]
    assert [left.uri.rsplit("/", 1)[-1] for left in report.left] == ["config.v2.json"]


def test_the_event_viewer_of_windows_has_a_column_without_a_title(store: Store, write: Write, rows: Rows) -> None:
    text = "Level,Date and Time,Source,Event ID\nError,11/14/2023 10:13:20 PM,disk,7,The device has a bad block.\n"

    import_paths(store, [write("System.csv", text)])

    assert rows("SELECT time_unix_nano, severity_number, body FROM logs") == [(T0, 17, "The device has a bad block.")]
