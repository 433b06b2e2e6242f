"""What changes while the shop runs: instances with their resources, and services with what is wrong with them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from workbench.semconv import NANOS_PER_SECOND, SEVERITY
from workbench.simulate.answers import Reply
from workbench.simulate.clock import Clock, Slots
from workbench.simulate.dice import Dice
from workbench.simulate.recorder import Recorder
from workbench.simulate.styles import styled
from workbench.simulate.topology import Operation, Service, System


@dataclass(slots=True)
class Window:
    """What an instance counted since its last report of metrics."""

    started_s: float = 0.0
    durations_s: list[float] = field(default_factory=list)
    errors: int = 0
    cpu_s: float = 0.0
    peers: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Durations of the calls to each other service, in seconds."""
    peer_errors: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    retransmits: int = 0


@dataclass(eq=False, slots=True)
class Instance:
    """One running process of a service."""

    member: Member
    name: str
    host: str
    version: str
    workers: Slots
    pool: Slots
    started_s: float = 0.0
    up: bool = True
    retired: bool = False
    crashes: int = 0
    restarts: int = 0
    in_flight: dict[Reply, None] = field(default_factory=dict)
    """Callers that wait for it; a dict because sets have no order that repeats."""
    window: Window = field(default_factory=Window)
    busy_s: float = 0.0
    """CPU seconds since the last second of the resource model."""
    served: int = 0
    """Calls since the last second of the resource model."""
    hog: float = 0.0
    """Share of the CPU that something else takes."""
    load: float = 0.0
    """Smoothed utilisation of the CPU, 0..1."""
    slowdown: float = 1.0
    leak_mb_s: float = 0.0
    leaked_mb: float = 0.0
    garbage_mb: float = 0.0
    idle_share: float = 0.42
    """Share of its memory that it takes when idle."""
    memory_mb: float = 0.0
    ports_used: float = 40.0
    """Local ports that connections to others hold, closed ones that still wait included."""
    disk: float = 0.5
    """Used share of the volume, 0..1."""
    paused_until_s: float = 0.0
    attributes: dict[str, str] = field(default_factory=dict)
    """JSON texts that repeat on many spans."""

    def lost(self, crashes: int) -> bool:
        """Tell whether it went down since it had crashed so many times."""
        return self.crashes != crashes


@dataclass(eq=False, slots=True)
class Member:
    """A service of this run: its instances, and what is wrong with all of them."""

    service: Service
    instances: list[Instance] = field(default_factory=list)
    turn: int = 0
    delay_s: float = 0.0
    """Added to each message that it sends or gets."""
    jitter_s: float = 0.0
    loss: float = 0.0
    """Share of the messages that have to be sent again."""
    flaps: float = 0.0
    """Share of the calls to it whose connection breaks, for a moment."""
    skew_s: float = 0.0
    """How much its clock is fast."""
    broken: Operation | None = None
    """The operation that throws, in this share of its calls, in the newest version."""
    broken_share: float = 0.0
    broken_version: str = ""
    hollow: Operation | None = None
    """The operation that returns too early, after `hollow_at` steps, in this share of its calls."""
    hollow_at: int = 1
    hollow_share: float = 0.0
    leak_share: float = 0.0
    """Share of the connections that are given back `leak_hold_s` too late."""
    leak_hold_s: float = 0.0
    slow_statement: str = ""
    """The statement of it that takes `slow_factor` times as long; any statement that it answers when "*"."""
    slow_factor: float = 1.0
    timeout_cap_s: float = 60.0
    """No call that it makes may take longer."""
    connect_s: float = 0.0
    """Time to open a new connection, when they are not kept."""
    pool_patience_s: float = 2.0
    storm_retries: int = 0
    """How often it tries again at once, whatever the failure; 0 as its code says."""
    storm_timeout_s: float = 60.0
    """No call of another service that it makes may take longer."""
    port_leak_per_call: float = 0.0
    """Local ports that each call leaves behind, more than usual."""
    new_connections: float = 1.0
    """Share of the calls that need a new connection."""
    backlog: int = 0
    """Messages that wait for it, or that it works on."""
    calls: int = 0
    """How often it was called in this run."""
    calls_per_s: float = 0.0
    """Limit of the rate of calls; 0 for none."""
    tokens: float = 0.0
    tokens_at_s: float = 0.0
    gone: bool = False
    """True when it is down for good; nothing brings it up again."""
    forgotten: bool = False
    """True when not even a `up` of 0 is reported while it is down."""
    hit_factor: float = 1.0
    """Factor on the hit ratio of a cache."""

    def choose(self) -> Instance | None:
        """Return the instance whose turn it is, as a load balancer does; None when none is up."""
        ready = [instance for instance in self.instances if instance.up and not instance.retired]
        if not ready:
            return None
        self.turn += 1
        return ready[self.turn % len(ready)]

    def allows(self, now_s: float) -> bool:
        """Take a token from the bucket of the rate limit, if there is a limit."""
        self.calls += 1
        if not self.calls_per_s:
            return True
        self.tokens = min(2.0, self.tokens + (now_s - self.tokens_at_s) * self.calls_per_s)
        self.tokens_at_s = now_s
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True


@dataclass(eq=False)
class World:
    """One run of a system."""

    seed: int
    start_unix_nano: int
    end_s: float
    system: System
    members: dict[str, Member] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    recorder: Recorder = field(default_factory=Recorder)

    def __post_init__(self) -> None:
        self.dice = Dice(self.seed, "service times")
        self.trace_dice = Dice(self.seed, "trace ids")

    def instances(self) -> list[Instance]:
        """Return all instances that are not retired."""
        return [i for member in self.members.values() for i in member.instances if not i.retired]

    def nano(self, time_s: float, skew_s: float = 0.0) -> int:
        """Return a time of the run as UTC nanoseconds, as a clock that is fast by `skew_s` shows it."""
        return self.start_unix_nano + round((time_s + skew_s) * NANOS_PER_SECOND)

    def log(
        self, instance: Instance, severity: str, body: str, attributes: str, trace_id: str = "", span_id: str = ""
    ) -> None:
        """Write a log line of an instance, now."""
        service = instance.member.service
        name = service.name
        time = self.nano(self.clock.now, instance.member.skew_s)
        number = SEVERITY[severity]
        if service.style != "located":
            body, attributes = styled(service, severity, body, attributes)
        self.recorder.log(
            (time, name, instance.name, instance.host, number, severity, body, trace_id, span_id, "", attributes)
        )

    def event(self, event_name: str, service: str, instance: str, summary: str, attributes: str = "{}") -> None:
        """Write down that somebody or something changed the shop, now."""
        self.recorder.event((self.nano(self.clock.now), event_name, service, instance, summary, attributes))
