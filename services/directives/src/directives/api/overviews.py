"""The directives of an issuer at a glance, at the front door."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed
from chassis.text import UnitId
from chassis.transaction import OpenTransaction
from directives.domain.directive import State
from directives.domain.document_types import DocumentType
from directives.operations import overlooking
from directives.store.overview import Glance

router = APIRouter()


class AnswersOut(BaseModel):
    """How many of those who owe an answer have come how far; `late`: no answer, and the deadline is over."""

    none: int
    late: int
    submitted: int
    returned: int
    accepted: int


class GlanceOut(BaseModel):
    """A directive at a glance."""

    directive_id: UUID
    state: State
    document_type: DocumentType
    code: str | None
    subject: str
    drafted_at: datetime
    issued_on: date | None
    answers: AnswersOut
    next_due_at: datetime | None
    """The nearest deadline that is still to come of what nobody has answered."""


class GlancesOut(BaseModel):
    """The newest directives of an issuer, drafts among them."""

    directives: list[GlanceOut]


@router.get("/directives", responses=may_raise(NotAllowed))
async def list_directives(
    caller: Calling,
    tx: OpenTransaction,
    issuer_unit_id: Annotated[UnitId, Query()],
    before: Annotated[UUID | None, Query(description="the last directive of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> GlancesOut:
    """List the directives of an issuer, newest first, with how far each and the answers to it have come."""
    found = await overlooking.directives_of(tx, issuer_unit_id=issuer_unit_id, before=before, most=limit, by=caller)
    return GlancesOut(directives=[_glance(each) for each in found])


def _glance(glance: Glance) -> GlanceOut:
    directive = glance.directive
    return GlanceOut(
        directive_id=directive.id,
        state=directive.state,
        document_type=directive.document_type,
        code=directive.number.code if directive.number else None,
        subject=directive.subject,
        drafted_at=directive.drafted.at,
        issued_on=directive.issue.on if directive.issue else None,
        answers=AnswersOut(**{name: glance.answers.get(name, 0) for name in AnswersOut.model_fields}),
        next_due_at=glance.next_due_at,
    )
