from dataclasses import replace

import pytest

from tests.rca.made import frame, metric
from workbench.facts.telemetry import Telemetry
from workbench.rca.enough import with_doubt
from workbench.rca.findings import WORDS
from workbench.rca.fuse import Sign
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


@pytest.mark.parametrize(
    ("found", "telemetry", "undecided"),
    [
        pytest.param(
            finding("web", Sign.LATENCY, 4.0, incident=True), rows(metrics=ALL), True, id="who-calls-may-wait"
        ),
        pytest.param(
            finding("stock", Sign.LATENCY, 4.0, incident=True), rows(metrics=ALL), False, id="who-calls-no-one"
        ),
        pytest.param(
            finding("web", Sign.LATENCY, 4.0, incident=True), rows(spans=ALL), False, id="spans-tell-who-waits"
        ),
        pytest.param(
            finding("web", Sign.RESOURCE, 4.0, incident=True), rows(metrics=ALL), False, id="resources-need-none"
        ),
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
    left = with_doubt(found, telemetry, CALLS)

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


@pytest.mark.parametrize(("slow", "undecided"), [(("web", "cart"), True), (("web",), False)])
def test_where_no_call_is_known_one_slow_service_alone_waits_for_nobody(slow: tuple[str, ...], undecided: bool) -> None:
    signs = {name: {WORDS[Sign.LATENCY]: 3.0 if name in slow else 0.1} for name in ALL}
    found = replace(finding("web", Sign.LATENCY, 3.0, incident=True), signs=signs)

    assert bool(with_doubt(found, rows(metrics=ALL), Topology.of([])).undecided) is undecided
