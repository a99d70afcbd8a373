"""Those who ask one thing at once ask together, and each gets what they would have got alone."""

import asyncio

import pytest

from chassis import gathering
from chassis.gathering import Gathering
from chassis.testing import until


class Server:
    """Answers each value with its double, when it is let; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, together):
        numbers = [each["number"] for each in together]
        self.asked.append(numbers)
        await self.open.wait()
        if -1 in numbers:
            raise ValueError(numbers)
        if -2 in numbers:
            raise ConnectionError
        return {place: 2 * number for place, number in enumerate(numbers) if number}


@pytest.fixture
async def server() -> Server:
    return Server()


@pytest.fixture
async def asked(server) -> Gathering:
    return Gathering(server, refusal=ValueError)


@pytest.fixture
def patient(monkeypatch) -> None:
    """Whoever comes waits for those before them, however long that takes."""
    monkeypatch.setattr(gathering, "PATIENCE_SECONDS", 60)


@pytest.fixture
def asks(asked, server):
    """Begin to ask for each number; return the tasks when all of them wait or are asked for."""

    async def begin(*numbers, apart=None):
        tasks = [asyncio.create_task(asked.ask({"number": number}, apart=apart)) for number in numbers]

        async def all_there() -> bool:
            waiting = {each.values["number"] for each in asked._waiting}
            return set(numbers) <= waiting.union(*server.asked)

        await until(all_there, within=5, every=0.001)
        return tasks

    return begin


async def _under_way(server, *asked) -> None:
    async def is_asked() -> bool:
        return server.asked == [list(each) for each in asked]

    await until(is_asked, within=5, every=0.001)


async def test_who_comes_alone_is_asked_for_alone(asked, server) -> None:
    assert [await asked.ask({"number": number}) for number in (1, 2)] == [2, 4]
    assert server.asked == [[1], [2]]


async def test_who_comes_while_an_answer_is_under_way_goes_with_the_next(server, patient, asks) -> None:
    server.open.clear()
    first = await asks(1)
    await _under_way(server, [1])
    others = await asks(2, 3, 4)
    server.open.set()

    assert await asyncio.gather(*first, *others) == [2, 4, 6, 8]
    assert server.asked == [[1], [2, 3, 4]]


async def test_whoever_has_no_answer_gets_null(asked) -> None:
    assert await asyncio.gather(asked.ask({"number": 0}), asked.ask({"number": 1})) == [None, 2]


async def test_two_who_would_write_the_same_row_go_one_after_the_other(server, asks) -> None:
    tasks = await asks(1, 2, 3, apart="one row")

    assert await asyncio.gather(*tasks) == [2, 4, 6]
    assert server.asked == [[1], [2], [3]]


async def test_nobody_suffers_for_what_is_refused_to_another(server, asks) -> None:
    told = await asyncio.gather(*(await asks(1, -1, 3)), return_exceptions=True)

    assert (told[0], told[2]) == (2, 6)
    assert isinstance(told[1], ValueError)
    assert server.asked == [[1, -1, 3], [1], [-1], [3]]


async def test_what_may_have_happened_is_not_tried_again(server, asks) -> None:
    told = await asyncio.gather(*(await asks(1, -2)), return_exceptions=True)

    assert [type(each) for each in told] == [ConnectionError, ConnectionError]
    assert server.asked == [[1, -2]]


async def test_who_goes_away_takes_nobody_along(asked, server, patient, asks) -> None:
    server.open.clear()
    [under_way, beside] = await asks(1, 2)
    await _under_way(server, [1, 2])
    [waiting] = await asks(3)
    under_way.cancel()
    waiting.cancel()
    server.open.set()

    assert await beside == 4
    assert await asked.ask({"number": 5}) == 10
    assert server.asked == [[1, 2], [5]]


async def test_one_who_meets_a_lock_does_not_hold_up_all_who_come_later(server, monkeypatch, asks) -> None:
    monkeypatch.setattr(gathering, "PATIENCE_SECONDS", 0.001)
    server.open.clear()
    stuck = await asks(1)
    await _under_way(server, [1])
    later = await asks(2)
    await _under_way(server, [1], [2])
    server.open.set()

    assert await asyncio.gather(*stuck, *later) == [2, 4]


async def test_no_more_than_a_statement_takes_well_ask_at_once(server, monkeypatch, asks) -> None:
    monkeypatch.setattr(gathering, "MOST", 2)
    await asyncio.gather(*(await asks(1, 2, 3, 4, 5)))

    assert server.asked == [[1, 2], [3, 4], [5]]
