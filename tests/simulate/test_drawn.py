"""Systems drawn at random: their shape, their traffic, and faults in them."""

import pytest

from workbench.errors import BadInput
from workbench.semconv import Table
from workbench.simulate.drawn import LEAST_SERVICES, MOST_SERVICES, choose_topology, draw_topology
from workbench.simulate.faults import FAULTS, FaultSpec, parse_fault, placed
from workbench.simulate.shop import SHOP_SYSTEM
from workbench.simulate.topology import Call, Publish, Query, System
from workbench.simulate.world import simulate


def reached(system: System) -> set[str]:
    waiting, seen = list(system.fronts), set(system.fronts)
    while waiting:
        service = system.services[waiting.pop()]
        called = service.callees()
        called |= {taker for step in service.steps() if isinstance(step, Publish) for taker, _ in step.consumers}
        waiting += sorted(called - seen)
        seen |= called
    return seen


def with_role(role: str) -> System:
    return next(system for seed in range(40) if (system := draw_topology(seed, 14)).stores(role))


@pytest.mark.parametrize("count", [5, 7, 12, 30, 60])
def test_a_system_has_so_many_services_and_users_reach_most_of_them(count):
    for seed in range(4):
        system = draw_topology(seed, count)

        assert len(system.services) == count
        assert len(reached(system)) >= 0.75 * count
        assert system.stores("database")


def test_every_call_has_somebody_who_answers_it():
    for seed in range(20):
        system = draw_topology(seed)
        for service in system.services.values():
            for step in service.steps():
                if isinstance(step, Call):
                    assert step.operation in system.services[step.service].operations
                elif isinstance(step, Query):
                    assert system.services[step.service].is_store


def test_a_fault_by_chance_never_meets_a_store_that_nobody_asks():
    idle = 0
    for seed in range(40):
        system = draw_topology(seed)
        asked = {name for service in system.services.values() for name in service.callees()}
        for name, service in system.services.items():
            if service.is_store and name not in asked:
                idle += 1
                assert name in system.spared
    assert idle


def test_the_seed_draws_size_names_and_habits():
    systems = [draw_topology(seed) for seed in range(60)]

    sizes = [len(system.services) for system in systems]
    assert min(sizes) <= 8
    assert max(sizes) >= 45
    assert {one.report_every_s for system in systems for one in system.services.values()} == {10.0, 30.0, 60.0}
    assert {one.style for system in systems for one in system.services.values()} == {
        "located",
        "plain",
        "logger",
        "logfmt",
    }
    assert len({frozenset(system.services) for system in systems}) == 60
    assert draw_topology(7) == draw_topology(7)


def test_a_drawn_system_runs_healthy_and_repeats():
    system = draw_topology(3, 20)

    one, two = (simulate([], 3, minutes=0.7, topology=system).telemetry for _ in range(2))

    assert len(one.spans) > 1000
    assert (one.spans["status_code"] == "ERROR").mean() < 0.01
    assert set(one.spans["service_name"]) <= set(system.services)
    assert all(one.frame(table).equals(two.frame(table)) for table in Table)


def test_messages_are_taken_later_and_nobody_waits_for_them():
    system = with_role("broker")
    spans = simulate([], 1, minutes=1, topology=system).telemetry.spans

    taken = spans[spans["span_kind"] == "CONSUMER"].merge(
        spans[spans["span_kind"] == "PRODUCER"], left_on="parent_span_id", right_on="span_id", suffixes=("", "_sent")
    )

    assert len(taken) > 5
    assert (taken["start_time_unix_nano"] >= taken["end_time_unix_nano_sent"]).all()
    assert set(taken["peer_service_name_sent"]) <= set(system.stores("broker"))
    assert set(taken["service_name"]) <= system.consumers


def test_some_databases_write_spans_of_their_own():
    drawn = (draw_topology(seed, 9) for seed in range(40))
    system = next(system for system in drawn if any(one.spans for one in system.services.values()))
    spans = simulate([], 1, minutes=0.5, topology=system).telemetry.spans

    own = spans[spans["service_name"].isin(system.stores("database"))]
    parents = spans.set_index("span_id").loc[own["parent_span_id"]]

    assert len(own) > 20
    assert set(own["span_kind"]) == {"SERVER"}
    assert (parents["peer_service_name"].to_numpy() == own["service_name"].to_numpy()).all()


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_fits_some_service_of_a_drawn_system(name):
    for seed in range(6):
        system = draw_topology(seed, 25)

        chosen = placed((FaultSpec(name),), seed, 600.0, system)[0]

        assert FAULTS[name].fits(system.services[chosen.service], system)
        assert chosen.service not in system.fronts


def test_a_fault_of_a_drawn_system_names_its_services():
    system = draw_topology(1, 6)

    with pytest.raises(BadInput, match="the system has no service 'cart'"):
        parse_fault("cpu@cart", system)


@pytest.mark.parametrize("count", [LEAST_SERVICES - 1, MOST_SERVICES + 1])
def test_a_system_of_another_size_is_refused(count):
    with pytest.raises(BadInput, match="Give 5 to 60, such as random:30"):
        draw_topology(0, count)


def test_a_topology_is_chosen_by_name():
    assert choose_topology("shop", 4) is SHOP_SYSTEM
    assert choose_topology("random:9", 4) == draw_topology(4, 9)
    assert choose_topology("random", 4) == draw_topology(4)
    for text in ("mall", "random:many", "shop:3"):
        with pytest.raises(BadInput, match="Give shop, random, or random:30"):
            choose_topology(text, 4)
