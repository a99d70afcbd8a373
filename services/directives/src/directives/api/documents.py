"""Documents somebody brings, at the front door: what they say, the draft that amounts to, and the draft confirmed."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, TooLarge
from chassis.transaction import OpenTransaction
from directives import replies
from directives.api.drafts import UNFIT
from directives.api.trees import KnownTree
from directives.confirming import ConfirmationIn, confirm
from directives.documents.found import Missing
from directives.documents.problems import EVERY_PROBLEM
from directives.documents.proposal import Proposal
from directives.documents.suggesting import suggest
from directives.domain.directive import Stamp
from directives.operations import audiences, drafting, proposing
from directives.problems import ConfirmationIncomplete, UnknownUnits

ADDRESSES = ("/document-proposals", "/document-suggestions", "/document-drafts")
"""Where a document may be brought to."""
Brought = Annotated[UploadFile, File()]
router = APIRouter()


class SuggestionOut(BaseModel):
    """A draft as far as a document says it, in the shape `POST /directives` takes; null is what it does not say."""

    draft: dict[str, Any]
    requirements: list[dict[str, Any]]
    to_decide: list[Missing]


@router.post(ADDRESSES[0], responses=may_raise(NotAllowed, TooLarge, *EVERY_PROBLEM))
async def propose_draft(caller: Calling, document: Brought) -> Proposal:
    """Propose a draft from a document: what it says, where, and what it does not say. Nothing is stored."""
    return await proposing.propose_draft(document.filename or "", document.file, by=caller)


async def _proposed(caller: Calling, document: Brought) -> Proposal:
    # Read before a transaction is open: it may take a second, and wait for others.
    return await proposing.propose_draft(document.filename or "", document.file, by=caller)


@router.post(ADDRESSES[1], responses=may_raise(NotAllowed, TooLarge, *EVERY_PROBLEM))
async def suggest_draft(
    proposal: Annotated[Proposal, Depends(_proposed)], tx: OpenTransaction, tree: KnownTree
) -> SuggestionOut:
    """Suggest a draft from a document, and list what a person must decide. Nothing is stored."""
    suggestion = suggest(proposal, unit_types=await audiences.known_unit_types(tx, tree))
    return SuggestionOut(draft=suggestion.draft, requirements=suggestion.requirements, to_decide=suggestion.to_decide)


async def _read(
    caller: Calling, document: Brought, confirmation: Annotated[str, Form()]
) -> tuple[Proposal, ConfirmationIn]:
    proposing.need_drafter(caller)
    try:
        confirmed = ConfirmationIn.model_validate_json(confirmation)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
    return await proposing.propose_draft(document.filename or "", document.file, by=caller), confirmed


@router.post(
    ADDRESSES[2],
    status_code=201,
    responses=may_raise(NotAllowed, TooLarge, UnknownUnits, ConfirmationIncomplete, *UNFIT, *EVERY_PROBLEM),
)
async def draft_from_document(
    caller: Calling,
    read: Annotated[tuple[Proposal, ConfirmationIn], Depends(_read)],
    tx: OpenTransaction,
    tree: KnownTree,
) -> replies.DirectiveOut:
    """Draft a directive from a document and what a person confirms of it."""
    proposal, confirmed = read
    types = await audiences.known_unit_types(tx, tree)
    drafted = confirm(suggest(proposal, unit_types=types), confirmed).drafted(Stamp(caller.id, tx.now))
    return replies.directive_out(await drafting.draft_directive(tx, directive=drafted, tree=tree, by=caller))
