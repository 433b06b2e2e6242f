"""A store in memory, and a way to write small files and read the rows that came of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench.store.db import Store

Write = Callable[[str, str | bytes], Path]
Rows = Callable[..., list[tuple[Any, ...]]]

T0 = 1_700_000_000_000_000_000
"""2023-11-14T22:13:20Z."""


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open(None, memory_limit_mb=300, threads=2) as opened:
        yield opened


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def rows(store: Store) -> Rows:
    def rows(sql: str) -> list[tuple[Any, ...]]:
        with store.connection() as cursor:
            return cursor.execute(sql).fetchall()

    return rows
