"""Documents somebody brings, at the front door."""

from typing import Annotated

from fastapi import APIRouter, File, UploadFile

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, TooLarge
from directives.documents.problems import EVERY_PROBLEM
from directives.documents.proposal import Proposal
from directives.operations import proposing

router = APIRouter()


@router.post("/document-proposals", responses=may_raise(NotAllowed, TooLarge, *EVERY_PROBLEM))
async def propose_draft(caller: Calling, document: Annotated[UploadFile, File()]) -> Proposal:
    """Propose a draft from a document: what it says, where, and what it does not say. Nothing is stored."""
    return await proposing.propose_draft(document.filename or "", document.file, by=caller)
