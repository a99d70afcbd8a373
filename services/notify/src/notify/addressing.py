"""From what is due to letters: who is written to, decided again whenever a fact arrives that may change it."""

import asyncio
import logging
from collections.abc import Collection, Iterable
from uuid import UUID

from chassis.outages import is_outage
from chassis.transaction import Transaction, Transactions
from notify.domain import Candidate, Letter, is_addressed
from notify.store import candidates, facts, inboxes
from notify.templates import store
from notify.templates.filling import fill

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 900.0
"""Appointments come into force at midnight without an event; their holders learn what is open within this time."""
OUTAGE_SECONDS = 5.0


async def write_letters(
    tx: Transaction,
    *,
    due_ids: Collection[UUID] = (),
    obligation_ids: Collection[UUID] = (),
    directive_ids: Collection[UUID] = (),
    unit_ids: Collection[str] = (),
) -> int:
    """Write every letter that can be written now and concerns one of these; return how many. Safe to repeat.

    What cannot be written yet, because the directive, the obligation or somebody's post is not known, stays due.
    Call it in the transaction that noted the facts, after `facts.take_turn`.
    """
    found = [
        *await candidates.for_due(tx.connection, due_ids),
        *await candidates.for_obligations(tx.connection, obligation_ids),
        *await candidates.for_directives(tx.connection, directive_ids),
        *await candidates.for_units(tx.connection, unit_ids),
    ]
    return await _write(tx, found)


async def write_what_became_due(tx: Transaction) -> int:
    """Write to those whose post at a unit with open obligations has begun since; return how many letters."""
    found = [each for each in await candidates.for_open_obligations(tx.connection) if is_addressed(each, now=tx.now)]
    if not found:
        return 0  # nearly always: others need not wait for us to look
    await facts.take_turn(tx.connection)
    return await _write(tx, found)


async def keep_looking(transactions: Transactions, *, every: float = LOOK_AGAIN_SECONDS) -> None:
    """Run `write_what_became_due` now and again, for ever."""
    while True:
        try:
            async with transactions.begin() as tx:
                written = await write_what_became_due(tx)
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("cannot look for letters that became due: %r", error)
            await asyncio.sleep(OUTAGE_SECONDS)
            continue
        if written:
            log.info("%d letters became due with time", written)
        await asyncio.sleep(every)


async def _write(tx: Transaction, found: Iterable[Candidate]) -> int:
    addressed = [each for each in found if is_addressed(each, now=tx.now)]
    templates = await store.newest(tx.connection, {each.kind for each in addressed}) if addressed else {}
    written = {
        each.letter_id: (
            each.due_id,
            Letter(
                letter_id=each.letter_id,
                person_id=each.person_id,
                kind=each.kind,
                text=fill(each.kind, each.quoted, templates[each.kind].template if each.kind in templates else None),
                directive_id=each.directive_id,
                obligation_id=each.obligation_id,
                created_at=tx.now,
                read_at=None,
            ),
        )
        for each in addressed
    }
    return await inboxes.put_letters(tx.connection, written)
