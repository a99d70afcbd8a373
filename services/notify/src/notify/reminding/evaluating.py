"""Deciding who is told which step of what: of everything that is to be looked at now, and writing it down."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from chassis.clock import VIETNAM, today
from chassis.transaction import Transaction
from notify.domain import ANSWERING_ROLES, APPROVING_ROLES, REVIEWING_ROLES
from notify.reminding.ladder import MORNING, OF_THE_UNIT, Audience, Timetable
from notify.reminding.store import digests, owing, rules
from notify.reminding.store.digests import TOGETHER, Holder, Told
from notify.reminding.store.owing import Owed
from unit_tree.projection import TreeReader

AT_ONCE = 10_000
"""How much is looked at in one transaction: whoever notes a fact about any of it waits for as long as that takes."""


async def evaluate(tx: Transaction, reader: TreeReader, *, limit: int = AT_ONCE) -> int:
    """Look at what is to be looked at now, and put what is to be told into digests; return how much was looked at.

    Nothing is told here. Safe to repeat and to run anywhere any number of times at once.
    """
    await owing.take_turn(tx.connection)
    due = await owing.due(tx.connection, now=tx.now, limit=limit)
    if not due:
        return 0
    timetable = await rules.timetable(tx.connection)
    looks = {pending: timetable.look(pending, tx.now) for pending, _ in due}
    await owing.note_looks(tx.connection, [(looks[pending], ids) for pending, ids in due])
    telling = {each: pending for pending, ids in due if looks[pending].tell for each in ids}
    if telling:
        found = await owing.owed_among(tx.connection, telling)
        steps = [(each, days, audience) for each in found for days, audience in looks[each.pending].tell]
        await put_together(tx, [told for step in steps if (told := told_of(*step)) is not None], timetable, reader)
    return sum(len(ids) for _, ids in due)


async def put_together(tx: Transaction, told: Sequence[Told], timetable: Timetable, reader: TreeReader) -> None:
    """Put what is told into the digest of everyone who is told it."""
    if not told:
        return
    at: dict[tuple[str, str], list[UUID]] = {}
    for holder in await holders_of(tx, told, reader, on=today(tx.now)):
        at.setdefault((holder.audience, holder.at_unit_id), []).append(holder.person_id)
    meant = [
        ((person_id, each.step, each.alone), each)
        for each in told
        for person_id in at.get((each.audience, each.at_unit_id), ())
    ]
    keys = {key for key, _ in meant}
    waiting = await digests.open_digests(tx.connection, keys, on_day=today(tx.now), not_before=tx.now)
    # Whoever had today's of this step has what came after it on the next day that is worked.
    tomorrow = timetable.calendar.count(today(tx.now), 1)
    morning = datetime.combine(tomorrow, MORNING, VIETNAM)
    waiting |= await digests.open_digests(tx.connection, keys - waiting.keys(), on_day=tomorrow, not_before=morning)
    await digests.put_lines(tx.connection, [(waiting[key], each) for key, each in meant])


async def holders_of(tx: Transaction, told: Iterable[Told], reader: TreeReader, *, on: date) -> list[Holder]:
    """Return who is told on a day, by audience and unit. Where nobody heads a unit, who heads the one above."""
    units: dict[Audience, set[str]] = {}
    for each in told:
        units.setdefault(each.audience, set()).add(each.at_unit_id)
    found: dict[Audience, dict[str, list[UUID]]] = {
        "unit": await digests.holders(tx.connection, units.get("unit", ()), ANSWERING_ROLES, on=on),
        "head": await digests.holders(tx.connection, units.get("head", ()), APPROVING_ROLES, on=on),
        "desk": await digests.holders(tx.connection, units.get("desk", ()), REVIEWING_ROLES, on=on),
        "above": {},
    }
    headless = units.get("head", set()) - found["head"].keys()
    if climbing := headless | units.get("above", set()):
        tree = await reader.tree(tx.connection)
        above = {unit_id: tree.ancestors(unit_id, "reporting", on) for unit_id in climbing}
        heads = await digests.holders(
            tx.connection, {each for line in above.values() for each in line}, APPROVING_ROLES, on=on
        )
        nearest = {
            unit_id: next((heads[each] for each in line if each in heads), []) for unit_id, line in above.items()
        }
        found["head"] |= {unit_id: nearest[unit_id] for unit_id in headless}
        found["above"] = {unit_id: nearest[unit_id] for unit_id in units.get("above", ())}
    return [
        Holder(audience, unit_id, person_id)
        for audience, by_unit in found.items()
        for unit_id, people in by_unit.items()
        for person_id in people
    ]


def told_of(owed: Owed, days: int, audience: Audience) -> Told | None:
    """Return at which unit those are who are told of a step; null: nobody knows yet whose desk waits for it."""
    at_unit_id = owed.desk_unit_id if audience == "desk" else owed.answering_unit_id
    if at_unit_id is None:
        return None
    step = f"{owed.pending.awaited}{days:+d}"
    # Hỏa tốc bypasses the digest of who is to act; a desk has one list still.
    alone = owed.reminder_id if owed.is_urgent and audience in OF_THE_UNIT else TOGETHER
    return Told(owed, step, audience, at_unit_id, alone=alone)
