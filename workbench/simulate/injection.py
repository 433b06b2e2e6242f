"""What each fault does to the system from the moment at which it starts."""

from __future__ import annotations

import json
from collections.abc import Callable

from workbench.simulate.clock import Steps
from workbench.simulate.connections import USUAL_PORTS
from workbench.simulate.dice import Dice
from workbench.simulate.resources import take_down
from workbench.simulate.rollout import deploy, next_version
from workbench.simulate.state import Member, World
from workbench.simulate.topology import Call, Fan, Operation, Query, Step

_LEAST_HELD = 0.15
"""So many of its connections an instance holds on average, for a pool of one to be felt."""

Injection = Callable[[World, Member, Dice], Steps[None]]


def _cpu(world: World, member: Member, dice: Dice) -> Steps[None]:
    share = dice.between(0.58, 0.85)
    for _ in range(5):
        for instance in member.instances:
            instance.hog += share / 5
        yield 1.0


def _memory_leak(world: World, member: Member, dice: Dice) -> Steps[None]:
    for instance in member.instances:
        instance.leak_mb_s = member.service.memory_mb * 0.55 / dice.between(90, 160)
    yield 0.0


def _network_delay(world: World, member: Member, dice: Dice) -> Steps[None]:
    member.delay_s = dice.between(0.04, 0.22)
    member.jitter_s = member.delay_s * dice.between(0.1, 0.4)
    yield 0.0


def _packet_loss(world: World, member: Member, dice: Dice) -> Steps[None]:
    member.loss = dice.between(0.06, 0.22)
    yield 0.0


def _pool_exhaustion(world: World, member: Member, dice: Dice) -> Steps[None]:
    member.leak_hold_s = dice.between(120, 260)
    member.leak_share = dice.between(0.35, 0.6)
    yield 0.0


def _bad_deploy(world: World, member: Member, dice: Dice) -> Steps[None]:
    version = next_version(member.instances[-1].version, big=True)
    member.broken, member.broken_version = _busiest(member, dice), version
    member.broken_share = dice.between(0.25, 0.8)
    yield from deploy(world, member, version, dice)


