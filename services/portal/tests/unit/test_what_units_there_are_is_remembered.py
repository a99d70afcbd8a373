"""What units there are is asked once for everybody, by day, for a minute; whoever changes it here sees it at once."""

import asyncio

import pytest

from portal import people
from portal.people import DAYS_REMEMBERED, Names
from portal.problems import ServiceAway
from portal.sessions import Visit

READER = Visit(person_id="p", access_token="a", refresh_token="r", good_until=0.0, posts=())


class Directory:
    """Answers as the directory does, and counts."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_away = False

    async def get(self, _service, path, *, token, **query):
        assert token == READER.access_token
        self.asked.append(path + query.get("on", ""))
        answered = asyncio.Event()
        asyncio.get_running_loop().call_soon(answered.set)
        await answered.wait()  # others come meanwhile
        if self.is_away:
            raise ServiceAway("directory")
        return {"units": [{"unit_id": "U-1", "name": f"Trường {len(self.asked)}", "short_name": ""}]}

    async def find(self, _service, path, **_query):
        self.asked.append(path)
        return (
            None if path.endswith("U-2") else {"unit_id": "U-1", "name": f"Trường {len(self.asked)}", "short_name": ""}
        )


@pytest.fixture
def directory():
    return Directory()


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1000.0

        def monotonic(self) -> float:
            return self.now

    clock = Clock()
    monkeypatch.setattr(people, "time", clock)
    return clock


async def test_those_who_come_at_once_ask_once_and_nobody_asks_for_a_minute(directory, clock):
    names = Names(directory)

    lists = await asyncio.gather(*(names.everywhere(READER) for _ in range(5)))
    clock.now += 59
    await names.everywhere(READER)
    assert (directory.asked, {each[0]["name"] for each in lists}) == (["/units"], {"Trường 1"})

    clock.now += 2
    assert (await names.everywhere(READER))[0]["name"] == "Trường 2"


async def test_each_day_has_units_of_its_own_and_not_all_days_are_kept(directory, clock):
    names = Names(directory)
    days = [f"2026-05-{day:02}" for day in range(1, DAYS_REMEMBERED + 2)]

    told = [(await names.everywhere(READER, on=day))[0]["name"] for day in days]
    again = (await names.everywhere(READER, on=days[-1]))[0]["name"]
    await names.everywhere(READER, on=days[0])

    assert again == told[-1] != told[0]
    assert directory.asked == [*(f"/units{day}" for day in days), f"/units{days[0]}"]


async def test_who_waited_for_a_directory_that_is_away_asks_again(directory, clock):
    names, directory.is_away = Names(directory), True

    tried = await asyncio.gather(*(names.everywhere(READER) for _ in range(2)), return_exceptions=True)

    assert [type(each) for each in tried] == [ServiceAway, ServiceAway]
    directory.is_away = False
    assert await names.everywhere(READER)


async def test_one_unit_is_remembered_and_one_there_is_not_is_asked_for_again(directory, clock):
    names = Names(directory)

    for unit in ("U-1", "U-1", "U-2", "U-2"):
        await names.unit(unit, READER)
    assert directory.asked == ["/units/U-1", "/units/U-2", "/units/U-2"]
    clock.now += 61
    assert (await names.unit("U-1", READER))["name"] == "Trường 4"


async def test_whoever_changed_units_here_sees_it_at_once(directory, clock):
    names = Names(directory)

    async def told():
        [unit] = await names.everywhere(READER)
        own = await names.unit("U-1", READER)
        return [unit["name"], own["name"], (await names.of_units({"U-1"}, READER))["U-1"]]

    before = await told()
    names.forget_units()

    assert await told() == ["Trường 4", "Trường 5", "Trường 6"]
    assert before == ["Trường 1", "Trường 2", "Trường 3"]
