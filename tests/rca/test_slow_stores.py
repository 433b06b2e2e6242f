"""A store whose statements do more, and one whose processor is taken by something else."""

import pandas as pd
import pytest

from workbench.rca.network import Network
from workbench.rca.observe import Observation
from workbench.rca.resources import Resources, Use
from workbench.rca.series import Metric, Source
from workbench.rca.slow_stores import statements_do_more, store_is_slower
from workbench.rca.statements import SlowStatement, slow_statement
from workbench.semconv import MetricRole


def seen(*, slower: float, busy: float, unit: str = "1") -> Observation:
    cpu = Metric("process.cpu.utilization", "", MetricRole.CPU, unit)
    use = Use(cpu, Source("store", "store-1", ""), value=busy, median=0.2, spread=0.05, z=9.0, ratio=3.0)
    return Observation(resources=Resources({"store": 3.0}, [use]), network=[Network({}, edges([slower] * 3))])


def edges(slower: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "caller": [f"caller{number}" for number in range(len(slower))],
            "callee": "store",
            "operation": "SELECT items",
            "value": [5.0 * factor for factor in slower],
            "mean": [5.0 * factor for factor in slower],
            "median": 5.0,
            "base_mean": 5.0,
            "spread": 1.0,
            "slow": [factor > 1.5 for factor in slower],
            "calls": 30,
        }
    )


@pytest.mark.parametrize(
    ("slower", "busy", "more"),
    [
        # Four fifths of the processor were free and one fifth is: four times slower is all that this explains.
        (3.0, 0.8, False),
        (12.0, 0.8, True),
        # A full processor explains much, but not all.
        (20.0, 1.0, False),
        (100.0, 1.0, True),
    ],
)
def test_statements_slower_than_the_busy_processor_explains_do_more(slower: float, busy: float, more: bool) -> None:
    assert statements_do_more(seen(slower=slower, busy=busy), "store") is more


def test_use_that_is_no_share_of_a_limit_explains_any_slowness() -> None:
    found = seen(slower=100.0, busy=0.8)
    use = found.resources.uses[0]
    cores = Use(Metric("cpu.cores", "", MetricRole.CPU, "cores"), use.source, 3.0, 0.5, 0.1, 9.0, 3.0)
    found.resources.uses[0] = cores

    assert not statements_do_more(found, "store")
    assert not statements_do_more(seen(slower=100.0, busy=0.8), "other")


def test_statements_that_all_got_slower_alike_are_nobodys_own() -> None:
    assert slow_statement(edges([4.8, 4.5, 5.0, 4.7])) is None
    found = slow_statement(edges([80.0, 4.5, 5.0, 4.7]))
    assert found is not None
    assert found.caller == "caller0"


@pytest.mark.parametrize(
    ("unit", "reported", "slower"),
    [
        # Calls take 995 ms longer; so says the store, or it does not: then they waited for a connection to it.
        ("s", 0.9, True),
        ("ms", 900.0, True),
        ("s", 0.008, False),
        ("ms", 8.0, False),
    ],
)
def test_calls_that_wait_for_a_connection_are_not_called_a_slow_query(unit: str, reported: float, slower: bool) -> None:
    shown = seen(slower=200.0, busy=0.2)
    usual = 0.005 if unit == "s" else 5.0
    duration = Metric("db.server.query.duration", "P50", MetricRole.LATENCY, unit)
    use = Use(duration, Source("store", "store-1", ""), value=reported, median=usual, spread=1.0, z=9.0, ratio=3.0)
    shown.slowness = Resources({"store": 3.0}, [use])

    assert store_is_slower(shown, SlowStatement("store", "caller0", "SELECT items")) is slower


def test_a_store_that_reports_no_durations_is_slower_when_it_is_busy() -> None:
    busy, idle = seen(slower=200.0, busy=0.9), seen(slower=200.0, busy=0.2)
    idle.resources.scores["store"] = 0.1

    assert [store_is_slower(one, SlowStatement("store", "caller0", "SELECT items")) for one in (busy, idle)] == [
        True,
        False,
    ]
