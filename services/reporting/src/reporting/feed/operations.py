"""Verbs of the feed: what is told outside is added, and read from a position."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.caller import Caller
from chassis.consuming import Letter
from chassis.policy import PROVINCE, Purpose, may
from chassis.problems import NotFound
from chassis.transaction import Transaction
from contracts.event import Event, nats_subject
from reporting.feed import store
from reporting.feed.store import Entry, Told


@dataclass(frozen=True, slots=True)
class Page:
    """Events of the feed, oldest first."""

    entries: Sequence[Entry]
    next: int
    """The position to go on from."""
    has_more: bool


async def note_told(tx: Transaction, letters: Sequence[Letter]) -> None:
    """Add what was told to the feed, of each thing in the order of its versions.

    A version that comes after a newer one of the same thing (its first delivery had failed) is left out: whoever has
    read the newer one would take it for the truth.
    """
    await store.take_order(tx)
    told = [_told(each) for each in letters]
    newest = await store.versions_of(tx, (each.subject for each in told))
    new = []
    for each in told:
        if each.version > newest.get(each.subject, 0):
            newest[each.subject] = each.version
            new.append(each)
    if new:
        await store.append(tx, new)


def _told(letter: Letter) -> Told:
    event: Event = letter.event
    return Told(
        event_id=letter.id,
        type=event.type,
        subject=nats_subject(event.type, event.about),
        version=getattr(event, "version", 1),
        body=letter.sealed,
    )


async def read_feed(tx: Transaction, *, after: int, limit: int, newest_only: bool, by: Caller) -> Page:
    """Return events behind a position; `NotFound` for whoever may not subscribe for the whole province."""
    check_may_subscribe(by)
    entries = await store.entries_after(tx, after, limit=limit + 1, newest_only=newest_only)
    shown = entries[:limit]
    return Page(shown, shown[-1].position if shown else after, len(entries) > limit)


def check_may_subscribe(by: Caller) -> None:
    """Refuse whoever may not take the aggregates of the province elsewhere, as if there were nothing here."""
    if not may(by, Purpose.SUBSCRIBE, PROVINCE):
        raise NotFound("Không có gì ở đây mà bạn được xem.", "There is nothing here that you may see.")
