"""Whoever is to act is waited for until they take, refuse or answer; who only gets to know never is."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from chassis.clock import VIETNAM
from chassis.workdays import SpecialDay, WorkingCalendar, YearOfDays
from directives.domain.delivery import PURPOSES, Delivery, deliveries, waiting
from directives.problems import InformedOnly, ReceivedAlready

SOMEBODY, NOW = uuid4(), datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ON_FRIDAY = datetime(2026, 11, 20, 16, 30, tzinfo=VIETNAM)


def delivery(**changes):
    return Delivery(**{"directive_id": SOMEBODY, "unit_id": "U-1", "purpose": "execute", **changes})


@pytest.mark.parametrize(("is_off", "chased"), [(True, date(2026, 11, 25)), (False, date(2026, 11, 24))])
def test_what_is_sent_on_friday_is_waited_for_until_monday_ends_and_chased_on_the_second_working_day(is_off, chased):
    days = (SpecialDay(date(2026, 11, 24), "holiday", "Ngày Văn hóa Việt Nam"),) if is_off else ()
    found = waiting(ON_FRIDAY, WorkingCalendar([YearOfDays(2026, 1, days)]))

    assert found.acknowledge_by == datetime(2026, 11, 24, tzinfo=VIETNAM), "24:00 of Monday 23/11"
    assert found.chase_from == chased


def test_only_who_is_to_act_and_has_said_nothing_is_waited_for():
    awaited = {purpose: delivery(purpose=purpose).is_awaited for purpose in PURPOSES}
    assert awaited == {**dict.fromkeys(PURPOSES, False), "execute": True}
    assert not delivery(has_answered=True).is_awaited
    assert not delivery().acknowledged(SOMEBODY, NOW).is_awaited
    assert not delivery().refused("Nhầm đơn vị.", SOMEBODY, NOW).is_awaited


def test_what_was_taken_or_answered_is_not_refused_and_what_was_refused_may_be_taken():
    refused = delivery().refused("Nhầm đơn vị.", SOMEBODY, NOW)
    assert refused.refused("Nhầm đơn vị.", uuid4(), datetime.now(UTC)) == refused
    assert refused.acknowledged(SOMEBODY, NOW).reason is None
    for settled in (delivery(has_answered=True), refused, refused.acknowledged(SOMEBODY, NOW)):
        with pytest.raises(ReceivedAlready):
            settled.refused("Lý do khác.", SOMEBODY, NOW)


def test_a_unit_gets_it_once_for_the_weightiest_purpose():
    named = {"inform": {"U-1", "U-2"}, "coordinate": {"U-2"}, "execute": {"U-3"}}
    sent = deliveries(SOMEBODY, answering={"U-4"}, named=named)
    assert [(each.unit_id, each.purpose) for each in sent] == [
        ("U-1", "inform"),
        ("U-2", "coordinate"),
        ("U-3", "execute"),
        ("U-4", "execute"),
    ]


def test_nobody_owes_who_only_gets_to_know():
    for purpose in PURPOSES[1:]:
        with pytest.raises(InformedOnly):
            deliveries(SOMEBODY, answering={"U-1"}, named={purpose: {"U-1"}})
    assert deliveries(SOMEBODY, answering={"U-1"}, named={"execute": {"U-1"}, "inform": {"U-1"}})
