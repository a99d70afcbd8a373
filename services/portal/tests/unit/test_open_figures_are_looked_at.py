"""An open edition is shown figure by figure; what was not chosen, or is not there, is the first there is."""

from portal.doorkeeping import Form
from portal.pages.subscribing import position_of
from portal.publishing import MOST_ROWS, WIDE, shown


def figure(name: str, value: int | None, **other):
    told = {"level": "", "indicator": "a", "indicator_name": "Bài học", "period": "2025-2026", "unit_of_measure": "bài"}
    state = {"status": "stated" if value is not None else "withheld", "units_reported": 1, "units_due": 2}
    return told | state | {"unit_type": "phong_vhxh", "unit_name": name, "value": value} | other


def test_units_of_one_kind_stand_beside_each_other_the_largest_first() -> None:
    told = [figure("B", 5), figure("C", None), figure("A", 10), figure("Sở", 15, unit_type="so_gddt"),
            figure("A", 7, level="thcs"), figure("A", 1, indicator="b", indicator_name="Dự án")]  # fmt: skip

    found = shown(told, of="", period="", at="")

    assert [(row.name, row.value, row.bar) for row in found.rows] == [
        ("A", 10, WIDE), ("B", 5, WIDE / 2), ("C", None, 0)
    ]  # fmt: skip
    assert (found.types, found.indicators) == (("phong_vhxh", "so_gddt"), (("a", "Bài học"), ("b", "Dự án")))
    assert [row.name for row in shown(told, of="a", period="", at="so_gddt").rows] == ["Sở"]
    assert shown(told, of="<script>", period="1999", at="?") == found


def test_a_page_shows_so_many_units_and_says_how_many_more_there_are() -> None:
    found = shown([figure(f"{number:03}", number) for number in range(MOST_ROWS + 7)], of="", period="", at="")

    assert (len(found.rows), found.left_out) == (MOST_ROWS, 7)
    assert shown([], of="", period="", at="").rows == ()


def test_somebody_is_told_from_where_they_said() -> None:
    def of(**fields: str):
        return position_of(Form(list(fields.items())))

    assert of() == of(**{"from": "now", "position": "9"}) == {}
    assert of(**{"from": "beginning", "position": "9"}) == {"after": 0}
    assert of(**{"from": "position", "position": "1.234"}) == {"after": 1234}
