"""Questions about a directive, obstacles to answers that are owed, and what its owners answer."""

from typing import TypeVar
from uuid import UUID

from chassis.caller import Caller
from chassis.policy import Purpose, may
from chassis.problems import NotAllowed, NotFound
from chassis.transaction import Transaction, new_id
from contracts.directives import QuestionAnswered, QuestionAsked
from directives import store
from directives.domain.directive import Directive
from directives.domain.question import Question, Reply
from directives.operations.access import reads_any, see, sees_whole
from directives.operations.changing import take_duty
from directives.operations.receiving import take_delivery
from directives.problems import TooManyQuestions
from unit_tree.tree import Tree

WAITING_AT_ONCE = 20
"""Questions of one unit about one directive that wait for an answer; more is a programme gone wild."""


async def ask(
    tx: Transaction,
    *,
    directive_id: UUID,
    unit_id: str,
    text: str,
    requirement_id: UUID | None = None,
    tree: Tree,
    by: Caller,
) -> Question:
    """Ask about a directive, or one thing it asks for, in the name of a unit it was sent to.

    The division that owns the directive is told, or the one that reviews what is asked for. `NotFound` for a
    requirement it does not have.
    """
    directive, _ = await take_delivery(tx, directive_id, unit_id, tree=tree, by=by)
    desk = directive.owner if requirement_id is None else _reviewer(directive, requirement_id)
    return await _ask(tx, directive, unit_id=unit_id, desk_unit_id=desk, obligation_id=None, text=text, by=by)


async def raise_obstacle(tx: Transaction, *, obligation_id: UUID, text: str, tree: Tree, by: Caller) -> Question:
    """Say what keeps a unit from an answer it owes. What is owed stays; the division that reviews it is told."""
    duty = await take_duty(tx, obligation_id, tree=tree, by=by)
    if not may(by, Purpose.SUBMIT, duty.answering_unit_id):
        raise NotAllowed(
            "Chỉ người của đơn vị trả lời mới nêu vướng mắc được.",
            "Only the people of the answering unit may say what is in their way.",
        )
    duty.refuse_settled()
    directive = await store.directives.get(tx.connection, duty.directive_id)
    return await _ask(
        tx,
        directive,
        unit_id=duty.answering_unit_id,
        desk_unit_id=duty.reviewing_unit_id,
        obligation_id=obligation_id,
        text=text,
        by=by,
    )


async def answer(tx: Transaction, *, question_id: UUID, text: str, is_shared: bool, tree: Tree, by: Caller) -> Question:
    """Answer a question, once; shared, for everyone the directive was sent to, who are then told."""
    question = await store.questions.take(tx.connection, question_id)
    directive = await store.directives.find(tx.connection, question.directive_id) if question else None
    if question is None or directive is None or not _may_read(tx, question, directive, tree=tree, by=by):
        raise _no_question()
    if not _is_asked(by, question, directive):
        raise NotAllowed(
            "Chỉ chuyên viên của đơn vị phụ trách mới trả lời được.",
            "Only a desk officer of the unit that is asked, or of the issuer, may answer.",
        )
    if not question.lacks_reply(text, is_shared=is_shared):
        return question
    reply = Reply(text=text, is_shared=is_shared, by=by.id, at=tx.now)
    await store.questions.put_reply(tx.connection, question_id, reply)
    told = {question.unit_id}
    if is_shared:
        told |= {each.unit_id for each in await store.deliveries.of(tx.connection, directive.id)}
    tx.emit(_told(QuestionAnswered, tx, question, directive, unit_ids=tuple(sorted(told))))
    return question.answered(reply)


async def questions_of(tx: Transaction, *, directive_id: UUID, tree: Tree, by: Caller) -> list[Question]:
    """Return what was asked about a directive: all to its owners, to others what their units asked or all may read."""
    directive = await see(tx, directive_id, tree=tree, by=by)
    found = await store.questions.of(tx.connection, directive_id)
    return [each for each in found if each.is_for_all or _may_read(tx, each, directive, tree=tree, by=by)]


async def questions_waiting_at(tx: Transaction, *, unit_id: str, by: Caller) -> list[Question]:
    """Return the questions that wait for an answer of a desk, oldest first."""
    if not may(by, Purpose.REVIEW, unit_id):
        raise NotAllowed(
            "Chỉ chuyên viên của đơn vị này mới xem được.", "Only a desk officer of this unit may see them."
        )
    return await store.questions.waiting_at(tx.connection, unit_id)


async def _ask(
    tx: Transaction,
    directive: Directive,
    *,
    unit_id: str,
    desk_unit_id: str,
    obligation_id: UUID | None,
    text: str,
    by: Caller,
) -> Question:
    waiting = [
        each
        for each in await store.questions.of(tx.connection, directive.id)
        if each.unit_id == unit_id and each.reply is None
    ]
    for each in waiting:
        if (each.obligation_id, each.desk_unit_id, each.text) == (obligation_id, desk_unit_id, text):
            return each  # asked again, before it was answered
    if len(waiting) >= WAITING_AT_ONCE:
        raise TooManyQuestions(
            f"Đơn vị đang có {len(waiting)} câu hỏi chờ trả lời về văn bản này.",
            f"{len(waiting)} questions of the unit about this directive wait for an answer.",
            allowed=WAITING_AT_ONCE,
        )
    asked = Question(
        id=new_id(),
        kind="question" if obligation_id is None else "obstacle",
        directive_id=directive.id,
        obligation_id=obligation_id,
        unit_id=unit_id,
        desk_unit_id=desk_unit_id,
        text=text,
        asked_by=by.id,
        asked_at=tx.now,
    )
    await store.questions.add(tx.connection, asked)
    tx.emit(_told(QuestionAsked, tx, asked, directive))
    return asked


_Told = TypeVar("_Told", QuestionAsked, QuestionAnswered)


def _told(event: type[_Told], tx: Transaction, question: Question, directive: Directive, **more: object) -> _Told:
    return event.model_validate(
        {
            "occurred_at": tx.now,
            "question_id": question.id,
            "kind": question.kind,
            "directive_id": directive.id,
            "obligation_id": question.obligation_id,
            "issuer_unit_id": directive.issuer_unit_id,
            "owning_unit_id": question.desk_unit_id,
            "unit_id": question.unit_id,
            "code": directive.number.code if directive.number else "",
            "subject": directive.subject,
            **more,
        }
    )


def _reviewer(directive: Directive, requirement_id: UUID) -> str:
    for each in directive.requirements:
        if each.id == requirement_id:
            return directive.reviewer_of(each)
    raise NotFound("Văn bản này không có yêu cầu đó.", "The directive asks for no such thing.")


def _is_asked(by: Caller, question: Question, directive: Directive) -> bool:
    desks = (question.desk_unit_id, directive.owner, directive.issuer_unit_id)
    return any(may(by, Purpose.REVIEW, unit_id) for unit_id in desks)


def _may_read(tx: Transaction, question: Question, directive: Directive, *, tree: Tree, by: Caller) -> bool:
    return (
        _is_asked(by, question, directive)
        or sees_whole(tx, directive, tree=tree, by=by)
        or reads_any(tx, (question.unit_id,), tree=tree, by=by)
    )


def _no_question() -> NotFound:
    return NotFound("Không tìm thấy câu hỏi này.", "There is no such question, or you may not see it.")
