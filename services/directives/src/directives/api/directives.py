"""Directives that are ready, and their obligations, at the front door.

Handlers name the caller first, so that nobody holds a database connection before they are known.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import StrictBool

from chassis.clock import today
from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotFound
from chassis.text import UnitId
from chassis.transaction import OpenTransaction
from directives import obligation_replies, previews, replies
from directives.api.trees import KnownTree
from directives.domain.obligation import AnswerState
from directives.operations import audiences, concluding, issuing
from directives.operations.access import writes_for_any
from directives.problems import (
    AudienceEmpty,
    AudienceUnheardOf,
    ClusterWithoutLead,
    DueBeforeIssue,
    GroupsUnsettled,
    InformedOnly,
    LaterThanOwn,
    NotInForce,
    NotNow,
    NotSubordinate,
    NumberOfAnotherYear,
    ObligationsOpen,
    RelationUnfit,
    UnknownUnits,
)
from directives.requests import CorrectionIn, Day, ReasonIn, Request

_ALL: list[UnitId] = []
router = APIRouter()


class IssueIn(Request):
    """The day the directive bears."""

    issued_on: Day
    although_overdue: StrictBool = False
    """It is known that something is due before that day, and meant."""


@router.post(
    "/directives/{directive_id}/issue",
    responses=may_raise(
        NotFound,
        NotAllowed,
        NotNow,
        NumberOfAnotherYear,
        UnknownUnits,
        AudienceEmpty,
        ClusterWithoutLead,
        AudienceUnheardOf,
        GroupsUnsettled,
        NotInForce,
        InformedOnly,
        NotSubordinate,
        LaterThanOwn,
        RelationUnfit,
        DueBeforeIssue,
    ),
)
async def issue_directive(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID, asked: IssueIn
) -> replies.IssuedOut:
    """Send out a numbered directive."""
    return replies.issued_out(
        await issuing.issue_directive(
            tx,
            directive_id=directive_id,
            issued_on=asked.issued_on,
            although_overdue=asked.although_overdue,
            tree=tree,
            by=caller,
        )
    )


@router.post("/directives/{directive_id}/recall", responses=may_raise(NotFound, NotAllowed, NotNow))
async def recall_directive(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID, asked: ReasonIn
) -> replies.DirectiveOut:
    """Take an issued directive back."""
    return replies.directive_out(
        await issuing.recall_directive(tx, directive_id=directive_id, reason=asked.reason, tree=tree, by=caller)
    )


@router.post("/directives/{directive_id}/corrections", responses=may_raise(NotFound, NotAllowed, NotNow))
async def correct_directive(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID, asked: CorrectionIn
) -> replies.DirectiveOut:
    """Note what was wrong in the form of an issued directive, and what put it right."""
    return replies.directive_out(
        await concluding.correct_directive(
            tx, directive_id=directive_id, what=asked.what, by_code=asked.by_code, tree=tree, by=caller
        )
    )


@router.post("/directives/{directive_id}/close", responses=may_raise(NotFound, NotAllowed, NotNow, ObligationsOpen))
async def close_directive(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID, asked: ReasonIn
) -> replies.DirectiveOut:
    """Close a directive of which nothing is expected any more."""
    return replies.directive_out(
        await concluding.close_directive(tx, directive_id=directive_id, reason=asked.reason, tree=tree, by=caller)
    )


@router.get("/directives/{directive_id}", responses=may_raise(NotFound))
async def read_directive(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID
) -> replies.DirectiveOut:
    """Read a directive."""
    found = await issuing.read_directive(tx, directive_id=directive_id, tree=tree, by=caller)
    return replies.directive_out(found, is_writers=writes_for_any(caller, found))


@router.get(
    "/directives/{directive_id}/obligations",
    responses=may_raise(NotFound),
    response_model=obligation_replies.ObligationsOut,
)
async def obligations_of_directive(
    caller: Calling,
    tx: OpenTransaction,
    tree: KnownTree,
    directive_id: UUID,
    answer_state: AnswerState | None = None,
    answered_by: Annotated[list[UnitId], Query(max_length=200)] = _ALL,
) -> Response:
    """List who owes an answer, and how far the answers have come: all, or some by state or by who answers."""
    directive, opened = await issuing.obligations_of_directive(
        tx, directive_id=directive_id, answer_state=answer_state, answered_by=answered_by, tree=tree, by=caller
    )
    # Thousands of rows, on the pages people wait for: written once, where the framework would check them first again.
    told = obligation_replies.obligations_out(directive, opened, tree)
    return Response(told.model_dump_json(), media_type="application/json")


@router.get("/obligations", responses=may_raise(NotFound))
async def obligations_of_unit(
    caller: Calling,
    tx: OpenTransaction,
    tree: KnownTree,
    unit_id: Annotated[list[UnitId], Query(min_length=1, max_length=200)],
) -> obligation_replies.OwedByUnitOut:
    """List what units owe, nearest deadline first; of several, those the caller may see."""
    return obligation_replies.owed_out(await issuing.obligations_of_units(tx, unit_ids=unit_id, tree=tree, by=caller))


@router.get("/open-obligations", responses=may_raise(NotAllowed))
async def count_open_obligations(
    caller: Calling,
    tx: OpenTransaction,
    tree: KnownTree,
    answered_by: Annotated[list[UnitId], Query(min_length=1, max_length=1000)],
) -> obligation_replies.OpenCountsOut:
    """Count the open obligations each unit answers: what will move to its successor when it ends."""
    counts = await issuing.count_open_obligations(tx, unit_ids=answered_by, tree=tree, by=caller)
    return obligation_replies.OpenCountsOut(open=counts)


@router.post("/audience-previews", responses=may_raise(NotAllowed, AudienceUnheardOf, GroupsUnsettled))
async def preview_audience(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, asked: previews.PreviewIn
) -> previews.PreviewOut:
    """Show whom a requirement would reach, and why."""
    issued_on: date = asked.issued_on or today(tx.now)
    preview = await audiences.preview_audience(
        tx,
        audience=asked.audience.chosen(),
        registration=asked.registration.asked() if asked.registration else None,
        as_of=asked.as_of,
        issued_on=issued_on,
        tree=tree,
        by=caller,
    )
    return previews.preview_out(preview, tree, as_of=asked.as_of, issued_on=issued_on)
