"""A desk nudges exactly those units behind a number: who has sent nothing, who has not sent again what was returned."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import Purpose, may
from chassis.problems import NotAllowed
from chassis.transaction import Transaction, new_id
from notify.domain import Kind
from notify.reminding.evaluating import holders_of, put_together
from notify.reminding.problems import MessagePersonal, NoSuchRequirement, NudgedAlready
from notify.reminding.store import digests, nudges, owing, rules
from notify.reminding.store.digests import Told
from notify.reminding.store.nudges import Behind, Nudge
from notify.reminding.writing import letter_of, phrasing_of, put_letters
from notify.store import deliveries, facts
from notify.words.privacy import is_personal
from unit_tree.projection import TreeReader

State = Literal["none", "returned"]
NUDGED = "nudge"
AGAIN_AFTER = timedelta(hours=20)
"""A unit is nudged about one thing once in this time, by whomever: once a day, at whatever hour."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A unit a nudge goes to, and those of it who are told."""

    behind: Behind
    person_ids: tuple[UUID, ...]
    """None: nobody may answer for the unit today."""


@dataclass(frozen=True, slots=True)
class Nudging:
    """What a nudge comes to: whom it reaches, and who is left out because they were nudged a short while ago."""

    nudge: Nudge
    reached: Sequence[Reached]
    left_out: Sequence[Behind]
    leaves_at: datetime
    """When it leaves the house; in inboxes it is at once."""


async def preview(
    tx: Transaction, *, requirement_id: UUID, states: Collection[State], unit_ids: Collection[str] | None, by: Caller,
    reader: TreeReader,
) -> Nudging:  # fmt: skip
    """Say whom a nudge would reach now, and tell nobody."""
    nudge = Nudge(new_id(), requirement_id, by.id, tx.now, None)
    return (await _look(tx, nudge, states, unit_ids, by=by, reader=reader))[0]


async def nudge(
    tx: Transaction, *, requirement_id: UUID, states: Collection[State], unit_ids: Collection[str] | None,
    message: str | None, by: Caller, reader: TreeReader,
) -> Nudging:  # fmt: skip
    """Nudge who owes an answer to a requirement and has sent nothing, or not again; return whom it reached.

    With `unit_ids` only those of them. Raises `NudgedAlready` when all of them were nudged a short while ago: so a
    request that is sent twice tells nobody twice.
    """
    await owing.take_turn(tx.connection)
    await facts.take_turn(tx.connection)
    if message is not None and is_personal(message):
        raise MessagePersonal(
            "Lời nhắn không được chứa địa chỉ thư hay số điện thoại.",
            "The message must not name a mail address or a telephone number.",
        )
    nudge = Nudge(new_id(), requirement_id, by.id, tx.now, message)
    nudging, told = await _look(tx, nudge, states, unit_ids, by=by, reader=reader)
    if nudging.left_out and not nudging.reached:
        first = min(each.nudged_at for each in nudging.left_out if each.nudged_at is not None)
        raise NudgedAlready(
            "Các đơn vị này vừa được đôn đốc; mỗi đơn vị chỉ được đôn đốc một lần trong ngày.",
            "All of these units were nudged a short while ago; a unit is nudged once a day.",
            retry_after=first + AGAIN_AFTER - tx.now,
        )
    await nudges.put(tx.connection, nudge)
    await _write(tx, nudging, told, reader)
    return nudging


async def _look(
    tx: Transaction, nudge: Nudge, states: Collection[State], unit_ids: Collection[str] | None, *, by: Caller,
    reader: TreeReader,
) -> tuple[Nudging, list[Told]]:  # fmt: skip
    behind = await nudges.behind(tx.connection, nudge.requirement_id)
    _refuse_others(behind, by)
    meant = [
        each
        for each in behind
        if ("returned" if each.is_returned else "none") in states
        and (unit_ids is None or each.owed.unit_id in unit_ids)
    ]
    fresh = [each for each in meant if each.nudged_at is None or each.nudged_at <= tx.now - AGAIN_AFTER]
    told = [Told(each.owed, NUDGED, "unit", each.owed.answering_unit_id, alone=nudge.nudge_id) for each in fresh]
    people: dict[str, list[UUID]] = {}
    for holder in await holders_of(tx, told, reader, on=today(tx.now)):
        people.setdefault(holder.at_unit_id, []).append(holder.person_id)
    reached = [Reached(each, tuple(sorted(people.get(each.owed.answering_unit_id, ())))) for each in fresh]
    left_out = [each for each in meant if each not in fresh]
    leaves_at = (await rules.timetable(tx.connection)).next_speaking(tx.now)
    return Nudging(nudge, reached, left_out, leaves_at), told


async def _write(tx: Transaction, nudging: Nudging, told: Sequence[Told], reader: TreeReader) -> None:
    nudge, day = nudging.nudge, today(tx.now)
    phrasing = await phrasing_of(tx)
    await put_together(tx, told, phrasing.timetable, reader)
    opened = await digests.of_one(tx.connection, nudge.nudge_id)
    lines = await digests.standing_lines(tx.connection, [each.digest_id for each in opened])
    written = [
        (
            each,
            letter_of(phrasing, each, lines[each.digest_id], kind=Kind.NUDGE, message=nudge.message),
        )
        for each in opened
    ]
    await put_letters(tx, written)
    ids = [each.digest_id for each in opened]
    await digests.mark_written(tx.connection, ids, now=tx.now, day=day)
    await deliveries.hold_until(tx.connection, ids, until=nudging.leaves_at)


def _refuse_others(behind: Sequence[Behind], by: Caller) -> None:
    desks = {each.owed.desk_unit_id for each in behind} | {each.issuer_unit_id for each in behind}
    if any(desk is not None and may(by, Purpose.REVIEW, desk) for desk in desks):
        return
    known_at = desks | {each.owed.answering_unit_id for each in behind}
    if not any(unit is not None and may(by, Purpose.READ_DIRECTIVE, unit) for unit in known_at):
        raise NoSuchRequirement("Không có yêu cầu này.", "There is no such requirement.")
    raise NotAllowed(
        "Chỉ chuyên viên phụ trách yêu cầu này mới được đôn đốc.", "Only the desk of this requirement may nudge."
    )
