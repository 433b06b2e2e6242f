"""Runs the shop, or a system drawn at random, and gives back what was seen and what was true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from workbench.errors import BadInput
from workbench.facts.telemetry import Telemetry
from workbench.semconv import NANOS_PER_SECOND
from workbench.simulate.clock import Steps
from workbench.simulate.dice import Dice
from workbench.simulate.faults import FaultSpec, placed
from workbench.simulate.gauges import flush, report, report_instance
from workbench.simulate.injection import INJECTIONS
from workbench.simulate.noise import start_noise
from workbench.simulate.resources import breathe
from workbench.simulate.rollout import open_system
from workbench.simulate.shop import SHOP_SYSTEM
from workbench.simulate.state import World
from workbench.simulate.topology import System
from workbench.simulate.traffic import visits

DEFAULT_START_UNIX_NANO = int(datetime(2026, 3, 10, 9, 30, tzinfo=UTC).timestamp()) * NANOS_PER_SECOND
DEFAULT_RATE_PER_S = 8.0
_MAX_MINUTES = 240.0


@dataclass(frozen=True, slots=True)
class Simulation:
    """What one run of the shop left behind."""

    telemetry: Telemetry
    faults: tuple[FaultSpec, ...]
    """With service and time filled in."""
    seed: int
    start_unix_nano: int
    end_unix_nano: int
    versions: dict[str, str]
    """Version of each instance, by `service_instance_id`."""

    @property
    def truth(self) -> dict[str, Any]:
        """What really happened: the faults in order of time, and the seed."""
        faults = [
            {
                "service": fault.service,
                "fault_type": fault.name,
                "start": _iso(self.start_unix_nano + round((fault.start_s or 0.0) * NANOS_PER_SECOND)),
            }
            for fault in sorted(self.faults, key=lambda fault: fault.start_s or 0.0)
        ]
        return {"faults": faults, "seed": self.seed}


def simulate(
    faults: Sequence[FaultSpec],
    seed: int,
    minutes: float = 12,
    start_unix_nano: int | None = None,
    rate_per_s: float = DEFAULT_RATE_PER_S,
    topology: System = SHOP_SYSTEM,
) -> Simulation:
    """Run the shop, or another system; the same arguments give the same rows.

    `rate_per_s` is the mean rate of requests over a day; the default start is a fixed morning. No faults: healthy.

    Raises:
        BadInput: a fault does not fit, or the length or rate of the run cannot be used.
    """
    if not 0 < minutes <= _MAX_MINUTES:
        raise BadInput(f"{minutes:g} minutes", where="minutes", hint=f"Give more than 0, at most {_MAX_MINUTES:g}")
    if not 0 < rate_per_s <= 200:
        raise BadInput(f"{rate_per_s:g} requests per second", where="rate_per_s", hint="Give more than 0, at most 200")
    start = DEFAULT_START_UNIX_NANO if start_unix_nano is None else start_unix_nano
    world = World(seed, start, minutes * 60.0, topology)
    chosen = placed(tuple(faults), seed, world.end_s, topology)
    open_system(world)
    start_noise(world)
    clock = world.clock
    for number, fault in enumerate(chosen):
        clock.start(_inject(world, fault, number), fault.start_s or 0.0)
    clock.start(visits(world, rate_per_s))
    clock.start(breathe(world))
    clock.start(report(world))
    clock.run(world.end_s)
    _close(world)
    return Simulation(
        telemetry=world.recorder.telemetry(),
        faults=chosen,
        seed=seed,
        start_unix_nano=start,
        end_unix_nano=world.nano(world.end_s),
        versions={i.name: i.version for member in world.members.values() for i in member.instances},
    )


def _inject(world: World, fault: FaultSpec, number: int) -> Steps[None]:
    member = world.members[fault.service or ""]
    return INJECTIONS[fault.name](world, member, Dice(world.seed, f"fault {number} {fault.name}"))


def _close(world: World) -> None:
    """Report the last, unfinished window, so that the metrics count every span."""
    world.clock.now = world.end_s
    dice = Dice(world.seed, "last gauges")
    for member in world.members.values():
        for instance in member.instances:
            if instance.retired:
                flush(world, instance)
            elif world.end_s - instance.window.started_s > 0.001:
                report_instance(world, instance, dice)


def _iso(time_unix_nano: int) -> str:
    moment = datetime.fromtimestamp(time_unix_nano // NANOS_PER_SECOND, tz=UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{time_unix_nano % NANOS_PER_SECOND // 1_000_000:03d}Z"
