"""One store and one supervisor for all tests of a module: the fork server takes a second to start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

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


@pytest.fixture(scope="session")
def keeping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervisor]:
    """Return a supervisor with a folder, which can keep states and logs."""
    folder = tmp_path_factory.mktemp("workspace")
    with Store.open(folder) as store:
        supervisor = Supervisor(store, drain_s=5.0, folder=folder)
        yield supervisor
        supervisor.close()


@pytest.fixture
def kept(keeping: Supervisor) -> Store:
    """Return the store of `keeping`."""
    return keeping._store


@pytest.fixture
def workspace(keeping: Supervisor) -> Path:
    """Return the folder of `keeping`."""
    assert keeping._folder is not None
    return keeping._folder
