"""The type of what travels between nodes: a Pathway table."""

from __future__ import annotations

from typing import Any

import pathway as pw

Rows = pw.Table[Any]
"""A table of rows, growing or not. Importing this imports Pathway."""
