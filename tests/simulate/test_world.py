import pandas as pd
import pytest

from workbench.errors import BadInput
from workbench.facts.telemetry import empty_frame
from workbench.semconv import SEVERITY_ERROR, MetricRole, Table, metric_role
from workbench.simulate.faults import parse_fault
from workbench.simulate.shop import FRONT, SHOP
from workbench.simulate.world import simulate


def test_the_same_seed_gives_the_same_rows():
    faults = [parse_fault("memory_leak"), parse_fault("bad_deploy+20")]

    one, two, other = (simulate(faults, seed, minutes=1).telemetry for seed in (8, 8, 9))

    for table in Table:
        pd.testing.assert_frame_equal(one.frame(table), two.frame(table))
    assert not one.spans.equals(other.spans)


def test_a_fault_changes_nothing_before_it_starts():
    faulty = simulate([parse_fault("cpu@catalog+40")], 8, minutes=1)
    healthy = simulate([], 8, minutes=1)

    start = faulty.start_unix_nano + 39 * 10**9
    logs = [logs[logs["time_unix_nano"] < start] for logs in (faulty.telemetry.logs, healthy.telemetry.logs)]

    assert len(logs[0]) > 500
    pd.testing.assert_frame_equal(logs[0], logs[1])


@pytest.mark.parametrize("table", list(Table))
def test_frames_have_the_columns_and_types_of_the_vocabulary(broken, table):
    frame = broken.telemetry.frame(table)

    assert dict(frame.dtypes) == dict(empty_frame(table).dtypes)
    assert frame["row_id"].tolist() == list(range(len(frame)))
    assert not frame.isna().to_numpy().any()


@pytest.mark.parametrize("run", ["healthy", "broken"])
def test_every_failed_span_has_an_error_line(run, request):
    telemetry = request.getfixturevalue(run).telemetry
    failed = telemetry.spans[telemetry.spans["status_code"] == "ERROR"]
    errors = telemetry.logs[(telemetry.logs["severity_number"] >= SEVERITY_ERROR) & (telemetry.logs["trace_id"] != "")]

    keys = ["trace_id", "span_id", "service_name", "service_instance_id"]
    expected = {tuple(row) for row in failed[keys].itertuples(index=False)}

    assert expected
    assert {tuple(row) for row in errors[keys].itertuples(index=False)} == expected


@pytest.mark.parametrize("run", ["healthy", "broken"])
@pytest.mark.parametrize(("prefix", "kind"), [("http.server", "SERVER"), ("client", "CLIENT")])
def test_metrics_count_the_very_spans(run, request, prefix, kind):
    telemetry = request.getfixturevalue(run).telemetry
    metrics, spans = telemetry.metrics, telemetry.spans[telemetry.spans["span_kind"] == kind]
    keys = ["service_name", "service_instance_id", "peer_service_name"]

    counted = metrics[metrics["metric_name"] == f"{prefix}.request.count"].groupby(keys)["value"].sum()
    failed = metrics[metrics["metric_name"] == f"{prefix}.error.count"].groupby(keys)["value"].sum()

    seen = spans.groupby(keys).size()
    assert counted[counted > 0].astype(int).to_dict() == seen.to_dict()
    errors = spans[spans["status_code"] == "ERROR"].groupby(keys).size()
    assert failed[failed > 0].astype(int).to_dict() == errors.to_dict()


def test_spans_form_trees_and_log_lines_lie_within_their_span(healthy):
    spans, logs = healthy.telemetry.spans, healthy.telemetry.logs
    known = spans.set_index("span_id")
    assert known.index.is_unique

    # What was still under way at the end has no root yet.
    finished = spans.loc[spans["parent_span_id"] == "", "trace_id"]
    children = spans[spans["trace_id"].isin(finished) & (spans["parent_span_id"] != "")]
    assert set(children["parent_span_id"]) <= set(known.index)
    times = known[["start_time_unix_nano", "end_time_unix_nano"]]
    lines = logs[["span_id", "time_unix_nano"]].merge(times, left_on="span_id", right_index=True)
    assert len(lines) > 0.9 * len(logs)
    assert lines["time_unix_nano"].between(lines["start_time_unix_nano"], lines["end_time_unix_nano"]).all()


def test_a_healthy_shop_has_few_errors_but_has_some(healthy):
    spans, lines = healthy.telemetry.spans, healthy.telemetry.logs
    front = spans[(spans["service_name"] == FRONT) & (spans["span_kind"] == "SERVER")]

    assert (front["status_code"] == "ERROR").mean() < 0.005
    assert 0 < (lines["severity_number"] >= SEVERITY_ERROR).mean() < 0.01
    assert healthy.truth == {"faults": [], "seed": 3}


def test_every_service_reports_each_kind_of_resource(healthy):
    metrics = healthy.telemetry.metrics
    roles = metrics["metric_name"].map({name: metric_role(name) for name in metrics["metric_name"].unique()})

    wanted = {MetricRole.CPU, MetricRole.MEMORY, MetricRole.DISK, MetricRole.THREADS, MetricRole.QUEUE}
    wanted |= {MetricRole.HEARTBEAT, MetricRole.TRAFFIC, MetricRole.ERRORS, MetricRole.LATENCY, MetricRole.NETWORK}
    assert {service: wanted - set(roles[mine.index]) for service, mine in metrics.groupby("service_name")} == {
        service: set() for service in SHOP
    }
    assert MetricRole.OTHER not in set(roles)


def test_edges_are_the_calls_that_were_seen(healthy):
    edges = healthy.telemetry.edges[["caller_service_name", "callee_service_name"]]

    assert {tuple(edge) for edge in edges.itertuples(index=False)} == {
        (name, callee) for name, service in SHOP.items() for callee in service.callees()
    }


def test_the_truth_names_service_fault_and_time(broken):
    assert broken.truth == {
        "faults": [
            {"service": "catalog", "fault_type": "pool_exhaustion", "start": "2026-03-10T09:31:00.000Z"},
            {"service": "shipping", "fault_type": "dependency_down", "start": "2026-03-10T09:31:40.000Z"},
        ],
        "seed": 5,
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param({"minutes": 0}, "minutes: 0 minutes. Give more than 0, at most 240", id="no-time"),
        pytest.param({"rate_per_s": -1}, "rate_per_s: -1 requests per second", id="no-traffic"),
    ],
)
def test_a_run_that_cannot_be_is_refused(arguments, message):
    with pytest.raises(BadInput, match=message):
        simulate([], 0, **arguments)


def test_latency_metrics_are_quantiles_of_the_very_spans(healthy):
    spans, metrics = healthy.telemetry.spans, healthy.telemetry.metrics
    edge = metrics[(metrics["metric_name"] == "client.request.duration") & (metrics["statistic"] == "Average")]
    counts = metrics[metrics["metric_name"] == "client.request.count"]
    keys = ["time_unix_nano", "service_instance_id", "peer_service_name"]

    sums = edge.merge(counts, on=keys, suffixes=("", "_count"))
    by_peer = (sums["value"] * sums["value_count"]).groupby(sums["peer_service_name"]).sum()

    calls = spans[spans["span_kind"] == "CLIENT"]
    took_s = (calls["end_time_unix_nano"] - calls["start_time_unix_nano"]) / 1e9
    assert by_peer.to_dict() == pytest.approx(took_s.groupby(calls["peer_service_name"]).sum().to_dict(), rel=1e-3)
