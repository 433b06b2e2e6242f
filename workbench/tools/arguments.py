"""Kinds of arguments that several verbs take, checked before the verb runs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Limit = Annotated[int, Field(ge=1, le=1_000_000)]
"""How many to give at most."""
SecretValue = Annotated[str, Field(json_schema_extra={"format": "password"})]
"""A value that is asked for or read from stdin, and never shown again."""
