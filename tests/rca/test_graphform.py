import numpy as np
import pytest

from tests.rca.made import START, frame, metric, renamed, scaled, shuffled
from workbench.facts.diagnosis import Diagnosis, Verdict
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.by_graph import MOST_WITH_GAPS
from workbench.rca.confidence import HIGHEST
from workbench.rca.diagnose import diagnose
from workbench.rca.graph_levels import Levels, depart
from workbench.rca.series import Metric
from workbench.rca.windows import seconds
from workbench.rca.witnesses import bounded
from workbench.semconv import MetricRole, Table

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


def bad_rows(
    first: int, last: int, rows: int = 5, slow: dict[str, float] | None = None, few: str = "", seed: int = 2
) -> Telemetry:
    """Latency of all nodes, slow in the rows `first` to `last`; the node `few` has a handful of requests."""
    case = telemetry(rows, seed)
    times = sorted(case.metrics["time_unix_nano"].unique())[first : last + 1]
    metrics = case.metrics.copy()
    latency = (metrics["metric_name"] == "latency") & metrics["time_unix_nano"].isin(times)
    metrics.loc[latency, "value"] *= metrics.loc[latency, "service_name"].map(FAULT if slow is None else slow).fillna(1)
    metrics.loc[(metrics["metric_name"] == "requests") & (metrics["service_name"] == few), "value"] = 5
    return Telemetry(metrics=metrics, edges=case.edges)


def test_an_incident_that_began_after_one_row_and_is_over_was_called_healthy_without_a_reference() -> None:
    found = diagnose(Case("case", bad_rows(1, 3)))

    assert found.verdict is Verdict.INCIDENT
    assert found.causes[0].service_name == "base"
    assert found.onset_unix_nano is not None
    assert abs(found.onset_unix_nano - (START + seconds(300))) <= seconds(60)
    assert found.ended_unix_nano is None, "one healthy row may be a lull"


def test_without_a_reference_healthy_rows_after_the_incident_say_that_it_ended() -> None:
    found = diagnose(Case("case", bad_rows(3, 5, rows=9)))

    assert found.ended_unix_nano == START + seconds(6 * 300)
    assert found.baseline.endswith("rows of this case before the onset and after the end")
    assert found.causes[0].service_name == "base"


def test_a_slow_branch_that_the_entry_does_not_feel_is_no_incident() -> None:
    case = bad_rows(2, 4, slow={"login": 12.0}, few="login")

    assert diagnose(Case("case", case)).verdict is Verdict.HEALTHY


def test_an_alarm_that_came_a_row_late_took_the_first_bad_row_for_a_healthy_one() -> None:
    found = diagnose(Case("case", bad_rows(1, 3), at_unix_nano=START + seconds(600)))

    assert found.verdict is Verdict.INCIDENT
    assert found.causes[0].service_name == "base"


@pytest.mark.parametrize("rows", [6, 13, 40])
def test_without_a_reference_more_healthy_rows_raise_no_alarm(rows: int) -> None:
    verdicts = {diagnose(Case("case", telemetry(rows, seed))).verdict for seed in range(30, 36)}

    assert verdicts == {Verdict.HEALTHY}


def test_a_short_incident_in_a_long_case_is_found_without_a_reference() -> None:
    found = diagnose(Case("case", bad_rows(20, 23, rows=40)))

    assert found.causes[0].service_name == "base"
    assert found.onset_unix_nano is not None
    assert abs(found.onset_unix_nano - (START + seconds(20 * 300))) <= seconds(150)


def gaps(case: Telemetry, share: float, seed: int = 5) -> Telemetry:
    """The case without a share of its values."""
    kept = np.random.default_rng(seed).random(len(case.metrics)) >= share
    return Telemetry(metrics=case.metrics[kept].reset_index(drop=True), edges=case.edges)


@pytest.mark.parametrize("alone", [False, True], ids=["with-a-reference", "alone"])
def test_many_missing_values_make_nobody_sure_and_are_told(alone: bool) -> None:
    case = telemetry(9, 2, FAULT)
    references = {} if alone else {"healthy": REFERENCE}

    whole, patchy = (diagnose(Case("case", one, references)) for one in (case, gaps(case, 0.3)))

    assert patchy.causes[0].service_name == "base"
    assert patchy.causes[0].confidence <= MOST_WITH_GAPS < whole.causes[0].confidence
    (told,) = (line for line in patchy.not_known if "of the values of latency in this time are missing" in line)
    assert not [line for line in whole.not_known if "missing" in line], told


def test_of_few_values_the_same_share_must_depart_as_of_all() -> None:
    rows = np.array([[1.0, 9.0, 8.0, 7.0], [np.nan, 9.0, 1.0, np.nan], [np.nan, np.nan, np.nan, np.nan]])
    levels = Levels(
        Metric("latency", "", MetricRole.LATENCY, "s"), 1.0, ["a", "b", "c"], np.ones(3), np.ones(3), np.ones(3),
        np.zeros(3),
    )  # fmt: skip

    value = depart(levels, rows, np.ones(4, dtype=np.bool_)).value

    assert value[:2].tolist() == [8.0, 9.0]
    assert np.isnan(value[2])


def test_a_call_graph_is_a_witness_so_that_spans_are_not_missed() -> None:
    with_graph = telemetry(5, 2)
    without = Telemetry(metrics=with_graph.metrics)

    (sure,), (less,) = (bounded(one, ["base"], [1.0]) for one in (with_graph, without))

    assert less < sure < HIGHEST
