"""The services that know goods and baskets: catalog, cart, inventory, and the stores."""

from __future__ import annotations

from workbench.simulate.topology import Query, Service, Work
from workbench.simulate.words import cached, op, operations, say

_CATALOG = "pkg/catalog/server.go"
_CART = "src/Services/CartService.cs"
_STOCK = "com/shop/inventory/StockService.java"


GOODS_SERVICES = (
    Service(
        "catalog",
        "go",
        operations(
            op(
                "ListProducts",
                cached("catalog:list:*", 0.8),
                Query(
                    "postgres", "SELECT", "products", "SELECT * FROM products WHERE active LIMIT $1", 11, unless="hit"
                ),
                Work(5),
                say(_CATALOG, 88, "listed {count} products"),
            ),
            op(
                "GetProduct",
                cached("catalog:product:*", 0.7),
                Query("postgres", "SELECT", "products", "SELECT * FROM products WHERE id = $1", 4, unless="hit"),
                Work(3),
                say(_CATALOG, 131, "product {product} found", "DEBUG"),
            ),
            op(
                "SearchProducts",
                Query("postgres", "SELECT", "products", "SELECT id FROM products WHERE title ILIKE $1", 18),
                Work(6, gives="found", succeeds=0.93),
                say(_CATALOG, 164, "search for '{search}' took {ms} ms"),
                result="found",
            ),
        ),
        replicas=2,
        cores=0.09,
        pool=10,
        pool_of="postgres",
        source=_CATALOG,
        version="2.31.4",
    ),
    Service(
        "cart",
        "dotnet",
        operations(
            op(
                "GetCart",
                Query("redis", "HGETALL", "cart:*", "HGETALL cart:?", 0.7, timeout_s=1.0),
                Work(3, gives="items", succeeds=0.97),
                say(_CART, 52, "GetCart userId={user} items={quantity}", when="items"),
                say(_CART, 55, "GetCart userId={user} cart is empty", unless="items"),
                result="items",
            ),
            op(
                "AddItem",
                say(_CART, 71, "AddItem userId={user} productId={product} quantity={quantity}"),
                Query("redis", "HSET", "cart:*", "HSET cart:? ? ?", 0.8, writes=True, timeout_s=1.0),
                Work(4, writes=True),
            ),
            op("EmptyCart", Query("redis", "DEL", "cart:*", "DEL cart:?", 0.6, timeout_s=1.0), Work(2, writes=True)),
        ),
        replicas=2,
        cores=0.015,
        pool=8,
        pool_of="redis",
        source=_CART,
        version="5.0.2",
    ),
    Service(
        "inventory",
        "java",
        operations(
            op(
                "CheckStock",
                Query("postgres", "SELECT", "stock", "SELECT free FROM stock WHERE product_id = $1", 4),
                Work(3),
                say(_STOCK, 66, "stock of {product} is {stock}", "DEBUG"),
            ),
            op(
                "Reserve",
                Query("postgres", "SELECT", "stock", "SELECT free FROM stock WHERE product_id = $1 FOR UPDATE", 5),
                Query(
                    "postgres",
                    "UPDATE",
                    "stock",
                    "UPDATE stock SET free = free - $2 WHERE product_id = $1",
                    6,
                    writes=True,
                ),
                Work(4, writes=True),
                say(_STOCK, 94, "reserved {quantity} x {product} for order {order}"),
            ),
        ),
        replicas=2,
        cores=0.02,
        memory_mb=768,
        pool=8,
        pool_of="postgres",
        source=_STOCK,
        version="3.7.1",
    ),
    Service(
        "postgres",
        "native",
        {},
        workers=24,
        queue=400,
        cores=0.25,
        memory_mb=2048,
        source="postmaster",
        version="16.4",
        role="database",
        system="postgresql",
    ),
    Service(
        "redis",
        "native",
        {},
        workers=16,
        queue=400,
        cores=0.03,
        memory_mb=512,
        source="server.c",
        version="7.2.5",
        role="cache",
        system="redis",
    ),
)
"""The last two are the database and the cache."""
