from dataclasses import replace
from typing import Any

import pytest

from tests.rca.made import frame, metric
from workbench.facts.telemetry import Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.enough import CLEARLY, with_doubt
from workbench.rca.findings import WORDS
from workbench.rca.fuse import Sign
from workbench.rca.metric_table import read_metrics
from workbench.rca.report import Finding
from workbench.rca.topology import Topology
from workbench.rca.witnesses import bounded
from workbench.semconv import Table

CALLS = Topology.of([("web", "cart"), ("cart", "stock")])
LINE = {"severity_text": "INFO", "body": "done"}
SPAN = {"trace_id": "t", "span_id": "s"}


def rows(*, spans: tuple[str, ...] = (), metrics: tuple[str, ...] = (), logs: tuple[str, ...] = ()) -> Telemetry:
    return Telemetry(
        spans=frame(Table.SPANS, [SPAN | {"service_name": name} for name in spans]),
        metrics=frame(Table.METRICS, [row for name in metrics for row in metric("cpu.utilization", name, [0.2])]),
        logs=frame(Table.LOGS, [LINE | {"service_name": name} for name in logs]),
    )


def finding(first: str, sign: Sign, strength: float, *, incident: bool) -> Finding:
    return Finding(incident=incident, reason="", scores={first: 100.0}, strength=strength, lead=WORDS[sign])


ALL = ("web", "cart", "stock")


def held(found: Finding, telemetry: Telemetry, topology: Topology) -> Finding:
    return with_doubt(found, telemetry, topology, read_metrics(telemetry, ReferenceCache()))


@pytest.mark.parametrize(
    ("found", "telemetry", "undecided"),
    [
        pytest.param(
            finding("cart", Sign.LATENCY, 0.6, incident=False), rows(spans=ALL[:2]), True, id="its-callee-is-mute"
        ),
        pytest.param(
            finding("cart", Sign.LATENCY, 0.2, incident=False), rows(spans=ALL[:2]), False, id="nobody-suffers"
        ),
        pytest.param(
            finding("cart", Sign.LATENCY, 0.6, incident=False), rows(spans=ALL), False, id="all-of-them-speak"
        ),
    ],
)
def test_too_little_data_leaves_the_verdict_open(found: Finding, telemetry: Telemetry, undecided: bool) -> None:
    left = held(found, telemetry, CALLS)

    assert bool(left.undecided) is undecided
    assert left.incident is (found.incident and not undecided)
    assert left.scores == found.scores


@pytest.mark.parametrize(
    ("telemetry", "most"),
    [
        pytest.param(rows(spans=ALL, metrics=ALL, logs=ALL), 0.97, id="all-kinds"),
        pytest.param(rows(spans=ALL, metrics=ALL), 0.95, id="no-logs"),
        pytest.param(rows(spans=("web",), metrics=("web",), logs=("web",)), 0.85, id="nothing-of-its-own"),
        pytest.param(rows(logs=ALL), 0.49, id="lines-alone"),
    ],
)
def test_fewer_witnesses_make_nobody_as_sure(telemetry: Telemetry, most: float) -> None:
    assert bounded(telemetry, ["cart", "web"], [0.97, 0.02]) == [most, 0.02]


def test_confidences_still_fall_when_the_first_is_bounded() -> None:
    first, second = bounded(rows(spans=("web",)), ["cart", "web"], [0.97, 0.96])

    assert first > second


SLOW = finding("web", Sign.LATENCY, 4.0, incident=True)


@pytest.mark.parametrize(
    ("found", "telemetry", "doubted"),
    [
        pytest.param(SLOW, rows(metrics=ALL), True, id="who-calls-may-wait"),
        pytest.param(replace(SLOW, scores={"stock": 100.0}), rows(metrics=ALL), False, id="who-calls-no-one"),
        pytest.param(SLOW, rows(spans=ALL), False, id="spans-tell-who-waits"),
        pytest.param(replace(SLOW, lead=WORDS[Sign.RESOURCE]), rows(metrics=ALL), False, id="resources-need-none"),
    ],
)
def test_slowness_without_spans_is_an_incident_whose_cause_nobody_is_sure_of(
    found: Finding, telemetry: Telemetry, doubted: bool
) -> None:
    left = held(found, telemetry, CALLS)

    assert left.incident
    assert not left.undecided
    assert (left.most < 0.5, len(left.missing)) == (doubted, doubted)


