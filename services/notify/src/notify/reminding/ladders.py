"""The steps of the province: reading them, and choosing others."""

from collections.abc import Sequence

from chassis.caller import Caller
from chassis.policy import PROVINCE, Purpose, may
from chassis.problems import NotAllowed
from chassis.transaction import Transaction
from notify.reminding.ladder import Awaited, Ladder, Step, fit
from notify.reminding.store import owing, rules


async def read_ladder(tx: Transaction) -> Ladder:
    """Return by which steps people are reminded."""
    return await rules.ladder(tx.connection)


async def choose_steps(tx: Transaction, *, awaited: Awaited, steps: Sequence[Step], by: Caller) -> Ladder:
    """Choose other steps; everything that is owed is looked at again. A step that was reached does not come again."""
    if not may(by, Purpose.ADMINISTER, PROVINCE):
        raise NotAllowed("Chỉ quản trị viên mới được sửa thang nhắc.", "Only administrators may change the ladder.")
    await owing.take_turn(tx.connection)
    await rules.put_steps(tx.connection, awaited, fit(steps), by=by.id, now=tx.now)
    await owing.look_again(tx.connection, now=tx.now)
    return await rules.ladder(tx.connection)
