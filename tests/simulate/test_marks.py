"""Each fault leaves its mark on the chosen service, and those who call it feel it."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import pytest

from workbench.semconv import NANOS_PER_SECOND
from workbench.simulate.faults import FAULTS, parse_fault
from workbench.simulate.shop import FRONT
from workbench.simulate.world import Simulation, simulate

pytestmark = pytest.mark.slow

START_S = 80


@dataclass(frozen=True)
class Sides:
    """The telemetry of one run before and after the fault."""

    run: Simulation
    service: str

    def metric(self, name: str) -> tuple[pd.Series, pd.Series]:
        rows = self.run.telemetry.metrics
        rows = rows[(rows["metric_name"] == name) & (rows["service_name"] == self.service)]
        return self._split(rows, "time_unix_nano", "value")

    def share(self, frame: pd.DataFrame, mark: pd.Series) -> tuple[float, float]:
        column = next(name for name in ("time_unix_nano", "start_time_unix_nano") if name in frame)
        before, after = self._split(frame.assign(mark=mark), column, "mark")
        return before.mean(), after.mean()

    def durations(self, mask: Callable[[pd.DataFrame], pd.Series]) -> tuple[float, float]:
        spans = self.run.telemetry.spans
        spans = spans[mask(spans)]
        took = (spans["end_time_unix_nano"] - spans["start_time_unix_nano"]) / 1e6
        before, after = self._split(spans.assign(took=took), "start_time_unix_nano", "took")
        return before.quantile(0.9), after.quantile(0.9)

    def calls_to(self) -> pd.DataFrame:
        spans = self.run.telemetry.spans
        return spans[spans["peer_service_name"] == self.service]

    def own(self, kind: str = "SERVER") -> pd.DataFrame:
        spans = self.run.telemetry.spans
        return spans[(spans["service_name"] == self.service) & (spans["span_kind"] == kind)]

    def errors(self, frame: pd.DataFrame) -> tuple[float, float]:
        return self.share(frame, frame["status_code"] == "ERROR")

    def _split(self, frame: pd.DataFrame, time_column: str, column: str) -> tuple[pd.Series, pd.Series]:
        late = frame[time_column] >= self.run.start_unix_nano + START_S * NANOS_PER_SECOND
        return frame.loc[~late, column], frame.loc[late, column]


def sides(fault: str, service: str, minutes: float = 2.5, seed: int = 21) -> Sides:
    return Sides(simulate([parse_fault(f"{fault}@{service}+{START_S}")], seed, minutes), service)


def cpu() -> None:
    seen = sides("cpu", "recommendations")
    before, after = seen.metric("process.cpu.utilization")
    assert before.mean() < 0.6
    assert after.iloc[1:].min() > 0.8
    slow = seen.durations(lambda spans: spans["peer_service_name"] == "recommendations")
    assert slow[1] > 2 * slow[0]
    upstream = seen.durations(lambda spans: spans["span_name"] == "GET /product/{id}")
    assert upstream[1] > 1.2 * upstream[0]


def memory_leak() -> None:
    seen = sides("memory_leak", "storefront", minutes=5)
    before, after = seen.metric("process.memory.utilization")
    assert before.max() < 0.7
    assert after.max() > 0.9
    events = seen.run.telemetry.events
    killed = events[(events["event_name"] == "restart") & events["summary"].str.contains("OOMKilled")]
    assert set(killed["service_name"]) == {"storefront"}
    assert seen.metric("container.restart.count")[1].max() >= 1


def network_delay() -> None:
    seen = sides("network_delay", "cart")
    edge = seen.durations(lambda spans: spans["span_name"] == "cart/AddItem")
    assert edge[1] > edge[0] + 80
    work = seen.durations(lambda spans: spans["span_name"] == "render basket")
    assert work[1] < 1.5 * work[0]
    assert seen.metric("process.cpu.utilization")[1].mean() < 0.6


def packet_loss() -> None:
    seen = sides("packet_loss", "inventory")
    before, after = seen.metric("system.network.tcp.retransmits")
    assert after.iloc[1:].mean() > 5 * (before.mean() + 0.2)
    edge = seen.durations(lambda spans: spans["peer_service_name"] == "inventory")
    assert edge[1] > edge[0] + 150


def pool_exhaustion() -> None:
    seen = sides("pool_exhaustion", "catalog")
    before, after = seen.metric("db.client.connection.count")
    assert before.max() < after.max() == 10
    assert seen.metric("db.client.connection.pending_requests")[1].max() > 0
    assert seen.errors(seen.own("CLIENT"))[1] > 0.03
    assert seen.run.telemetry.logs["body"].str.contains("no connection available after").any()


def bad_deploy() -> None:
    seen = sides("bad_deploy", "recommendations")
    events = seen.run.telemetry.events
    deployed = events[(events["event_name"] == "deploy") & (events["service_name"] == "recommendations")]
    assert len(deployed) == 1
    before, after = seen.errors(seen.own())
    assert before < 0.02
    assert after > 0.15
    failed = seen.own().query("status_code == 'ERROR'")
    assert failed["attributes"].str.contains('"service.version":"1.10.0"', regex=False).mean() > 0.9
    lines = seen.run.telemetry.logs
    assert lines["attributes"].str.contains("exception.stacktrace", regex=False).sum() >= len(failed)


def wrong_return() -> None:
    seen = sides("wrong_return", "recommendations")
    ranked = seen.run.telemetry.spans
    usual, now = seen.share(
        seen.own(), seen.own()["span_id"].isin(ranked.loc[ranked["span_name"] == "rank candidates", "parent_span_id"])
    )
    assert usual > 0.95
    assert now < 0.4
    assert seen.errors(seen.own())[1] < 0.02


def dependency_down() -> None:
    seen = sides("dependency_down", "shipping")
    late = seen.run.start_unix_nano + (START_S + 2) * NANOS_PER_SECOND
    logs = seen.run.telemetry.logs
    assert not (seen.own()["start_time_unix_nano"] > late).any()
    assert not (logs.loc[logs["service_name"] == "shipping", "time_unix_nano"] > late).any()
    assert set(seen.metric("up")[1]) <= {0.0}
    assert seen.errors(seen.calls_to())[1] > 0.95
    assert logs["body"].str.contains("shipping: connection refused").any()


def disk_full() -> None:
    seen = sides("disk_full", "cart")
    before, after = seen.metric("system.filesystem.utilization")
    assert before.max() < 0.8
    assert after.iloc[-1] == 1.0
    adding = seen.own().query("span_name == 'cart/AddItem'")
    assert seen.errors(adding)[1] > 0.2
    reading = seen.own().query("span_name == 'cart/GetCart'")
    assert seen.errors(reading)[1] < 0.05
    assert seen.run.telemetry.logs["body"].str.contains("No space left on device").any()


def slow_query() -> None:
    seen = sides("slow_query", "inventory", seed=22)
    queries = seen.durations(lambda s: (s["service_name"] == "inventory") & (s["peer_service_name"] == "postgres"))
    assert queries[1] > queries[0] + 200
    others = seen.durations(lambda s: (s["service_name"] == "shipping") & (s["peer_service_name"] == "postgres"))
    assert others[1] < queries[1] / 5
    logs = seen.run.telemetry.logs
    slow = logs[(logs["service_name"] == "postgres") & logs["body"].str.startswith("duration: ")]
    assert slow["body"].str.contains("stock").mean() > 0.9


def clock_skew() -> None:
    seen = sides("clock_skew", "cart")
    spans = seen.run.telemetry.spans
    inner = spans[(spans["service_name"] == "cart") & (spans["span_kind"] == "SERVER")]
    pairs = inner.merge(spans, left_on="parent_span_id", right_on="span_id", suffixes=("", "_caller"))
    ahead_s = (pairs["start_time_unix_nano"] - pairs["start_time_unix_nano_caller"]).abs() / NANOS_PER_SECOND
    early = pairs["start_time_unix_nano_caller"] < seen.run.start_unix_nano + START_S * NANOS_PER_SECOND
    assert ahead_s[early].median() < 0.1
    assert ahead_s[~early].median() > 2.5
    assert seen.errors(seen.calls_to())[1] > 0.3


def config_change() -> None:
    seen = sides("config_change", "checkout")
    events = seen.run.telemetry.events
    changed = events[(events["event_name"] == "config_change") & (events["service_name"] == "checkout")]
    assert len(changed) == 1
    spans = seen.run.telemetry.spans
    orders = spans[spans["span_name"] == "POST /checkout"]
    slow = seen.durations(lambda spans: spans["span_name"] == "checkout/PlaceOrder")
    assert seen.errors(orders)[1] > 0.1 or slow[1] > 1.2 * slow[0]


def retry_storm() -> None:
    seen = sides("retry_storm", "storefront")
    calls = seen.own("CLIENT")
    visits = seen.own().assign(calls=seen.own()["span_id"].map(calls.groupby("parent_span_id").size()).fillna(0))
    before, after = seen._split(visits, "start_time_unix_nano", "calls")
    assert after.mean() > 1.8 * before.mean()
    assert seen.errors(calls)[1] > 0.2
    assert seen.run.telemetry.logs["body"].str.contains("attempt 5").any()


def socket_exhaustion() -> None:
    seen = sides("socket_exhaustion", "checkout", minutes=4)
    lines = seen.run.telemetry.logs
    refused = lines[lines["body"].str.contains("Cannot assign requested address")]
    assert refused["service_name"].eq("checkout").sum() > 10
    assert seen.errors(seen.own("CLIENT"))[1] > 0.1
    others = seen.run.telemetry.spans.query("service_name == 'storefront' and peer_service_name == 'catalog'")
    assert seen.errors(others)[1] < 0.02


MARKS: dict[str, Callable[[], None]] = {
    check.__name__: check
    for check in (
        cpu,
        memory_leak,
        network_delay,
        packet_loss,
        pool_exhaustion,
        bad_deploy,
        wrong_return,
        dependency_down,
        disk_full,
        slow_query,
        clock_skew,
        retry_storm,
        socket_exhaustion,
        config_change,
    )
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_leaves_its_mark(name):
    MARKS[name]()


def test_the_front_suffers_from_a_slow_store():
    seen = sides("slow_query", "postgres")

    front = seen.durations(lambda spans: (spans["service_name"] == FRONT) & (spans["span_kind"] == "SERVER"))

    assert front[1] > 2 * front[0]
    assert seen.metric("process.cpu.utilization")[1].max() > seen.metric("process.cpu.utilization")[0].max()


def test_a_refused_call_is_tried_again():
    seen = sides("dependency_down", "catalog")
    waiting = seen.run.telemetry.logs["body"].str.extract(r"retrying (\w+) in \d+ ms, attempt (\d)").dropna()

    assert len(waiting) > 20
    assert {tuple(row) for row in waiting.itertuples(index=False)} == {("catalog", "2")}


@pytest.mark.parametrize("seed", [3, 4, 8], ids=["pool", "time-out", "limit"])
def test_a_changed_setting_of_a_service_with_few_calls_is_felt(seed):
    seen = sides("config_change", "recommendations", seed=seed)

    before, after = seen.durations(lambda spans: spans["span_name"] == "recommendations/ListRecommendations")
    assert seen.errors(seen.own())[1] > 0.05 or after > 2 * before
