"""Where the past is short, calls are compared with the other calls of the same minutes."""

import pandas as pd
import pytest

from tests.rca.made import START, call, frame
from workbench.facts.telemetry import Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.edge_groups import KEYS
from workbench.rca.observe import Observation
from workbench.rca.peers import LEAST_EDGES, add_peers, short_past, slow_among_peers
from workbench.rca.windows import from_time, seconds
from workbench.semconv import Table

EDGES = [("web", f"s{number}") for number in range(8)]


def gaps(costs: dict[str, float], *, operation: str = "") -> pd.DataFrame:
    """Ten calls from `web` to each service that cost so many ms outside of it."""
    return pd.DataFrame(
        [
            dict(zip(KEYS, ("web", callee, operation), strict=True))
            | {"gap_ms": cost * (1 + 0.01 * turn), "time": turn}
            for callee, cost in costs.items()
            for turn in range(10)
        ]
    )


USUAL = {f"s{number}": 1.0 + 0.1 * number for number in range(8)}


def test_the_one_edge_that_is_slow_among_its_peers_is_named() -> None:
    found = slow_among_peers(gaps(USUAL | {"s3": 200.0}))

    assert max(found.scores, key=lambda name: found.scores[name]) == "s3"
    assert list(found.edges.loc[found.edges["slow"], "callee"]) == ["s3"]


@pytest.mark.parametrize(
    "costs",
    [
        pytest.param(USUAL, id="all-alike"),
        pytest.param({name: 200.0 * cost for name, cost in USUAL.items()}, id="all-slow"),
        pytest.param(dict(list(USUAL.items())[: LEAST_EDGES - 2]) | {"s9": 200.0}, id="too-few-peers"),
    ],
)
def test_without_peers_that_differ_nobody_is_named(costs: dict[str, float]) -> None:
    assert not any(slow_among_peers(gaps(costs)).scores.values())


def test_calls_to_services_without_spans_are_no_peers() -> None:
    blind = gaps({"store": 200.0}, operation="SELECT")

    assert "store" not in slow_among_peers(pd.concat([gaps(USUAL), blind])).scores


def telemetry(slow: str) -> Telemetry:
    """Two minutes of calls from `web` to eight services; one of them costs more from the first one on."""
    rows = [
        row
        for turn in range(12)
        for number, (caller, callee) in enumerate(EDGES)
        for row in call(100 * turn + number, caller, callee, 10.0 * turn, gap_ms=300.0 if callee == slow else 2.0)
    ]
    return Telemetry(spans=frame(Table.SPANS, rows))


def test_a_delay_from_the_first_span_on_is_seen_against_the_peers() -> None:
    made, window, seen = telemetry("s5"), from_time(START + seconds(60)), Observation()

    add_peers(seen, made, window, ReferenceCache())

    assert max(seen.gaps, key=lambda name: seen.gaps[name]) == "s5"
    assert len(seen.network) == 1


@pytest.mark.parametrize(("at_s", "short"), [(60, True), (600, False)])
def test_a_past_of_some_minutes_is_not_short(at_s: int, short: bool) -> None:
    assert short_past(telemetry(""), from_time(START + seconds(at_s)), ReferenceCache()) is short


def test_without_spans_there_is_no_past_to_be_short() -> None:
    assert not short_past(Telemetry(), from_time(START), ReferenceCache())
