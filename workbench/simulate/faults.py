"""The faults that can be put into a system, by name, and how a user writes one: `network_delay@payments+300`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workbench.errors import BadInput
from workbench.simulate.dice import Dice
from workbench.simulate.shop import SHOP_SYSTEM
from workbench.simulate.topology import Call, Query, Service, System, Work


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One sort of fault."""

    name: str
    summary: str
    fits: Callable[[Service, System], bool]
    """Whether a service can have it."""


@dataclass(frozen=True, slots=True)
class FaultSpec:
    """A fault that is asked for."""

    name: str
    service: str | None = None
    """None: one is chosen by the seed."""
    start_s: float | None = None
    """Seconds after the start of the run; None: at about 60 % of it."""


def _any(service: Service, system: System) -> bool:
    return True


def _has_code(service: Service, system: System) -> bool:
    return not service.is_store


def _can_stop_early(service: Service, system: System) -> bool:
    return any(len(operation.steps) > 1 for operation in service.operations.values())


def _has_pool(service: Service, system: System) -> bool:
    return bool(service.pool)


def _uses_disk(service: Service, system: System) -> bool:
    return service.is_store or any(isinstance(step, Work) and step.writes for step in service.steps())


def _asks_database(service: Service, system: System) -> bool:
    return service.role == "database" or bool(system.asks(service, "database"))


def _calls_others(service: Service, system: System) -> bool:
    return any(isinstance(step, Call | Query) for step in service.steps())


def _calls_code(service: Service, system: System) -> bool:
    return any(isinstance(step, Call) for step in service.steps())


_KINDS = (
    FaultKind("cpu", "Something else on the machine takes most of the processor.", _any),
    FaultKind("memory_leak", "Memory grows until collections of garbage stop the service and it is killed.", _has_code),
    FaultKind("network_delay", "Each message from and to the service is late.", _any),
    FaultKind("packet_loss", "Messages from and to the service get lost and are sent again.", _any),
    FaultKind("pool_exhaustion", "Connections are taken from the pool and not given back.", _has_pool),
    FaultKind("bad_deploy", "A new version is rolled out that throws exceptions.", _has_code),
    FaultKind(
        "wrong_return", "An operation returns too early with an empty answer, and without an error.", _can_stop_early
    ),
    FaultKind("dependency_down", "The service stops answering; its callers cannot connect.", _any),
    FaultKind("disk_full", "The volume of the service fills up, and writing fails.", _uses_disk),
    FaultKind("slow_query", "One statement of the service (or all, of the database) lost its index.", _asks_database),
    FaultKind("clock_skew", "The clock of the service is wrong, so times and signatures do not fit.", _has_code),
    FaultKind(
        "retry_storm", "The service gives up too early and tries its calls again at once, many times.", _calls_code
    ),
    FaultKind("socket_exhaustion", "The service runs out of local ports for new connections to others.", _calls_others),
    FaultKind("config_change", "A setting is changed for the worse: a time-out, a pool or a limit.", _calls_others),
)

FAULTS: Mapping[str, FaultKind] = {kind.name: kind for kind in _KINDS}
"""All faults by name."""

_SPEC = re.compile(r"(?P<name>[^@+]+)(?:@(?P<service>[^@+]+))?(?:\+(?P<start>[^@+]+))?")


def parse_fault(text: str, system: System = SHOP_SYSTEM) -> FaultSpec:
    """Read `name`, `name@service`, `name+seconds` or `name@service+seconds`, as a fault of the system.

    Raises:
        BadInput: the fault or the service is not known, they do not fit each other, or the time is no number.
    """
    match = _SPEC.fullmatch(text.strip())
    if not match:
        raise BadInput(
            f"{text!r} is not a fault", where="fault", hint="Write name@service+seconds, such as cpu@cart+120"
        )
    name, service, start = match["name"].strip(), match["service"], match["start"]
    start_s = None
    if start is not None:
        try:
            start_s = float(start.strip().removesuffix("s"))
        except ValueError:
            raise BadInput(
                f"{start!r} is not a number of seconds", where=f"fault {text!r}", hint="Write cpu@cart+120"
            ) from None
    spec = FaultSpec(name, service.strip() if service else None, start_s)
    check_fault(spec, system)
    return spec


def check_fault(spec: FaultSpec, system: System) -> None:
    """Raise BadInput when the system has no such fault or service, or when they do not fit each other."""
    kind = FAULTS.get(spec.name)
    if kind is None:
        raise BadInput(f"no fault {spec.name!r}", where="fault", hint=f"Known faults: {', '.join(sorted(FAULTS))}")
    if spec.service is None:
        return
    service = system.services.get(spec.service)
    if service is None:
        raise BadInput(
            f"the {system.name} has no service {spec.service!r}",
            where=f"fault {spec.name!r}",
            hint=f"Services: {', '.join(system.services)}",
        )
    if not kind.fits(service, system):
        fitting = ", ".join(name for name, other in system.services.items() if kind.fits(other, system))
        raise BadInput(f"{spec.service} cannot have it", where=f"fault {spec.name!r}", hint=f"These can: {fitting}")


def placed(
    specs: tuple[FaultSpec, ...], seed: int, end_s: float, system: System = SHOP_SYSTEM
) -> tuple[FaultSpec, ...]:
    """Return the faults with service and time filled in; different services where the seed chooses.

    Raises:
        BadInput: see `check_fault`; also for a time outside of the run.
    """
    taken = {spec.service for spec in specs}
    found = []
    for number, spec in enumerate(specs):
        check_fault(spec, system)
        dice = Dice(seed, f"place of fault {number} {spec.name}")
        service = spec.service or _choose(FAULTS[spec.name], taken, dice, system)
        taken.add(service)
        start_s = spec.start_s if spec.start_s is not None else end_s * dice.between(0.57, 0.63)
        if not 0 <= start_s < end_s:
            raise BadInput(
                f"starts {start_s:g} s after the start of the run, which is {end_s:g} s long",
                where=f"fault {spec.name!r}",
                hint="Give an earlier time or more minutes",
            )
        found.append(FaultSpec(spec.name, service, start_s))
    return tuple(found)


def _choose(kind: FaultKind, taken: set[str | None], dice: Dice, system: System) -> str:
    services = system.services
    fitting = [name for name, service in services.items() if kind.fits(service, system) and name not in taken]
    return dice.pick([name for name in fitting if name not in system.spared] or fitting or list(services))
