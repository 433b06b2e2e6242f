"""Values and attributes of OTLP JSON as SQL: `{"stringValue": ...}` to text, lists of attributes to one JSON object."""

from __future__ import annotations

from workbench.ingest import sql

VALUE = (
    "STRUCT(stringValue VARCHAR, intValue VARCHAR, doubleValue VARCHAR, boolValue VARCHAR, bytesValue VARCHAR, "
    "arrayValue JSON, kvlistValue JSON)"
)
ATTRIBUTES = f'STRUCT("key" VARCHAR, "value" {VALUE})[]'


def attribute(attributes: str, key: str) -> str:
    """Return SQL for the text of one attribute; '' when it is not there."""
    found = f"list_filter({attributes}, lambda a: a.key = {sql.text(key)})[1]"
    return value_text(f"{found}.value")


def value_text(value: str) -> str:
    """Return SQL for any value as text."""
    plain = ", ".join(f"{value}.{kind}Value" for kind in ("string", "int", "double", "bool", "bytes"))
    return f"coalesce({plain}, CAST({value}.kvlistValue AS VARCHAR), CAST({value}.arrayValue AS VARCHAR), '')"


def json_object(attributes: str) -> str:
    """Return SQL for attributes as one JSON object."""
    number = "CASE WHEN isfinite(try_cast(a.value.doubleValue AS DOUBLE)) THEN a.value.doubleValue END"
    quoted = "coalesce(a.value.stringValue, a.value.bytesValue, a.value.doubleValue)"
    value = (
        f"coalesce(a.value.intValue, {number}, a.value.boolValue, CAST(to_json({quoted}) AS VARCHAR), "
        "CAST(a.value.kvlistValue AS VARCHAR), CAST(a.value.arrayValue AS VARCHAR), 'null')"
    )
    pairs = f"list_transform({attributes}, lambda a: concat(CAST(to_json(a.key) AS VARCHAR), ': ', {value}))"
    return f"coalesce('{{' || array_to_string({pairs}, ', ') || '}}', '{{}}')"
