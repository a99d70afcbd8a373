"""News of totals, and of the house itself: who is told is known here, what is quoted came with the event."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID, uuid5

from chassis.policy import PROVINCE
from chassis.transaction import Transaction
from contracts.reporting import EditionPublished, SubscriptionStopped, SubscriptionUnreached
from notify.domain import LETTERS, Due, Kind
from notify.projections import ObligationEvent
from notify.store import facts, watched
from notify.store.facts import Edition

TELL_AGAIN_HOURS = 6
"""A service that parks more and more is told of again after this long, not for each message."""

TotalsEvent = EditionPublished | SubscriptionUnreached | SubscriptionStopped


async def note_totals(tx: Transaction, events: Sequence[TotalsEvent]) -> set[UUID]:
    """Note what was published, and which subscribers are not reached or told no more; return the ids of what is due."""
    await facts.take_turn(tx.connection)
    news: list[Due] = []
    for event in events:
        if isinstance(event, EditionPublished):
            answering = await facts.units_asked(tx.connection, event.requirement_id)
            news += _published(event, answering | {event.issuer_unit_id})
        elif isinstance(event, SubscriptionUnreached):
            quoted = {"failing_since": event.failing_since.isoformat()}
            news.append(_of_subscription(Kind.SUBSCRIPTION_UNREACHED, event, event.position, quoted))
        else:
            news.append(_of_subscription(Kind.SUBSCRIPTION_STOPPED, event, event.version, {"because": event.because}))
    await facts.put_due(tx.connection, news)
    return {due.id for due in news}


async def note_who_answers(tx: Transaction, events: Sequence[ObligationEvent]) -> set[UUID]:
    """Note that editions heard of before are told to these units too, if they answered when those were published.

    Whichever is heard of first, the edition or who answers, the same units are told. Returns the ids of what is due.
    """
    published = await facts.editions_of(tx.connection, {event.directive_id for event in events})
    news = [
        _told_to(event.answering_unit_id, edition)
        for event in events
        for edition in published
        if UUID(edition.quoted["requirement_id"]) == event.requirement_id and event.occurred_at <= edition.occurred_at
    ]
    await facts.put_due(tx.connection, news)
    return {due.id for due in news}


def _published(event: EditionPublished, unit_ids: Iterable[str]) -> Iterable[Due]:
    quoted = event.model_dump(
        mode="json",
        include={"requirement_id", "number", "as_of", "changed_figures", "units_reported", "units_due"},
    )
    edition = Edition(event.directive_id, event.occurred_at, quoted)
    return [_told_to(unit_id, edition) for unit_id in unit_ids]


def _told_to(unit_id: str, edition: Edition) -> Due:
    return Due(
        kind=Kind.EDITION_PUBLISHED,
        about=uuid5(UUID(edition.quoted["requirement_id"]), unit_id),
        number=edition.quoted["number"],
        obligation_id=None,
        directive_id=edition.directive_id,
        occurred_at=edition.occurred_at,
        quoted=edition.quoted,
        unit_id=unit_id,
    )


def _of_subscription(
    kind: Kind, event: SubscriptionUnreached | SubscriptionStopped, number: int, quoted: Mapping[str, str]
) -> Due:
    return Due(
        kind=kind,
        about=event.subscription_id,
        number=number,
        obligation_id=None,
        occurred_at=event.occurred_at,
        quoted={"code": "", "subject": "", "subscription_id": str(event.subscription_id), **quoted},
        unit_id=PROVINCE,
    )


async def note_parked(tx: Transaction, service: str, parked: int) -> set[UUID]:
    """Note how many messages a service has parked; return the ids of what is due. Safe to repeat and to do at once."""
    await facts.take_turn(tx.connection)
    known = await watched.take(tx.connection, service)
    is_new = known.told_at is None or (tx.now - known.told_at).total_seconds() >= TELL_AGAIN_HOURS * 3600
    is_told = parked > known.parked and (known.parked == 0 or is_new)
    if not is_told:
        # What came in between is told with what comes next, not forgotten.
        await watched.put(tx.connection, service, parked=min(parked, known.parked))
        return set()
    await watched.put_told(tx.connection, service, parked=parked, told=known.told + 1, now=tx.now)
    due = Due(
        kind=Kind.MESSAGES_PARKED,
        about=uuid5(LETTERS, service),
        number=known.told + 1,
        obligation_id=None,
        occurred_at=tx.now,
        quoted={"code": "", "subject": "", "service": service, "parked": parked},
        unit_id=PROVINCE,
    )
    await facts.put_due(tx.connection, [due])
    return {due.id}
