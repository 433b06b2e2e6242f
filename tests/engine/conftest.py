"""One store and one supervisor for all tests of a module: the fork server takes a second to start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from workbench.engine.supervisor import Supervisor
from workbench.store.db import Store


@pytest.fixture(scope="session")
def supervisor() -> Iterator[Supervisor]:
    with Store.open(None) as store:
        supervisor = Supervisor(store, drain_s=5.0)
        yield supervisor
        supervisor.close()


@pytest.fixture
def store(supervisor: Supervisor) -> Store:
    return supervisor._store
