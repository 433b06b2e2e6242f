"""Instances come and go: the first ones of a run, and new versions that replace old ones one by one."""

from __future__ import annotations

import json

from workbench.simulate.clock import Slots, Steps
from workbench.simulate.dice import Dice
from workbench.simulate.gauges import flush
from workbench.simulate.state import Instance, Member, World


def open_system(world: World) -> None:
    """Start the first instances of all services."""
    dice = Dice(world.seed, "instances")
    hosts = world.system.hosts
    for number, service in enumerate(world.system.services.values()):
        member = world.members[service.name] = Member(service)
        version_mark = dice.letters(5)
        for replica in range(service.replicas):
            host = hosts[(number + replica) % len(hosts)]
            member.instances.append(_new_instance(member, host, service.version, version_mark, dice))


def deploy(world: World, member: Member, version: str, dice: Dice) -> Steps[None]:
    """Replace the instances of a service by ones of another version, one after the other, with nobody noticing."""
    service, mark = member.service, dice.letters(5)
    about = {"service.version": version, "service.version.previous": member.instances[-1].version, "actor": "ci"}
    world.event("deploy", service.name, "", f"{service.name} {version} rolled out", json.dumps(about))
    for old in [instance for instance in member.instances if not instance.retired]:
        yield dice.between(2, 5)
        if member.gone:
            return
        new = _new_instance(member, old.host, version, mark, dice)
        new.started_s, new.disk = world.clock.now, old.disk
        new.leak_mb_s, new.hog, new.pool.size = old.leak_mb_s, old.hog, old.pool.size
        member.instances.append(new)
        world.log(new, "INFO", f"{service.name} {version} started in {dice.between(1.5, 6):.1f} s", "{}")
        old.retired = True
        world.log(old, "INFO", f"{service.name} {old.version} received SIGTERM, draining", "{}")
        world.clock.start(_drain(world, old), 8.0)
        yield dice.between(4, 9)


def next_version(version: str, *, big: bool) -> str:
    """Return the next minor (big) or patch version."""
    major, minor, patch = (int(part) for part in version.split("."))
    return f"{major}.{minor + 1}.0" if big else f"{major}.{minor}.{patch + 1}"


def _drain(world: World, instance: Instance) -> Steps[None]:
    for _ in range(4):
        flush(world, instance)
        yield 10.0


def _new_instance(member: Member, host: str, version: str, mark: str, dice: Dice) -> Instance:
    service = member.service
    return Instance(
        member=member,
        name=f"{service.name}-{mark}-{dice.letters(3)}",
        host=host,
        version=version,
        workers=Slots(service.workers),
        pool=Slots(service.pool),
        disk=dice.between(0.38, 0.66),
        idle_share=dice.between(0.36, 0.42) + len(service.name) % 5 / 40,
        load=0.25,
    )
