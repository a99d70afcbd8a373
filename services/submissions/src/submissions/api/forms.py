"""The front door for forms: what is asked as data, and as a workbook that fills the draft."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotAllowed, NotFound, NotSignedIn, TooLarge, Unavailable
from chassis.transaction import OpenTransaction
from contracts.directives import RequirementIssued
from submissions.api.drafts import DraftOut, Seen, draft_tag, draft_version
from submissions.api.remarks import BoundOut
from submissions.operations import filling
from submissions.problems import DraftConflict, FieldsNotTaken, NotOwed, WorkbookNotValid, WorkbookOutdated

router = APIRouter(tags=["forms"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_GIVEN: dict[str, Any] = {XLSX: _BYTES}
_TAKEN: dict[str, Any] = {"application/octet-stream": _BYTES}
"""Whatever a browser calls it: what it is, its content says."""


class FormerOut(BaseModel):
    """A figure the unit stated before, of whatever period."""

    indicator: str
    period: str
    value: bool | int
    obligation_id: UUID
    submitted_at: datetime


class FormOut(BaseModel):
    """What is asked of a unit: outline, rules and targets as they were issued, and what it stated before."""

    obligation_id: UUID
    unit_id: str
    answering_unit_id: str
    state: str
    due_at: datetime
    closes_at: datetime | None
    period: str | None
    """The one period it is the answer of; null: those of its requirement."""
    levels: list[str]
    """The education levels the unit answers for, where it is asked per level."""
    requirement: RequirementIssued
    former: list[FormerOut]
    bounds: list[BoundOut]
    """Within which bounds its figures raise no question, because of these; as far as that is known beforehand."""


@router.get("/obligations/{obligation_id}/form", responses=may_raise(Malformed, NotFound, NotSignedIn, Unavailable))
async def read_form(obligation_id: UUID, tx: OpenTransaction, caller: Calling) -> FormOut:
    """Show what is asked, so that a page checks by the same rules as the service that takes the answer."""
    form = await filling.read_form(tx, obligation_id=obligation_id, by=caller)
    particulars = form.obligation.particulars
    return FormOut(
        obligation_id=form.obligation.id,
        unit_id=form.obligation.unit_id,
        answering_unit_id=form.obligation.answering_unit_id,
        state=form.obligation.state,
        due_at=form.obligation.due_at,
        closes_at=form.obligation.closes_at or form.asked.closes_at,
        period=None if particulars is None else particulars.period,
        levels=[] if particulars is None else list(particulars.levels),
        requirement=form.asked,
        former=[FormerOut(**each._asdict()) for each in form.former],
        bounds=[BoundOut(**each._asdict()) for each in form.bounds],
    )


@router.get(
    "/obligations/{obligation_id}/workbook",
    response_class=Response,
    responses={
        200: {"description": "the form as .xlsx, filled with what the draft holds", "content": _GIVEN},
        **may_raise(Malformed, NotFound, NotAllowed, NotSignedIn, Unavailable),
    },
)
async def make_workbook(obligation_id: UUID, tx: OpenTransaction, caller: Calling) -> Response:
    """Give the form out as a workbook, filled with what the draft holds."""
    content = await filling.make_workbook(tx, obligation_id=obligation_id, by=caller)
    headers = {"Content-Disposition": 'attachment; filename="bieu-mau.xlsx"'}
    return Response(content, media_type=XLSX, headers=headers)


@router.post(
    "/obligations/{obligation_id}/workbook",
    openapi_extra={"requestBody": {"required": True, "content": _TAKEN}},
    responses=may_raise(
        WorkbookNotValid,
        WorkbookOutdated,
        FieldsNotTaken,
        DraftConflict,
        NotOwed,
        TooLarge,
        Malformed,
        NotFound,
        NotAllowed,
        NotSignedIn,
        Unavailable,
    ),
)
async def fill_from_workbook(
    obligation_id: UUID, seen: Seen, request: Request, response: Response, caller: Calling
) -> DraftOut:
    """Fill the draft with the form as a workbook; a blank cell changes nothing, a wrong one is told by its address."""
    version = draft_version(seen)
    standing = await filling.fill_from_workbook(
        request.app.state.frame.transactions,
        obligation_id=obligation_id,
        content=await request.body(),
        seen=version,
        by=caller,
    )
    response.headers["ETag"] = draft_tag(standing)
    return DraftOut.of(standing, since=version)
