"""A store in memory, with a source to append to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from workbench.store import sources
from workbench.store.db import Store


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open(None, memory_limit_mb=300, threads=1) as opened:
        yield opened


@pytest.fixture
def source_id(store: Store) -> int:
    return sources.register(store, kind="file", uri="shop/app.log", sha256="ab", scope="shop").source_id
