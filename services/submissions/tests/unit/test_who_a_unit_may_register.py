"""A registration is checked line by line and role by role against the unit's own share."""

import pytest

from contracts.registration import QuotaAsked, RegistrationAsked, RoleAsked, SeatsAsked, SubjectAsked
from submissions.domain.registration import Delegate, Share, faults_of, figures, refuse_overfull
from submissions.problems import PlacesTaken

SEATS = (
    SeatsAsked(role="officer", count=1),
    SeatsAsked(role="head", count=2, subjects=("math", "art"), from_below=True),
)
ASKED = RegistrationAsked(
    roles=(RoleAsked(code="officer", name="Lãnh đạo phòng"), RoleAsked(code="head", name="Tổ trưởng")),
    subjects=(SubjectAsked(code="math", name="Toán"), SubjectAsked(code="art", name="Mĩ thuật")),
    quotas=(QuotaAsked(unit_types=("phong_vhxh",), seats=SEATS),),
    capacity=10,
)
SHARE = Share(SEATS, ("THCS-1", "THCS-2"))
OFFICER = Delegate("Trần Thị Mẫu", "officer")
MATH = Delegate("Nguyễn Văn Thử", "head", "math", "THCS-1")
ART = Delegate("Lê Thị Thử", "head", "art", "THCS-2")


def told(*delegates, is_nil=False):
    return [(each.where, each.what_en) for each in faults_of(ASKED, SHARE, delegates, is_nil=is_nil)]


def test_the_share_is_filled_exactly() -> None:
    assert told(OFFICER, MATH, ART) == []
    assert figures(ASKED, (OFFICER, MATH, ART)) == {
        "delegates.all": 3,
        "delegates.officer": 1,
        "delegates.head": 2,
        "delegates.head.math": 1,
        "delegates.head.art": 1,
    }


@pytest.mark.parametrize(
    ("wrong", "where", "what"),
    [
        (MATH._replace(role="driver"), "delegates[2].role", "The unit has no seats for the role 'driver'."),
        (MATH._replace(subject="chess"), "delegates[2].subject", "The subject is one of: math, art."),
        (MATH._replace(subject=None), "delegates[2].subject", "The subject is one of: math, art."),
        (MATH._replace(unit_id="THCS-9"), "delegates[2].unit_id", "Name the unit below yours that they are of."),
        (MATH._replace(unit_id=None), "delegates[2].unit_id", "Name the unit below yours that they are of."),
        (ART, "delegates[2]", "This person is registered twice."),
    ],
)
def test_a_wrong_line_is_named_where_it_stands(wrong, where, what) -> None:
    assert told(OFFICER, ART, wrong)[0] == (where, what)


@pytest.mark.parametrize(("change", "field"), [({"subject": "math"}, "subject"), ({"unit_id": "THCS-1"}, "unit_id")])
def test_what_a_role_does_not_ask_for_is_not_said(change, field) -> None:
    assert [where for where, _ in told(OFFICER._replace(**change), MATH, ART)] == [f"delegates[0].{field}"]


@pytest.mark.parametrize(
    ("delegates", "what"),
    [
        ((MATH, ART), "officer: exactly 1 are asked for, 0 are registered."),
        ((OFFICER, MATH), "head: exactly 2 are asked for, 1 are registered."),
        (
            (OFFICER, MATH, ART, ART._replace(full_name="Người thứ ba")),
            "head: exactly 2 are asked for, 3 are registered.",
        ),
    ],
)
def test_neither_more_nor_fewer_than_the_share(delegates, what) -> None:
    assert told(*delegates) == [("delegates", what)]


def test_a_unit_may_say_that_nobody_comes_and_then_names_nobody() -> None:
    assert told(is_nil=True) == []
    assert told(OFFICER, is_nil=True) == [("delegates", "A nil answer registers nobody.")]


def test_the_last_place_may_be_taken_and_not_one_more() -> None:
    refuse_overfull(ASKED, 7, 3)
    refuse_overfull(ASKED.model_copy(update={"capacity": None}), 7, 30)

    with pytest.raises(PlacesTaken) as refused:
        refuse_overfull(ASKED, 8, 3)

    assert (refused.value.more["places_left"], refused.value.more["wanted"]) == (2, 3)