@pytest.mark.parametrize(("sign", "most"), [(Sign.LATENCY, 0.49), (Sign.ERRORS, 0.8), (Sign.ABSENCE, 0.49)])
@pytest.mark.parametrize("suffering", [("web", "cart"), ("web",)])
def test_where_no_call_is_known_several_that_suffer_make_nobody_sure(
    sign: Sign, most: float, suffering: tuple[str, ...]
) -> None:
    signs = {name: {WORDS[sign]: CLEARLY if name in suffering else 0.1} for name in ALL}
    found = replace(finding("web", sign, CLEARLY, incident=True), signs=signs)

    left = held(found, rows(metrics=ALL), Topology.of([]))

    assert left.most == (most if len(suffering) > 1 else 0.97)
    assert held(found, rows(metrics=ALL), Topology.of([("cart", "web")])).most == 0.97


@pytest.mark.parametrize(
    ("kind", "suffering", "most"),
    [
        ("cpu_contention", ("web", "cart"), 0.7),
        ("cpu_contention", ("web",), 0.97),
        ("memory_leak", ("web", "cart"), 0.97),
    ],
)
def test_who_is_busy_while_others_suffer_may_be_kept_busy_by_them(
    kind: str, suffering: tuple[str, ...], most: float
) -> None:
    signs = {name: {WORDS[Sign.LATENCY]: 3.0 if name in suffering else 0.1} for name in ALL}
    found = replace(finding("web", Sign.RESOURCE, 5.0, incident=True), signs=signs, fault_types={"web": kind})

    assert held(found, rows(metrics=ALL), Topology.of([])).most == most
    assert held(found, rows(metrics=ALL, spans=ALL), Topology.of([])).most == 0.97


@pytest.mark.parametrize(
    ("sign", "ratio", "more", "undecided"),
    [
        pytest.param(Sign.LATENCY, 6.0, {}, True, id="slower-as-it-happens-by-chance"),
        pytest.param(Sign.LATENCY, CLEARLY, {}, False, id="much-slower"),
        pytest.param(Sign.LATENCY, 6.0, {"onset_given": True}, False, id="somebody-noticed-it"),
        pytest.param(Sign.LATENCY, 6.0, {"calibrated": True}, False, id="beside-a-reference"),
        pytest.param(Sign.ABSENCE, 4.0, {}, True, id="silent-and-nobody-fails"),
        pytest.param(Sign.ABSENCE, 4.0, {"signs": {"cart": {WORDS[Sign.ERRORS]: 2.0}}}, False, id="its-callers-fail"),
        pytest.param(Sign.ERRORS, 4.0, {}, False, id="it-fails"),
    ],
)
def test_metrics_of_requests_alone_decide_only_what_is_clear(
    sign: Sign, ratio: float, more: dict[str, Any], undecided: bool
) -> None:
    telemetry = Telemetry(
        metrics=frame(Table.METRICS, [row for name in ALL for row in metric("http.server.duration", name, [0.2])])
    )
    signs = {"web": {WORDS[sign]: ratio}, **more.get("signs", {})}
    found = replace(finding("web", sign, ratio, incident=True), **{**more, "signs": signs})

    left = held(found, telemetry, Topology.of([]))

    assert (bool(left.undecided), left.incident) == (undecided, not undecided)
    assert list(left.scores) == ["web"]
    assert not held(found, telemetry, CALLS).undecided


def test_a_silent_service_whose_processor_was_measured_is_down() -> None:
    found = replace(finding("web", Sign.ABSENCE, 4.0, incident=True), signs={"web": {WORDS[Sign.ABSENCE]: 4.0}})

    assert held(found, rows(metrics=ALL), Topology.of([])).incident
