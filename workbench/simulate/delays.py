"""How long things take: messages on the wire, work with a long tail, pauses."""

from __future__ import annotations

from workbench.simulate.state import Instance, Member, World

QUEUE_PATIENCE_S = 15.0
"""How long a call waits for a worker."""


def travel_s(world: World, sender: Instance, receiver: Instance | None, other: Member) -> float:
    """Return how long a message is under way; both ends may delay and lose it, as TCP sends it again each time."""
    dice = world.dice
    took_s = dice.around(0.0004, 0.3)
    for member in (sender.member, other):
        if member.delay_s:
            took_s += max(0.0, member.delay_s + member.jitter_s * dice.normal())
        if member.loss:
            wait_s = 0.2
            while dice.chance(member.loss) and wait_s < 10:
                took_s += wait_s
                wait_s *= 2
                sender.window.retransmits += 1
                if receiver:
                    receiver.window.retransmits += 1
    return took_s


def duration_s(world: World, median_ms: float) -> float:
    """Return a duration with the long tail that durations have: now and then one takes several times as long."""
    dice = world.dice
    return dice.around(median_ms / 1000, 0.38) * (dice.between(2, 9) if dice.chance(0.006) else 1.0)


def paused_s(instance: Instance, now_s: float) -> float:
    """Return how long a collection of garbage still stops the instance."""
    return max(0.0, instance.paused_until_s - now_s)
