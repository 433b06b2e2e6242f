"""The shop: ten services in front of a database and a cache, and where its shoppers go."""

from __future__ import annotations

from workbench.simulate.shop_front import FRONT_SERVICES
from workbench.simulate.shop_goods import GOODS_SERVICES
from workbench.simulate.shop_orders import ORDER_SERVICES
from workbench.simulate.topology import Call, Query, Service, Step, Work

SHOP: dict[str, Service] = {service.name: service for service in (*FRONT_SERVICES, *ORDER_SERVICES, *GOODS_SERVICES)}
"""The services by name, from the front to the stores."""

FRONT = "gateway"
"""Where the users come in."""

ROUTES: dict[str, float] = {
    "GET /": 0.24,
    "GET /product/{id}": 0.36,
    "GET /search": 0.15,
    "GET /cart": 0.10,
    "POST /cart": 0.09,
    "POST /checkout": 0.06,
}
"""Share of each operation of the front in all visits."""


def expected_ms(step: Step) -> float:
    """Return about how long a step takes in a healthy shop, with all that it calls, in milliseconds."""
    if isinstance(step, Work):
        return step.ms
    if isinstance(step, Query):
        return step.ms + 1.0
    if isinstance(step, Call):
        return 1.0 + sum(expected_ms(inner) for inner in SHOP[step.service].operations[step.operation].steps)
    return 0.0
