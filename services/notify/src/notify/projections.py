"""From the events of others to what notify knows, indifferent to order and repetition; returns what was touched."""

from collections.abc import Sequence
from uuid import UUID

from chassis.transaction import Transaction
from contracts.directives import DirectiveIssued, ObligationOpened, ObligationTransferred
from contracts.directory import PersonChanged
from contracts.submissions import MediaRejected, SubmissionAccepted, SubmissionReturned, SubmissionSubmitted
from notify.domain import Due, Kind
from notify.store import facts

ObligationEvent = ObligationOpened | ObligationTransferred
AnswerEvent = SubmissionSubmitted | SubmissionReturned | SubmissionAccepted | MediaRejected


async def note_people(tx: Transaction, events: Sequence[PersonChanged]) -> set[str]:
    """Note the posts of people; return the units they are at."""
    await facts.take_turn(tx.connection)
    await facts.put_people(
        tx.connection,
        [{"person_id": each.person_id, "version": each.version, "is_active": each.is_active} for each in events],
    )
    rows = [
        {
            "person_id": event.person_id,
            "unit_id": post.unit_id,
            "role": post.role,
            "valid_from": post.valid_from,
            "valid_to": post.valid_to,
            "version": event.version,
            "known_since": event.occurred_at,
        }
        for event in events
        for post in event.posts
    ]
    if rows:
        await facts.put_posts(tx.connection, rows)
    return {post.unit_id for event in events for post in event.posts}


async def note_directives(tx: Transaction, events: Sequence[DirectiveIssued]) -> set[UUID]:
    """Note what letters quote of directives; return their ids."""
    await facts.take_turn(tx.connection)
    for event in events:
        await facts.put_directive(
            tx.connection,
            {
                "directive_id": event.directive_id,
                "version": event.version,
                "code": event.code,
                "subject": event.subject,
            },
            [
                {"requirement_id": each.requirement_id, "directive_id": event.directive_id, "title": each.title}
                for each in event.requirements
            ],
        )
    return {event.directive_id for event in events}


async def note_obligations(tx: Transaction, events: Sequence[ObligationEvent]) -> set[UUID]:
    """Note who owes what, and that their people must be told; return the ids of the obligations."""
    await facts.take_turn(tx.connection)
    await facts.put_obligations(
        tx.connection,
        [
            event.model_dump(
                include={
                    "obligation_id",
                    "version",
                    "directive_id",
                    "requirement_id",
                    "unit_id",
                    "answering_unit_id",
                    "due_at",
                }
            )
            for event in events
        ],
    )
    await facts.put_due(
        tx.connection,
        [
            Due(
                kind=Kind.OBLIGATION_OPENED if isinstance(event, ObligationOpened) else Kind.OBLIGATION_TRANSFERRED,
                about=event.obligation_id,
                number=0 if isinstance(event, ObligationOpened) else event.version,
                obligation_id=event.obligation_id,
                occurred_at=event.occurred_at,
                quoted={} if isinstance(event, ObligationOpened) else {"former": event.former_answering_unit_id},
                unit_id=event.answering_unit_id,
            )
            for event in events
        ],
    )
    return {event.obligation_id for event in events}


async def note_answers(tx: Transaction, events: Sequence[AnswerEvent]) -> set[UUID]:
    """Note what came in, what became of it, and that people must be told; return the ids of what is due."""
    await facts.take_turn(tx.connection)
    accepted = [
        {"obligation_id": event.obligation_id, "accepted_at": event.occurred_at}
        for event in events
        if isinstance(event, SubmissionAccepted)
    ]
    if accepted:
        await facts.put_acceptances(tx.connection, accepted)
    news = [_news(event) for event in events]
    await facts.put_due(tx.connection, news)
    return {due.id for due in news}


def _news(event: AnswerEvent) -> Due:
    match event:
        case SubmissionSubmitted():
            return Due(
                kind=Kind.SUBMISSION_SUBMITTED,
                about=event.submission_id,
                number=event.number,
                obligation_id=event.obligation_id,
                occurred_at=event.occurred_at,
                quoted={
                    "number": event.number,
                    "is_late": event.is_late,
                    "is_nil": event.is_nil,
                    "media_count": len(event.media_ids),
                },
                person_id=event.submitted_by,
            )
        case SubmissionReturned() | SubmissionAccepted():
            is_returned = isinstance(event, SubmissionReturned)
            return Due(
                kind=Kind.SUBMISSION_RETURNED if is_returned else Kind.SUBMISSION_ACCEPTED,
                about=event.submission_id,
                number=event.number,
                obligation_id=event.obligation_id,
                occurred_at=event.occurred_at,
                quoted={"number": event.number},
                unit_id=event.answering_unit_id,
            )
        case MediaRejected():
            return Due(
                kind=Kind.MEDIA_REJECTED,
                about=event.media_id,
                number=0,
                obligation_id=event.obligation_id,
                occurred_at=event.occurred_at,
                quoted={"refusal": event.refusal, "measured": event.measured, "allowed": event.allowed},
                person_id=event.uploaded_by,
            )
