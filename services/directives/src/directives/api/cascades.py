"""How far a directive has come, at the front door."""

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotFound
from chassis.text import Line, UnitId
from chassis.transaction import OpenTransaction
from directives.api.trees import KnownTree
from directives.domain.audience import name_of
from directives.domain.cascade import OwnDocument, Reach
from directives.operations import cascading
from directives.problems import DocumentTooEarly, NotActing, NotInForce
from directives.requests import Day, Request
from unit_tree.tree import Tree

router = APIRouter()


class DocumentIn(Request):
    """A document the unit issued elsewhere to carry the directive out."""

    code: Line
    subject: Line
    issued_on: Day


class DocumentOut(BaseModel):
    """A document by which a unit carries the directive out; `directive_id` null: it was issued elsewhere."""

    directive_id: UUID | None
    code: str
    subject: str
    issued_on: date
    file_name: str | None
    """Of the file that is kept of one issued elsewhere."""
    sha256: str | None


class ReachOut(BaseModel):
    """How far the directive has come at one unit that is to act on it, and below that unit."""

    unit_id: str
    name: str
    documents: list[DocumentOut]
    is_late: bool
    """A document of its own was asked for until a moment that has passed, and there is none."""
    below: int
    reached: int
    answered: int
    not_reached: list[str]


class CascadeOut(BaseModel):
    """How far a directive has come, unit by unit and in all, on the tree of the day it was issued."""

    implement_by: datetime | None
    units: list[ReachOut]
    with_document: int
    below: int
    reached: int


@router.get("/directives/{directive_id}/cascade", responses=may_raise(NotFound))
async def read_cascade(caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID) -> CascadeOut:
    """Show how far a directive has come below the units that are to act on it."""
    found = await cascading.read_cascade(tx, directive_id=directive_id, tree=tree, by=caller)
    return CascadeOut(
        implement_by=found.directive.implement_by,
        units=[_reach(each, tree, found.day) for each in found.reaches],
        with_document=sum(bool(each.documents) for each in found.reaches),
        below=len({unit for each in found.reaches for unit in each.below}),
        reached=len({unit for each in found.reaches for unit in each.reached}),
    )


@router.put(
    "/directives/{directive_id}/deliveries/{unit_id}/document",
    responses=may_raise(NotFound, NotAllowed, NotInForce, NotActing, DocumentTooEarly),
)
async def register_document(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID, unit_id: UnitId, asked: DocumentIn
) -> DocumentOut:
    """Name the document by which a unit carries the directive out, when it was issued elsewhere."""
    document = OwnDocument(unit_id, None, asked.code, asked.subject, asked.issued_on)
    return _document(
        await cascading.register_document(tx, directive_id=directive_id, document=document, tree=tree, by=caller)
    )


def _document(document: OwnDocument) -> DocumentOut:
    return DocumentOut.model_validate(document, from_attributes=True)


def _reach(reach: Reach, tree: Tree, day: date) -> ReachOut:
    return ReachOut(
        unit_id=reach.unit_id,
        name=name_of(tree, reach.unit_id, day),
        documents=[_document(each) for each in reach.documents],
        is_late=reach.is_late,
        below=len(reach.below),
        reached=len(reach.reached),
        answered=len(reach.answered),
        not_reached=sorted(reach.below - reach.reached),
    )
