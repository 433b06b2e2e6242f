"""Names of settings as people read them: `poll_s` is "Poll (s)", `ca_file` is "CA file"."""

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
