import pytest

from workbench.errors import BadInput
from workbench.simulate.faults import FAULTS, FaultSpec, parse_fault, placed
from workbench.simulate.injection import INJECTIONS
from workbench.simulate.shop import SHOP, SHOP_SYSTEM


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        pytest.param("cpu", FaultSpec("cpu"), id="name-only"),
        pytest.param("network_delay@payments", FaultSpec("network_delay", "payments"), id="with-service"),
        pytest.param("cpu@cart+120", FaultSpec("cpu", "cart", 120.0), id="with-service-and-time"),
        pytest.param("disk_full+90.5s", FaultSpec("disk_full", None, 90.5), id="with-time-in-seconds"),
    ],
)
def test_a_fault_is_read(text, spec):
    assert parse_fault(text) == spec


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("gremlins@cart", ["no fault 'gremlins'", "network_delay", "slow_query"], id="unknown-fault"),
        pytest.param("cpu@carts", ["no service 'carts'", "cart, ", "payments"], id="unknown-service"),
        pytest.param("pool_exhaustion@email", ["email cannot have it", "These can", "checkout"], id="does-not-fit"),
        pytest.param("cpu@cart+soon", ["'soon' is not a number of seconds", "cpu@cart+120"], id="bad-time"),
        pytest.param("cpu@@cart", ["'cpu@@cart' is not a fault", "name@service+seconds"], id="bad-form"),
    ],
)
def test_a_bad_fault_says_how_to_mend_it(text, words):
    with pytest.raises(BadInput) as caught:
        parse_fault(text)

    assert [word for word in words if word not in str(caught.value)] == []


def test_each_fault_has_a_summary_and_an_injection():
    assert set(INJECTIONS) == set(FAULTS)
    assert all(kind.name == name and kind.summary.endswith(".") for name, kind in FAULTS.items())


@pytest.mark.parametrize("name", FAULTS)
def test_the_seed_chooses_a_service_that_fits(name):
    chosen = {placed((FaultSpec(name),), seed, 720.0)[0].service for seed in range(20)}

    assert len(chosen) > 1
    assert all(FAULTS[name].fits(SHOP[service], SHOP_SYSTEM) for service in chosen)


def test_chosen_services_differ_and_the_fault_starts_after_a_healthy_baseline():
    specs = placed((FaultSpec("cpu"), FaultSpec("network_delay"), FaultSpec("disk_full", "cart", 30.0)), 4, 600.0)

    assert len({spec.service for spec in specs}) == 3
    assert all(330 < spec.start_s < 390 for spec in specs[:2])
    assert specs[2] == FaultSpec("disk_full", "cart", 30.0)


def test_a_time_outside_of_the_run_is_refused():
    with pytest.raises(BadInput, match=r"starts 900 s after the start of the run, which is 600 s long"):
        placed((FaultSpec("cpu", "cart", 900.0),), 0, 600.0)
