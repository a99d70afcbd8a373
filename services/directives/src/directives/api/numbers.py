"""Numbers at the front door: the types of documents, how an issuer numbers them, its registers."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotFound
from chassis.text import UnitId, composed
from chassis.transaction import OpenTransaction
from directives import replies
from directives.api.trees import KnownTree
from directives.domain.directive import LAST_NUMBER
from directives.domain.document_types import CATALOGUE, DocumentType
from directives.domain.numbering import BY_TYPE, NumberingScheme, Order
from directives.operations import numbering
from directives.problems import (
    NotationUnknown,
    NotNow,
    NumberPassed,
    RegisterFull,
    SchemeInUse,
    SchemeUnfit,
    UnknownUnits,
)
from directives.requests import Division, NumberIn, Request, Year

router = APIRouter()


class SchemeIn(Request):
    """How an issuer numbers its documents."""

    shared_types: list[DocumentType] = Field(default=[], max_length=29)
    organ: Division | None = None
    named: Annotated[str, Field(max_length=100), AfterValidator(composed)] = BY_TYPE.named
    letter: Annotated[str, Field(max_length=100), AfterValidator(composed)] = BY_TYPE.letter
    order: Order = BY_TYPE.order
    drafts_are_submitted: bool = Field(default=BY_TYPE.drafts_are_submitted, strict=True)

    def scheme(self) -> NumberingScheme:
        """Return it as the domain knows it."""
        return NumberingScheme(**{**self.model_dump(), "shared_types": tuple(sorted(set(self.shared_types)))})


class RegisterIn(Request):
    """The number a register goes on with: that of a document type, or the one several types share."""

    next_number: int = Field(strict=True, ge=1, le=LAST_NUMBER)
    register_of: DocumentType | Literal["shared"] = Field(default="official_letter", alias="register")


class TypeOut(BaseModel):
    """A type of administrative document."""

    model_config = ConfigDict(from_attributes=True)

    code: DocumentType
    name: str
    name_en: str
    abbreviation: str


class TypesOut(BaseModel):
    """The catalogue, in the order of the decree."""

    types: list[TypeOut]


class SchemeOut(BaseModel):
    """How an issuer numbers its documents in a year."""

    model_config = ConfigDict(from_attributes=True)

    shared_types: tuple[DocumentType, ...]
    organ: str | None
    named: str
    letter: str
    order: Order
    drafts_are_submitted: bool


@router.get("/document-types")
async def list_document_types(caller: Calling) -> TypesOut:  # noqa: ARG001  anybody who is signed in
    """List the types of administrative documents and their abbreviations."""
    return TypesOut(types=[TypeOut.model_validate(each) for each in CATALOGUE])


@router.get("/numbering-schemes/{issuer_unit_id}/{year}", responses=may_raise(NotAllowed))
async def read_scheme(
    caller: Calling, tx: OpenTransaction, issuer_unit_id: UnitId, year: Annotated[Year, Path()]
) -> SchemeOut:
    """Show how an issuer numbers its documents in a year."""
    return _shown(await numbering.read_scheme(tx, issuer_unit_id=issuer_unit_id, year=year, by=caller))


@router.put(
    "/numbering-schemes/{issuer_unit_id}/{year}",
    responses=may_raise(NotAllowed, UnknownUnits, SchemeUnfit, SchemeInUse),
)
async def enter_scheme(
    caller: Calling,
    tx: OpenTransaction,
    tree: KnownTree,
    issuer_unit_id: UnitId,
    year: Annotated[Year, Path()],
    asked: SchemeIn,
) -> SchemeOut:
    """Say how an issuer numbers its documents from a year on."""
    return _shown(
        await numbering.enter_scheme(
            tx, issuer_unit_id=issuer_unit_id, year=year, scheme=asked.scheme(), tree=tree, by=caller
        )
    )


@router.post(
    "/directives/{directive_id}/number",
    responses=may_raise(NotFound, NotAllowed, NotNow, RegisterFull, NotationUnknown),
)
async def number_directive(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID, asked: NumberIn
) -> replies.DirectiveOut:
    """Give a directive its number."""
    return replies.directive_out(
        await numbering.number_directive(
            tx, directive_id=directive_id, notation=asked.notation, year=asked.year, tree=tree, by=caller
        )
    )


@router.put("/registers/{issuer_unit_id}/{year}", responses=may_raise(NotAllowed, UnknownUnits, NumberPassed))
async def set_next_number(
    caller: Calling,
    tx: OpenTransaction,
    tree: KnownTree,
    issuer_unit_id: UnitId,
    year: Annotated[Year, Path()],
    asked: RegisterIn,
) -> replies.RegisterOut:
    """Let a register go on with a higher number."""
    next_number = await numbering.set_next_number(
        tx,
        issuer_unit_id=issuer_unit_id,
        year=year,
        register=asked.register_of,
        next_number=asked.next_number,
        tree=tree,
        by=caller,
    )
    return replies.RegisterOut(
        issuer_unit_id=issuer_unit_id, year=year, register_of=asked.register_of, next_number=next_number
    )


def _shown(scheme: NumberingScheme) -> SchemeOut:
    return SchemeOut.model_validate(scheme)
