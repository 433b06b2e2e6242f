from typing import Any

import pytest

from tests.rca.made import START, frame
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.diagnose import diagnose
from workbench.rca.places import places_of, shared_host
from workbench.rca.windows import seconds
from workbench.semconv import Table

ONSET = START + seconds(300)
HOSTS = {"cart-a": "node-1", "cart-b": "node-2", "cart-c": "node-3", "mail-a": "node-1", "mail-b": "node-2"}


def rows(slow: dict[str, float], failing: dict[str, float]) -> list[dict[str, Any]]:
    """One span a second per instance; `slow` and `failing` say what becomes of it after the onset."""
    made = []
    for second in range(600):
        for instance, host in HOSTS.items():
            start = START + seconds(second)
            late = start >= ONSET
            ms = 10.0 * (slow.get(instance, 1.0) if late else 1.0) + second % 3
            failed = late and second % 10 < 10 * failing.get(instance, 0.0)
            made.append(
                {
                    "trace_id": f"{instance}{second}",
                    "span_id": f"{instance}{second}",
                    "service_name": instance[:-2],
                    "service_instance_id": instance,
                    "host_name": host,
                    "span_name": "get",
                    "start_time_unix_nano": start,
                    "end_time_unix_nano": start + int(ms * 1e6),
                    "status_code": "ERROR" if failed else "OK",
                }
            )
    return made


def telemetry(slow: dict[str, float] | None = None, failing: dict[str, float] | None = None) -> Telemetry:
    return Telemetry(spans=frame(Table.SPANS, rows(slow or {}, failing or {})))


@pytest.mark.parametrize(
    ("made", "said"),
    [
        pytest.param(telemetry(slow={"cart-b": 5}), "duration of spans is 5", id="slow"),
        pytest.param(telemetry(failing={"cart-b": 0.6}), "share of failed spans is 60 %", id="failing"),
    ],
)
def test_the_instance_that_differs_from_its_peers_is_named_with_its_host(made: Telemetry, said: str) -> None:
    place = places_of(made, ["cart"], ONSET)["cart"]

    assert (place.instance, place.host) == ("cart-b", "node-2")
    assert "instance cart-b of cart on node-2" in place.evidence[0].summary
    assert said in place.evidence[0].summary


def test_nobody_is_named_when_all_instances_suffer_alike() -> None:
    assert places_of(telemetry(slow={"cart-a": 5, "cart-b": 5, "cart-c": 5}), ["cart"], ONSET) == {}


def test_an_only_instance_needs_no_evidence() -> None:
    spans = [row for row in rows({}, {}) if row["service_instance_id"] == "cart-a"]

    place = places_of(Telemetry(spans=frame(Table.SPANS, spans)), ["cart"], ONSET)["cart"]

    assert (place.instance, place.host, place.evidence) == ("cart-a", "node-1", ())


def test_one_host_under_several_services_is_named() -> None:
    both = places_of(telemetry(slow={"cart-a": 5, "mail-a": 4}), ["cart", "mail"], ONSET)
    apart = places_of(telemetry(slow={"cart-a": 5, "mail-b": 4}), ["cart", "mail"], ONSET)

    assert shared_host(both) == "node-1"
    assert shared_host(apart) == ""


def test_the_diagnosis_names_the_instance() -> None:
    found = diagnose(Case("one pod", telemetry(slow={"cart-b": 9}), at_unix_nano=ONSET))

    assert [(cause.service_instance_id, cause.host_name) for cause in found.causes[:1]] == [("cart-b", "node-2")]
