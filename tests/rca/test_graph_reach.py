"""Whose trouble may reach whom: what is too small to be seen at a node in between is not ruled out by its calm."""

import numpy as np
import pytest

from workbench.rca.graph_levels import Departures, Levels
from workbench.rca.graph_reach import Reach
from workbench.rca.series import Metric
from workbench.rca.topology import Topology
from workbench.semconv import MetricRole

NODES = ["web", "shop", "base"]
CHAIN = Topology.of([("web", "shop"), ("shop", "base")])


def reach(
    excess: dict[str, float], spread: dict[str, float], requests: dict[str, float], topology: Topology = CHAIN
) -> Reach:
    """Departures in seconds of three nodes that call each other in a chain."""
    off, unit, load = (np.array([one[node] for node in NODES]) for one in (excess, spread, requests))
    levels = Levels(
        Metric("latency", "", MetricRole.LATENCY, "s"), 1.0, NODES, np.full(3, 0.1), unit, unit / 2, np.zeros(3)
    )
    z = off / unit
    departures = Departures(z, z, off, off, z >= 2, 0.1 + off, np.full(3, 0.1), unit)
    return Reach(levels, departures, load, topology, "web")


EVEN = {"web": 0.1, "shop": 0.1, "base": 0.1}


@pytest.mark.parametrize(
    ("spread_of_shop", "reaches"),
    [pytest.param(0.5, True, id="noisy-itself"), pytest.param(0.01, False, id="would-show-it")],
)
def test_a_calm_node_in_between_rules_out_only_what_it_would_show(spread_of_shop: float, reaches: bool) -> None:
    # Each of a hundred requests to the base takes 0.4 s longer: 0.2 s for each of two hundred to the shop.
    found = reach(
        {"web": 0.25, "shop": 0.005, "base": 0.4}, EVEN | {"shop": spread_of_shop},
        {"web": 200, "shop": 200, "base": 100},
    )  # fmt: skip

    assert found.calm == {"shop"}
    assert ("web" in found.above["base"]) is reaches
    assert found.below("web") == ({"base"} if reaches else set())


def test_past_calm_nodes_a_callee_must_account_for_what_its_caller_suffers() -> None:
    rare = reach({"web": 0.25, "shop": 0.005, "base": 0.4}, EVEN | {"shop": 0.5}, {"web": 200, "shop": 200, "base": 1})

    assert rare.above["base"] == set()


@pytest.mark.parametrize(
    ("excess_of_web", "accounts"),
    [
        pytest.param(0.25, True, id="without-it-the-caller-would-not-depart"),
        pytest.param(0.9, False, id="most-of-it-has-another-reason"),
    ],
)
def test_the_spread_of_a_caller_hides_how_much_comes_from_a_callee_that_departs_far_more(
    excess_of_web: float, accounts: bool
) -> None:
    found = reach(
        {"web": excess_of_web, "shop": 0.0, "base": 2.0}, EVEN, {"web": 200, "shop": 200, "base": 10},
        Topology.of([("web", "base")]),
    )  # fmt: skip

    assert found.accounts("base", "web") is accounts
