from workbench.simulate.clock import Clock, Slots, Steps


def test_processes_run_in_the_order_of_time():
    clock, seen = Clock(), []

    def process(name: str, seconds: float) -> Steps[None]:
        yield seconds
        seen.append((name, clock.now))

    clock.start(process("late", 3.0))
    clock.start(process("early", 1.0))
    clock.start(process("after the end", 9.0))
    clock.run(until_s=5.0)

    assert seen == [("early", 1.0), ("late", 3.0)]


def test_a_late_answer_is_lost():
    clock, heard = Clock(), []

    def caller() -> Steps[None]:
        ticket = clock.ticket()
        clock.wake(ticket, "timeout", 1.0)
        clock.wake(ticket, "answer", 2.0)
        heard.append((yield None))
        heard.append((yield 5.0))

    clock.start(caller())
    clock.run(until_s=10.0)

    assert heard == ["timeout", None]


def test_slots_are_given_in_the_order_of_arrival_and_patience_ends():
    clock, slots, seen = Clock(), Slots(1), []

    def worker(name: str, patience_s: float) -> Steps[None]:
        got = yield from slots.take(clock, patience_s)
        seen.append((name, got, clock.now))
        if got:
            yield 2.0
            slots.give_back(clock)

    for name, patience_s in (("first", 9.0), ("hasty", 1.0), ("patient", 9.0)):
        clock.start(worker(name, patience_s))
    clock.run(until_s=20.0)

    assert seen == [("first", True, 0.0), ("hasty", False, 1.0), ("patient", True, 2.0)]
    assert (slots.used, slots.pending()) == (0, 0)


def test_a_pool_that_was_made_smaller_keeps_what_comes_back():
    clock, slots = Clock(), Slots(2)

    def holder() -> Steps[None]:
        yield from slots.take(clock, 1.0)
        yield 2.0
        slots.give_back(clock)

    clock.start(holder())
    clock.start(holder())
    clock.run(until_s=1.0)
    slots.size = 1
    refused: list[bool] = []

    def late() -> Steps[None]:
        refused.append(not (yield from slots.take(clock, 0.5)))

    clock.start(late())
    clock.run(until_s=5.0)

    assert refused == [True]
    assert slots.used == 0
