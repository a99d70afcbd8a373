"""Questions and obstacles at the front door."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, StrictBool

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotFound
from chassis.text import Narrative, UnitId
from chassis.transaction import OpenTransaction
from contracts.directives import QuestionKind
from directives.api.trees import KnownTree
from directives.domain.question import Question
from directives.operations import asking
from directives.problems import AnsweredAlready, NotInForce, NotOwed, TooManyQuestions
from directives.requests import Request

router = APIRouter()

Words = Annotated[Narrative, Field(min_length=1, max_length=4_000)]


class QuestionIn(Request):
    """What a unit asks; about one requirement, of the division that reviews what answers it."""

    unit_id: UnitId
    question: Words
    requirement_id: UUID | None = None


class ObstacleIn(Request):
    """What keeps the unit from answering."""

    obstacle: Words


class AnswerIn(Request):
    """What is answered; shared: everyone the directive was sent to may read question and answer."""

    answer: Words
    is_shared: StrictBool


class QuestionOut(BaseModel):
    """A question, or an obstacle to an answer that is owed, and what was answered; `answer` null: it waits."""

    question_id: UUID
    kind: QuestionKind
    directive_id: UUID
    obligation_id: UUID | None
    unit_id: str
    owning_unit_id: str
    """The division that is asked."""
    question: str
    asked_at: datetime
    answer: str | None
    is_shared: bool | None
    answered_at: datetime | None


class QuestionsOut(BaseModel):
    """Questions, oldest first."""

    questions: list[QuestionOut]


@router.post(
    "/directives/{directive_id}/questions",
    status_code=201,
    responses=may_raise(NotFound, NotAllowed, NotInForce, TooManyQuestions),
)
async def ask(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID, asked: QuestionIn
) -> QuestionOut:
    """Ask about a directive."""
    return _out(
        await asking.ask(
            tx,
            directive_id=directive_id,
            unit_id=asked.unit_id,
            text=asked.question,
            requirement_id=asked.requirement_id,
            tree=tree,
            by=caller,
        )
    )


@router.get("/directives/{directive_id}/questions", responses=may_raise(NotFound))
async def questions_of(caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID) -> QuestionsOut:
    """List what was asked about a directive."""
    found = await asking.questions_of(tx, directive_id=directive_id, tree=tree, by=caller)
    return QuestionsOut(questions=[_out(each) for each in found])


@router.post(
    "/obligations/{obligation_id}/obstacles",
    status_code=201,
    responses=may_raise(NotFound, NotAllowed, NotOwed, TooManyQuestions),
)
async def raise_obstacle(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, obligation_id: UUID, asked: ObstacleIn
) -> QuestionOut:
    """Say what keeps a unit from an answer it owes."""
    return _out(await asking.raise_obstacle(tx, obligation_id=obligation_id, text=asked.obstacle, tree=tree, by=caller))


@router.get("/questions", responses=may_raise(NotAllowed))
async def questions_waiting(
    caller: Calling, tx: OpenTransaction, owning_unit_id: Annotated[UnitId, Query()]
) -> QuestionsOut:
    """List the questions that wait for an answer of a unit."""
    found = await asking.questions_waiting_at(tx, unit_id=owning_unit_id, by=caller)
    return QuestionsOut(questions=[_out(each) for each in found])


@router.post("/questions/{question_id}/answer", responses=may_raise(NotFound, NotAllowed, AnsweredAlready))
async def answer(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, question_id: UUID, given: AnswerIn
) -> QuestionOut:
    """Answer a question or an obstacle."""
    return _out(
        await asking.answer(
            tx, question_id=question_id, text=given.answer, is_shared=given.is_shared, tree=tree, by=caller
        )
    )


def _out(question: Question) -> QuestionOut:
    reply = question.reply
    return QuestionOut(
        question_id=question.id,
        kind=question.kind,
        directive_id=question.directive_id,
        obligation_id=question.obligation_id,
        unit_id=question.unit_id,
        owning_unit_id=question.desk_unit_id,
        question=question.text,
        asked_at=question.asked_at,
        answer=reply.text if reply else None,
        is_shared=reply.is_shared if reply else None,
        answered_at=reply.at if reply else None,
    )
