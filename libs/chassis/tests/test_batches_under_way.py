"""Which batches of one durable are under way together, and what is not fetched any more once it is to stop.

No server: what the loop is given and when its work ends is dealt out here, so that it is seen what it does not do.
"""

import asyncio
from types import SimpleNamespace

import pytest

from chassis.pulling import AT_ONCE, HardenedPull

FULL, HALF = 4, 2
TURNS = 50
"""More turns of the event loop than the loop under test needs for anything that it does without a wait."""


class Dealt(HardenedPull):
    """Fetches the batches of a test, which says as well when the work on one ends."""

    subscription = True
    pull_sub = SimpleNamespace(batch_size=FULL)
    running = True

    def __init__(self, *sizes: int, at_once: int) -> None:
        self.extra_options = {AT_ONCE: at_once, "durable": "reporting-answers"}
        self.waiting = [[f"{place}.{number}" for number in range(size)] for place, size in enumerate(sizes)]
        self.fetched = 0
        self.under_way: dict[str, asyncio.Event] = {}
        self.most_under_way = 0
        self.taken_in: list[str] = []

    async def _fetch(self) -> list[str]:
        await turns(1)
        self.fetched += 1
        if self.waiting:
            return self.waiting.pop(0)
        self.running = False
        return []

    async def consume(self, messages: list[str]) -> None:
        first = messages[0]
        self.under_way[first] = asyncio.Event()
        self.most_under_way = max(self.most_under_way, len(self.under_way))
        await self.under_way[first].wait()
        del self.under_way[first]
        self.taken_in += messages


@pytest.fixture
async def begun():
    tasks: list[asyncio.Task[None]] = []

    async def begin(*sizes: int, at_once: int):
        pull = Dealt(*sizes, at_once=at_once)
        tasks.append(asyncio.create_task(pull._consume_pull()))
        await turns()
        return pull, tasks[-1]

    yield begin
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def turns(count=TURNS):
    for _ in range(count):
        await asyncio.sleep(0)


async def end_one(pull):
    next(iter(pull.under_way.values())).set()
    await turns()


async def test_full_batches_overlap_as_far_as_they_may_and_no_more_is_fetched_meanwhile(begun):
    pull, task = await begun(FULL, FULL, FULL, at_once=2)
    assert (list(pull.under_way), pull.fetched) == (["0.0", "1.0"], 2)

    await end_one(pull)
    assert (list(pull.under_way), pull.fetched) == (["1.0", "2.0"], 3)

    await end_one(pull)
    await end_one(pull)
    await task
    assert (len(pull.taken_in), pull.most_under_way) == (3 * FULL, 2)


async def test_behind_a_batch_that_was_not_full_nothing_is_fetched_until_it_is_taken_in(begun):
    pull, _ = await begun(HALF, FULL, FULL, at_once=2)
    assert (list(pull.under_way), pull.fetched) == (["0.0"], 1)

    await end_one(pull)
    assert (list(pull.under_way), pull.fetched) == (["1.0", "2.0"], 3)


async def test_a_batch_that_was_not_full_overlaps_the_full_ones_before_it(begun):
    pull, _ = await begun(FULL, HALF, FULL, at_once=2)
    assert (list(pull.under_way), pull.fetched) == (["0.0", "1.0"], 2)

    await end_one(pull)  # room for another, but nobody was waiting when the half one came
    assert (list(pull.under_way), pull.fetched) == (["1.0"], 2)


async def test_one_at_a_time_is_one_at_a_time(begun):
    pull, _ = await begun(FULL, FULL, at_once=1)
    assert (list(pull.under_way), pull.fetched) == (["0.0"], 1)

    await end_one(pull)
    assert (list(pull.under_way), pull.most_under_way) == (["1.0"], 1)


async def test_told_to_stop_while_it_waits_for_room_it_fetches_nothing_more_and_ends_what_was_begun(begun):
    pull, task = await begun(FULL, FULL, FULL, at_once=2)
    pull.running = False

    await end_one(pull)
    assert (pull.fetched, len(pull.waiting), task.done()) == (2, 1, False)

    await end_one(pull)
    await task
    assert (pull.fetched, len(pull.taken_in)) == (2, 2 * FULL)


async def test_told_to_stop_while_it_fetches_it_begins_nothing():
    pull = Dealt(FULL, at_once=1)
    told = asyncio.create_task(pull._consume_pull())
    await turns(1)  # it is fetching
    pull.running = False

    await turns()
    is_over = told.done()
    told.cancel()
    assert (is_over, pull.fetched, pull.under_way) == (True, 1, {})
