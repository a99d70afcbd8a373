"""What days are worked, directives tells; a returned answer is due by them where its requirement says so."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from chassis.clock import VIETNAM
from chassis.testing import tell, tell_together
from chassis.workdays import SATURDAY
from contracts.directives import AnsweringAsked, CalendarEntered, DayEntered
from submissions import store


def entered(version: int, *days: date) -> CalendarEntered:
    special = tuple(DayEntered(day=each, kind="holiday") for each in days)
    return CalendarEntered(occurred_at=datetime.now(UTC), year=days[0].year, version=version, days=special)


async def test_the_newest_calendar_of_a_year_counts_in_whatever_order_it_is_told(frame) -> None:
    years = []
    for year, order in enumerate(permutations((1, 2, 3)), start=2031):
        # Twelve consecutive days have three that are worked.
        days = [day for day in (date(year, 3, each) for each in range(1, 13)) if day.weekday() < SATURDAY][:3]
        years.append(days)
        told = [entered(version, days[version - 1]) for version in order]
        await tell_together(frame, told[:2])
        await tell(frame, told[2])

    async with frame.transactions.begin() as tx:
        calendar = await store.calendars.working_calendar(tx)
    assert [[calendar.is_working(day) for day in days] for days in years] == [[True, True, False]] * 6


@pytest.mark.parametrize("in_working_days", [True, False])
async def test_days_off_count_for_nothing_where_the_requirement_says_so(
    owe, asked, frame, reporter, officer, in_working_days
) -> None:
    answering = AnsweringAsked(revision_days=1, revision_in_working_days=in_working_days)
    desk = await owe(asked.report(answering=answering))
    today = datetime.now(VIETNAM).date()
    off = [today + timedelta(days=each) for each in range(1, 15)]
    for year in {each.year for each in off}:
        await tell(frame, entered(1, *(each for each in off if each.year == year)))
    sent = (await desk.submit(reporter)).json()

    returned = (await desk.return_(officer, sent["submission_id"], 1)).json()

    due = datetime.fromisoformat(returned["due_again_at"]).astimezone(VIETNAM).date()
    assert (due > off[-1]) is in_working_days
