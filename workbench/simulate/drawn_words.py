"""Words from which drawn systems are made: names of services, operations, tables, topics, and what they write."""

from __future__ import annotations

from workbench.simulate.topology import Language

NOUNS = (
    "account", "address", "alert", "asset", "audit", "badge", "balance", "billing", "booking", "budget", "calendar",
    "campaign", "claim", "comment", "contract", "coupon", "courier", "credit", "customer", "delivery", "device",
    "discount", "dispatch", "document", "driver", "export", "feed", "fleet", "fraud", "gift", "identity", "image",
    "import", "invoice", "label", "ledger", "license", "locale", "loyalty", "media", "menu", "merchant", "message",
    "meter", "offer", "partner", "payout", "permission", "policy", "pricing", "profile", "quota", "rating", "refund",
    "region", "report", "review", "reward", "risk", "room", "route", "scoring", "seat", "segment", "sensor", "session",
    "settlement", "signal", "supplier", "survey", "tariff", "tax", "tenant", "ticket", "token", "tracking",
    "translation", "trip", "usage", "vehicle", "vendor", "voucher", "wallet", "warehouse", "webhook", "wishlist",
)  # fmt: skip
"""What services are about."""

SHAPES = ("{}-service", "{}-api", "{}svc", "svc-{}", "{}", "ms-{}")
"""How a house names its services."""

FRONTS = ("edge", "gateway", "web-bff", "mobile-bff", "public-api", "ingress")

STORES = {
    "postgresql": ("database", "pg-{}"),
    "mysql": ("database", "{}-mysql"),
    "mongodb": ("database", "mongo-{}"),
    "mssql": ("database", "{}-sqlserver"),
    "redis": ("cache", "redis-{}"),
    "memcached": ("cache", "{}-memcached"),
    "kafka": ("broker", "kafka-{}"),
    "rabbitmq": ("broker", "{}-rabbit"),
}
"""Role and shape of the name, by the product's name in OpenTelemetry."""

VERBS = (
    "Get",
    "List",
    "Find",
    "Check",
    "Resolve",
    "Quote",
    "Validate",
    "Load",
    "Rank",
    "Build",
    "Update",
    "Create",
    "Submit",
)
WRITING = ("Update", "Create", "Submit")
TABLES = ("items", "events", "entries", "states", "prices", "limits", "links", "versions", "members", "balances")

SOURCES: dict[Language, str] = {
    "go": "internal/{}/handler.go",
    "java": "com/acme/{}/Controller.java",
    "node": "src/{}/routes.ts",
    "python": "app/{}/views.py",
    "dotnet": "src/{}/Handler.cs",
    "native": "",
}
"""Source file of the code that handles calls."""

LINES = (
    "{op} for {{user}} done in {{ms}} ms",
    "{op}: {{count}} {noun} records for session {{session}}",
    "handled {op} user={{user}} {noun}={{product}}",
    "{noun} {{product}} processed by {op}",
    "request {{session}} {op} finished, {{count}} rows",
)
"""What an operation writes when it is done."""

WARNINGS = (
    "{op}: no {noun} found for {{user}}",
    "{noun} of {{user}} is empty, {op} skipped",
)
"""What it writes when there is nothing to give."""
