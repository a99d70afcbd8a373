"""Who would be told what of a directive at a moment, and why, or why not: by the rules reminders are sent by."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import VIETNAM, today
from chassis.policy import PROVINCE, Purpose, may
from chassis.transaction import Transaction
from notify.reminding.evaluating import holders_of, told_of
from notify.reminding.ladder import Audience, Pending, Timetable
from notify.reminding.problems import NoSuchDirective
from notify.reminding.store import owing, rules
from notify.reminding.store.digests import Told
from notify.reminding.store.owing import Known
from unit_tree.projection import TreeReader


@dataclass(frozen=True, slots=True)
class Reminded:
    """A step that is told."""

    days: int
    at: datetime
    audience: Audience
    person_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is owed, which steps of it are told on the day of the moment until then, and why there are none."""

    known: Known
    told: tuple[Reminded, ...]
    why: tuple[str, str]
    next_days: int | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Preview:
    """Of each thing a directive asks of a unit, who would be told at a moment if nothing happened until then."""

    directive_id: UUID
    at: datetime
    entries: list[Entry]


async def preview(tx: Transaction, *, directive_id: UUID, at: datetime, by: Caller, reader: TreeReader) -> Preview:
    """Say who would be told what at a moment, as all is now, to the desk of the directive or an administrator."""
    known = await owing.of_directive(tx.connection, directive_id)
    desks = {each.issuer_unit_id for each in known} | {each.owed.desk_unit_id for each in known}
    reviews = any(desk is not None and may(by, Purpose.REVIEW, desk) for desk in desks)
    if not known or not (reviews or may(by, Purpose.ADMINISTER, PROVINCE)):
        raise NoSuchDirective("Không có văn bản này.", "There is no such directive.")
    return await look_ahead(tx, directive_id, known, at=at, reader=reader)


async def look_ahead(
    tx: Transaction, directive_id: UUID, known: list[Known], *, at: datetime, reader: TreeReader
) -> Preview:
    """Play the scheduler from when each thing was owed up to a moment, and keep what it tells on that day."""
    timetable = await rules.timetable(tx.connection)
    played = [(each, _play(each, timetable, at)) for each in known]
    steps = [(each, step) for each, play in played for step in play.told]
    told = {index: told_of(each.owed, days, audience) for index, (each, (days, _, audience)) in enumerate(steps)}
    meant = {index: each for index, each in told.items() if each is not None}
    people: dict[tuple[str, str], list[UUID]] = {}
    for holder in await holders_of(tx, meant.values(), reader, on=today(at)):
        people.setdefault((holder.audience, holder.at_unit_id), []).append(holder.person_id)

    def reached(each: Told | None) -> tuple[UUID, ...]:
        return tuple(sorted(people.get((each.audience, each.at_unit_id), ()))) if each is not None else ()

    by_reminder: dict[UUID, list[Reminded]] = {}
    for index, (each, (days, when, audience)) in enumerate(steps):
        reminded = Reminded(days, when, audience, reached(told[index]))
        by_reminder.setdefault(each.owed.reminder_id, []).append(reminded)
    entries = [
        Entry(each, tuple(by_reminder.get(each.owed.reminder_id, ())), play.why, play.next_days, play.next_at)
        for each, play in played
    ]
    return Preview(directive_id, at, entries)


@dataclass(frozen=True, slots=True)
class _Play:
    told: tuple[tuple[int, datetime, Audience], ...]
    why: tuple[str, str]
    next_days: int | None = None
    next_at: datetime | None = None


def _play(known: Known, timetable: Timetable, at: datetime) -> _Play:
    if not known.is_owed:
        return _Play((), _settled(known))
    pending = replace(known.owed.pending, reached=None)
    everything = list(_until(pending, timetable, at))
    coming = next(
        (rung for rung in timetable.rungs(pending.awaited, pending.counted_from) if rung.at > max(at, pending.since)),
        None,
    )
    next_days, next_at = (coming.step.days, coming.at) if coming is not None else (None, None)
    told = tuple(each for each in everything if today(each[1]) == today(at))
    if told:
        state = (
            ("bị trả lại, chưa nộp lại", "returned, not sent again") if known.is_returned else ("chưa nộp", "not sent")
        )
        if pending.awaited == "acknowledgement":
            state = ("chưa xác nhận tiếp nhận", "receipt not acknowledged")
        return _Play(told, state, next_days, next_at)
    if not timetable.may_speak(at):
        why = ("ngoài giờ hoặc ngày nghỉ", "outside working days and hours")
    elif coming is None:
        why = ("đã qua mọi bậc nhắc", "all steps have passed")
    else:
        why = (
            f"chưa đến bậc nhắc; bậc tiếp theo {coming.at.astimezone(VIETNAM):%d/%m/%Y %H:%M}",
            f"no step falls on this day; the next is {coming.at.astimezone(VIETNAM):%d/%m/%Y %H:%M}",
        )
    return _Play((), why, next_days, next_at)


def _until(pending: Pending, timetable: Timetable, at: datetime) -> Iterator[tuple[int, datetime, Audience]]:
    now: datetime | None = pending.since
    while now is not None and now <= at:
        outcome = timetable.look(pending, now)
        for days, audience in outcome.tell:
            yield days, now, audience
        pending, now = replace(pending, reached=outcome.reached), outcome.next_at


def _settled(known: Known) -> tuple[str, str]:
    if known.answer_state in ("submitted", "accepted"):
        return ("đã nộp", "answered") if known.answer_state == "submitted" else ("đã duyệt", "accepted")
    return ("không còn phải thực hiện", "owed no more")
