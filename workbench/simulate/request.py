"""How a request travels: calls with time-outs and retries, queues for workers and connections, work, and queries."""

from __future__ import annotations

from workbench.simulate import trouble
from workbench.simulate.answers import Answer, Failure, Reply
from workbench.simulate.clock import Steps
from workbench.simulate.connections import give_back, out_of_ports
from workbench.simulate.delays import QUEUE_PATIENCE_S, duration_s, paused_s, travel_s
from workbench.simulate.state import Instance, World
from workbench.simulate.stores import answer_query
from workbench.simulate.topology import Call, Fan, Operation, Publish, Query, Say, Step, Work
from workbench.simulate.visit import Trace, Visit

_RESET_SHARE = 2e-4
_BUG_SHARE = 6e-5
_SIGNATURE_LEEWAY_S = 2.0


def serve(
    world: World, instance: Instance, operation: Operation, trace: Trace, parent_span_id: str, reply: Reply | None,
    skew_s: float | None = None, kind: str = "SERVER",
) -> Steps[None]:  # fmt: skip
    """Answer one call; `skew_s` is the error of the clock by which the call was signed."""
    clock = world.clock
    if not instance.up:
        if reply:
            reply.send(clock, trouble.reset(instance.member))
        return
    visit = Visit(world, instance, trace, operation, world.trace_dice.hex(16), clock.now, instance.crashes, kind)
    answer = yield from _admit(visit, skew_s)
    if visit.lost:
        return
    instance.served += 1
    visit.close(parent_span_id, answer if isinstance(answer, Failure) else None)
    if reply:
        reply.send(clock, answer)


def _admit(visit: Visit, skew_s: float | None) -> Steps[Answer]:
    instance, clock = visit.instance, visit.world.clock
    member, workers = instance.member, instance.workers
    if not member.allows(clock.now):
        return trouble.limited()
    waits = visit.kind == "CONSUMER"
    if not waits and workers.used >= workers.size and workers.pending() >= member.service.queue:
        return trouble.rejected(workers)
    if not (yield from workers.take(clock, visit.world.end_s if waits else QUEUE_PATIENCE_S)):
        return trouble.rejected(workers)
    if waits:
        visit.started_s = clock.now
    answer: Answer
    if skew_s is not None and abs(skew_s - member.skew_s) > _SIGNATURE_LEEWAY_S:
        yield 0.001
        answer = trouble.unsigned(skew_s - member.skew_s)
    else:
        answer = yield from _operate(visit)
    workers.give_back(clock)
    return answer


def _operate(visit: Visit) -> Steps[Answer]:
    operation, member, dice, facts = visit.operation, visit.instance.member, visit.world.dice, visit.facts
    hollow = member.hollow is operation and dice.chance(member.hollow_share)
    broken = dice.chance(_BUG_SHARE) or (
        member.broken is operation
        and visit.instance.version == member.broken_version
        and dice.chance(member.broken_share)
    )
    for done, step in enumerate(operation.steps):
        if hollow and done >= member.hollow_at:
            return False
        if broken and done:
            yield 0.0005
            return trouble.bug(member)
        if (step.when and step.when not in facts) or (step.unless and step.unless in facts):
            continue
        failure = yield from _do(visit, step)
        if visit.lost:
            return False
        if failure and not step.optional:
            return failure
    return not operation.result or operation.result in facts


def _do(visit: Visit, step: Step) -> Steps[Failure | None]:
    if isinstance(step, Say):
        visit.say(step.line)
        return None
    if isinstance(step, Fan):
        return (yield from _fan(visit, step))
    if isinstance(step, Work):
        answer = yield from _work(visit, step)
    elif isinstance(step, Call | Query):
        answer = yield from _call(visit, step)
    else:
        raise TypeError(f"no such step: {step}")
    if isinstance(answer, Failure):
        return answer
    if answer and step.gives:
        visit.facts.add(step.gives)
    return None


def _fan(visit: Visit, step: Fan) -> Steps[Failure | None]:
    """Make the calls at the same time; the first failure of one that matters is the failure of all."""
    clock, ticket = visit.world.clock, visit.world.clock.ticket()
    failures: list[Failure | None] = []

    def branch(call: Call) -> Steps[None]:
        answer = yield from _call(visit, call)
        failures.append(answer if isinstance(answer, Failure) and not call.optional else None)
        if answer is True and call.gives:
            visit.facts.add(call.gives)
        if len(failures) == len(step.calls):
            clock.wake(ticket, None)

    for call in step.calls:
        clock.start(branch(call))
    yield None
    return next((failure for failure in failures if failure), None)


