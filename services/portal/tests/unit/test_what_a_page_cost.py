"""What a page cost is counted: what is asked at once is waited for once; units are asked for once for everybody."""

import re

from portal.people import Names
from portal.sessions import Visit
from portal.timing import Tally, asked, tally


def test_what_is_asked_at_once_is_one_turn() -> None:
    cost = Tally()
    with cost.asking(), cost.asking():
        pass
    with cost.asking():
        pass

    assert (cost.calls, cost.turns) == (3, 2)
    assert re.fullmatch(r'page;dur=[\d.]+, services;dur=[\d.]+;desc="3/2"', cost.told())


def test_outside_of_a_request_nobody_counts() -> None:
    with asked():
        assert tally.get() is None


class Directory:
    asked = 0

    async def get(self, _service, _path, *, token):
        self.asked += 1
        assert token == "a"
        return {"units": [{"unit_id": "U-1"}]}


async def test_the_units_are_asked_for_once() -> None:
    directory = Directory()
    names, visit = Names(directory), Visit("p", "a", "r", 0.0, ())

    assert [await names.everywhere(visit) for _ in range(3)] == 3 * [[{"unit_id": "U-1"}]]
    assert directory.asked == 1
