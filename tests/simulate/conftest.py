import pytest

from workbench.simulate.faults import parse_fault
from workbench.simulate.world import Simulation, simulate


@pytest.fixture(scope="session")
def healthy() -> Simulation:
    return simulate([], seed=3, minutes=5)


@pytest.fixture(scope="session")
def broken() -> Simulation:
    """Two faults at once; one of them takes a service away, the other makes pools and queues fill."""
    return simulate([parse_fault("pool_exhaustion@catalog+60"), parse_fault("dependency_down@shipping+100")], 5, 3)
