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
    def __init__(self) -> None:
        self.asked: list[str] = []

    async def get(self, _service, path, *, token):
        assert token == "a"
        self.asked.append(path)
        return {"units": [{"unit_id": f"U-{number}", "name": f"Trường {number}", "short_name": None}
                          for number in range(90)]}  # fmt: skip

    async def find(self, _service, path, *, token):
        assert token == "a"
        self.asked.append(path)
        return {"unit_id": path, "name": "Trường", "short_name": "T"}


async def test_units_are_asked_for_once_and_many_names_at_once() -> None:
    directory = Directory()
    names, visit = Names(directory), Visit("p", "a", "r", 0.0, ())

    found = [await names.everywhere(visit) for _ in range(3)]
    many = await names.of_units({f"U-{number}" for number in range(90)} | {"U-ENDED"}, visit)
    one = await names.of_units({"U-1", "U-ENDED", "U-LATE"}, visit, whole=True)

    assert found[0] is found[2]
    assert (many["U-89"], many["U-ENDED"], one["U-1"], len(many)) == ("Trường 89", "T", "Trường 1", 91)
    assert directory.asked == ["/units", "/units/U-ENDED", "/units/U-LATE"]
