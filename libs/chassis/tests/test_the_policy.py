"""The policy, tried whole: every role, for every purpose, at its own unit, below it, beside it and above it."""

from itertools import product

import pytest

from chassis.caller import Caller, HeldPost
from chassis.policy import PROVINCE, RIGHTS, Purpose, Reach, may, units_for
from chassis.transaction import new_id

ABOVE = {
    "department": (),
    "commune": ("department",),
    "school": ("commune", "department"),
    "neighbour": ("other-commune", "department"),
}


def caller(role: str, unit_id: str) -> Caller:
    return Caller(id=new_id(), kind="person", posts=(HeldPost(unit_id=unit_id, role=role),))


@pytest.mark.parametrize(("role", "purpose"), list(product(RIGHTS, Purpose)))
def test_a_role_reaches_what_it_is_said_to_reach_and_nothing_else(role: str, purpose: Purpose) -> None:
    somebody = caller(role, "commune")
    reach = RIGHTS[role].get(purpose)

    allowed = {unit for unit, above in ABOVE.items() if may(somebody, purpose, unit, above=above)}

    expected = {None: set(), Reach.OWN: {"commune"}, Reach.SUBTREE: {"commune", "school"}}[reach]
    assert allowed == expected


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_post_at_the_province_reaches_every_unit_for_its_purposes_only(purpose: Purpose) -> None:
    for role, rights in RIGHTS.items():
        everywhere = {may(caller(role, PROVINCE), purpose, unit, above=above) for unit, above in ABOVE.items()}
        assert everywhere == {purpose in rights}


def test_an_unknown_role_may_nothing() -> None:
    assert not any(may(caller("king", unit), purpose, unit) for unit, purpose in product(ABOVE, Purpose))


def test_posts_do_not_mix_the_role_of_one_with_the_unit_of_another() -> None:
    somebody = Caller(
        id=new_id(),
        kind="person",
        posts=(HeldPost(unit_id="school", role="reporter"), HeldPost(unit_id="commune", role="viewer")),
    )

    assert may(somebody, Purpose.SUBMIT, "school")
    assert not may(somebody, Purpose.SUBMIT, "commune")
    assert units_for(somebody, Purpose.SUBMIT) == {"school"}
