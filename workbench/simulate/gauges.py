"""Metrics: aggregates of the very requests that were served, and gauges of the resources, per instance."""

from __future__ import annotations

from workbench.simulate.clock import Steps
from workbench.simulate.dice import Dice
from workbench.simulate.state import Instance, Window, World

EVERY_S = 10.0


def report(world: World) -> Steps[None]:
    """Report the metrics of all instances, most every ten seconds; an instance that is down is silent but for `up`."""
    dice, turn = Dice(world.seed, "gauges"), 0
    while True:
        yield EVERY_S
        turn += 1
        for instance in world.instances():
            if turn % round(instance.member.service.report_every_s / EVERY_S) == 0:
                report_instance(world, instance, dice)


def report_instance(world: World, instance: Instance, dice: Dice) -> None:
    """Report what one instance counted since its last report, and its resources as they are now."""
    gauge = _Gauge(world, instance)
    if instance.up:
        _resources(gauge, instance, max(1.0, world.clock.now - instance.window.started_s), dice)
        instance.window.retransmits += dice.chance(0.15)
        flush(world, instance)
        gauge("up", 1, "1")
    elif not instance.member.forgotten:
        gauge("up", 0, "1")


def flush(world: World, instance: Instance) -> None:
    """Report what one instance counted since its last report, as it does before it goes away."""
    window, instance.window = instance.window, Window(world.clock.now)
    if window.durations_s or window.peers or not instance.retired:
        _counts(_Gauge(world, instance), window)


class _Gauge:
    """Writes metric rows of one instance."""

    def __init__(self, world: World, instance: Instance) -> None:
        self._write = world.recorder.metric
        self._time = world.nano(world.clock.now, instance.member.skew_s)
        self.consumers = world.system.consumers
        self.service, self._instance, self._host = instance.member.service, instance.name, instance.host

    def __call__(
        self, name: str, value: float, unit: str, statistic: str = "", peer: str = "", about: str = "{}"
    ) -> None:
        place = (self.service.name, self._instance, self._host)
        self._write((self._time, name, statistic, *place, peer, round(float(value), 6), unit, about))


def _counts(gauge: _Gauge, window: Window) -> None:
    store = gauge.service.is_store
    about = "db.server.query" if store else "http.server.request"
    gauge(f"{about}.count", len(window.durations_s), "{query}" if store else "{request}")
    gauge("db.server.error.count" if store else "http.server.error.count", window.errors, "{error}")
    _quantiles(gauge, f"{about}.duration", window.durations_s, "")
    for peer, durations_s in sorted(window.peers.items()):
        gauge("client.request.count", len(durations_s), "{request}", peer=peer)
        gauge("client.error.count", window.peer_errors.get(peer, 0), "{error}", peer=peer)
        _quantiles(gauge, "client.request.duration", durations_s, peer)
    gauge("system.network.tcp.retransmits", window.retransmits, "{segment}")


def _quantiles(gauge: _Gauge, name: str, durations_s: list[float], peer: str) -> None:
    if durations_s:
        ordered = sorted(durations_s)
        for statistic, share in (("P50", 0.5), ("P95", 0.95)):
            gauge(name, ordered[int(share * (len(ordered) - 1) + 0.5)], "s", statistic, peer)
        gauge(name, sum(ordered) / len(ordered), "s", "Average", peer)


def _resources(gauge: _Gauge, instance: Instance, seconds: float, dice: Dice) -> None:
    service, window = gauge.service, instance.window
    computed = window.cpu_s / seconds / service.cores
    cpu = min(1.0, max(0.01, 0.04 + computed + instance.hog * dice.between(0.93, 1.05) + 0.012 * dice.normal()))
    gauge("process.cpu.utilization", cpu, "1")
    memory_mb = instance.memory_mb * (1 + 0.004 * dice.normal())
    gauge("process.memory.usage", round(memory_mb * 2**20), "By")
    gauge("process.memory.utilization", min(1.0, memory_mb / service.memory_mb), "1")
    gauge("system.filesystem.utilization", min(1.0, instance.disk), "1")
    requests = len(window.durations_s)
    gauge("system.network.io", round(requests * 3200 * dice.around(1.0, 0.1) + 900), "By")
    workers, pool = instance.workers, instance.pool
    gauge("process.thread.count", 9 + workers.used + service.workers // 4, "{thread}")
    gauge("server.queue.depth", workers.pending(), "{request}")
    if service.is_store:
        backends = 12 + workers.used + workers.pending()
        gauge("db.server.connection.count", backends, "{connection}")
    if service.pool:
        name = "http.client.connection" if service.pool_of == "http" else "db.client.connection"
        gauge(f"{name}.count", pool.used, "{connection}", about='{"state":"used"}')
        gauge(f"{name}.max", pool.size, "{connection}")
        gauge(f"{name}.pending_requests", pool.pending(), "{request}")
    if service.ports:
        name = "system.network.connection.count"
        gauge(name, round(instance.ports_used), "{connection}", about='{"network.connection.state":"time_wait"}')
    if service.name in gauge.consumers:
        gauge("messaging.consumer.lag", instance.member.backlog, "{message}")
    gauge("container.restart.count", instance.restarts, "{restart}")
