"""Names of settings and node types as people read them: `poll_s` is "Poll (s)", `mongodb` is "MongoDB"."""

from __future__ import annotations

from typing import Any

UNITS = {
    "unix_nano": "ns since 1970",
    "per_s": "per s",
    "percent": "%",
    "minutes": "min",
    "hours": "h",
    "days": "d",
    "bytes": "bytes",
    "ms": "ms",
    "mb": "MB",
    "kb": "kB",
    "s": "s",
}
"""Ending of a name -> the unit it stands for."""
_SHORT = {
    "api", "aws", "ca", "cpu", "csv", "db", "dn", "dns", "fqdn", "grpc", "gtid", "http", "id", "ip", "json", "kms",
    "nkey", "oauth", "otlp", "pem", "qos", "rca", "sasl", "sql", "ssh", "ssl", "tcp", "tls", "ttl", "udp", "uri", "url",
    "utc", "uuid", "vhost", "xml",
}  # fmt: skip
_SPELLED = {"vhost": "Vhost", "nkey": "NKey", "qos": "QoS", "oauth": "OAuth", "grpc": "gRPC"}

_PRODUCTS = {
    "asof": "as-of", "bigquery": "BigQuery", "clickhouse": "ClickHouse", "deltalake": "Delta Lake", "duckdb": "DuckDB",
    "dynamodb": "DynamoDB", "gdrive": "Google Drive", "jetstream": "JetStream", "json": "JSON",
    "jsonlines": "JSON lines", "kubernetes": "Kubernetes", "loki": "Loki", "minio": "MinIO", "mongodb": "MongoDB",
    "mqtt": "MQTT", "mssql": "SQL Server", "mysql": "MySQL", "nats": "NATS", "pii": "PII", "plaintext": "Plain text",
    "postgres": "PostgreSQL", "prometheus": "Prometheus", "pubsub": "Pub/Sub", "python": "Python",
    "questdb": "QuestDB", "rabbitmq": "RabbitMQ", "s3": "S3", "slo": "SLO", "sqlite": "SQLite",
}  # fmt: skip
"""Names of systems and short forms as their makers write them."""


def kind_title(name: str) -> str:
    """Return the title of a node type by the last part of its kind: `otlp_receiver` is "OTLP receiver"."""
    spoken = [_PRODUCTS.get(word) or (word.upper() if word in _SHORT else word) for word in name.split("_")]
    text = " ".join(spoken)
    return text[0].upper() + text[1:]


def title_of(name: str) -> str:
    """Return the title of a setting: words, short forms in capitals, the unit in brackets."""
    words, unit = name, ""
    for ending, shown in UNITS.items():
        if name.endswith("_" + ending):
            words, unit = name.removesuffix("_" + ending), f" ({shown})"
            break
    spoken = [_SPELLED.get(word, word.upper()) if word in _SHORT else word for word in words.split("_") if word]
    text = " ".join(spoken) or name
    return text[0].upper() + text[1:] + unit


def field_title(name: str, info: Any) -> str:
    """Return the title of a field for pydantic's `field_title_generator`."""
    return title_of(name)
