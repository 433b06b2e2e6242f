"""A workspace in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from workbench.store.db import Store


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open(None) as opened:
        yield opened
