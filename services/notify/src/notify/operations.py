"""What a person can do with the letters in their inbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.caller import Caller
from chassis.transaction import Transaction
from notify.domain import Letter
from notify.problems import NoSuchLetter
from notify.store import inboxes


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of somebody's letters, newest first."""

    letters: Sequence[Letter]
    unread_count: int
    """Of the whole inbox."""


async def list_letters(tx: Transaction, *, unread_only: bool, before: UUID | None, limit: int, by: Caller) -> Inbox:
    """Return the caller's letters, newest first; with `before`, those that are older than that letter of theirs."""
    last_seen = await _own(tx, before, by=by) if before is not None else None
    found: Sequence[Letter] = ()
    if limit:
        found = await inboxes.inbox_of(tx.connection, by.id, unread_only=unread_only, before=last_seen, limit=limit)
    return Inbox(found, await inboxes.count_unread(tx.connection, by.id))


async def read_letter(tx: Transaction, *, letter_id: UUID, by: Caller) -> Letter:
    """Note that the caller has read a letter of theirs, and return it; the first time stands. Safe to repeat."""
    letter = await inboxes.mark_read(tx.connection, letter_id, person_id=by.id, now=tx.now)
    return _found(letter)


async def _own(tx: Transaction, letter_id: UUID, *, by: Caller) -> Letter:
    return _found(await inboxes.find_letter(tx.connection, letter_id, person_id=by.id))


def _found(letter: Letter | None) -> Letter:
    if letter is None:
        raise NoSuchLetter("Không có thư này trong hộp thư của Thầy/Cô.", "There is no such letter in your inbox.")
    return letter
