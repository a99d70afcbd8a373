"""From the events of others to what notify knows, indifferent to order and repetition; returns what was touched."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.transaction import Transaction
from contracts.directives import (
    DirectiveIssued,
    ExtensionAsked,
    ExtensionRefused,
    ObligationAssigned,
    ObligationChange,
    ObligationChanged,
    ObligationOpened,
    ObligationTransferred,
)
from contracts.directory import PersonChanged
from contracts.submissions import (
    CommentAdded,
    CorrectionAsked,
    CorrectionGranted,
    CorrectionRefused,
    DraftApproved,
    DraftDeclined,
    DraftPresented,
    MediaRejected,
    MediaWithdrawn,
    SubmissionAccepted,
    SubmissionReturned,
    SubmissionSubmitted,
    SubmissionWithdrawn,
)
from notify.domain import TO_THE_DESK, Due, Kind
from notify.store import facts

ObligationEvent = ObligationOpened | ObligationTransferred | ObligationChanged
ExtensionEvent = ExtensionAsked | ExtensionRefused
DraftEvent = DraftPresented | DraftApproved | DraftDeclined
StepEvent = SubmissionWithdrawn | CorrectionAsked | CorrectionGranted | CorrectionRefused | CommentAdded
AnswerEvent = SubmissionSubmitted | SubmissionReturned | SubmissionAccepted | MediaRejected | MediaWithdrawn | StepEvent

_CHANGES: Mapping[ObligationChange, Kind] = {
    "extended": Kind.OBLIGATION_EXTENDED,
    "exempted": Kind.OBLIGATION_EXEMPTED,
    "reopened": Kind.OBLIGATION_REOPENED,
    "recalled": Kind.OBLIGATION_RECALLED,
    "activated": Kind.OBLIGATION_ACTIVATED,
    "suspended": Kind.OBLIGATION_SUSPENDED,
}


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
                "priority": event.priority,
            },
            [
                {
                    "requirement_id": each.requirement_id,
                    "directive_id": event.directive_id,
                    "title": each.title,
                    "reviewing_unit_id": each.reviewing_unit_id,
                    "closes_at": each.closes_at,
                }
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
                    "issuer_unit_id",
                    "closes_at",
                }
            )
            | {"ended_at": _ended_at(event)}
            for event in events
        ],
    )
    # That a directive was replaced is told once, and not for each thing it asked.
    told = [each for each in events if not isinstance(each, ObligationChanged) or each.change != "replaced"]
    await facts.put_due(tx.connection, [_obligation_news(event) for event in told])
    return {event.obligation_id for event in events}


def _ended_at(event: ObligationEvent) -> datetime | None:
    return event.occurred_at if isinstance(event, ObligationChanged) and event.state != "open" else None


def _obligation_news(event: ObligationEvent) -> Due:
    quoted: Mapping[str, Any]
    match event:
        case ObligationOpened():
            kind, number, quoted = Kind.OBLIGATION_OPENED, 0, {"continues": event.continues is not None}
            quoted |= {"period": event.period} if event.period else {}
        case ObligationTransferred():
            kind, number, quoted = (
                Kind.OBLIGATION_TRANSFERRED,
                event.version,
                {"former": event.former_answering_unit_id},
            )
        case ObligationChanged():
            kind, number, quoted = _CHANGES[event.change], event.version, {}
    return Due(
        kind=kind,
        about=event.obligation_id,
        number=number,
        obligation_id=event.obligation_id,
        occurred_at=event.occurred_at,
        quoted=quoted,
        unit_id=event.answering_unit_id,
    )


async def note_extensions(tx: Transaction, events: Sequence[ExtensionEvent]) -> set[UUID]:
    """Note that a desk must be told of a request, or a unit of a refusal; return the ids of what is due."""
    await facts.take_turn(tx.connection)
    news = [
        Due(
            kind=Kind.EXTENSION_ASKED if isinstance(event, ExtensionAsked) else Kind.EXTENSION_REFUSED,
            about=event.extension_id,
            number=0,
            obligation_id=event.obligation_id,
            occurred_at=event.occurred_at,
            quoted={"wished": event.wished_due_at.isoformat()},
            unit_id=_desk(event) if isinstance(event, ExtensionAsked) else event.answering_unit_id,
        )
        for event in events
    ]
    await facts.put_due(tx.connection, news)
    return {due.id for due in news}


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
    told = [event for event in events if not _goes_without_saying(event)]
    news = [
        *(_news(event) for event in told if not isinstance(event, MediaWithdrawn)),
        *(each for event in told if isinstance(event, MediaWithdrawn) for each in _withdrawn(event)),
    ]
    await facts.put_due(tx.connection, news)
    return {due.id for due in news}


def _desk(event: ExtensionAsked | MediaWithdrawn | StepEvent) -> str:
    return event.reviewing_unit_id or event.issuer_unit_id


def _goes_without_saying(event: AnswerEvent) -> bool:
    # What was accepted before it was carried over was told then; what nobody reviews is told as received.
    return isinstance(event, SubmissionAccepted) and (event.carried is not None or event.is_unreviewed)


def _withdrawn(event: MediaWithdrawn) -> Sequence[Due]:
    """Tell the desk, which could look at the file until now, and the unit it came from: either may have done it."""
    return [
        Due(
            kind=kind,
            about=event.media_id,
            number=0,
            obligation_id=event.obligation_id,
            occurred_at=event.occurred_at,
            quoted={},
            unit_id=unit_id,
        )
        for kind, unit_id in (
            (Kind.MEDIA_WITHDRAWN, _desk(event)),
            (Kind.MEDIA_HIDDEN, event.answering_unit_id),
        )
    ]


def _news(
    event: SubmissionSubmitted | SubmissionReturned | SubmissionAccepted | MediaRejected | StepEvent | DraftEvent,
) -> Due:
    match event:
        case SubmissionSubmitted() if event.carried is not None:
            return Due(
                kind=Kind.SUBMISSION_CARRIED,
                about=event.submission_id,
                number=event.number,
                obligation_id=event.obligation_id,
                occurred_at=event.occurred_at,
                quoted={},
                unit_id=event.answering_unit_id,
            )
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
                    **_awaited(event),
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
                quoted={"number": event.number, **_due_again(event)},
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
        case DraftPresented() | DraftApproved() | DraftDeclined():
            return _draft_news(event)
        case _:
            return _step_news(event)


def _draft_news(event: DraftEvent) -> Due:
    kinds = {
        DraftPresented: Kind.DRAFT_HANDED_UP,
        DraftApproved: Kind.DRAFT_APPROVED,
        DraftDeclined: Kind.DRAFT_SENT_BACK,
    }
    # What became of it concerns whoever handed it up; where nobody did, all who may answer.
    person_id = None if isinstance(event, DraftPresented) else event.handed_up_by
    return Due(
        kind=kinds[type(event)],
        about=event.obligation_id,
        number=event.draft_version,
        obligation_id=event.obligation_id,
        occurred_at=event.occurred_at,
        quoted={},
        person_id=person_id,
        unit_id=event.answering_unit_id if person_id is None else None,
    )


def _awaited(event: SubmissionSubmitted) -> dict[str, str]:
    until = event.media_awaited_until
    return {} if until is None else {"files_until": until.isoformat()}


def _due_again(event: SubmissionReturned | SubmissionAccepted) -> dict[str, str]:
    due_again_at = event.due_again_at if isinstance(event, SubmissionReturned) else None
    return {} if due_again_at is None else {"due_again": due_again_at.isoformat()}


def _step_news(event: StepEvent) -> Due:
    about, number = event.submission_id, 0
    quoted: dict[str, Any] = {"number": event.number}
    match event:
        case SubmissionWithdrawn():
            kind, number = Kind.SUBMISSION_WITHDRAWN, event.number
        case CorrectionAsked():
            kind, about = Kind.CORRECTION_ASKED, event.correction_id
        case CorrectionGranted():
            kind, about = Kind.CORRECTION_GRANTED, event.correction_id
            quoted["until"] = event.until.isoformat()
        case CorrectionRefused():
            kind, about = Kind.CORRECTION_REFUSED, event.correction_id
        case CommentAdded():
            kind = Kind.COMMENT_BY_UNIT if event.side == "unit" else Kind.COMMENT_BY_DESK
            about = event.comment_id
    return Due(
        kind=kind,
        about=about,
        number=number,
        obligation_id=event.obligation_id,
        occurred_at=event.occurred_at,
        quoted=quoted,
        unit_id=_desk(event) if kind in TO_THE_DESK else event.answering_unit_id,
    )


async def note_assignments(tx: Transaction, events: Sequence[ObligationAssigned]) -> set[UUID]:
    """Note that somebody must be told what they are to see to; return the ids of what is due."""
    await facts.take_turn(tx.connection)
    news = [
        Due(
            kind=Kind.OBLIGATION_ASSIGNED,
            about=event.assignment_id,
            number=0,
            obligation_id=event.obligation_id,
            occurred_at=event.occurred_at,
            quoted={},
            person_id=event.person_id,
        )
        for event in events
    ]
    await facts.put_due(tx.connection, news)
    return {due.id for due in news}
