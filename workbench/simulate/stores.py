"""The database and the cache: queries queue for a backend, take their time, and fail when the disk is full."""

from __future__ import annotations

import json

from workbench.semconv import STATUS_ERROR
from workbench.simulate import trouble
from workbench.simulate.answers import Failure, Reply
from workbench.simulate.clock import Steps
from workbench.simulate.delays import QUEUE_PATIENCE_S, duration_s, paused_s
from workbench.simulate.state import Instance, Member, World
from workbench.simulate.topology import Query

_SLOW_QUERY_S = 0.4


def answer_query(
    world: World, instance: Instance, step: Query, caller: Member, reply: Reply, asked_by: tuple[str, str]
) -> Steps[None]:
    """Answer one query; stores count, write a line when a statement was slow, and few of them send spans.

    `asked_by` is the trace and the span of the caller.
    """
    clock, member, workers, crashes = world.clock, instance.member, instance.workers, instance.crashes
    started_s = clock.now
    if not instance.up:
        reply.send(clock, trouble.reset(member))
        return
    full = workers.used >= workers.size and workers.pending() >= member.service.queue
    if full or not member.allows(started_s) or not (yield from workers.take(clock, QUEUE_PATIENCE_S)):
        reply.send(clock, trouble.too_many_clients(member))
        return
    factor = caller.slow_factor if caller.slow_statement == step.statement else 1.0
    plain_s = duration_s(world, step.ms) * factor * member.slow_factor
    # A long statement mostly waits for the disk.
    computing = 0.6 if plain_s < 0.1 else 0.25
    instance.busy_s += plain_s * computing
    yield paused_s(instance, started_s) + plain_s * (1 - computing + computing * instance.slowdown)
    workers.give_back(clock)
    if instance.lost(crashes):
        return
    took_s = clock.now - started_s
    failure = trouble.disk_full("base/16384/24601") if step.writes and instance.disk > 0.995 else None
    instance.served += 1
    instance.window.durations_s.append(took_s)
    instance.window.errors += failure is not None
    if failure:
        world.log(instance, "ERROR", failure.text, "{}")
    elif took_s > _SLOW_QUERY_S:
        world.log(instance, "INFO", f"duration: {took_s * 1000:.3f} ms  statement: {step.statement}", "{}")
    if member.service.spans:
        _write_span(world, instance, step, started_s, failure, asked_by)
    reply.send(clock, failure or world.dice.chance(step.hit_ratio * member.hit_factor))


def _write_span(
    world: World, instance: Instance, step: Query, started_s: float, failure: Failure | None, asked_by: tuple[str, str]
) -> None:
    service, skew_s = instance.member.service, instance.member.skew_s
    about = json.dumps({"db.system.name": service.system, "db.query.text": step.statement}, separators=(",", ":"))
    status, message = (STATUS_ERROR, failure.text) if failure else ("UNSET", "")
    world.recorder.span(
        (
            world.nano(started_s, skew_s),
            world.nano(world.clock.now, skew_s),
            asked_by[0],
            world.trace_dice.hex(16),
            asked_by[1],
            service.name,
            instance.name,
            instance.host,
            f"{step.verb} {step.target}",
            "SERVER",
            status,
            message,
            "",
            about,
        )
    )
