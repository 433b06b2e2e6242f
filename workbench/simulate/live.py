"""An endless source of log rows of the shop, with a wave of errors now and then, for flows that watch a live log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workbench.errors import BadInput
from workbench.semconv import NANOS_PER_SECOND, SEVERITY
from workbench.simulate.answers import Failure
from workbench.simulate.dice import Dice
from workbench.simulate.lines import error_attributes, idle_line
from workbench.simulate.rollout import open_system
from workbench.simulate.shop import SHOP, SHOP_SYSTEM
from workbench.simulate.state import Instance, World
from workbench.simulate.topology import Say, Service
from workbench.simulate.traffic import Shoppers
from workbench.simulate.world import DEFAULT_START_UNIX_NANO

_USUAL_ERRORS = 0.002
_IDLE_SHARE = 0.08
_RARE_LINES = 0.05
"""How often a line of level WARN is said when it is its turn."""
_FAILURES = (
    Failure("DeadlineExceeded", "deadline exceeded after 2000 ms", 504),
    Failure("ConnectionReset", "read from postgres: connection reset by peer", 503),
    Failure("PoolTimeout", "no connection available after 2000 ms (size=10, active=10, waiting=31)", 503),
)


def live_logs(
    rate_per_s: float,
    seed: int = 0,
    error_spike_every_s: float = 120.0,
    error_spike_length_s: float = 20.0,
    error_share: float = 0.4,
    spike_service: str = "payments",
    *,
    start_unix_nano: int = DEFAULT_START_UNIX_NANO,
) -> Iterator[dict[str, Any]]:
    """Return log rows without end, with the columns of `semconv.COLUMNS` but the origin; it never waits by itself.

    Rows come at random with a mean rate; `time_unix_nano` tells when. In a wave the service writes at twice its usual
    share of lines, and `error_share` of them are errors. Waves end at each multiple of `error_spike_every_s`; 0: none.

    Raises:
        BadInput: the service is not known, or a number is out of its range.
    """
    if spike_service not in SHOP or SHOP[spike_service].is_store:
        known = ", ".join(name for name, service in SHOP.items() if not service.is_store)
        raise BadInput(f"no service {spike_service!r}", where="spike_service", hint=f"Services: {known}")
    if rate_per_s <= 0:
        raise BadInput(f"{rate_per_s:g} rows per second", where="rate_per_s", hint="Give more than 0")
    if not 0 <= error_share <= 1:
        raise BadInput(f"a share of {error_share:g}", where="error_share", hint="Give a number from 0 to 1")
    quiet_s = error_spike_every_s - error_spike_length_s if error_spike_every_s > 0 else float("inf")
    return _rows(rate_per_s, seed, error_spike_every_s, quiet_s, error_share, spike_service, start_unix_nano)


def _rows(
    rate_per_s: float, seed: int, every_s: float, quiet_s: float, error_share: float, spike_service: str, start: int
) -> Iterator[dict[str, Any]]:
    dice, shoppers = Dice(seed, "live logs"), Shoppers(seed)
    world = World(seed, start, float("inf"), SHOP_SYSTEM)
    open_system(world)
    talkative = [name for name, service in SHOP.items() if _lines(service)]
    now_s = 0.0
    while True:
        now_s += dice.waiting(1 / rate_per_s)
        spike = every_s > 0 and now_s % every_s >= quiet_s
        service = spike_service if spike and dice.chance(1 / len(talkative)) else dice.pick(talkative)
        instance = dice.pick(world.members[service].instances)
        failing = spike and service == spike_service
        time_unix_nano = start + round(now_s * NANOS_PER_SECOND)
        yield _row(instance, time_unix_nano, dice, shoppers, error_share if failing else _USUAL_ERRORS)


def _row(instance: Instance, time_unix_nano: int, dice: Dice, shoppers: Shoppers, errors: float) -> dict[str, Any]:
    service = instance.member.service
    trace_id, span_id = dice.hex(32), dice.hex(16)
    if dice.chance(errors):
        failure, operation = dice.pick(_FAILURES), dice.pick(list(service.operations))
        severity, body = "ERROR", f"{operation} failed: {failure.text}"
        attributes = error_attributes(instance, failure, 212, client=False)
    elif dice.chance(_IDLE_SHARE):
        severity, body, attributes = idle_line(dice, service)
        trace_id = span_id = ""
    else:
        lines = _lines(service)
        line = dice.pick(lines).line
        while line.severity == "WARN" and not dice.chance(_RARE_LINES):
            line = dice.pick(lines).line
        words = shoppers.words() | {"ms": round(dice.around(24, 0.5))}
        severity, body, attributes = line.severity, line.text.format_map(words), line.attributes
    return {
        "time_unix_nano": time_unix_nano,
        "service_name": service.name,
        "service_instance_id": instance.name,
        "host_name": instance.host,
        "severity_number": SEVERITY[severity],
        "severity_text": severity,
        "body": body,
        "trace_id": trace_id,
        "span_id": span_id,
        "template_id": "",
        "attributes": attributes,
    }


def _lines(service: Service) -> list[Say]:
    return [step for step in service.steps() if isinstance(step, Say)]
