"""The services that shoppers meet: gateway, pages, recommendations."""

from __future__ import annotations

from workbench.simulate.topology import Call, Operation, Service, Work
from workbench.simulate.words import op, operations, say

_GATEWAY = "internal/proxy/route.go"
_PAGE = "src/routes/pages.ts"
_BASKET = "src/routes/basket.ts"
_RANK = "recommender/rank.py"


def _route(name: str, page: str) -> Operation:
    return op(name, Work(1.2), Call("storefront", page, timeout_s=8.0))


FRONT_SERVICES = (
    Service(
        "gateway",
        "go",
        operations(
            _route("GET /", "home"),
            _route("GET /product/{id}", "product"),
            _route("GET /search", "search"),
            _route("GET /cart", "basket"),
            _route("POST /cart", "add_to_basket"),
            _route("POST /checkout", "place_order"),
        ),
        replicas=2,
        workers=64,
        queue=200,
        cores=0.03,
        memory_mb=256,
        pool=64,
        pool_of="http",
        source=_GATEWAY,
        version="3.4.1",
    ),
    Service(
        "storefront",
        "node",
        operations(
            op(
                "home",
                Call("catalog", "ListProducts", retries=1, gives="products"),
                Call("recommendations", "ListRecommendations", timeout_s=1.0, optional=True),
                Work(9, "render home"),
                say(_PAGE, 41, "rendered home for {user} with {count} products", when="products"),
            ),
            op(
                "product",
                Call("catalog", "GetProduct", retries=1, gives="product"),
                Call("inventory", "CheckStock", when="product", optional=True, gives="stock"),
                Call("recommendations", "ListRecommendations", timeout_s=1.0, when="product", optional=True),
                Work(7, "render product", when="product"),
                say(_PAGE, 77, "product {product} not found", "WARN", unless="product"),
            ),
            op(
                "search",
                Call("catalog", "SearchProducts", gives="found"),
                Work(8, "render results", when="found"),
                say(_PAGE, 102, "search q='{search}' session={session} hits={count}", when="found"),
                say(_PAGE, 104, "search q='{search}' session={session} no results", unless="found"),
            ),
            op(
                "basket",
                Call("cart", "GetCart", retries=1, gives="items", signed=True),
                Call("catalog", "GetProduct", when="items", retries=1),
                Call("shipping", "GetQuote", when="items", optional=True),
                Work(5, "render basket"),
            ),
            op(
                "add_to_basket",
                Call("catalog", "GetProduct", retries=1, gives="product"),
                Call("cart", "AddItem", when="product", signed=True),
                say(_BASKET, 58, "user {user} put {quantity} x {product} into the basket", when="product"),
            ),
            op(
                "place_order",
                say(_BASKET, 91, "checkout started by {user} ({email}) from {ip}"),
                Call("checkout", "PlaceOrder", timeout_s=6.0, gives="order"),
                Work(4, "render receipt", when="order"),
                say(_BASKET, 103, "order not accepted for {user}, basket kept", "WARN", unless="order"),
            ),
        ),
        replicas=2,
        workers=48,
        cores=0.12,
        pool=48,
        pool_of="http",
        source=_PAGE,
        version="8.12.0",
    ),
    Service(
        "recommendations",
        "python",
        operations(
            op(
                "ListRecommendations",
                Call("catalog", "ListProducts", timeout_s=1.0, gives="products"),
                Work(14, "rank candidates", when="products", cpu=0.9),
                say(_RANK, 63, "ranked {count} candidates for session {session}", when="products"),
            )
        ),
        workers=16,
        cores=0.25,
        memory_mb=768,
        pool=16,
        pool_of="http",
        source=_RANK,
        version="1.9.0",
    ),
)
"""From the outside inwards."""
