"""Units are found by name, type and commune, with or without their marks; a name that means one unit is that unit."""

from hypothesis import given
from hypothesis import strategies as st

from portal import choosing, composing
from portal.doorkeeping import Form


def unit(unit_id, name, *, kind="Trường THPT", at=(), under=None, levels=("thpt",), short=""):
    return {
        "unit_id": unit_id, "name": name, "short_name": short, "abbreviation": None, "unit_type_name": kind,
        "territory_ids": list(at), "administrative_parent_id": under, "levels": list(levels),
    }  # fmt: skip


UNITS = [
    unit("U-X1", "Ủy ban nhân dân xã Tân Lĩnh", kind="UBND cấp xã", levels=()),
    unit("U-1", "Trường THPT Nguyễn Trãi", at=["U-X1"], under="U-SGD"),
    unit("U-2", "Trường THPT Nguyễn Du", under="U-SGD"),
    unit("U-3", "Trường THCS Đông Sơn", kind="Trường THCS", at=["U-X1"], short="THCS Đông Sơn"),
    unit("U-VP", "Văn phòng Sở", kind="Phòng thuộc sở", under="U-SGD", levels=()),
]
CHOICES = choosing.choices_of(UNITS)


def ids(words, most=choosing.MOST):
    return [each.unit_id for each in choosing.found(CHOICES, words, most)]


def test_a_unit_is_found_by_name_type_and_commune_whatever_marks_either_has():
    assert ids("nguyen trai") == ids("NGUYỄN trãi") == ["U-1"]
    assert set(ids("tan linh")) == {"U-X1", "U-1", "U-3"}
    assert ids("thcs tan linh") == ["U-3"]
    assert ids("u-2") == ["U-2"]
    assert ids("nguyen trai dong son") == ids("  ") == []


def test_who_begins_with_the_words_comes_first_and_no_more_than_asked_for():
    assert ids("truong thcs")[0] == "U-3"
    assert len(ids("truong", most=2)) == 2


def test_a_name_that_means_one_unit_is_that_unit_and_any_other_stays_as_typed():
    assert choosing.settled("U-2; thpt nguyen trai", CHOICES) == "U-2, U-1"
    assert choosing.settled("thpt nguyễn", CHOICES) == "thpt nguyễn"  # two of them
    assert choosing.settled("Trường THCS Không Có", CHOICES) == "Trường THCS Không Có"
    assert choosing.settled("U-1 U-2\nU-1", CHOICES) == "U-1, U-2"
    assert choosing.settled("nguyen trai", ()) == "nguyen trai"  # nobody said which units there are


@given(st.text(max_size=80))
def test_whatever_is_typed_is_settled_once_and_for_all(text):
    once = choosing.settled(text, CHOICES)

    assert choosing.settled(once, CHOICES) == once


def test_a_whole_name_is_meant_before_a_longer_one_that_has_it():
    longer = choosing.choices_of([*UNITS, unit("U-9", "Trường THPT Nguyễn Du 2")])

    assert choosing.settled("Trường THPT Nguyễn Du", longer) == "U-2"


def test_who_reviews_is_part_of_the_issuer_and_no_school():
    assert choosing.divisions(UNITS, ["U-SGD"]) == [("U-VP", "Văn phòng Sở")]


READ = {
    "kind": "report", "title": "", "periods": [], "indicators": [], "sections": [], "media": None,
    "audience": {"unit_types": [], "include": [], "exclude": []}, "due_phrase": None, "due_at": None,
}  # fmt: skip


def asked(answering=None, **typed):
    carried = composing.Carried(requirements=[{**READ, **({"answering": answering} if answering else {})}])
    form = Form([("r0:on", "yes"), ("r0:kind", "report"), *((f"r0:{name}", text) for name, text in typed.items())])
    [said] = composing.draft_of(composing.sheet_of(form, carried, CHOICES), carried)["requirements"]
    return said


def test_a_draft_asks_the_units_that_were_named():
    assert asked(include="dong son")["audience"]["include"] == ["U-3"]


def test_who_approves_and_how_long_a_revision_may_take_is_said_and_the_rest_stays():
    stands = {"needs_approval": True, "revision_days": 3, "revision_in_working_days": True, "is_official": True}
    says = {"revision_days": "5", "approval": "yes"}

    assert asked(**says)["answering"] == {
        "needs_approval": True, "revision_days": 5, "revision_in_working_days": False
    }  # fmt: skip
    assert asked(stands, revision_days="")["answering"] == {
        "needs_approval": False, "revision_days": None, "revision_in_working_days": False, "is_official": True
    }  # fmt: skip
    assert asked(stands)["answering"] == stands  # a page without these fields
    assert "answering" not in asked()
    # Nought days is said as such; what is no number goes on as it was typed, for the service to name.
    assert asked(revision_days="0")["answering"]["revision_days"] == 0
    assert asked(revision_days="năm")["answering"]["revision_days"] == "năm"
