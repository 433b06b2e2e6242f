import numpy as np
import pytest

from tests.rca.made import START, frame, metric, renamed, scaled, shuffled
from workbench.facts.diagnosis import Diagnosis, Verdict
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.diagnose import diagnose
from workbench.rca.windows import seconds
from workbench.semconv import Table

EDGES = [("web", "shop"), ("shop", "cart"), ("shop", "stock"), ("cart", "base"), ("web", "login")]
NODES = sorted({name for edge in EDGES for name in edge})


def telemetry(rows: int, seed: int, slow: dict[str, float] | None = None, last: int = 3) -> Telemetry:
    """Latency and requests of all nodes every five minutes; `slow` nodes get slower in the `last` rows."""
    dice = np.random.default_rng(seed)
    series = []
    for node in NODES:
        values = 0.1 * (1 + 0.05 * dice.standard_normal(rows))
        values[-last:] *= (slow or {}).get(node, 1.0)
        series += metric("latency", node, values.tolist(), step_s=300)
        series += metric("requests", node, (100 + dice.integers(0, 9, rows)).tolist(), step_s=300)
    edges = [{"caller_service_name": a, "callee_service_name": b} for a, b in EDGES]
    return Telemetry(metrics=frame(Table.METRICS, series), edges=frame(Table.EDGES, edges))


REFERENCE = telemetry(300, 1)
FAULT = {"base": 6.0, "cart": 5.0, "shop": 4.0, "web": 3.0}


def diagnosed(case: Telemetry, reference: Telemetry = REFERENCE, at: int | None = None) -> Diagnosis:
    return diagnose(Case("case", case, {"healthy": reference}, at))


@pytest.mark.parametrize("at", [None, START + seconds(600)], ids=["nothing-given", "time-given"])
def test_deepest_node_that_explains_its_callers_is_first(at: int | None) -> None:
    found = diagnosed(telemetry(5, 2, FAULT), at=at)

    assert found.verdict is Verdict.INCIDENT
    assert found.causes[0].service_name == "base"
    assert found.causes[0].path == ["base", "cart", "shop", "web"]
    onset = found.onset_unix_nano
    assert onset is not None
    # The onset lies between rows: it may be dated a tenth of a row early, never late.
    assert START + seconds(570 if at is None else 600) <= onset <= START + seconds(600)


@pytest.mark.slow
def test_healthy_windows_are_called_healthy() -> None:
    assert {diagnosed(telemetry(5, seed)).verdict for seed in range(10, 20)} == {Verdict.HEALTHY}


def test_names_order_and_units_change_nothing() -> None:
    names = {name: f"n{number}" for number, name in enumerate(reversed(NODES))}
    case = telemetry(5, 2, FAULT)
    expected = [cause.service_name for cause in diagnosed(case).causes]

    others = [
        [cause.service_name for cause in diagnosed(renamed(case, names), renamed(REFERENCE, names)).causes],
        [cause.service_name for cause in diagnosed(shuffled(case, 3), shuffled(REFERENCE, 4)).causes],
        [
            cause.service_name
            for cause in diagnosed(scaled(case, "latency", 1000), scaled(REFERENCE, "latency", 1000)).causes
        ],
    ]

    assert others == [[names[name] for name in expected], expected, expected]


@pytest.mark.parametrize("at", [None, START + seconds(600)], ids=["nothing-given", "time-given"])
def test_without_a_reference_the_rows_of_before_are_the_baseline_and_make_nobody_sure(at: int | None) -> None:
    case = telemetry(5, 2, FAULT)

    alone = diagnose(Case("case", case, at_unix_nano=at))

    assert alone.verdict is Verdict.INCIDENT
    assert alone.causes[0].service_name == "base"
    assert alone.causes[0].confidence < diagnosed(case, at=at).causes[0].confidence
    assert "2 earlier rows" in alone.not_known[0]
    assert "--reference" in alone.not_known[0]


def test_without_a_reference_a_calm_case_is_healthy() -> None:
    assert diagnose(Case("case", telemetry(5, 3))).verdict is Verdict.HEALTHY


@pytest.mark.parametrize(("last", "verdict"), [(1, Verdict.HEALTHY), (2, Verdict.INCIDENT)])
def test_without_a_reference_and_a_time_one_bad_row_is_a_spike(last: int, verdict: Verdict) -> None:
    assert diagnose(Case("case", telemetry(5, 2, FAULT, last))).verdict is verdict


def test_without_a_reference_and_rows_of_before_nothing_is_claimed() -> None:
    found = diagnose(Case("case", telemetry(5, 2, FAULT), at_unix_nano=START))

    assert found.verdict is Verdict.UNKNOWN
    assert found.not_known
