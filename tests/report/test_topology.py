"""Who calls whom: states, counts of calls, and the map that the canvas draws of it."""

from __future__ import annotations

import pytest

from tests.report.sample import EDGES, make_diagnosis, make_telemetry
from workbench.facts.diagnosis import Diagnosis, Verdict
from workbench.facts.telemetry import Telemetry
from workbench.report.content import Edge, Node, Topology
from workbench.report.service_map import MOST_LABELS, service_map
from workbench.report.svg_topology import draw_topology
from workbench.report.topology import make_topology


@pytest.fixture(scope="module")
def shop() -> Topology:
    return make_topology(make_diagnosis(), make_telemetry())


def test_calls_after_the_onset_are_counted_with_the_share_that_failed(shop: Topology) -> None:
    found = {(edge.caller, edge.callee): (edge.calls, edge.error_rate) for edge in shop.edges}

    assert found == {
        ("catalog", "redis"): (60, 0.0),
        ("cart", "redis"): (60, 0.0),
        ("checkout", "payments"): (60, 0.5),
        ("gateway", "cart"): (60, 0.0),
        ("gateway", "catalog"): (60, 0.0),
        ("gateway", "checkout"): (60, 0.5),
        ("payments", "postgres"): (60, 0.5),
    }


@pytest.mark.parametrize(
    ("verdict", "recorded", "state"),
    [
        pytest.param(Verdict.HEALTHY, True, "healthy", id="healthy"),
        pytest.param(Verdict.HEALTHY, False, "unknown", id="nothing-recorded"),
        pytest.param(Verdict.UNKNOWN, True, "unknown", id="not-decided"),
    ],
)
def test_a_service_is_called_healthy_only_where_that_was_seen(verdict: Verdict, recorded: bool, state: str) -> None:
    diagnosis = Diagnosis(case="c", verdict=verdict, reason="r", edges=EDGES)

    topology = make_topology(diagnosis, make_telemetry(broken=False) if recorded else Telemetry())

    assert {node.state for node in topology.nodes} == {state}


def test_the_map_says_states_figures_and_ways_in_words(shop: Topology) -> None:
    drawn = service_map(shop, lambda name: f"?service={name}")

    services = {one["id"]: one for one in drawn["services"]}
    calls = {(one["source"], one["target"]): one for one in drawn["calls"]}
    assert drawn["name"] == "Call graph of 7 services"
    assert next(iter(services)) == "gateway"
    assert services["payments"] == {
        "id": "payments", "state": "cause", "tag": "#1 cause", "caption": "60 req · 50 % failed",
        "href": "?service=payments", "said": "payments: the cause, 60 requests, 50 % failed, calls postgres",
    }  # fmt: skip
    assert calls["checkout", "payments"] == {
        "source": "checkout", "target": "payments", "failing": True, "label": "60", "failed": "50 % failed",
        "bad": True, "said": "checkout calls payments: 60 calls, 50 % failed (failing path)",
    }  # fmt: skip
    assert calls["gateway", "cart"]["failed"] == ""


def test_of_many_calls_only_those_that_fail_have_figures_on_them() -> None:
    count = MOST_LABELS + 1
    edges = [
        Edge(caller="a", callee=f"b{place}", failing=False, calls=9, error_rate=float(place == 3))
        for place in range(count)
    ]
    nodes = [Node(service_name=name, state="healthy", column=0, row=0) for name in ("a", *(e.callee for e in edges))]

    drawn = service_map(Topology(nodes=nodes, edges=edges))

    assert [one["target"] for one in drawn["calls"] if one["label"]] == ["b3"]
    assert "a calls b3: 9 calls, 100 % failed" in draw_topology(Topology(nodes=nodes, edges=edges))
