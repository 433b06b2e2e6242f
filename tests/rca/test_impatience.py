"""Callers that fail by themselves are told from callees that fail them."""

import pandas as pd
import pytest

from workbench.rca.failures import failed_calls
from workbench.rca.impatience import own_failure, repeated_calls


def calls(visits: int, attempts: int, *, failed: bool, answered: bool, ms: float, own: str = "") -> pd.DataFrame:
    """Each visit of `front` calls `stock` so often; all but the last attempt fail when `failed`."""
    rows = [
        {
            "caller": "front",
            "callee": "stock",
            "operation": "",
            "name": "stock/Get",
            "failed": failed and (attempt < attempts - 1 or attempts == 1),
            "answered": answered,
            "own": own,
            "ms": ms + visit % 5,
            "time": visit * 1000 + attempt,
            "first": attempt == 0,
        }
        for visit in range(visits)
        for attempt in range(attempts)
    ]
    return pd.DataFrame(rows)


HEALTHY = calls(60, 1, failed=False, answered=True, ms=20)


def test_a_caller_that_gives_up_early_and_calls_again_is_a_storm():
    found = repeated_calls(HEALTHY, calls(30, 4, failed=True, answered=True, ms=10))

    assert found.scores == {"front": pytest.approx(12.0)}
    edge = found.edges.iloc[0]
    assert (edge["value"], edge["median"], edge["slow"]) == (4.0, 1.0, True)


@pytest.mark.parametrize(
    "test",
    [
        pytest.param(calls(30, 4, failed=True, answered=False, ms=10), id="nobody-answers"),
        pytest.param(calls(30, 4, failed=True, answered=True, ms=2000), id="the-callee-became-slow"),
        pytest.param(calls(30, 1, failed=False, answered=True, ms=20), id="all-is-well"),
    ],
)
def test_repeats_for_another_reason_are_no_storm(test):
    assert not any(score >= 1 for score in repeated_calls(HEALTHY, test).scores.values())


def test_a_call_that_never_left_is_the_callers_alone():
    refused = calls(30, 1, failed=True, answered=False, ms=1)
    no_port = calls(30, 1, failed=True, answered=False, ms=1, own="socket_exhaustion")

    assert failed_calls(HEALTHY, refused).scores["stock"] > failed_calls(HEALTHY, refused).scores["front"]
    assert set(failed_calls(HEALTHY, no_port).scores) == {"front", "stock"}
    assert failed_calls(HEALTHY, no_port).scores["stock"] == 0
    assert failed_calls(HEALTHY, no_port).edges["own"].tolist() == ["socket_exhaustion"]


def test_a_caller_that_waits_too_short_takes_all_of_the_blame():
    hasty = calls(30, 1, failed=True, answered=True, ms=10)
    patient = calls(30, 1, failed=True, answered=True, ms=2000)

    assert failed_calls(HEALTHY, hasty).scores["stock"] == 0
    assert failed_calls(HEALTHY, patient).scores["stock"] > 0


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("connect db: Cannot assign requested address", "socket_exhaustion"),
        ("accept tcp: too many open files", "socket_exhaustion"),
        ("no connection available after 2000 ms (size=8, active=8, waiting=3)", "pool_exhaustion"),
        ("HikariPool-1 - Connection is not available; failed to obtain JDBC Connection", "pool_exhaustion"),
        ("dial tcp stock: connection refused", ""),
        ("deadline exceeded after 2000 ms", ""),
    ],
)
def test_messages_of_clients_about_themselves_are_known(message, kind):
    assert own_failure(message) == kind
