"""From digests to letters, and whether a letter that was written may still leave the house."""

from collections.abc import Sequence
from dataclasses import replace

from chassis.clock import today
from chassis.transaction import Transaction
from notify.domain import REMINDERS, Kind, Letter
from notify.reminding import words
from notify.reminding.ladder import Timetable
from notify.reminding.store import digests, nudges, owing, rules
from notify.reminding.store.digests import Digest, Line
from notify.store import facts, inboxes

AT_ONCE = 200


async def write_digests(tx: Transaction, *, limit: int = AT_ONCE) -> int:
    """Write the letters of digests that wait, of what is owed still; return how many digests are done with.

    Not before everything was looked at that is to be looked at now: of one step a person has one letter.
    """
    await owing.take_turn(tx.connection)
    if await owing.is_any_due(tx.connection, now=tx.now):
        return 0
    waiting = await digests.unwritten(tx.connection, now=tx.now, limit=limit)
    if not waiting:
        return 0
    timetable = await rules.timetable(tx.connection)
    if not timetable.may_speak(tx.now):
        return 0
    # Facts are noted before or after this, not at the same moment: nobody is told of what they have just done.
    await facts.take_turn(tx.connection)
    standing = await digests.standing_lines(tx.connection, [each.digest_id for each in waiting])
    written = [
        (digest, _letter(tx, digest, lines, timetable))
        for digest in waiting
        if (lines := standing.get(digest.digest_id))
    ]
    await put_letters(tx, written)
    await digests.mark_written(tx.connection, [each.digest_id for each in waiting], now=tx.now, day=today(tx.now))
    return len(waiting)


async def put_letters(tx: Transaction, written: Sequence[tuple[Digest, Letter]]) -> None:
    """Put the letters of digests into inboxes and on their way."""
    await facts.put_digests_due(tx.connection, [letter for _, letter in written], occurred_at=tx.now)
    await inboxes.put_letters(tx.connection, {letter.letter_id: (letter.letter_id, letter) for _, letter in written})


async def as_it_stands(tx: Transaction, letter: Letter) -> Letter | None:
    """Return a letter as it may leave the house now: a reminder without what is owed no more; null: nothing is left.

    What lies in the inbox stays as it was written; it says what somebody was told, and when.
    """
    if letter.kind not in REMINDERS:
        return letter
    lines = (await digests.standing_lines(tx.connection, [letter.letter_id])).get(letter.letter_id)
    if not lines:
        return None
    if len(lines) == await digests.count_lines(tx.connection, letter.letter_id):
        return letter
    timetable = await rules.timetable(tx.connection)
    message = await nudges.message_of(tx.connection, letter.letter_id)
    return replace(letter, text=words.write(letter.kind, lines, timetable=timetable, now=tx.now, message=message))


def _letter(tx: Transaction, digest: Digest, lines: Sequence[Line], timetable: Timetable) -> Letter:
    return letter_of(tx, digest, lines, timetable, kind=words.kind_of(lines, tx.now, timetable))


def letter_of(
    tx: Transaction,
    digest: Digest,
    lines: Sequence[Line],
    timetable: Timetable,
    *,
    kind: Kind,
    message: str | None = None,
) -> Letter:
    """Return the letter of a digest. It is filed under the directive of what is due first."""
    first = lines[0]
    is_one = len(lines) == 1 and first.awaited == "answer"
    return Letter(
        letter_id=digest.digest_id,
        person_id=digest.person_id,
        kind=kind,
        text=words.write(kind, lines, timetable=timetable, now=tx.now, message=message),
        directive_id=first.directive_id,
        obligation_id=first.reminder_id if is_one else None,
        created_at=tx.now,
        read_at=None,
    )
