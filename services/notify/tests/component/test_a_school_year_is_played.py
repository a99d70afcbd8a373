"""A school year of the sample province, with outages, against a plain model that shares no code with what it checks."""

import csv
import random
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from school_year import LOCAL, Duty, Model
from sqlalchemy import select

import congvan.demo
from chassis.testing import tell_together
from chassis.transaction import new_id
from contracts.acknowledging import DeliveryAcknowledged
from contracts.directives import (
    CalendarEntered,
    DayEntered,
    DirectiveIssued,
    ObligationChanged,
    ObligationOpened,
    ObligationTransferred,
    RequirementIssued,
)
from contracts.directory import UnitChanged, UnitRelation
from contracts.submissions import SubmissionReturned, SubmissionSubmitted, SubmissionWithdrawn
from notify.channels.email import Away
from notify.reminding.scheduler import Scheduler
from notify.reminding.tables import digest_lines
from notify.tables import letters
from unit_tree.projection import TreeReader

ISSUER = "U-SGD-MG"
HOLIDAYS = {
    2026: [date(2026, 9, 1), date(2026, 9, 2)],
    2027: [date(2027, 1, 1), *(date(2027, 2, day) for day in range(4, 11)), date(2027, 4, 30)],
}
DAY_OF_CULTURE = date(2026, 11, 24)


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LOCAL)


LETTERS = (
    # code, issued, due, express
    ("11/KH-SGDĐT", at(2026, 8, 28, 10), at(2026, 10, 8), False),
    ("702/SGDĐT-GDTX", at(2026, 9, 21, 10), at(2026, 10, 16, 17), False),
    ("13/KH-SGDĐT", at(2026, 10, 5, 10), at(2027, 6, 15), False),
    ("15/KH-SGDĐT", at(2026, 11, 2, 10), at(2026, 12, 4), True),
    ("745/SGDĐT-GDPT", at(2026, 11, 16, 10), at(2026, 12, 14), False),
    ("761/SGDĐT-GDPT", at(2026, 11, 20, 16), at(2026, 12, 14), False),
)
NOBODY_LOOKS = ((at(2026, 10, 1, 9), at(2026, 10, 2, 14)), (at(2026, 12, 2, 20), at(2026, 12, 9, 22)))
NO_MAIL = ((at(2026, 10, 6, 7), at(2026, 10, 8, 9)), (at(2026, 12, 10, 7), at(2026, 12, 11, 12)))
FIRST, LAST = at(2026, 8, 28, 8), at(2027, 6, 25, 8)


def is_within(moment, spans) -> bool:
    return any(begin <= moment < end for begin, end in spans)


def province() -> tuple[list[str], dict[str, str]]:
    with (Path(congvan.demo.__file__).parent / "province" / "units.csv").open(encoding="utf-8") as rows:
        kinds = {
            row["unit_id"]: row["unit_type"]
            for row in csv.DictReader(rows)
            if not row["valid_to"] or row["valid_to"] > "2027"
        }
    with (Path(congvan.demo.__file__).parent / "province" / "unit_relations.csv").open(encoding="utf-8") as rows:
        parents = {
            row["unit_id"]: row["parent_id"]
            for row in csv.DictReader(rows)
            if row["relation"] == "reporting" and not row["valid_to"]
        }
    asked = ("thcs", "th_thcs", "thpt", "thpt_chuyen", "thcs_thpt", "pt_nhieu_cap", "ptdtnt", "gdnn_gdtx", "gdtx")
    return sorted(unit for unit, kind in kinds.items() if kind in asked), parents


