"""What somebody may see is found by words, with or without their marks, and leads where it can be opened."""

from datetime import UTC, datetime

import pytest

from portal import finding
from portal.doorkeeping import Form
from portal.pages.around import end_of_day
from portal.pages.questions import decided

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def owed(number: int, **more: str) -> dict:
    told = {
        "obligation_id": f"o{number}",
        "directive_id": "d1",
        "unit_id": "U-1",
        "code": "761/SGDĐT-GDPT",
        "subject": "V/v giáo dục STEM",
        "title": "Báo cáo",
        "due_at": f"2026-12-{number:02}T00:00:00+07:00",
        "state": "open",
        "answer_state": "none",
    }
    return told | more


@pytest.mark.parametrize("words", ["giao duc stem", "GIÁO DỤC", "stem 761", "nguyen trai bao cao", "đt"])
def test_an_answer_is_found_by_its_letter_its_title_or_its_unit(words) -> None:
    found = finding.answers([owed(1)], words, NOW, names={"U-1": "Trường THCS Nguyễn Trãi"}, is_own=True)

    assert [each.address for each in found] == ["/owed/o1"]


def test_all_words_are_wanted_and_the_nearest_deadline_comes_first() -> None:
    told = [owed(9), owed(2), owed(5, subject="V/v thể thao"), owed(2)]

    assert [each.address for each in finding.answers(told, "stem", NOW, names={}, is_own=True)] == [
        "/owed/o2",
        "/owed/o9",
    ]
    assert finding.answers(told, "stem thao", NOW, names={}, is_own=True) == []


def test_of_others_what_was_sent_leads_to_the_answer_and_what_was_not_to_the_letter() -> None:
    told = [owed(1), owed(2, answer_state="submitted")]

    found = finding.answers(told, "stem", NOW, names={}, is_own=False)

    assert [each.address for each in found] == ["/directives/d1", "/review/o2"]


def test_more_time_is_granted_to_the_end_of_a_day_and_refused_with_a_reason() -> None:
    assert decided(Form([("until", "2027-01-15")]), "grant") == {"due_at": "2027-01-16T00:00:00+07:00"}
    assert decided(Form([("reason", "")]), "refuse") == {"reason": ""}
    assert end_of_day("ngày mai") == "ngày mai"


def test_what_is_typed_is_one_line_of_what_can_be_seen() -> None:
    assert finding.line(" thư\tviện\x00 \n xanh\u200b ") == "thư viện xanh"


def test_a_directive_is_shown_with_the_place_of_the_words() -> None:
    told = {"directive_id": "d1", "subject": "V/v thư viện", "code": None, "issued_on": None, "excerpt": "… xanh …"}

    [found] = finding.directives([told])

    assert (found.address, found.about, found.at, found.excerpt) == ("/directives/d1", "", None, "… xanh …")


def test_what_was_written_leads_to_ones_own_answer_or_to_where_it_is_reviewed() -> None:
    told = [
        {
            "obligation_id": f"o-{unit}", "unit_id": unit, "answering_unit_id": unit, "title": "Báo cáo",
            "submitted_at": "2026-11-20T01:00:00Z", "excerpt": "… theo cụm …",
        }
        for unit in ("U-1", "U-2")
    ]  # fmt: skip

    found = finding.written(told, names={"U-1": "THCS Một"}, answered_by=["U-1"])

    assert [(each.address, each.about) for each in found] == [("/owed/o-U-1", "THCS Một"), ("/review/o-U-2", "U-2")]


def test_units_are_near_by_any_word_of_more_than_a_letter_those_with_most_first() -> None:
    names = ("Trường THCS Nguyễn Trãi", "Trường THCS Nguyễn Du", "Trường THPT An Lạc", "Đội A")
    units = [{"unit_id": name, "name": name} for name in names]

    assert [each["name"] for each in finding.near(units, "báo cáo stem nguyen trai")] == [names[0], names[1]]
    assert [each["name"] for each in finding.near(units, "doi")] == ["Đội A"]
    assert finding.near(units, "a u") == []
