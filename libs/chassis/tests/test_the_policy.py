"""The policy, tried whole: every role, for every purpose, at its own unit, below it, beside it and above it."""

from dataclasses import replace
from itertools import product

import pytest

from chassis.caller import Caller, HeldPost, Scope
from chassis.policy import PROVINCE, RIGHTS, Purpose, Reach, may, reaches_below, units_for
from chassis.transaction import new_id

ABOVE = {
    "department": (),
    "commune": ("department",),
    "school": ("commune", "department"),
    "other-commune": ("department",),
    "neighbour": ("other-commune", "department"),
    "stranger": (),
}
"""From a post at the commune: what is above, its own, below, beside, below what is beside, and in another tree."""


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


def limited(role: str, unit_id: str, *scopes: Scope) -> Caller:
    return replace(caller(role, unit_id), scopes=scopes)


@pytest.mark.parametrize(("role", "at"), list(product(RIGHTS, [PROVINCE, *ABOVE])))
def test_a_scope_takes_away_and_never_gives(role: str, at: str) -> None:
    for purpose, scope_unit, scope_purpose, (unit, above) in product(
        Purpose, [PROVINCE, *ABOVE], Purpose, ABOVE.items()
    ):
        scope = Scope(unit_id=scope_unit, purposes=frozenset({scope_purpose}))
        in_scope = scope_purpose == purpose and (scope_unit in (PROVINCE, unit) or scope_unit in above)

        expected = in_scope and may(caller(role, at), purpose, unit, above=above)
        assert may(limited(role, at, scope), purpose, unit, above=above) is expected


@pytest.mark.parametrize(("role", "purpose"), list(product(RIGHTS, Purpose)))
def test_units_are_listed_only_where_post_and_scope_both_hold(role: str, purpose: Purpose) -> None:
    for at, scope_unit in product([PROVINCE, *ABOVE], [PROVINCE, *ABOVE]):
        somebody = limited(role, at, Scope(unit_id=scope_unit, purposes=frozenset({purpose})))
        for unit in units_for(somebody, purpose):
            place = "school" if unit == PROVINCE else unit
            assert may(somebody, purpose, place, above=ABOVE[place])
        if scope_unit in (at, PROVINCE) and purpose in RIGHTS[role]:
            assert units_for(somebody, purpose) == {at}
        assert units_for(limited(role, at), purpose) == frozenset()


def test_no_scope_at_all_is_no_right_at_all() -> None:
    assert not any(
        may(limited(role, PROVINCE), purpose, unit) for role, purpose, unit in product(RIGHTS, Purpose, ABOVE)
    )


@pytest.mark.parametrize("role", sorted(RIGHTS))
def test_who_reaches_below_is_who_may_below_their_own_unit(role) -> None:
    somebody = caller(role, "commune")

    reached = {purpose for purpose in Purpose if reaches_below(somebody, purpose)}

    assert reached == {purpose for purpose in Purpose if may(somebody, purpose, "school", above=("commune",))}
