"""What decides: neither a half-idle processor nor connections, where spans would show that work waits for them."""

from dataclasses import replace

import pandas as pd
import pytest

from workbench.rca.by_reference import UNUSED
from workbench.rca.fuse import Sign, Thresholds, fuse
from workbench.rca.latency import OwnLatency
from workbench.rca.network import Network
from workbench.rca.observe import Observation
from workbench.rca.resources import IDLE, Resources, Use
from workbench.rca.series import Metric, Source
from workbench.semconv import MetricRole

CPU = Metric("process.cpu.utilization", "", MetricRole.CPU, "1")
OWN_PAST = Thresholds(structure=3.0, latency=0.5, spare=0.8, idle=0.6)


def seen(busy: float, *, traced: bool, slower: float = 0.0) -> Observation:
    use = Use(CPU, Source("cart", "cart-1"), value=busy, median=0.2, spread=0.05, z=7.0, ratio=4.0)
    return Observation(
        resources=Resources({"cart": 4.0}, [use]),
        latency=OwnLatency({"cart": slower}),
        traced=frozenset({"cart"} if traced else ()),
    )


@pytest.mark.parametrize(
    ("observed", "decides"),
    [
        pytest.param(seen(0.75, traced=True), False, id="a-burst-of-load-and-nothing-is-slow"),
        pytest.param(seen(0.75, traced=True, slower=0.6), True, id="its-work-got-slow"),
        pytest.param(seen(0.9, traced=True), True, id="nearly-full"),
        pytest.param(seen(0.55, traced=False), True, id="nobody-would-see-that-it-is-slow"),
    ],
)
def test_a_half_idle_processor_does_not_decide_alone(observed: Observation, decides: bool) -> None:
    fused = fuse(observed, OWN_PAST)

    assert (fused.incident, fused.lead is Sign.RESOURCE) == (decides, True)


def test_a_processor_with_half_its_time_left_explains_nothing() -> None:
    waited = seen(0.55, traced=True)
    waited.downtime.scores["stock"] = 2.0
    waited.structure = {"cart": 6.0}

    assert next(iter(fuse(waited, OWN_PAST).scores)) == "stock"


def test_a_processor_that_is_hardly_used_decides_nothing_however_unusual_that_is_beside_a_reference() -> None:
    thresholds = Thresholds(structure=2.0, spare=IDLE[MetricRole.CPU], idle=UNUSED)

    decided = [fuse(seen(level, traced=True, slower=4.0), thresholds).incident for level in (0.06, 0.3)]

    assert decided == [False, True]


CONNECTIONS = Metric("system.network.connection.count", "", MetricRole.CONNECTIONS, "{connection}")


def connected(
    ratio: float,
    *,
    slower: float = 0.0,
    traced: bool = True,
    used: str = "{connection}",
    broken: float = 0.0,
    limit: float | None = None,
) -> Observation:
    metric = replace(CONNECTIONS, unit=used)
    use = Use(metric, Source("cart", "cart-1"), value=128, median=50, spread=23, z=2.3, ratio=ratio, limit=limit)
    return Observation(
        saturation=Resources({"cart": ratio}, [use]),
        latency=OwnLatency({"cart": slower}),
        structure={"cart": broken},
        traced=frozenset({"cart"} if traced else ()),
    )


@pytest.mark.parametrize(
    ("observed", "changed", "decides"),
    [
        pytest.param(connected(2.0), (), False, id="a-wave-of-traffic-and-nobody-waits"),
        pytest.param(connected(2.0), ("cart",), False, id="nor-after-a-change-of-the-service"),
        pytest.param(connected(2.0, slower=0.3), (), True, id="its-work-got-slow"),
        pytest.param(connected(6.0), (), False, id="many-sockets-after-a-burst"),
        pytest.param(connected(2.0, limit=150), (), True, id="the-pool-is-nearly-full-though-nobody-waits-yet"),
        pytest.param(connected(2.0, limit=400), (), False, id="the-pool-has-much-left"),
        pytest.param(connected(12.0), (), True, id="far-more-than-any-wave"),
        pytest.param(connected(6.0, used="1"), (), True, id="a-share-of-the-limit"),
        pytest.param(connected(6.0, broken=2.0), (), False, id="a-habit-that-half-broke-is-nobody-who-waits"),
        pytest.param(connected(2.0, traced=False), (), True, id="nobody-would-see-that-it-is-slow"),
    ],
)
def test_more_connections_do_not_decide_alone(observed: Observation, changed: tuple[str, ...], decides: bool) -> None:
    assert fuse(observed, OWN_PAST, changed).incident == decides


def on_edge(caller: str, callee: str, *, slow: bool, excess: float) -> pd.DataFrame:
    row = {"caller": caller, "callee": callee, "operation": "", "slow": slow, "excess": excess, "calls": 90.0}
    return pd.DataFrame([row])


@pytest.mark.parametrize(
    ("full", "lost", "first"),
    [
        pytest.param(4.0, 0.0, "media", id="its-caller-has-no-free-connection"),
        pytest.param(0.0, 0.0, "wishlist", id="its-caller-has-connections-left"),
        pytest.param(4.0, 2.0, "wishlist", id="messages-got-lost-at-the-service"),
    ],
)
def test_late_calls_of_a_caller_without_a_free_connection_are_not_the_networks(
    full: float, lost: float, first: str
) -> None:
    late = Network({"wishlist": 1.6}, on_edge("media", "wishlist", slow=True, excess=1.6))
    failing = Network({"media": 10.0}, on_edge("media", "wishlist", slow=True, excess=10.0))
    seen = Observation(
        tails=late,
        failures=failing,
        saturation=Resources({"media": full}),
        losses=Resources({"wishlist": lost}),
        traced=frozenset({"media", "wishlist"}),
    )

    assert fuse(seen, replace(OWN_PAST, tails=1.0)).ranked()[0] == first