def _work(visit: Visit, step: Work) -> Steps[Answer]:
    world, instance = visit.world, visit.instance
    started_s = world.clock.now
    plain_s = duration_s(world, step.ms)
    instance.busy_s += plain_s * step.cpu
    yield paused_s(instance, started_s) + plain_s * (1 - step.cpu + step.cpu * instance.slowdown)
    failure = trouble.disk_full("/var/lib/app/spool") if step.writes and instance.disk > 0.995 else None
    if step.span:
        visit.worked(step, world.trace_dice.hex(16), started_s, failure)
    return failure or step.succeeds >= 1.0 or world.dice.chance(step.succeeds)


def _call(visit: Visit, step: Call | Query) -> Steps[Answer]:
    storm = visit.instance.member.storm_retries if isinstance(step, Call) else 0
    retries = storm or (step.retries if isinstance(step, Call) else 0)
    attempt = 0
    while isinstance(answer := (yield from _attempt(visit, step)), Failure):
        if attempt == retries or not (answer.retryable or storm):
            break
        attempt += 1
        pause_s = visit.world.dice.around(0.002 if storm else 0.025 * 2**attempt, 0.3)
        visit.remark("WARN", f"retrying {step.service} in {pause_s * 1000:.0f} ms, attempt {attempt + 1}", 126)
        yield pause_s
    if not isinstance(answer, Failure):
        return answer
    if step.optional:
        visit.remark("WARN", f"going on without {step.service}: {answer.exception}", 133)
    return trouble.passed_on(step.service, answer)


def _attempt(visit: Visit, step: Call | Query) -> Steps[Answer]:
    world, instance = visit.world, visit.instance
    clock, member = world.clock, instance.member
    started_s, span_id = clock.now, world.trace_dice.hex(16)
    pooled = member.service.pool_of == ("http" if isinstance(step, Call) else step.service)
    pool = instance.pool
    answer: Answer
    if pooled and not (yield from pool.take(clock, member.pool_patience_s)):
        answer = trouble.no_connection(pool, member)
    elif out_of_ports(world, instance):
        answer = trouble.no_port(world.members[step.service])
        if pooled:
            pool.give_back(clock)
    else:
        if pooled and member.connect_s:
            yield world.dice.around(member.connect_s, 0.3)
        answer = yield from _exchange(visit, step, span_id)
        if pooled:
            give_back(world, member, pool)
    failure = answer if isinstance(answer, Failure) else None
    visit.called(step, span_id, started_s, failure)
    if isinstance(step, Publish) and failure is None:
        for service, operation in step.consumers:
            clock.start(_consume(world, service, operation, visit.trace, span_id), world.dice.around(0.004, 0.5))
    return answer


def _consume(world: World, service: str, operation: str, trace: Trace, span_id: str) -> Steps[None]:
    """Let a consumer take a message as soon as there is one that is up."""
    member = world.members[service]
    member.backlog += 1
    while (instance := member.choose()) is None:
        yield 1.0
    yield from serve(world, instance, member.service.operations[operation], trace, span_id, None, kind="CONSUMER")
    member.backlog -= 1


def _exchange(visit: Visit, step: Call | Query, span_id: str) -> Steps[Answer]:
    world, instance, clock = visit.world, visit.instance, visit.world.clock
    caller, callee = instance.member, world.members[step.service]
    target = callee.choose()
    out_s = travel_s(world, instance, target, callee)
    timeout_s = min(step.timeout_s, caller.timeout_cap_s)
    if isinstance(step, Call):
        timeout_s = min(timeout_s, caller.storm_timeout_s)
    if target is None:
        gone = world.dice.chance(0.2)
        yield min(timeout_s, 1.0) if gone else out_s + 0.0008
        return trouble.timeout(timeout_s) if gone else trouble.refused(callee)
    if world.dice.chance(_RESET_SHARE + callee.flaps):
        yield out_s
        return trouble.reset(callee)
    reply = Reply(clock.ticket(), travel_s(world, target, instance, caller))
    target.in_flight[reply] = None
    if isinstance(step, Call):
        operation = callee.service.operations[step.operation]
        signed = caller.skew_s if step.signed else None
        clock.start(serve(world, target, operation, visit.trace, span_id, reply, signed), out_s)
    else:
        clock.start(answer_query(world, target, step, caller, reply, (visit.trace.trace_id, span_id)), out_s)
    clock.wake(reply.ticket, trouble.timeout(timeout_s), timeout_s)
    answer: Answer = yield None
    target.in_flight.pop(reply, None)
    pause_s = paused_s(instance, clock.now)
    if pause_s:
        yield pause_s
    return answer