def _wrong_return(world: World, member: Member, dice: Dice) -> Steps[None]:
    member.hollow = _busiest(member, dice)
    member.hollow_at = max(1, len(member.hollow.steps) // 3)
    member.hollow_share = dice.between(0.7, 1.0)
    yield 0.0


def _dependency_down(world: World, member: Member, dice: Dice) -> Steps[None]:
    member.gone, member.forgotten = True, dice.chance(0.5)
    for instance in member.instances:
        if not instance.retired:
            take_down(world, instance)
        yield dice.between(0.0, 0.6)


def _disk_full(world: World, member: Member, dice: Dice) -> Steps[None]:
    seconds = dice.between(20, 60)
    steps = {instance.name: (1.0 - instance.disk) / seconds for instance in member.instances}
    while True:
        for instance in member.instances:
            instance.disk = min(1.0, instance.disk + steps.get(instance.name, 0.01))
        yield 1.0


def _slow_query(world: World, member: Member, dice: Dice) -> Steps[None]:
    if member.service.is_store:
        member.slow_statement, member.slow_factor = "*", dice.between(15, 40)
    else:
        query = dice.pick(world.system.asks(member.service, "database"))
        member.slow_statement, member.slow_factor = query.statement, dice.between(0.6, 2.2) / (query.ms / 1000)
    yield 0.0


def _clock_skew(world: World, member: Member, dice: Dice) -> Steps[None]:
    skew_s = dice.between(3, 9) * (1 if dice.chance(0.5) else -1)
    member.skew_s = skew_s
    for instance in member.instances:
        if not instance.retired:
            world.log(instance, "WARN", f"chronyd: system clock wrong by {-skew_s:.6f} seconds", "{}")
            yield dice.between(1, 4)


def _retry_storm(world: World, member: Member, dice: Dice) -> Steps[None]:
    calls = [step for step in member.service.steps() if isinstance(step, Call)]
    usual_ms = sorted(map(world.system.expected_ms, calls))[len(calls) // 2]
    member.storm_retries = dice.whole(5, 12)
    # About half of the calls take longer than this, so each of them is made again and again.
    member.storm_timeout_s = usual_ms * dice.between(0.8, 1.1) / 1000
    yield 0.0


def _socket_exhaustion(world: World, member: Member, dice: Dice) -> Steps[None]:
    seconds = dice.between(8, 35)
    calls_per_s = max(0.2, member.calls / max(10.0, world.clock.now))
    room = (member.service.ports or USUAL_PORTS) - 40
    member.port_leak_per_call = room / (calls_per_s * seconds) * len(member.instances)
    member.new_connections = dice.between(0.3, 0.9)
    yield 0.0


def _config_change(world: World, member: Member, dice: Dice) -> Steps[None]:
    service = member.service
    change = dice.pick((_short_timeout, _low_limit, _bad_pool) if service.pool else (_short_timeout, _low_limit))
    setting, old, new = change(world, member, dice)
    about = json.dumps({"setting": setting, "old": old, "new": new, "actor": "ops"})
    world.event("config_change", service.name, "", f"{service.name}: {setting} {old} -> {new}", about)
    yield 0.0


def _short_timeout(world: World, member: Member, dice: Dice) -> tuple[str, str, str]:
    longest_ms = max(
        world.system.expected_ms(step) for step in member.service.steps() if isinstance(step, Call | Query)
    )
    new_ms = max(1, round(longest_ms * dice.between(0.75, 1.05)))
    member.timeout_cap_s = new_ms / 1000
    return "client.timeout_ms", "2000", str(new_ms)


def _low_limit(world: World, member: Member, dice: Dice) -> tuple[str, str, str]:
    usual = member.calls / world.clock.now if world.clock.now > 10 else 2.0
    member.calls_per_s = max(0.1, round(usual * dice.between(0.3, 0.7), 1))
    return "server.rate_limit_per_s", "500", f"{member.calls_per_s:g}"


def _bad_pool(world: World, member: Member, dice: Dice) -> tuple[str, str, str]:
    if member.service.pool_of == "http" and _connections_held(world, member) >= _LEAST_HELD:
        for instance in member.instances:
            instance.pool.size = 1
        member.pool_patience_s = dice.between(0.01, 0.03)
        return "client.max_connections", str(member.service.pool), "1"
    # A pool of one that is free nearly all the time would hurt nobody: that is no fault.
    member.connect_s = dice.between(0.05, 0.14)
    return "pool.reuse_connections", "true", "false"


def _connections_held(world: World, member: Member) -> float:
    """Return about how many connections to other services one instance holds at a time."""
    operations = member.service.operations.values()
    held_ms = [
        sum(world.system.expected_ms(call) for step in one.steps for call in _calls_of(step)) for one in operations
    ]
    calls_per_s = member.calls / max(10.0, world.clock.now) / len(member.instances)
    return calls_per_s * sum(held_ms) / len(held_ms) / 1000


def _calls_of(step: Step) -> tuple[Call, ...]:
    return step.calls if isinstance(step, Fan) else (step,) if isinstance(step, Call) else ()


def _busiest(member: Member, dice: Dice) -> Operation:
    operations = [operation for operation in member.service.operations.values() if len(operation.steps) > 1]
    return dice.pick(operations[:2])


INJECTIONS: dict[str, Injection] = {
    "cpu": _cpu,
    "memory_leak": _memory_leak,
    "network_delay": _network_delay,
    "packet_loss": _packet_loss,
    "pool_exhaustion": _pool_exhaustion,
    "bad_deploy": _bad_deploy,
    "wrong_return": _wrong_return,
    "dependency_down": _dependency_down,
    "disk_full": _disk_full,
    "slow_query": _slow_query,
    "clock_skew": _clock_skew,
    "retry_storm": _retry_storm,
    "socket_exhaustion": _socket_exhaustion,
    "config_change": _config_change,
}
"""What a fault does, by its name in `faults.FAULTS`."""
