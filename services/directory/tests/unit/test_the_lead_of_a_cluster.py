"""One school leads a cluster at a time, and only as long as it belongs to it."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.domain.units import LEAD, Relation, Unit, Version

BEGIN, END = date(2022, 9, 1), date(2026, 8, 14)


def school(unit_id, *, member_until=None, exists_until=None):
    version = Version(date(2005, 1, 1), exists_until, "thpt", unit_id, unit_id)
    return Unit(unit_id, (version,), (Relation("cluster", "cluster", BEGIN, member_until),))


CLUSTER = Unit("cluster", (Version(BEGIN, None, "cum_chuyen_mon", "Cụm", "Cụm"),))
FIRST, SECOND = school("first"), school("second")


def leads(cluster):
    return [(lead.parent_id, lead.valid_from, lead.valid_to) for lead in cluster.leads]


def test_a_new_lead_ends_the_term_of_the_one_before_on_its_eve():
    led = CLUSTER.led_by(FIRST, valid_from=date(2023, 9, 1)).led_by(SECOND, valid_from=date(2025, 9, 1))

    assert leads(led) == [
        ("first", date(2023, 9, 1), date(2025, 8, 31)),
        ("second", date(2025, 9, 1), None),
    ]


def test_appointing_the_same_school_again_changes_nothing():
    led = CLUSTER.led_by(FIRST, valid_from=date(2023, 9, 1))

    assert led.led_by(FIRST, valid_from=date(2023, 9, 1)) == led
    assert led.led_by(FIRST, valid_from=date(2024, 9, 1)) == led


def test_an_earlier_appointment_takes_the_place_of_a_later_one():
    led = CLUSTER.led_by(FIRST, valid_from=date(2025, 9, 1)).led_by(SECOND, valid_from=date(2024, 9, 1))

    assert leads(led) == [("second", date(2024, 9, 1), None)]


def test_a_lead_leads_no_longer_than_it_is_a_member():
    led = CLUSTER.led_by(school("leaving", member_until=END), valid_from=date(2025, 9, 1))

    assert leads(led) == [("leaving", date(2025, 9, 1), END)]


def test_other_relations_of_the_cluster_stay():
    above = Relation("professional", "department", BEGIN, None)
    led = Unit("cluster", CLUSTER.versions, (above,)).led_by(FIRST, valid_from=BEGIN)

    assert [each for each in led.relations if each.kind != LEAD] == [above]


@pytest.mark.parametrize(
    ("candidate", "valid_from"),
    [
        (FIRST, BEGIN - timedelta(days=1)),
        (school("left", member_until=END), END + timedelta(days=1)),
        (school("closed", exists_until=END), END + timedelta(days=1)),
        (Unit("stranger", FIRST.versions), BEGIN),
        (Unit("nobody"), BEGIN),
    ],
    ids=["before its membership", "after its membership", "after its end", "no member", "unknown"],
)
def test_who_is_no_member_on_that_day_cannot_lead(candidate, valid_from):
    with pytest.raises(LookupError):
        CLUSTER.led_by(candidate, valid_from=valid_from)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from([FIRST, SECOND, school("third")]), st.integers(0, 40)), max_size=8))
def test_whatever_the_order_of_appointments_the_last_word_holds_and_no_day_has_two_leads(appointments):
    cluster = CLUSTER
    for candidate, offset in appointments:
        cluster = cluster.led_by(candidate, valid_from=BEGIN + timedelta(days=offset))

    for offset in range(45):
        day = BEGIN + timedelta(days=offset)
        holding = [lead.parent_id for lead in cluster.leads if lead.holds_on(day)]
        # A word about a day also speaks of all days after it.
        said = [candidate.unit_id for candidate, since in appointments if since <= offset]
        assert holding == said[-1:]
