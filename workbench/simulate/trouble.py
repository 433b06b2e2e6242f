"""The failures that a caller can be told of, in the words of client libraries."""

from __future__ import annotations

from workbench.simulate.answers import Failure
from workbench.simulate.clock import Slots
from workbench.simulate.lines import BUGS
from workbench.simulate.state import Member


def timeout(timeout_s: float) -> Failure:
    """The callee did not answer in time."""
    return Failure("DeadlineExceeded", f"deadline exceeded after {timeout_s * 1000:.0f} ms", 504, True)


def refused(callee: Member) -> Failure:
    """Nobody listens at the callee's address."""
    return Failure("ConnectionRefused", f"dial tcp {callee.service.name}: connection refused", 503, True)


def reset(callee: Member) -> Failure:
    """The connection broke."""
    return Failure("ConnectionReset", f"read from {callee.service.name}: connection reset by peer", 503, True)


def limited() -> Failure:
    """The callee allows fewer calls."""
    return Failure("ResourceExhausted", "request rate above the configured limit", 429)


def rejected(workers: Slots) -> Failure:
    """All workers are busy, and enough calls wait already."""
    return Failure("Unavailable", f"all {workers.size} workers busy, {workers.pending()} calls waiting", 503, True)


def unsigned(ahead_s: float) -> Failure:
    """The call was signed at a time that the callee does not believe."""
    when = "in the future" if ahead_s > 0 else "too long ago"
    return Failure("Unauthenticated", f"token not accepted: issued {when}", 401)


def bug(member: Member) -> Failure:
    """New code threw an exception; one version throws the same one each time."""
    bugs = BUGS[member.service.language]
    exception, text = bugs[len(member.broken_version + member.service.version) % len(bugs)]
    return Failure(exception, text, 500)


def disk_full(path: str) -> Failure:
    """There is no room to write."""
    return Failure("IOError", f'could not extend file "{path}": No space left on device', 500)


def no_port(callee: Member) -> Failure:
    """The caller has no local port left for a new connection."""
    return Failure("ConnectException", f"connect {callee.service.name}: Cannot assign requested address", 503, True)


def no_connection(pool: Slots, member: Member) -> Failure:
    """The connection pool had none to give."""
    text = f"no connection available after {member.pool_patience_s * 1000:.0f} ms (size={pool.size}, active={pool.used}"
    return Failure("PoolTimeout", f"{text}, waiting={pool.pending()})", 503)


def too_many_clients(member: Member) -> Failure:
    """A store takes no more connections."""
    return Failure("TooManyConnections", f"{member.service.name}: sorry, too many clients already", 503)


def passed_on(service: str, failure: Failure) -> Failure:
    """What a caller tells its own caller: which dependency failed and how, not what was behind that."""
    if failure.exception in ("PoolTimeout", "IOError"):
        return failure
    status = failure.status if failure.status in (503, 504) else 500
    return Failure("UpstreamError", f"{service}: {failure.exception}", status)
