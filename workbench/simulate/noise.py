"""What goes on in a healthy system: deploys that change nothing, jobs on the hosts, maintenance of the stores."""

from __future__ import annotations

from workbench.simulate.clock import Steps
from workbench.simulate.dice import Dice
from workbench.simulate.rollout import deploy, next_version
from workbench.simulate.state import Member, World


def start_noise(world: World) -> None:
    """Start everything harmless that will happen in this run."""
    dice = Dice(world.seed, "noise")
    for harmless, mean_s in (
        (_deploy, 900),
        (_batch_job, 300),
        (_maintenance, 500),
        (_cache_flush, 700),
        (_setting, 1500),
        (_flap, 900),
    ):
        at_s = dice.waiting(mean_s)
        while at_s < world.end_s:
            world.clock.start(harmless(world, Dice(world.seed, f"{harmless.__name__} {at_s:.3f}")), at_s)
            at_s += 60 + dice.waiting(mean_s)
    world.clock.start(_disks(world, Dice(world.seed, "disks")))


def _deploy(world: World, dice: Dice) -> Steps[None]:
    member = dice.pick([member for member in world.members.values() if not member.service.is_store])
    if member.broken is None and any(instance.up and not instance.retired for instance in member.instances):
        yield from deploy(world, member, next_version(member.instances[-1].version, big=False), dice)


def _setting(world: World, dice: Dice) -> Steps[None]:
    """A harmless change of a setting: the limit of some log or metric."""
    service = dice.pick([name for name, member in world.members.items() if not member.service.is_store])
    setting, old, new = dice.pick(
        (
            ("log.sample_ratio", "1.0", "0.9"),
            ("metrics.export_interval_s", "10", "10.0"),
            ("feature.new_banner", "off", "on"),
            ("http.keep_alive_s", "60", "75"),
        )
    )
    about = f'{{"setting":"{setting}","old":"{old}","new":"{new}"}}'
    world.event("config_change", service, "", f"{service}: {setting} {old} -> {new}", about)
    return
    yield  # a process has to be a generator


def _batch_job(world: World, dice: Dice) -> Steps[None]:
    host, share = dice.pick(world.system.hosts), dice.between(0.05, 0.2)
    touched = [instance for instance in world.instances() if instance.host == host]
    for instance in touched:
        instance.hog += share
    yield dice.between(15, 45)
    for instance in touched:
        instance.hog = max(0.0, instance.hog - share)


def _maintenance(world: World, dice: Dice) -> Steps[None]:
    database = _store(world, "database", dice)
    if database is None:
        return
    factor = dice.between(1.2, 1.9)
    table = dice.pick(("stock", "orders"))
    world.log(database.instances[0], "INFO", f"automatic analyze of table {world.system.name}.public.{table}", "{}")
    database.slow_factor *= factor
    yield dice.between(15, 50)
    database.slow_factor /= factor


def _store(world: World, role: str, dice: Dice) -> Member | None:
    names = world.system.stores(role)
    return world.members[names[0] if len(names) == 1 else dice.pick(names)] if names else None


def _flap(world: World, dice: Dice) -> Steps[None]:
    member = dice.pick(list(world.members.values()))
    member.flaps = dice.between(0.02, 0.08)
    yield dice.between(1, 5)
    member.flaps = 0.0


def _cache_flush(world: World, dice: Dice) -> Steps[None]:
    cache = _store(world, "cache", dice)
    if cache is None:
        return
    before = cache.hit_factor
    for step in range(6):
        cache.hit_factor = before * (0.4 + 0.1 * step)
        yield dice.between(3, 8)
    cache.hit_factor = before


def _disks(world: World, dice: Dice) -> Steps[None]:
    growth = {name: dice.between(1e-6, 1.2e-5) for name in world.members}
    while True:
        yield 5.0
        for instance in world.instances():
            # Rotated log files give room back now and then.
            freed = 0.01 if instance.disk < 0.9 and dice.chance(0.004) else 0.0
            instance.disk = max(0.05, instance.disk + 5 * growth[instance.member.service.name] - freed)
