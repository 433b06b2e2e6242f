"""One slow statement is its caller's fault, also when it keeps the store so busy that all others wait."""

import pandas as pd
import pytest

from workbench.rca.network import at_one_end, slow_network
from workbench.rca.statements import SlowStatement, slow_statement, waiting_for, without_edges

MS_PER_CALL = 50


def calls(caller: str, operation: str, gaps_ms: list[float]) -> pd.DataFrame:
    """One call of the store each 50 ms."""
    return pd.DataFrame(
        {
            "caller": caller,
            "callee": "db",
            "operation": operation,
            "gap_ms": gaps_ms,
            "time": [number * MS_PER_CALL for number in range(len(gaps_ms))],
        }
    )


def usual(count: int) -> list[float]:
    return [5.0 + number % 3 for number in range(count)]


def found(cart: list[float], stock: list[float]) -> SlowStatement | None:
    base = pd.concat([calls("cart", "SELECT a", usual(60)), calls("stock", "SELECT b", usual(60))])
    test = pd.concat([calls("cart", "SELECT a", cart), calls("stock", "SELECT b", stock)])
    return slow_statement(slow_network(base, test).edges, test)


CULPRIT = SlowStatement("db", "cart", "SELECT a")


@pytest.mark.parametrize(
    ("cart", "stock", "expected"),
    [
        pytest.param([900.0] * 60, usual(60), CULPRIT, id="one-statement"),
        pytest.param([900.0] * 60, usual(12) + [600.0] * 48, CULPRIT, id="the-other-had-to-wait-later"),
        pytest.param([900.0] * 60, [600.0] * 60, None, id="all-at-once"),
        pytest.param([5.0, 5.0, 250.0] * 20, usual(60), None, id="messages-were-lost"),
        pytest.param(usual(60), usual(60), None, id="none"),
    ],
)
def test_the_statement_that_got_slow_first_or_alone_is_named(cart, stock, expected):
    assert found(cart, stock) == expected


def test_the_queue_in_front_of_a_service_that_waits_for_the_statement_is_no_slow_network():
    late, queue = [900.0] * 60, [700.0] * 60
    edges = [
        calls("cart", "SELECT a", late),
        calls("stock", "SELECT b", [500.0] * 60),
        calls("web", "", queue).assign(callee="stock"),
        calls("web", "", usual(60)).assign(callee="cart"),
    ]
    base = [frame.assign(gap_ms=usual(60)) for frame in edges]
    network = slow_network(pd.concat(base), pd.concat(edges))

    waiting = waiting_for(network.edges, CULPRIT)
    scores = without_edges(network.scores, network.edges, CULPRIT, waiting)

    assert waiting == {"stock"}
    assert network.scores["stock"] > network.scores["cart"]
    assert list(scores) == ["cart"]


def test_lost_messages_are_counted_at_the_end_to_which_the_late_calls_point():
    losses = {"db": 30.0, "cart": 30.0, "stock": 30.0}

    assert at_one_end(losses, {"db": 8.0, "cart": 4.0}, {}) == {"db": 30.0, "cart": 15.0, "stock": 6.0}
    assert at_one_end(losses, {"db": 0.4}, {}) == losses


def test_a_network_that_takes_the_same_time_of_every_call_is_no_slow_statement():
    statements = (("cart", "SELECT a", 2.0, 0), ("stock", "SELECT b", 6.0, 12), ("shop", "INSERT c", 14.0, 12))

    def gaps(late_ms: float) -> pd.DataFrame:
        # That of `cart` meets the delay first.
        return pd.concat(
            calls(name, what, [own + (late_ms if place >= first else 0.0) + place % 3 for place in range(400)])
            for name, what, own, first in statements
        )

    edges = slow_network(gaps(0.0), gaps(125.0)).edges

    assert slow_statement(edges, gaps(125.0)) is None
    assert edges["slow"].all()
