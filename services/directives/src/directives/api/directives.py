"""Directives, their obligations and registers at the front door.

Handlers name the caller first, so that nobody holds a database connection before they are known.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from chassis.clock import today
from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotAllowed, NotFound
from chassis.text import UnitId
from chassis.transaction import OpenTransaction
from directives import replies
from directives.api.trees import KnownTree
from directives.domain.directive import Stamp
from directives.operations import issuing
from directives.problems import (
    AudienceEmpty,
    AudienceUnsaid,
    ClusterWithoutLead,
    CodeTwice,
    DeadlinesOutOfOrder,
    InformedOnly,
    LaterThanOwn,
    NothingAsked,
    NotInForce,
    NotNow,
    NotSubordinate,
    NotTheSame,
    NumberOfAnotherYear,
    NumberPassed,
    PassesOnUnfit,
    PeriodMissing,
    RegisterFull,
    RelationUnfit,
    RuleUnfit,
    SameAsUnfit,
    UnknownUnits,
    VideoWithoutMedia,
)
from directives.requests import DraftIn, IssueIn, NumberIn, PreviewIn, ReasonIn, RegisterIn, Year

router = APIRouter()


@router.post(
    "/directives",
    status_code=201,
    responses=may_raise(
        Malformed,
        NotAllowed,
        UnknownUnits,
        NothingAsked,
        VideoWithoutMedia,
        PeriodMissing,
        CodeTwice,
        RuleUnfit,
        DeadlinesOutOfOrder,
        AudienceUnsaid,
        NotFound,
        NotInForce,
        RelationUnfit,
        SameAsUnfit,
        NotTheSame,
        PassesOnUnfit,
        LaterThanOwn,
    ),
)
async def draft_directive(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, draft: DraftIn
) -> replies.DirectiveOut:
    """Draft a directive."""
    directive = draft.drafted(Stamp(caller.id, tx.now))
    return replies.directive_out(await issuing.draft_directive(tx, directive=directive, tree=tree, by=caller))


@router.post("/directives/{directive_id}/sign", responses=may_raise(NotFound, NotAllowed))
async def sign_directive(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID
) -> replies.DirectiveOut:
    """Sign a draft."""
    return replies.directive_out(await issuing.sign_directive(tx, directive_id=directive_id, tree=tree, by=caller))


@router.post("/directives/{directive_id}/number", responses=may_raise(NotFound, NotAllowed, NotNow, RegisterFull))
async def number_directive(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID, asked: NumberIn
) -> replies.DirectiveOut:
    """Give a signed directive its number."""
    return replies.directive_out(
        await issuing.number_directive(
            tx, directive_id=directive_id, notation=asked.notation, year=asked.year, tree=tree, by=caller
        )
    )


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
        NotInForce,
        InformedOnly,
        NotSubordinate,
        LaterThanOwn,
        RelationUnfit,
    ),
)
async def issue_directive(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID, asked: IssueIn
) -> replies.IssuedOut:
    """Send out a numbered directive."""
    return replies.issued_out(
        await issuing.issue_directive(tx, directive_id=directive_id, issued_on=asked.issued_on, tree=tree, by=caller)
    )


@router.post("/directives/{directive_id}/recall", responses=may_raise(NotFound, NotAllowed, NotNow))
async def recall_directive(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID, asked: ReasonIn
) -> replies.DirectiveOut:
    """Take an issued directive back."""
    return replies.directive_out(
        await issuing.recall_directive(tx, directive_id=directive_id, reason=asked.reason, tree=tree, by=caller)
    )


@router.get("/directives/{directive_id}", responses=may_raise(NotFound))
async def read_directive(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID
) -> replies.DirectiveOut:
    """Read a directive."""
    return replies.directive_out(await issuing.read_directive(tx, directive_id=directive_id, tree=tree, by=caller))


@router.get("/directives/{directive_id}/obligations", responses=may_raise(NotFound))
async def obligations_of_directive(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID
) -> replies.ObligationsOut:
    """List who owes an answer, and how far the answers have come."""
    directive, opened = await issuing.obligations_of_directive(tx, directive_id=directive_id, tree=tree, by=caller)
    return replies.obligations_out(directive, opened, tree)


@router.get("/obligations", responses=may_raise(NotFound))
async def obligations_of_unit(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, unit_id: Annotated[UnitId, Query()]
) -> replies.OwedByUnitOut:
    """List what a unit owes, nearest deadline first."""
    return replies.owed_out(await issuing.obligations_of_unit(tx, unit_id=unit_id, tree=tree, by=caller))


@router.get("/open-obligations", responses=may_raise(NotAllowed))
async def count_open_obligations(
    caller: Calling,
    tx: OpenTransaction,
    tree: KnownTree,
    answered_by: Annotated[list[UnitId], Query(min_length=1, max_length=1000)],
) -> replies.OpenCountsOut:
    """Count the open obligations each unit answers: what will move to its successor when it ends."""
    counts = await issuing.count_open_obligations(tx, unit_ids=answered_by, tree=tree, by=caller)
    return replies.OpenCountsOut(open=counts)


@router.post("/audience-previews", responses=may_raise(NotAllowed))
async def preview_audience(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, asked: PreviewIn
) -> replies.PreviewOut:
    """Show whom a requirement would reach, and why."""
    issued_on: date = asked.issued_on or today(tx.now)
    resolution = issuing.preview_audience(
        asked.audience.chosen(), as_of=asked.as_of, issued_on=issued_on, tree=tree, by=caller
    )
    return replies.preview_out(resolution, tree, as_of=asked.as_of, issued_on=issued_on)


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
    next_number = await issuing.set_next_number(
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
