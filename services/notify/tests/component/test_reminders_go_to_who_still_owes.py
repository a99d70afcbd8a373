"""Reminders by the real scheduler on real servers, with a clock a test can set."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from chassis.clock import VIETNAM
from chassis.testing import tell, tell_together
from chassis.transaction import new_id
from contracts.acknowledging import DeliveryAcknowledged
from contracts.closing import DirectiveClosed
from contracts.directives import CalendarEntered, DayEntered, DeliveryRefused
from contracts.directory import UnitChanged, UnitRelation, UnitVersion
from notify.domain import Kind
from notify.reminding.evaluating import evaluate
from notify.reminding.scheduler import Scheduler
from notify.reminding.writing import write_digests
from notify.tables import deliveries, letters
from notify.templates.filling import Template
from notify.templates.store import put
from unit_tree.projection import TreeReader

SCHOOL, COMMUNE, ISSUER = "U-THCS-SONGHAC", "U-PHUONG-MG", "U-SGD-MG"
REPORTER, HEAD, OFFICER, DESK, OTHER = (new_id() for _ in range(5))
ISSUED_AT = datetime(2026, 11, 20, 16, 30, tzinfo=VIETNAM)
SUNDAY_MIDNIGHT = datetime(2026, 12, 14, tzinfo=VIETNAM)


def at(day: int, hour: int = 8, minute: int = 0, *, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=VIETNAM)


class Clock:
    """The clock of a notify, and its scheduler, which looks whenever the clock is set."""

    def __init__(self, frame) -> None:
        self._frame = frame
        self.now = ISSUED_AT
        frame.transactions.clock = lambda: self.now.astimezone(UTC)
        self.scheduler = Scheduler(frame.transactions, TreeReader())

    async def tell(self, *events) -> None:
        await tell(self._frame, *events)
        await self.scheduler.look()

    async def strike(self, now: datetime) -> None:
        self.now = now
        await self.scheduler.look()

    async def run(self, first: datetime, last: datetime, *, hours: int = 24) -> None:
        """Let the clock strike now and again from the first to the last."""
        while first <= last:
            await self.strike(first)
            first += timedelta(hours=hours)


@pytest.fixture
def clock(frame, case):
    case.at = ISSUED_AT
    return Clock(frame)


@pytest.fixture
def reminders(frame):
    """Return which reminders there are, as `(kind, person, when)`, in their order."""

    async def read():
        async with frame.engine.connect() as connection:
            query = select(letters).where(letters.c.kind.like("reminder%")).order_by(letters.c.created_at)
            rows = (await connection.execute(query)).all()
        return [(row.kind, row.person_id, row.created_at.astimezone(VIETNAM)) for row in rows]

    return read


def acknowledged(case):
    return DeliveryAcknowledged(
        occurred_at=ISSUED_AT, directive_id=case.directive_id, issuer_unit_id=ISSUER, unit_id=SCHOOL
    )


@pytest.fixture
async def ground(clock, case, appointed):
    """A school with a reporter and a head, its desk, and an obligation that is due at the end of Sunday 13/12."""
    await clock.tell(
        acknowledged(case),
        appointed(REPORTER, "reporter"),
        appointed(HEAD, "unit_head"),
        appointed(DESK, "desk_officer", ISSUER),
        appointed(OTHER, "reporter", "U-THPT-BENDA"),
        case.issued(),
        case.opened(),
    )
    return clock


async def test_the_golden_dates_come_from_the_scheduler_hour_by_hour(ground, reminders) -> None:
    await ground.run(at(24, 0, month=11), at(18, 0), hours=1)

    to_unit = sorted([REPORTER, HEAD])
    told: dict[datetime, list] = {}
    for kind, person, when in await reminders():
        told.setdefault(when, []).append((kind, person))
    assert {when: sorted(each) for when, each in told.items()} == {
        at(3): [("reminder_near", person) for person in to_unit],
        at(9): [("reminder_near", person) for person in to_unit],
        at(11): [("reminder_near", person) for person in to_unit],
        at(14): [("reminder_overdue", HEAD)],
        at(16): [("reminder_desk", DESK)],
    }


@pytest.mark.parametrize(("special", "first"), [(("holiday",), at(25, month=11)), ((), at(24, month=11))])
async def test_a_word_that_it_has_arrived_is_chased_on_the_second_working_day(
    clock, case, appointed, reminders, special, first
) -> None:
    days = tuple(DayEntered(day=date(2026, 11, 24), kind=each) for each in special)
    calendar = CalendarEntered(occurred_at=ISSUED_AT, year=2026, version=1, days=days)
    await clock.tell(calendar, appointed(REPORTER), case.issued(), case.opened())
    await clock.run(at(21, month=11), at(27, month=11))

    assert await reminders() == [("reminder_receipt", REPORTER, first)]


async def test_who_gave_a_word_or_answered_is_not_chased_nor_anybody_once_it_is_replaced_or_closed(
    clock, case, appointed, reminders
) -> None:
    refused = DeliveryRefused(
        occurred_at=ISSUED_AT,
        directive_id=case.directive_id,
        issuer_unit_id=ISSUER,
        unit_id=SCHOOL,
        code="",
        subject="",
    )
    closed = DirectiveClosed(
        occurred_at=ISSUED_AT, directive_id=case.directive_id, issuer_unit_id=ISSUER, code="761/SGDĐT-GDPT"
    )
    for settles in (acknowledged(case), refused, case.submitted(REPORTER), case.replaced(), closed):
        case.directive_id, case.requirement_id, case.obligation_id = (new_id() for _ in range(3))
        word = settles.model_copy(update={"directive_id": case.directive_id})
        await clock.tell(word, appointed(REPORTER), case.issued(), case.opened())  # in whatever order it is heard of
    await clock.run(at(24, month=11), at(27, month=11))

    assert await reminders() == []


@pytest.mark.parametrize(
    ("days", "first"),
    [((DayEntered(day=date(2026, 12, 8), kind="holiday"),), at(2)), ((), at(3))],
)
async def test_the_calendar_moves_the_steps_whenever_it_is_heard_of(ground, reminders, days, first) -> None:
    await ground.tell(CalendarEntered(occurred_at=ISSUED_AT, year=2026, version=1, days=days))
    await ground.run(at(1), at(4))

    assert {when for _, _, when in await reminders()} == {first}


@pytest.mark.parametrize("how", ["submitted", "exempted", "replaced", "recalled", "suspended"])
async def test_nobody_is_reminded_of_what_is_owed_no_more(ground, case, reminders, how) -> None:
    event = case.submitted(REPORTER) if how == "submitted" else case.changed(how)
    await ground.tell(event)
    await ground.run(at(1), at(18))

    assert await reminders() == []


async def test_who_has_more_time_is_reminded_by_the_new_deadline(ground, case, reminders) -> None:
    await ground.strike(at(9))
    await ground.tell(case.changed("extended", due_at=datetime(2026, 12, 19, tzinfo=VIETNAM)))  # end of Friday
    await ground.run(at(10), at(18))

    assert [(kind, when) for kind, person, when in await reminders() if person == REPORTER] == [
        ("reminder_near", at(9)),
        ("reminder_near", at(15)),
        ("reminder_near", at(17)),
        ("reminder_today", at(18)),
    ]


async def test_who_got_it_back_is_reminded_again_by_the_day_it_is_due_again(ground, case, reminders) -> None:
    again = datetime(2026, 12, 12, tzinfo=VIETNAM)  # the end of Friday
    await ground.tell(case.submitted(REPORTER))
    await ground.strike(at(9, 9))
    await ground.tell(case.returned().model_copy(update={"due_again_at": again}))
    await ground.run(at(10), at(12))

    assert {(kind, when) for kind, _, when in await reminders()} == {
        ("reminder_near", at(10)),
        ("reminder_today", at(11)),
    }


async def test_what_has_moved_is_told_to_who_answers_now(ground, case, appointed, reminders) -> None:
    await ground.tell(case.transferred("U-THPT-BENDA"))
    await ground.run(at(3), at(3, 12), hours=4)

    assert await reminders() == [("reminder_near", OTHER, at(3))]


async def test_where_nobody_heads_a_unit_the_one_above_is_told(clock, case, appointed, reminders) -> None:
    relation = UnitRelation(kind="reporting", parent_id=COMMUNE, valid_from=date(2025, 7, 1), valid_to=None)
    version = UnitVersion(
        unit_type="lower_secondary", name="THCS Sông Hạc", short_name="Sông Hạc", levels=(),
        valid_from=date(2025, 7, 1), valid_to=None,
    )  # fmt: skip
    school = UnitChanged(
        occurred_at=ISSUED_AT, unit_id=SCHOOL, version=1, versions=(version,), relations=(relation,), lineage=()
    )
    people = (appointed(REPORTER), appointed(OFFICER, "commune_officer", COMMUNE))
    await clock.tell(school, *people, case.issued(), case.opened(), acknowledged(case))
    await clock.strike(at(14))

    assert await reminders() == [("reminder_overdue", OFFICER, at(14))]


async def test_a_person_has_one_letter_a_step_however_much_is_owed(ground, case, appointed, reminders) -> None:
    await ground.tell(appointed(OTHER, "reporter", SCHOOL, ("reporter", "U-THPT-BENDA"), version=2))
    await ground.tell(*(case.opened(unit).model_copy(update={"obligation_id": new_id()}) for unit in [SCHOOL] * 3))
    await ground.tell(case.opened("U-THPT-BENDA").model_copy(update={"obligation_id": new_id()}))
    await ground.strike(at(3))

    near = [person for kind, person, _ in await reminders() if kind == "reminder_near"]
    assert sorted(near) == sorted([REPORTER, HEAD, OTHER])


async def test_what_is_urgent_has_a_letter_of_its_own(clock, case, appointed, reminders) -> None:
    express = case.issued().model_copy(update={"priority": "express"})
    more = [case.opened().model_copy(update={"obligation_id": new_id()}) for _ in range(2)]
    await clock.tell(appointed(REPORTER), express, case.opened(), *more, acknowledged(case))
    await clock.strike(at(3))

    assert await reminders() == [("reminder_near", REPORTER, at(3))] * 3


async def test_an_outage_is_caught_up_by_the_newest_step_in_the_morning(ground, reminders) -> None:
    await ground.strike(at(9, 22))  # away since the beginning of the month
    assert await reminders() == []
    await ground.strike(at(10, 7))
    await ground.strike(at(10, 8))

    assert sorted(await reminders()) == sorted(("reminder_near", each, at(10, 7)) for each in (REPORTER, HEAD))


async def test_a_scheduler_that_dies_between_deciding_and_writing_leaves_it_to_the_next(ground, frame, reminders):
    ground.now = at(3)
    async with frame.transactions.begin() as tx:
        assert await evaluate(tx, TreeReader()) == 1
    assert await reminders() == []

    async def write_and_die():
        async with frame.transactions.begin() as tx:
            assert await write_digests(tx) == 2
            raise RuntimeError("killed before the commit")

    with pytest.raises(RuntimeError, match="killed"):
        await write_and_die()
    await ground.strike(at(3, 9))
    await ground.strike(at(3, 10))

    assert sorted(await reminders()) == sorted(("reminder_near", each, at(3, 9)) for each in (REPORTER, HEAD))


async def test_two_schedulers_at_once_tell_everyone_once(ground, frame, case, reminders) -> None:
    await ground.tell(*(case.opened().model_copy(update={"obligation_id": new_id()}) for _ in range(20)))
    ground.now = at(3)
    await asyncio.gather(*(Scheduler(frame.transactions, TreeReader()).look() for _ in range(3)))
    await ground.scheduler.look()

    assert len(await reminders()) == 2


async def test_what_comes_too_late_for_todays_letter_is_told_on_the_next_working_day(ground, case, sql, reminders):
    await ground.strike(at(9))
    late = case.opened().model_copy(update={"obligation_id": new_id()})
    await ground.tell(late)
    # As a step that was moved to this day by the calendar would be.
    await sql("UPDATE reminders SET since = :since WHERE reminder_id = :id", since=ISSUED_AT, id=late.obligation_id)
    await sql("UPDATE reminders SET next_at = since WHERE reminder_id = :id", id=late.obligation_id)
    await ground.strike(at(9, 10))
    assert len(await reminders()) == 2
    await ground.run(at(9, 11), at(10, 9), hours=1)

    assert sorted(when for _, person, when in await reminders() if person == HEAD) == [at(9), at(10)]


@pytest.mark.parametrize("meanwhile", ["submitted", "exempted", "extended", "transferred"])
async def test_what_is_settled_between_decision_and_sending_is_not_sent(
    ground, case, frame, directory, make_courier, mailbox, meanwhile
) -> None:
    directory.addresses |= {each: f"{each}@truong.example" for each in (REPORTER, HEAD, OTHER)}
    await ground.strike(at(3))
    events = {
        "submitted": case.submitted(REPORTER),
        "exempted": case.changed("exempted"),
        "extended": case.changed("extended", due_at=SUNDAY_MIDNIGHT + timedelta(days=9)),
        "transferred": case.transferred("U-THPT-BENDA"),
    }
    await tell_together(frame, [events[meanwhile]])
    while await make_courier().carry_batch():
        pass

    assert not [each["Subject"] for each in mailbox.letters if "nhắc việc" in each["Subject"]]
    async with frame.engine.connect() as connection:
        query = select(deliveries.c.state).join(letters).where(letters.c.kind == "reminder_near")
        assert (await connection.execute(query)).scalars().all() == ["overtaken"] * 2


async def test_a_letter_that_is_partly_settled_leaves_with_the_rest(
    ground, case, frame, directory, make_courier, mailbox, reminders
) -> None:
    directory.addresses |= {REPORTER: "nguoi@truong.example", HEAD: "hieu-truong@truong.example"}
    other = case.opened("U-CUM-1", answering=SCHOOL).model_copy(update={"obligation_id": new_id()})
    template = Template(subject_vi="nhắc việc: {{ count }} việc")
    async with frame.transactions.begin() as tx:
        await put(tx.connection, Kind.REMINDER_NEAR, template, by=new_id(), now=tx.now)
    await ground.tell(other)
    await ground.strike(at(3))
    await tell_together(frame, [case.submitted(REPORTER)])
    while await make_courier().carry_batch():
        pass

    reminded = [each for each in mailbox.letters if "nhắc việc" in each["Subject"]]
    assert len(reminded) == 2
    for each in reminded:
        words = each.get_body(("plain",)).get_content()
        assert "U-CUM-1" in words
        assert f"Mã đơn vị: {SCHOOL}." not in words
        assert "còn 7 ngày làm việc" in words
        assert each["Subject"] == "nhắc việc: 1 việc"
    async with frame.engine.connect() as connection:
        query = select(letters.c.subject_vi).where(letters.c.kind == "reminder_near")
        assert (await connection.execute(query)).scalars().all() == ["nhắc việc: 2 việc"] * 2