class Story:
    """What happens in the year: events, and what each does to the model."""

    def __init__(self, units: list[str], model: Model) -> None:
        self.chance = random.Random(2026)  # noqa: S311  a story, not a secret
        self.model = model
        self.units = units
        self.happens: dict[datetime, list[tuple]] = defaultdict(list)
        self.merged, self.into = units[3], units[4]
        for year, days in HOLIDAYS.items():
            self._calendar(FIRST, year, 1, days)
        self._calendar(at(2026, 11, 19, 10), 2026, 2, [*HOLIDAYS[2026], DAY_OF_CULTURE])
        made = {code: self._letter(code, issued, due, express) for code, issued, due, express in LETTERS}
        for duty, say in made["745/SGDĐT-GDPT"]:
            self._at(at(2026, 11, 20, 16), say("replaced"), lambda duty: setattr(duty, "owed", False), duty)
        for code in ("11/KH-SGDĐT", "702/SGDĐT-GDTX", "13/KH-SGDĐT", "15/KH-SGDĐT", "761/SGDĐT-GDPT"):
            for duty, say in made[code]:
                self._fate(duty, say)

    def _at(self, moment, event, change, duty=None) -> None:
        self.happens[moment].append((event, change, duty))

    def _calendar(self, moment, year, version, days) -> None:
        special = tuple(DayEntered(day=day, kind="holiday") for day in days)
        event = CalendarEntered(occurred_at=moment, year=year, version=version, days=special)
        self._at(moment, event, lambda _: self.model.days_off.update(days))

    def _letter(self, code, issued, due, express):
        directive_id, requirement_id = new_id(), new_id()
        requirement = RequirementIssued(
            requirement_id=requirement_id, kind="report", title=f"Báo cáo {code}", as_of=issued.date(), periods=("x",),
            indicators=(), sections=(), media=None, due_phrase="x", due_at=due, cut_off_at=None, closes_at=None,
        )  # fmt: skip
        event = DirectiveIssued(
            occurred_at=issued, directive_id=directive_id, version=1, issuer_unit_id=ISSUER, document_type="plan",
            code=code, subject=f"V/v {code}", issued_on=issued.date(), requirements=(requirement,),
            priority="express" if express else "normal",
        )  # fmt: skip
        self._at(issued, event, lambda _: None)
        return [self._duty(unit, directive_id, requirement_id, issued, due, express) for unit in self.units]

    def _duty(self, unit, directive_id, requirement_id, issued, due, express):
        duty = Duty(new_id(), unit, unit, due, due, express)
        submission_id, version, number = new_id(), iter(range(1, 99)), 0
        about = {
            "obligation_id": duty.duty_id, "directive_id": directive_id, "requirement_id": requirement_id,
            "unit_id": unit, "answering_unit_id": unit,
        }  # fmt: skip
        asked = {**about, "issuer_unit_id": ISSUER}
        opened = ObligationOpened(occurred_at=issued, version=next(version), due_at=due, **asked)

        word = {"occurred_at": issued, "directive_id": directive_id, "issuer_unit_id": ISSUER, "unit_id": unit}
        self._at(issued, DeliveryAcknowledged(**word), lambda _: None)
        self._at(issued, opened, lambda duty: self.model.duties.setdefault(duty.duty_id, duty).owe(), duty)

        def say(what, due_at=None):
            nonlocal number
            number += what == "submitted"
            when = {"occurred_at": issued, "version": next(version)}
            sent = {**about, "submission_id": submission_id, "number": number}
            match what:
                case "submitted":
                    more = {"is_late": False, "is_nil": True, "values": (), "media_ids": (), "submitted_by": new_id()}
                    return SubmissionSubmitted(**when, **sent, **more)
                case "returned":
                    return SubmissionReturned(**when, **sent, reviewed_by=new_id(), due_again_at=due_at)
                case "withdrawn":
                    return SubmissionWithdrawn(**when, **sent, issuer_unit_id=ISSUER, withdrawn_by=new_id())
                case "transferred":
                    former = {"former_answering_unit_id": unit, "due_at": due}
                    return ObligationTransferred(**when, **(asked | {"answering_unit_id": self.into}), **former)
            states = {"exempted": "exempt", "replaced": "replaced"}
            more = {"state": states.get(what, "open"), "closes_at": None, "change": what}
            return ObligationChanged(**when, **asked, due_at=due_at or due, **more)

        return duty, say

    def _fate(self, duty, say) -> None:
        def settle(duty) -> None:
            duty.owed = False

        def later(days) -> datetime:
            day = duty.due + timedelta(days=days)
            return day.replace(hour=self.chance.choice((10, 15)), minute=10)

        if duty.unit == self.merged and duty.due > at(2027, 1, 10):
            self._at(at(2027, 1, 5, 10), say("transferred"), lambda duty: setattr(duty, "answers", self.into), duty)
            return
        fates = ("sent", "late", "never", "extended", "exempted", "withdrawn")
        match self.chance.choices(fates, (45, 15, 10, 12, 10, 8))[0]:
            case "sent":
                day = self.chance.randint(-12, -1)
                self._at(later(day), say("submitted"), settle, duty)
                if self.chance.random() < 0.4:
                    again = self.chance.choice((None, duty.due + timedelta(days=9)))
                    back = later(day + 2)
                    returned = say("returned", again)
                    self._at(back, returned, lambda duty: duty.owe(again or duty.own_due), duty)
                    if self.chance.random() < 0.6:
                        self._at(later(day + 6), say("submitted"), settle, duty)
            case "late":
                self._at(later(self.chance.randint(1, 6)), say("submitted"), settle, duty)
            case "extended":
                longer = duty.due + timedelta(days=7)
                granted = say("extended", longer)
                self._at(later(self.chance.randint(-5, -2)), granted, lambda duty: duty.owe(longer), duty)
            case "exempted":
                self._at(later(-9), say("exempted"), settle, duty)
                if self.chance.random() < 0.5:
                    self._at(later(-4), say("reopened"), lambda duty: duty.owe(), duty)
            case "withdrawn":
                self._at(later(-6), say("submitted"), settle, duty)
                self._at(later(-4), say("withdrawn"), lambda duty: duty.owe(), duty)


