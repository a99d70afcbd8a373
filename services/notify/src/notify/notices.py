"""News about a directive as a whole: all that a letter says of it comes with the event."""

from collections.abc import Iterable, Sequence
from uuid import UUID, uuid5

from chassis.transaction import Transaction
from contracts.directives import (
    DeliveryMoved,
    DeliveryRefused,
    DirectiveAmended,
    DirectiveCorrected,
    DirectiveIssued,
    DirectiveRecalled,
    DirectiveReplaced,
    QuestionAnswered,
    QuestionAsked,
)
from notify.domain import Due, Kind
from notify.store import facts

NoticeEvent = (
    DirectiveIssued
    | DirectiveReplaced
    | DirectiveAmended
    | DirectiveCorrected
    | DirectiveRecalled
    | DeliveryRefused
    | DeliveryMoved
    | QuestionAsked
    | QuestionAnswered
)


async def note_notices(tx: Transaction, events: Sequence[NoticeEvent]) -> set[UUID]:
    """Note that units must be told of directives, or a desk of one that was refused; return the ids of what is due."""
    await facts.take_turn(tx.connection)
    news = [due for event in events for due in _news(event)]
    await facts.put_due(tx.connection, news)
    return {due.id for due in news}


def _news(event: NoticeEvent) -> Iterable[Due]:
    match event:
        case DirectiveIssued():
            for copy in event.copies:
                yield _notice(event, Kind.DIRECTIVE_RECEIVED, copy.unit_id, purpose=copy.purpose)
        case DirectiveReplaced():
            for unit_id in event.unit_ids:
                yield _notice(event, Kind.DIRECTIVE_REPLACED, unit_id, by_code=event.by_code)
        case DirectiveAmended():
            for unit_id in event.unit_ids:
                about = uuid5(event.by_directive_id, f"{event.directive_id}:{unit_id}")
                more = {"by_code": event.by_code, "how": event.kind}
                yield _notice(event, Kind.DIRECTIVE_AMENDED, unit_id, about=about, **more)
        case DirectiveCorrected():
            for unit_id in event.unit_ids:
                about = uuid5(event.directive_id, f"corrections:{event.number}:{unit_id}")
                more = {"by_code": event.by_code or "", "how": "corrects"}
                yield _notice(event, Kind.DIRECTIVE_AMENDED, unit_id, about=about, **more)
        case DirectiveRecalled():
            for unit_id in event.unit_ids:
                yield _notice(event, Kind.DIRECTIVE_RECALLED, unit_id)
        case _:
            yield from _news_of_a_unit(event)


def _news_of_a_unit(event: DeliveryMoved | DeliveryRefused | QuestionAsked | QuestionAnswered) -> Iterable[Due]:
    match event:
        case DeliveryMoved():
            # As if it had been sent there at once: who was told of it already is not told again.
            yield _notice(event, Kind.DIRECTIVE_RECEIVED, event.unit_id, purpose=event.purpose)
        case DeliveryRefused():
            about = uuid5(event.directive_id, event.unit_id)
            yield _notice(event, Kind.DELIVERY_REFUSED, event.issuer_unit_id, about=about, unit=event.unit_id)
        case QuestionAsked():
            more = {"asks": event.kind, "unit": event.unit_id}
            yield _notice(event, Kind.QUESTION_ASKED, event.owning_unit_id, about=event.question_id, **more)
        case QuestionAnswered():
            for unit_id in event.unit_ids:
                about = uuid5(event.question_id, unit_id)
                asked_by = "you" if unit_id == event.unit_id else "others"
                yield _notice(event, Kind.QUESTION_ANSWERED, unit_id, about=about, asks=event.kind, asked_by=asked_by)


def _notice(event: NoticeEvent, kind: Kind, to_unit_id: str, *, about: UUID | None = None, **more: str) -> Due:
    return Due(
        kind=kind,
        about=about or uuid5(event.directive_id, to_unit_id),
        number=0,
        obligation_id=None,
        directive_id=event.directive_id,
        occurred_at=event.occurred_at,
        quoted={"code": event.code, "subject": event.subject, **more},
        unit_id=to_unit_id,
    )
