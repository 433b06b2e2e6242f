"""What an object was like when somebody looked is stored beside telemetry and never tells when a case happened."""

from __future__ import annotations

import pyarrow as pa

from workbench.facts.evidence import Evidence, EvidenceKind, Selection
from workbench.semconv import Table
from workbench.store import evidence, sources, telemetry
from workbench.store.db import Store


def _with_states(store: Store) -> int:
    source = sources.register(store, kind="file", uri="pod.txt", scope="a")
    rows = pa.table(
        {
            "object_kind": ["container", "pod"],
            "object_name": ["web-1/app", "web-1"],
            "attribute": ["status.containerStatuses.state.waiting.reason", "spec.nodeSelector"],
            "value": ["CrashLoopBackOff", "disk=ssd"],
        }
    )
    telemetry.append(store, Table.STATES, rows, source_id=source.source_id)
    return source.source_id


def test_states_come_back_with_every_column_and_without_moving_the_extent(store: Store) -> None:
    source_id = _with_states(store)
    logs = pa.table({"time_unix_nano": [50], "body": ["x"]})
    telemetry.append(store, Table.LOGS, logs, source_id=source_id)

    found = telemetry.read(store, scope="a", start_unix_nano=40, end_unix_nano=60)

    assert found.extent() == (50, 50)
    assert found.states[["observed_unix_nano", "object_name", "value", "attributes"]].to_dict("records") == [
        {"observed_unix_nano": 0, "object_name": "web-1/app", "value": "CrashLoopBackOff", "attributes": "{}"},
        {"observed_unix_nano": 0, "object_name": "web-1", "value": "disk=ssd", "attributes": "{}"},
    ]


def test_telemetry_of_states_alone_is_not_empty_and_has_no_extent(store: Store) -> None:
    _with_states(store)

    found = telemetry.read(store, scope="a")

    assert not found.is_empty()
    assert found.extent() is None


def test_evidence_selects_states_by_what_they_say_and_holds_when_run_again(store: Store) -> None:
    _with_states(store)
    said = Evidence(
        kind=EvidenceKind.CHANGE,
        service_name="web",
        summary="the container waits in CrashLoopBackOff",
        selection=Selection(table=Table.STATES, equals={"value": "CrashLoopBackOff"}, start_unix_nano=1),
    )

    kept = evidence.save(store, "", said)

    checked = evidence.recheck(store, kept.evidence_id)
    assert checked.holds
    assert [row["object_name"] for row in checked.rows] == ["web-1/app"]
