"""The type of a fault: a change that somebody made explains what only its own calls show."""

import pandas as pd
import pytest

from workbench.facts.telemetry import empty_frame
from workbench.rca.changes import Changed
from workbench.rca.faulttype import fault_type
from workbench.rca.fuse import Fused, Sign
from workbench.rca.network import Network
from workbench.rca.observe import Observation
from workbench.rca.resources import Resources, Use
from workbench.rca.series import Metric, Source
from workbench.semconv import MetricRole, Table

SETTING = Changed(0, "cart", "config_change", "cart: pool.reuse_connections true -> false", 5.0)


def seen(*, inward: bool) -> Observation:
    """Calls from cart to the store are slow; with `inward` those from the front to cart are as well."""
    edges = pd.DataFrame(
        {
            "caller": ["cart", "front"],
            "callee": ["store", "cart"],
            "operation": ["SELECT items", ""],
            "slow": [True, inward],
            "calls": 50,
        }
    )
    return Observation(network=[Network({"cart": 3.0}, edges)], gaps={"cart": 3.0})


def told(sign: Sign, observed: Observation, change: Changed | None) -> str | None:
    own = dict.fromkeys(Sign, 0.0) | {sign: 3.0}
    fused = Fused({"cart": own}, sign, 3.0, True, {"cart": 100.0})
    return fault_type(observed, fused, "cart", empty_frame(Table.LOGS), change)


@pytest.mark.parametrize(
    ("sign", "inward", "change", "expected"),
    [
        pytest.param(Sign.NETWORK, False, SETTING, "config_change", id="connections-are-opened-anew"),
        pytest.param(Sign.NETWORK, True, SETTING, "network_delay", id="calls-in-both-directions-are-late"),
        pytest.param(Sign.NETWORK, False, None, "network_delay", id="nobody-changed-anything"),
        pytest.param(Sign.RETRIES, False, SETTING, "config_change", id="a-time-out-was-made-too-short"),
        pytest.param(Sign.RETRIES, False, None, "retry_storm", id="calls-are-made-again"),
        pytest.param(Sign.RESOURCE, False, SETTING, None, id="no-setting-takes-the-processor"),
    ],
)
def test_a_change_explains_the_calls_that_its_service_makes(sign, inward, change, expected):
    assert told(sign, seen(inward=inward), change) == expected


@pytest.mark.parametrize(
    ("traced", "expected"),
    [
        pytest.param({"front", "cart"}, "network_delay", id="spans-on-both-sides"),
        pytest.param({"front"}, "latency", id="only-its-callers-write-spans"),
        pytest.param(set(), "network_delay", id="peers-without-any-spans-around"),
    ],
)
def test_the_network_is_to_blame_only_where_both_ends_write_spans(traced, expected):
    observed = seen(inward=True)
    observed.traced = frozenset(traced)

    assert told(Sign.NETWORK, observed, None) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("disk_iowait_percent", "disk_contention"),
        ("node_disk_io_time_weighted", "disk_contention"),
        ("volume.write.latency", "disk_contention"),
        ("disk_used_percent", "disk_full"),
        ("filesystem usage", "disk_full"),
        ("system.filesystem.utilization", "disk_full"),
        ("node_filesystem_avail_bytes", "disk_full"),
    ],
)
def test_a_disk_that_is_busy_is_not_full(name, expected):
    use = Use(Metric(name, "", MetricRole.DISK, ""), Source("cart", ""), 95.0, 10.0, 1.0, 20.0, 3.0)
    observed = Observation(resources=Resources({"cart": 3.0}, [use]))

    assert told(Sign.RESOURCE, observed, None) == expected
