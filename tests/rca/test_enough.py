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
    left = with_doubt(found, telemetry, CALLS)

    assert left.incident
    assert not left.undecided
    assert (left.most < 0.5, len(left.missing)) == (doubted, doubted)


@pytest.mark.parametrize(("sign", "most"), [(Sign.LATENCY, 0.49), (Sign.ERRORS, 0.8), (Sign.ABSENCE, 0.49)])
@pytest.mark.parametrize("suffering", [("web", "cart"), ("web",)])
def test_where_no_call_is_known_several_that_suffer_make_nobody_sure(
    sign: Sign, most: float, suffering: tuple[str, ...]
) -> None:
    signs = {name: {WORDS[sign]: 3.0 if name in suffering else 0.1} for name in ALL}
    found = replace(finding("web", sign, 3.0, incident=True), signs=signs)

    left = with_doubt(found, rows(metrics=ALL), Topology.of([]))

    assert left.most == (most if len(suffering) > 1 else 0.97)
    assert with_doubt(found, rows(metrics=ALL), Topology.of([("cart", "web")])).most == 0.97


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

    assert with_doubt(found, rows(metrics=ALL), Topology.of([])).most == most
    assert with_doubt(found, rows(metrics=ALL, spans=ALL), Topology.of([])).most == 0.97
