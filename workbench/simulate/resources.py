"""What the machines do, second by second: load slows work down, garbage is collected, memory fills up."""

from __future__ import annotations

from workbench.simulate import trouble
from workbench.simulate.clock import Steps
from workbench.simulate.dice import Dice
from workbench.simulate.gauges import flush
from workbench.simulate.lines import idle_line
from workbench.simulate.state import Instance, World

_USUAL_LOAD = 0.35
"""Utilisation at which work takes the time that the shop's description says."""
_SMOOTHING = 0.25
PORTS_KEPT_S = 60.0
"""A closed connection keeps its port so long (TIME_WAIT)."""
_NURSERY_SHARE = 0.16
_GARBAGE_MB = 1.1
"""Garbage of one call."""


def breathe(world: World) -> Steps[None]:
    """Move the resources of all instances on, once a second."""
    dice = Dice(world.seed, "resources")
    while True:
        yield 1.0
        for instance in world.instances():
            if instance.up:
                _compute(instance, dice)
                _remember(world, instance, dice)
                instance.ports_used -= max(0.0, instance.ports_used - 40) / PORTS_KEPT_S
                if dice.chance(1 / 18):
                    severity, body, attributes = idle_line(dice, instance.member.service)
                    world.log(instance, severity, body, attributes)


def _compute(instance: Instance, dice: Dice) -> None:
    service = instance.member.service
    asked = instance.busy_s / service.cores
    instance.window.cpu_s += instance.busy_s
    instance.busy_s = 0.0
    instance.load += _SMOOTHING * (min(1.5, asked) - instance.load)
    used = min(0.96, 0.04 + instance.load + instance.hog)
    # Waiting for a processor that others use, as in a queue with processor sharing: 1 / (1 - utilisation).
    instance.slowdown = max(0.85, (1 - _USUAL_LOAD) / (1 - used)) * dice.around(1.0, 0.05)


def _remember(world: World, instance: Instance, dice: Dice) -> None:
    service, now_s = instance.member.service, world.clock.now
    limit = float(service.memory_mb)
    instance.leaked_mb += instance.leak_mb_s * max(0.0, 1 + 0.25 * dice.normal())
    instance.garbage_mb += instance.served * _GARBAGE_MB * limit / 512
    instance.served = 0
    held = limit * instance.idle_share + instance.leaked_mb + 0.4 * len(instance.in_flight)
    room = max(1.0, min(limit * _NURSERY_SHARE, limit - held))
    # A process that is nearly out of memory collects all the time, and each collection finds less.
    tight = max(0.0, held / limit - 0.78)
    if not service.is_store and (instance.garbage_mb > room or (tight and dice.chance(4 * tight))):
        pause_s = min(2.5, (1 + instance.garbage_mb // room) * dice.around(0.022, 0.5) + dice.around(4 * tight, 0.4))
        instance.paused_until_s = max(instance.paused_until_s, now_s + pause_s)
        instance.busy_s += pause_s * service.cores * 0.8
        instance.garbage_mb = 0.0
        if pause_s > 0.25:
            body = f"collection of garbage took {pause_s * 1000:.0f} ms, {held:.0f} of {limit:.0f} MB in use"
            world.log(instance, "WARN", body, "{}")
    instance.memory_mb = held + min(instance.garbage_mb, room)
    if held >= limit * 0.985:
        world.clock.start(crash(world, instance, "OOMKilled", dice.between(9, 16)))


def crash(world: World, instance: Instance, reason: str, away_s: float) -> Steps[None]:
    """Kill an instance and start it again in its place after so many seconds."""
    if not instance.up:
        return
    take_down(world, instance)
    name = instance.member.service.name
    yield away_s
    if instance.member.gone:
        return
    instance.restarts += 1
    summary = f"container of {name} restarted: {reason}, exit code 137"
    world.event("restart", name, instance.name, summary, f'{{"reason":"{reason}","exit_code":137}}')
    bring_up(world, instance)


def take_down(world: World, instance: Instance) -> None:
    """Stop an instance at once: whatever it was doing is lost, and its callers see broken connections."""
    flush(world, instance)
    instance.up = False
    instance.crashes += 1
    waiting, instance.in_flight = instance.in_flight, {}
    for reply in waiting:
        reply.send(world.clock, trouble.reset(instance.member))


def bring_up(world: World, instance: Instance) -> None:
    """Start an instance with empty queues and fresh memory."""
    service = instance.member.service
    instance.up, instance.started_s = True, world.clock.now
    instance.workers = type(instance.workers)(instance.workers.size)
    instance.pool = type(instance.pool)(instance.pool.size)
    instance.leaked_mb = instance.garbage_mb = instance.load = 0.0
    instance.paused_until_s = 0.0
    instance.window.started_s = world.clock.now
    body = f"{service.name} {instance.version} started in {3 + len(service.name) / 7:.1f} s"
    world.log(instance, "INFO", body, "{}")