@pytest.fixture
def year(appointed, directory):
    everybody, parents = province()
    units = everybody[::3]  # of all kinds, and a year that is played in seconds
    reporters, heads, people = defaultdict(list), {}, []
    for turn, unit in enumerate(units):
        reporter = new_id()
        more = (("reporter", units[turn + 1]),) if turn % 5 == 0 else ()  # answers for two
        people.append(appointed(reporter, "reporter", unit, *more, since=date(2020, 1, 1), at=FIRST))
        for each in (unit, *(unit for _, unit in more)):
            reporters[each].append(reporter)
        if turn % 3:
            head = new_id()
            people.append(appointed(head, "unit_head", unit, since=date(2020, 1, 1), at=FIRST))
            heads[unit] = [head]
            reporters[unit].append(head)
    for commune in {parents[unit] for unit in units if unit in parents} - {ISSUER}:
        officer = new_id()
        people.append(appointed(officer, "commune_officer", commune, since=date(2020, 1, 1), at=FIRST))
        heads[commune] = [officer]
    desk = [new_id(), new_id()]
    people += [appointed(each, "desk_officer", ISSUER, since=date(2020, 1, 1), at=FIRST) for each in desk]
    tree = [
        UnitChanged(
            occurred_at=FIRST, unit_id=unit, version=1, versions=(), lineage=(),
            relations=(UnitRelation(kind="reporting", parent_id=parent, valid_from=date(2020, 1, 1), valid_to=None),),
        )
        for unit, parent in parents.items()
    ]  # fmt: skip
    directory.addresses |= {each.person_id: f"{each.person_id}@truong.example" for each in people}
    model = Model(dict(reporters), heads, parents, desk)
    return model, Story(units, model), [*people, *tree]


async def test_a_school_year_tells_exactly_what_a_plain_model_expects(year, frame, make_courier, mailbox, sql) -> None:
    model, story, ground = year
    clock = [FIRST]
    frame.transactions.clock = lambda: clock[0].astimezone(UTC)
    await tell_together(frame, ground)
    scheduler, courier = Scheduler(frame.transactions, TreeReader()), make_courier()
    was_away = False
    days = [FIRST + timedelta(days=day) for day in range((LAST - FIRST).days)]
    held: list[tuple] = []
    for now in sorted({*days, *story.happens, *(end for _, end in (*NOBODY_LOOKS, *NO_MAIL))}):
        held += story.happens.get(now, ())
        if is_within(now, NOBODY_LOOKS):
            was_away = True
            continue
        clock[0] = now
        if held:
            await tell_together(frame, [event for event, _, _ in held])
            model.hear(now, held)
            held.clear()
        if was_away:
            # Begun anew, killed between what it decided and what it wrote, and begun once more.
            await Scheduler(frame.transactions, TreeReader())._evaluate()
            scheduler, courier, was_away = Scheduler(frame.transactions, TreeReader()), make_courier(), False
        await scheduler.look()
        model.look(now)
        if not model.pending:
            continue
        await sql(
            "UPDATE deliveries SET state = 'sent', sent_at = now() FROM letters WHERE state = 'waiting'"
            " AND letters.letter_id = deliveries.letter_id AND kind NOT LIKE 'reminder%'"
        )
        if is_within(now, NO_MAIL):
            mailbox.close()
            with suppress(Away):
                await courier.carry_batch()
            continue
        mailbox.open()
        clock[0] = now + timedelta(seconds=30)  # after the pauses between attempts
        while await courier.carry_batch():
            pass
        model.carry()

    async with frame.engine.connect() as connection:
        query = select(letters, digest_lines.c.reminder_id).join(
            digest_lines, digest_lines.c.digest_id == letters.c.letter_id
        )
        rows = (await connection.execute(query)).all()
        query = select(letters.c.kind, letters.c.person_id, letters.c.obligation_id).where(~letters.c.kind.like("rem%"))
        news = [tuple(row) for row in await connection.execute(query)]
    events = [event for happens in story.happens.values() for event, _, _ in happens]
    assert Counter(news) == Counter(each for event in events for each in model.news_of(event))
    about, named = defaultdict(set), {}
    for row in rows:
        about[row.letter_id].add(row.reminder_id)
        named[f"<{row.letter_id}@congvan>"] = (row.created_at.astimezone(LOCAL), row.person_id, row.kind)
    told = [(*named[f"<{each}@congvan>"], frozenset(ids)) for each, ids in about.items()]
    assert len(model.written) > 200
    assert Counter(told) == Counter(model.written)
    mails = [message_from_bytes(content) for _, content in mailbox.taken]
    carried = sorted((named[each["Message-ID"]], _lines(each)) for each in mails)
    assert [key for key, _ in carried] == sorted(each[:3] for each in model.sent)
    assert 0 < len(model.written) - len(model.sent) < len(model.written) / 4  # some were overtaken
    expected = sorted((each[:3], len(each[3])) for each in model.sent if each[2] != "reminder_desk")
    assert [each for each in carried if each[0][2] != "reminder_desk"] == expected


def _lines(email) -> int:
    words = email.get_payload()[0].get_payload(decode=True).decode().splitlines()
    return sum(line.startswith("- ") for line in words[: words.index("-- ")])
