"""The shop: ten services in front of a database and a cache, and where its shoppers go."""

from __future__ import annotations

from workbench.simulate.shop_front import FRONT_SERVICES
from workbench.simulate.shop_goods import GOODS_SERVICES
from workbench.simulate.shop_orders import ORDER_SERVICES
from workbench.simulate.topology import Service, System

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


SHOP_SYSTEM = System(
    name="shop",
    services=SHOP,
    routes={(FRONT, route): share for route, share in ROUTES.items()},
    hosts=("shop-node-a", "shop-node-b", "shop-node-c"),
    spared=frozenset({FRONT, "email", "postgres", "redis"}),
)
"""The shop as a whole."""
