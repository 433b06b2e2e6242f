"""A workspace in memory with the small shop in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.agents.shop import fill
from workbench.store.db import Store


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open(None) as opened:
        fill(opened)
        yield opened
