"""From digests to letters, and whether a letter that was written may still leave the house."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chassis.clock import today
from chassis.transaction import Transaction
from notify.domain import REMINDERS, Kind, Letter, Text
from notify.reminding import words
from notify.reminding.ladder import Timetable
from notify.reminding.store import digests, nudges, owing, rules
from notify.reminding.store.digests import Digest, Line
from notify.store import facts, inboxes
from notify.templates.filling import put_into
from notify.templates.store import Version, newest

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
    phrasing = await phrasing_of(tx)
    if not phrasing.timetable.may_speak(tx.now):
        return 0
    # Facts are noted before or after this, not at the same moment: nobody is told of what they have just done.
    await facts.take_turn(tx.connection)
    standing = await digests.standing_lines(tx.connection, [each.digest_id for each in waiting])
    written = [
        (digest, letter_of(phrasing, digest, lines, kind=phrasing.kind_of(lines)))
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
    phrasing = await phrasing_of(tx)
    message = await nudges.message_of(tx.connection, letter.letter_id)
    return replace(letter, text=phrasing.write(letter.kind, lines, message))


@dataclass(frozen=True, slots=True)
class Phrasing:
    """How reminders are worded at a moment: what the calendar says, and the words of the province."""

    now: datetime
    timetable: Timetable
    templates: Mapping[Kind, Version]

    def write(self, kind: Kind, lines: Sequence[Line], message: str | None = None) -> Text:
        """Return the words of a reminder, by a template where there is one."""
        own = words.write(kind, lines, timetable=self.timetable, now=self.now, message=message)
        template = self.templates[kind].template if kind in self.templates else None
        if template is None or not template.texts():
            return own
        vi, en = (
            words.values(kind, lines, timetable=self.timetable, now=self.now, message=message, english=each)
            for each in (False, True)
        )
        return put_into(own, template, vi, en)

    def kind_of(self, lines: Sequence[Line]) -> Kind:
        """Return what kind of reminder speaks of these lines."""
        return words.kind_of(lines, self.now, self.timetable)


async def phrasing_of(tx: Transaction) -> Phrasing:
    """Return how reminders are worded now."""
    return Phrasing(tx.now, await rules.timetable(tx.connection), await newest(tx.connection, REMINDERS))


def letter_of(
    phrasing: Phrasing, digest: Digest, lines: Sequence[Line], *, kind: Kind, message: str | None = None
) -> Letter:
    """Return the letter of a digest. It is filed under the directive of what is due first."""
    first = lines[0]
    is_one = len(lines) == 1 and first.awaited == "answer"
    return Letter(
        letter_id=digest.digest_id,
        person_id=digest.person_id,
        kind=kind,
        text=phrasing.write(kind, lines, message),
        directive_id=first.directive_id,
        obligation_id=first.reminder_id if is_one else None,
        created_at=phrasing.now,
        read_at=None,
    )
