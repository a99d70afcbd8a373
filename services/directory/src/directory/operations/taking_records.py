"""Taking over what a national database says of units."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from chassis.caller import Caller
from chassis.policy import PROVINCE, Purpose, may
from chassis.problems import NotAllowed
from chassis.transaction import Transaction, new_id
from directory.domain.plan import ending
from directory.domain.records import Outcome, Record, Taking
from directory.domain.reorganisation import Wrong
from directory.operations.ending_posts import end_posts, posts_that_end
from directory.operations.holding_together import hold_together
from directory.operations.registering import put_and_tell
from directory.problems import RecordsRejected
from directory.store import audit, units
from directory.store import records as store

WRONG_SHOWN = 100


@dataclass(frozen=True, slots=True)
class RecordTaken:
    """What became of a record."""

    record_id: str
    version: int
    unit_id: str
    outcome: Outcome


async def take_records(tx: Transaction, *, source: str, records: Sequence[Record], by: Caller) -> list[RecordTaken]:
    """Take records over in the order they are sent: all of them or, with one that cannot be, none. Safe to repeat.

    A record that is not newer than what is known of it is ignored and reported so. A new one whose code a unit holds on
    the day is about that unit. Raises `RecordsRejected`.
    """
    if not may(by, Purpose.ADMINISTER, PROVINCE):
        raise NotAllowed("Chỉ quản trị được nhận bản ghi quốc gia.", "Only an administrator may take over records.")
    await units.lock_register(tx.connection)
    levels = await units.levels_by_type(tx.connection)
    before = await store.some(tx.connection, source, {each.record_id for each in records})
    holders = await _holders(tx, records)
    known = await units.get_some(tx.connection, {each.unit_id for each in before.values()}.union(*holders.values()))
    taking = Taking(known, before, holders, make_id=lambda: str(new_id()))
    await asyncio.to_thread(taking.take_all, records)
    wrong = taking.wrong
    after = taking.after()
    if not wrong:
        after, wrong = await hold_together(tx, after, known, levels)
    if wrong:
        raise _rejected(wrong)
    ended = await posts_that_end(tx, ending(known, after))
    await put_and_tell(tx, [after[unit_id] for unit_id in sorted(after)], levels)
    await store.put(
        tx.connection, source, [each for each in taking.taken.values() if before.get(each.record_id) != each]
    )
    await end_posts(tx, ended)
    if after:
        await audit.record(tx, "units.taken-over", by=by, about=PROVINCE, source=source, changed=sorted(after))
    return [
        RecordTaken(record.record_id, record.version, unit_id, outcome)
        for record, (unit_id, outcome) in zip(records, taking.outcomes, strict=True)
    ]


async def _holders(tx: Transaction, records: Sequence[Record]) -> dict[tuple[str, str], set[str]]:
    codes: dict[str, set[str]] = {}
    for record in records:
        for scheme, code in record.all_codes:
            codes.setdefault(scheme, set()).add(code)
    found: dict[tuple[str, str], set[str]] = {}
    for scheme, asked in codes.items():
        for unit_id, held in await units.holders(tx.connection, scheme, asked):
            found.setdefault((held.scheme, held.code), set()).add(unit_id)
    return found


def _rejected(wrong: Sequence[Wrong]) -> RecordsRejected:
    return RecordsRejected(
        f"Có {len(wrong)} bản ghi không nhận được, chưa có gì thay đổi; xem danh sách «errors».",
        f"{len(wrong)} record(s) cannot be taken over and nothing was changed; see `errors`.",
        error_count=len(wrong),
        errors=[asdict(each) for each in wrong[:WRONG_SHOWN]],
    )
