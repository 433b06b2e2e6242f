"""Two receivers that would take the same are told before anything runs."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.flow.addresses import Address
from workbench.flow.catalog import load_catalog
from workbench.flow.check import check
from workbench.flow.graph import Flow


def findings(*nodes: tuple[str, dict[str, Any]]) -> list[str]:
    """Return what is said about the addresses of sources that all end in one sink."""
    names = [f"n{place}" for place in range(len(nodes))]
    entries = [
        {"id": name, "kind": kind, "settings": settings} for name, (kind, settings) in zip(names, nodes, strict=True)
    ]
    flow = Flow.model_validate({"name": "ports", "nodes": entries, "edges": []})
    return [one.message for one in check(flow, load_catalog()) if one.code == "same_address"]


ROWS = {"columns": {"a": "text"}}


@pytest.mark.parametrize(
    ("nodes", "told"),
    [
        pytest.param(
            [("sources.http_endpoint", ROWS), ("sources.http_endpoint", ROWS)],
            ["it takes HTTP /rows on port 8480, which 'n0' takes already."],
            id="one-route",
        ),
        pytest.param(
            [("sources.http_endpoint", ROWS), ("sources.http_endpoint", ROWS | {"route": "/b"})], [], id="two-routes"
        ),
        pytest.param(
            [("sources.http_endpoint", ROWS), ("sources.http_endpoint", ROWS | {"port": 8481})], [], id="two-ports"
        ),
        pytest.param([("sources.otlp_receiver", {}), ("sources.otlp_receiver", {"signal": "spans"})], [], id="signals"),
        pytest.param(
            [("sources.otlp_receiver", {}), ("sources.otlp_receiver", {"port": 4400})],
            ["it takes gRPC logs on port 4317, which 'n0' takes already."],
            id="one-signal-over-grpc",
        ),
        pytest.param(
            [("sources.alertmanager_webhook", {}), ("sources.syslog_receiver", {"port": 9095})],
            ["it takes syslog on port 9095, which 'n0' takes already."],
            id="two-protocols",
        ),
        pytest.param(
            [
                ("sources.syslog_receiver", {"transports": ["udp"]}),
                ("sources.syslog_receiver", {"transports": ["tcp"]}),
            ],
            [],
            id="udp-and-tcp",
        ),
    ],
)
def test_who_listens_where(nodes: list[tuple[str, dict[str, Any]]], told: list[str]) -> None:
    assert findings(*nodes) == told


def test_every_receiver_says_where_it_listens() -> None:
    kinds = {kind.kind: kind for kind in load_catalog().values() if kind.listens}

    silent = [
        name
        for name, kind in kinds.items()
        if not kind.model_validate(ROWS if "columns" in kind.model_fields else {}).addresses
    ]

    assert (len(kinds) >= 5, silent) == (True, [])


def test_an_address_in_words() -> None:
    assert Address("127.0.0.1", 1, "HTTP", "/a").text() == "HTTP /a on port 1"
