"""Connections to others: a pool whose connections may come back late, and local ports that may run out."""

from __future__ import annotations

from workbench.simulate.clock import Slots, Steps
from workbench.simulate.state import Instance, Member, World

USUAL_PORTS = 28_232
"""Local ports of Linux: 32768 to 60999."""
USUAL_PORTS_PER_CALL = 0.3
"""Most calls use a connection that is kept open."""


def give_back(world: World, member: Member, pool: Slots) -> None:
    """Give a connection back to its pool, or leak it for a while."""
    if member.leak_share and world.dice.chance(member.leak_share):
        world.clock.start(_give_back_late(world, pool), member.leak_hold_s)
    else:
        pool.give_back(world.clock)


def _give_back_late(world: World, pool: Slots) -> Steps[None]:
    pool.give_back(world.clock)
    return
    yield  # a process has to be a generator


def out_of_ports(world: World, instance: Instance) -> bool:
    """Tell whether a call needs a new connection and there is no local port for it; else it uses up some."""
    member = instance.member
    limit = float(member.service.ports or USUAL_PORTS)
    instance.ports_used = min(limit, instance.ports_used + USUAL_PORTS_PER_CALL + member.port_leak_per_call)
    if not member.port_leak_per_call or instance.ports_used < limit:
        return False
    return world.dice.chance(member.new_connections)
