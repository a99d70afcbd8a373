"""Drafts at the front door: written, changed, submitted, given back, signed."""

from uuid import UUID

from fastapi import APIRouter

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotAllowed, NotFound
from chassis.transaction import OpenTransaction
from directives import replies
from directives.api.trees import KnownTree
from directives.domain.directive import Stamp
from directives.operations import drafting
from directives.problems import (
    AudienceUnheardOf,
    AudienceUnsaid,
    CodeTwice,
    ContactPersonal,
    DeadlinesOutOfOrder,
    DraftChanged,
    IssuerFixed,
    LaterThanOwn,
    NothingAsked,
    NotInForce,
    NotNow,
    NotTheSame,
    PassesOnUnfit,
    PeriodMissing,
    RelationUnfit,
    RuleUnfit,
    SameAsUnfit,
    SignerUnfit,
    UnknownUnits,
    VideoWithoutMedia,
)
from directives.requests import DraftIn, EditIn, ReasonIn, SeenIn
from directives.terms_problems import FilesUnfit

UNFIT = (
    Malformed,
    NothingAsked,
    VideoWithoutMedia,
    FilesUnfit,
    PeriodMissing,
    CodeTwice,
    RuleUnfit,
    DeadlinesOutOfOrder,
    AudienceUnsaid,
    AudienceUnheardOf,
    ContactPersonal,
    SignerUnfit,
    NotFound,
    NotInForce,
    RelationUnfit,
    SameAsUnfit,
    NotTheSame,
    PassesOnUnfit,
    LaterThanOwn,
)
"""What can be wrong with what a draft says."""
router = APIRouter()


@router.post("/directives", status_code=201, responses=may_raise(NotAllowed, UnknownUnits, *UNFIT))
async def draft_directive(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, draft: DraftIn
) -> replies.DirectiveOut:
    """Draft a directive."""
    directive = draft.drafted(Stamp(caller.id, tx.now))
    return replies.directive_out(await drafting.draft_directive(tx, directive=directive, tree=tree, by=caller))


@router.put(
    "/directives/{directive_id}",
    responses=may_raise(NotFound, NotAllowed, NotNow, DraftChanged, IssuerFixed, *UNFIT),
)
async def edit_draft(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID, draft: EditIn
) -> replies.DirectiveOut:
    """Let a draft say something else."""
    said = draft.drafted(Stamp(caller.id, tx.now))
    return replies.directive_out(
        await drafting.edit_draft(tx, directive_id=directive_id, said=said, seen=draft.revision, tree=tree, by=caller)
    )


@router.post("/directives/{directive_id}/submit", responses=may_raise(NotFound, NotAllowed, DraftChanged))
async def submit_draft(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID, asked: SeenIn | None = None
) -> replies.DirectiveOut:
    """Submit a draft for signature."""
    seen = asked.revision if asked else None
    return replies.directive_out(
        await drafting.submit_draft(tx, directive_id=directive_id, seen=seen, tree=tree, by=caller)
    )


@router.post("/directives/{directive_id}/return", responses=may_raise(NotFound, NotAllowed, NotNow))
async def return_draft(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID, asked: ReasonIn
) -> replies.DirectiveOut:
    """Give a submitted draft back."""
    return replies.directive_out(
        await drafting.return_draft(tx, directive_id=directive_id, reason=asked.reason, tree=tree, by=caller)
    )


@router.post("/directives/{directive_id}/sign", responses=may_raise(NotFound, NotAllowed, NotNow, DraftChanged))
async def sign_directive(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID, asked: SeenIn | None = None
) -> replies.DirectiveOut:
    """Sign a draft."""
    seen = asked.revision if asked else None
    return replies.directive_out(
        await drafting.sign_directive(tx, directive_id=directive_id, seen=seen, tree=tree, by=caller)
    )
