import threading
import time

from workbench.flow.listen.inbox import LIMIT_BYTES, Inbox


def test_says_no_when_full_and_yes_once_there_is_room() -> None:
    inbox = Inbox(3)
    assert inbox.offer([(1,), (2,)], 0)
    assert not inbox.offer([(3,), (4,)], 0.01)
    taker = threading.Timer(0.05, lambda: inbox.take(0))
    taker.start()

    assert inbox.offer([(3,), (4,)], 20)

    taker.join()
    assert (inbox.take(0), inbox.take(0), inbox.waiting) == ([(3,), (4,)], (), 0)


def test_a_delivery_larger_than_the_inbox_is_taken_when_it_is_empty() -> None:
    inbox = Inbox(1)

    assert inbox.offer([(1,), (2,)], 0)


def test_a_closed_inbox_takes_nothing_and_gives_what_it_has() -> None:
    inbox = Inbox(1)
    inbox.offer([(1,)], 0)
    refused: list[bool] = []
    waiting = threading.Thread(target=lambda: refused.append(inbox.offer([(2,)], 60)))
    waiting.start()
    time.sleep(0.02)

    inbox.close()

    waiting.join(10)
    assert (refused, inbox.offer([], 0), inbox.take(0)) == ([False], False, [(1,)])


def test_large_deliveries_fill_it_before_many_rows_do() -> None:
    inbox = Inbox(1000)

    assert inbox.offer([(1,)], 0, LIMIT_BYTES)
    assert not inbox.offer([(2,)], 0, 1)
    inbox.take(0)
    assert inbox.offer([(2,)], 0, 1)
