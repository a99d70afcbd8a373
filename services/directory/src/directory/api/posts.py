"""Posts: giving and ending them, and lending them."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotFound, NotSignedIn
from chassis.transaction import OpenTransaction
from directory.api.sent import Day, PostUnit, Sent
from directory.domain.names import AccountName
from directory.domain.people import Post
from directory.operations import posts
from directory.problems import NothingToLend, PostsOverlap, UnknownRole, UnknownUnit

router = APIRouter()

RoleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,63}$")]


class PostIn(Sent):
    """A role at a unit, or at `*`, the whole province."""

    unit_id: PostUnit
    role: RoleName
    valid_from: Day
    valid_to: Day | None = None

    @model_validator(mode="after")
    def _days_are_in_order(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to trước valid_from / valid_to is before valid_from")
        return self

    def post(self) -> Post:
        """Return the post that is asked for."""
        return Post(self.unit_id, self.role, self.valid_from, self.valid_to)


class DelegationIn(Sent):
    """A post of the caller's that somebody else is to act in."""

    to_account: AccountName
    unit_id: PostUnit
    role: RoleName
    valid_from: Day
    valid_to: Day

    @model_validator(mode="after")
    def _days_are_in_order(self) -> Self:
        if self.valid_to < self.valid_from:
            raise ValueError("valid_to trước valid_from / valid_to is before valid_from")
        return self


class PostOut(BaseModel):
    """A role at a unit, over a span of days."""

    model_config = ConfigDict(from_attributes=True)

    unit_id: str
    role: str
    valid_from: date
    valid_to: date | None


class DelegationOut(BaseModel):
    """A post that is lent."""

    model_config = ConfigDict(from_attributes=True)

    delegation_id: UUID
    from_person_id: UUID
    to_person_id: UUID
    unit_id: str
    role: str
    valid_from: date
    valid_to: date


class DelegationsOut(BaseModel):
    """What somebody lends and borrows."""

    delegations: list[DelegationOut]


@router.put(
    "/people/{person_id}/posts",
    status_code=204,
    responses=may_raise(NotSignedIn, NotAllowed, NotFound, PostsOverlap, UnknownUnit, UnknownRole),
)
async def set_post(person_id: UUID, body: PostIn, tx: OpenTransaction, caller: Calling) -> None:
    await posts.set_post(tx, person_id, body.post(), by=caller)


@router.post("/delegations", status_code=201, responses=may_raise(NotSignedIn, NotFound, NothingToLend))
async def lend_post(body: DelegationIn, tx: OpenTransaction, caller: Calling) -> DelegationOut:
    delegation = await posts.lend_post(
        tx,
        to_account=body.to_account,
        unit_id=body.unit_id,
        role=body.role,
        valid_from=body.valid_from,
        valid_to=body.valid_to,
        by=caller,
    )
    return DelegationOut.model_validate(delegation)


@router.get("/delegations", responses=may_raise(NotSignedIn))
async def delegations(tx: OpenTransaction, caller: Calling) -> DelegationsOut:
    found = await posts.delegations_of(tx, by=caller)
    return DelegationsOut(delegations=[DelegationOut.model_validate(each) for each in found])


@router.delete("/delegations/{delegation_id}", status_code=204, responses=may_raise(NotSignedIn, NotFound))
async def end_delegation(delegation_id: UUID, tx: OpenTransaction, caller: Calling) -> None:
    await posts.end_delegation(tx, delegation_id, by=caller)
