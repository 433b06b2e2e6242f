"""The services that take orders: checkout, payments, shipping, e-mail."""

from __future__ import annotations

from workbench.simulate.topology import Call, Query, Service, Work
from workbench.simulate.words import op, operations, say

_CHECKOUT = "com/shop/checkout/OrderService.java"
_PAY = "com/shop/payments/ChargeService.java"
_SHIP = "pkg/shipping/quote.go"
_MAIL = "mailer/sender.py"


ORDER_SERVICES = (
    Service(
        "checkout",
        "java",
        operations(
            op(
                "PlaceOrder",
                say(_CHECKOUT, 112, "placing order for {user}, currency EUR"),
                Call("cart", "GetCart", retries=1, gives="items"),
                Call("catalog", "GetProduct", retries=1, when="items"),
                Call("shipping", "GetQuote", retries=1, when="items", gives="quote"),
                Call("inventory", "Reserve", when="quote", gives="reserved"),
                say(_CHECKOUT, 139, "order {order} prepared: {quantity} items, total {amount} EUR", when="reserved"),
                Call("payments", "Charge", timeout_s=3.0, retries=1, when="reserved", gives="paid", signed=True),
                Query(
                    "postgres",
                    "INSERT",
                    "orders",
                    "INSERT INTO orders VALUES ($1, $2, $3)",
                    6,
                    writes=True,
                    when="paid",
                ),
                Call("shipping", "ShipOrder", when="paid"),
                Call("cart", "EmptyCart", when="paid", optional=True),
                Call("email", "SendConfirmation", when="paid", optional=True),
                Work(6, writes=True),
                say(_CHECKOUT, 171, "order {order} placed", when="paid"),
                say(_CHECKOUT, 174, "order {order} not paid, reservation released", "WARN", unless="paid"),
                result="paid",
            )
        ),
        replicas=2,
        cores=0.006,
        memory_mb=768,
        pool=10,
        pool_of="postgres",
        source=_CHECKOUT,
        version="4.18.0",
    ),
    Service(
        "payments",
        "java",
        operations(
            op(
                "Charge",
                Work(4, "validate card"),
                say(_PAY, 84, "charging {amount} EUR for order {order} card ending {card}"),
                Work(62, "acquirer authorize", cpu=0.03, gives="paid", succeeds=0.96),
                Query(
                    "postgres",
                    "INSERT",
                    "payments",
                    "INSERT INTO payments VALUES ($1, $2)",
                    5,
                    writes=True,
                    when="paid",
                ),
                say(_PAY, 97, "payment accepted order={order} authorization={token}", when="paid"),
                say(_PAY, 101, "card declined by issuer order={order} code=05", "WARN", unless="paid"),
                result="paid",
            )
        ),
        replicas=2,
        cores=0.007,
        memory_mb=768,
        pool=6,
        pool_of="postgres",
        source=_PAY,
        version="6.2.3",
    ),
    Service(
        "shipping",
        "go",
        operations(
            op(
                "GetQuote",
                Query("postgres", "SELECT", "rates", "SELECT price FROM rates WHERE zone = $1", 3),
                Work(4),
                say(_SHIP, 45, "quote for {city}: {rate} EUR"),
            ),
            op(
                "ShipOrder",
                Query("postgres", "INSERT", "shipments", "INSERT INTO shipments VALUES ($1, $2)", 5, writes=True),
                Work(5, writes=True),
                say(_SHIP, 83, "shipment {token} created for order {order}, city {city}"),
            ),
        ),
        cores=0.022,
        memory_mb=256,
        pool=6,
        pool_of="postgres",
        source=_SHIP,
        version="1.14.2",
    ),
    Service(
        "email",
        "python",
        operations(
            op(
                "SendConfirmation",
                Work(8, "render template", cpu=0.9),
                Work(38, "smtp send", cpu=0.05, writes=True),
                say(_MAIL, 57, "confirmation of order {order} sent to {email}"),
            )
        ),
        workers=8,
        cores=0.022,
        memory_mb=256,
        source=_MAIL,
        version="1.3.3",
    ),
)
"""Checkout calls all others."""
