"""A number of connections is much when it comes near the limit that another metric tells."""

from __future__ import annotations

import pytest

from tests.rca.made import START, frame, metric
from workbench.facts.telemetry import Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.metric_table import read_metrics
from workbench.rca.pools import is_running_out, with_limits
from workbench.rca.resources import Use, busy_resources, is_soft
from workbench.rca.windows import seconds
from workbench.semconv import Table


def used(count: str, limit: str, before: float, after: float, most: float = 10.0) -> Use:
    rows = [*metric(count, "cart", [before] * 30 + [after] * 10), *metric(limit, "cart", [most] * 40)]
    metrics = read_metrics(Telemetry(metrics=frame(Table.METRICS, rows)), ReferenceCache())
    since = START + seconds(300)
    uses = busy_resources(metrics, [], since=since, before=since, of=is_soft).uses
    return next(use for use in with_limits(uses, metrics) if use.metric.name == count)


@pytest.mark.parametrize(
    ("count", "limit", "known"),
    [
        ("db.client.connection.count", "db.client.connection.max", 10.0),
        ("db.client.connections.usage", "db.client.connections.max", 10.0),
        ("hikaricp_connections_active", "hikaricp_connections_max", 10.0),
        ("hikaricp_connections", "hikaricp_connections_max", 10.0),
        ("pool.used", "pool.size", 10.0),
        ("open_connections", "max_connections", 10.0),
        ("system.network.connection.count", "db.client.connection.max", None),
        ("db.client.connection.max", "http.client.connection.max", None),
    ],
)
def test_the_limit_has_the_name_of_what_it_limits(count: str, limit: str, known: float | None) -> None:
    assert used(count, limit, 1, 8).limit == known


@pytest.mark.parametrize(
    ("before", "after", "runs_out"),
    [
        pytest.param(1, 8, True, id="nearly-full-and-was-nearly-empty"),
        pytest.param(1, 6, False, id="much-is-left"),
        pytest.param(5, 8, False, id="was-half-full-all-the-time"),
    ],
)
def test_a_pool_runs_out_when_it_comes_near_its_limit(before: float, after: float, runs_out: bool) -> None:
    assert is_running_out(used("db.client.connection.count", "db.client.connection.max", before, after)) == runs_out


def test_of_what_has_no_limit_nobody_knows_whether_it_runs_out() -> None:
    assert not is_running_out(used("system.network.connection.count", "db.client.connection.max", 1, 900))
