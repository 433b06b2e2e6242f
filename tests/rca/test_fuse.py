"""What decides: a processor that is half idle does not, where spans would show that work waits for it."""

import pytest

from workbench.rca.fuse import Sign, Thresholds, fuse
from workbench.rca.latency import OwnLatency
from workbench.rca.observe import Observation
from workbench.rca.resources import Resources, Use
from workbench.rca.series import Metric, Source
from workbench.semconv import MetricRole

CPU = Metric("process.cpu.utilization", "", MetricRole.CPU, "1")
OWN_PAST = Thresholds(structure=3.0, latency=0.5, spare=0.6)


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
        pytest.param(seen(0.55, traced=True), False, id="a-burst-of-load-and-nothing-is-slow"),
        pytest.param(seen(0.55, traced=True, slower=0.6), True, id="its-work-got-slow"),
        pytest.param(seen(0.9, traced=True), True, id="nearly-full"),
        pytest.param(seen(0.55, traced=False), True, id="nobody-would-see-that-it-is-slow"),
    ],
)
def test_a_half_idle_processor_does_not_decide_alone(observed: Observation, decides: bool) -> None:
    fused = fuse(observed, OWN_PAST)

    assert (fused.incident, fused.lead is Sign.RESOURCE) == (decides, True)
