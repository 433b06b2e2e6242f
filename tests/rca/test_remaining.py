"""What is left of a resource is read as what is used of it, and each disk and processor is a series of its own."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.rca.made import START, frame, metric
from workbench.facts.diagnosis import Verdict
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.diagnose import diagnose
from workbench.rca.metric_table import make_metrics
from workbench.rca.remaining import as_used
from workbench.rca.resources import busy_resources
from workbench.rca.series import MetricTable, Reading
from workbench.rca.windows import seconds
from workbench.semconv import MetricRole, Table, metric_role

ONSET = START + seconds(400)
CALM, FALLING = [60.0 + step % 3 for step in range(40)], [60.0 - 3 * step for step in range(20)]


def table(*series: list[dict[str, object]]) -> MetricTable:
    return as_used(make_metrics(frame(Table.METRICS, [row for one in series for row in one])))


def labelled(name: str, service: str, values: list[float], **labels: str) -> list[dict[str, object]]:
    return [{**row, "attributes": json.dumps(labels)} for row in metric(name, service, values)]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("node_memory_MemAvailable_bytes", MetricRole.MEMORY),
        ("node_filesystem_avail_bytes", MetricRole.DISK),
        ("FreeableMemory", MetricRole.MEMORY),
        ("node_memory_Cached_bytes", MetricRole.OTHER),
        ("Availability", MetricRole.AVAILABILITY),
        ("kube_deployment_status_replicas_available", MetricRole.AVAILABILITY),
    ],
)
def test_available_is_about_the_resource_where_one_is_named(name: str, role: MetricRole) -> None:
    assert metric_role(name) is role


@pytest.mark.parametrize(
    "name", ["free disk MB", "FreeStorageSpace", "disk.free.percent", "node_memory_MemAvailable_bytes"]
)
def test_a_resource_of_which_little_is_left_is_busy(name: str) -> None:
    calm, falling = metric(name, "a", CALM + CALM[:20]), metric(name, "b", CALM + FALLING)

    found = busy_resources(table(calm, falling), [], since=ONSET, before=ONSET)

    assert found.scores["b"] > 2
    assert found.scores.get("a", 0.0) < 1


def test_more_that_is_left_is_no_evidence() -> None:
    rising = metric("FreeableMemory", "a", CALM + [3 * value for value in CALM[:20]])

    assert busy_resources(table(rising), [], since=ONSET, before=ONSET).scores.get("a", 0.0) < 1


def test_the_used_share_is_taken_where_the_size_is_known() -> None:
    left, size = (
        metric("node_filesystem_avail_bytes", "a", [25.0, 10.0]),
        metric("node_filesystem_size_bytes", "a", [100.0, 100.0]),
    )

    found = {one.name: (one.reading, next(iter(group.values())).value) for one, group in table(left, size).items()}

    assert found["node_filesystem_avail_bytes"][0] is Reading.USED
    assert np.allclose(found["node_filesystem_avail_bytes"][1], [0.75, 0.9])
    assert found["node_filesystem_size_bytes"][0] is Reading.PLAIN


def test_free_memory_says_nothing_beside_available_memory() -> None:
    free, available = (
        metric("node_memory_MemFree_bytes", "a", CALM),
        metric("node_memory_MemAvailable_bytes", "a", CALM),
    )

    roles = {one.name: one.role for one in table(free, available)}

    assert roles["node_memory_MemFree_bytes"] is MetricRole.OTHER
    assert {one.role for one in table(free)} == {MetricRole.MEMORY}


def test_messages_that_remain_in_a_queue_are_no_rest() -> None:
    assert {one.reading for one in table(metric("queue.messages.remaining", "a", CALM))} == {Reading.PLAIN}


def test_labels_that_tell_series_apart_make_series() -> None:
    disks = [
        *labelled("disk.used", "a", [1.0, 2.0], mountpoint="/"),
        *labelled("disk.used", "a", [7.0, 8.0], mountpoint="/var"),
    ]

    (group,) = make_metrics(frame(Table.METRICS, disks)).values()

    assert {source.part: series.value.tolist() for source, series in group.items()} == {
        '{"mountpoint": "/"}': [1.0, 2.0],
        '{"mountpoint": "/var"}': [7.0, 8.0],
    }


def test_labels_that_only_change_from_row_to_row_make_none() -> None:
    rows = [
        {**row, "attributes": json.dumps({"seen": place})} for place, row in enumerate(metric("disk.used", "a", CALM))
    ]

    (group,) = make_metrics(frame(Table.METRICS, rows)).values()

    assert [len(series.value) for series in group.values()] == [len(CALM)]


def test_processor_time_in_idle_mode_is_a_share_of_a_processor() -> None:
    counted = np.cumsum([10.0 * share for share in (0, 0.9, 0.9, 0.1)]).tolist()
    busy = np.cumsum([10.0 * share for share in (0, 0.1, 0.1, 0.9)]).tolist()
    rows = [
        *labelled("node_cpu_seconds_total", "a", counted, mode="idle"),
        *labelled("node_cpu_seconds_total", "a", busy, mode="user"),
    ]

    found = {one.state: (one.reading, next(iter(group.values())).value) for one, group in table(rows).items()}

    assert found["idle"][0] is Reading.USED
    assert np.allclose(found["idle"][1], found["user"][1])


def test_a_machine_that_no_service_owns_is_the_cause_when_its_disk_is_full() -> None:
    disk = [{**row, "host_name": "db-1"} for row in metric("free disk MB", "db-1", CALM + FALLING + [0.0] * 20)]
    logs = [
        {
            "time_unix_nano": START + seconds(step),
            "service_name": "orders",
            "severity_number": 17 if (bad := step >= 590 and step % 2 == 0) else 9,
            "severity_text": "ERROR" if bad else "INFO",
            "body": "PSQLException: ERROR: could not extend file: No space left on device" if bad else "order taken",
        }
        for step in range(800)
    ]

    found = diagnose(Case("case", Telemetry(metrics=frame(Table.METRICS, disk), logs=frame(Table.LOGS, logs))))

    assert found.verdict is Verdict.INCIDENT
    assert (found.causes[0].service_name, found.causes[0].fault_type) == ("db-1", "disk_full")
    assert "fell to 0" in found.causes[0].evidence[0].summary
    assert "storage" in found.failure_modes[0].sentence
    assert found.actions[0].title == "Enlarge the storage"
