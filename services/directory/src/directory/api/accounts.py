"""Accounts: the password, what is known of somebody, shutting them out and letting them in again."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, SecretStr

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotFound, NotSignedIn
from chassis.text import Line
from chassis.transaction import OpenTransaction
from directory.api.posts import DelegationOut, PostOut
from directory.api.sent import HashedPasswords, LettingIn, OpenTransactions, PostUnit, Sent
from directory.operations import accounts
from directory.operations.accounts import PersonShown
from directory.problems import PasswordUsedBefore, TooManyAttempts, WeakPassword, WrongCredentials

router = APIRouter()


class PasswordIn(Sent):
    """The present password and the next one."""

    current_password: Annotated[SecretStr, Field(min_length=1, max_length=200)]
    new_password: Annotated[SecretStr, Field(min_length=1, max_length=200)]


class DisableIn(Sent):
    """Why somebody is shut out."""

    why: Line


class OneTimePasswordOut(BaseModel):
    """A password that is good for choosing another one; shown this once."""

    one_time_password: str


class ShownPersonOut(BaseModel):
    """Somebody with an account."""

    person_id: UUID
    account: str
    full_name: str
    email: str
    kind: Literal["person", "machine"]
    version: int
    is_active: bool
    disabled_at: datetime | None
    disabled_why: str | None
    must_change_password: bool
    last_signed_in_at: datetime | None
    posts: list[PostOut]
    delegations: list[DelegationOut]

    @classmethod
    def of(cls, shown: PersonShown) -> Self:
        """Return somebody as they are shown."""
        person = shown.person
        return cls(
            person_id=person.person_id,
            account=person.account,
            full_name=person.full_name,
            email=person.email,
            kind=person.kind,
            version=person.version,
            is_active=person.disabled_at is None,
            disabled_at=person.disabled_at,
            disabled_why=person.disabled_why,
            must_change_password=person.must_change_password,
            last_signed_in_at=person.last_signed_in_at,
            posts=[PostOut.model_validate(post) for post in shown.posts],
            delegations=[DelegationOut.model_validate(each) for each in shown.delegations],
        )


class ShownPeopleOut(BaseModel):
    """People at a unit."""

    people: list[ShownPersonOut]


@router.put(
    "/me/password",
    status_code=204,
    responses=may_raise(NotSignedIn, NotFound, WrongCredentials, TooManyAttempts, WeakPassword, PasswordUsedBefore),
)
async def change_password(body: PasswordIn, transactions: OpenTransactions, caller: Calling, access: LettingIn) -> None:
    await accounts.change_password(
        transactions,
        current=body.current_password.get_secret_value(),
        new=body.new_password.get_secret_value(),
        by=caller,
        access=access,
    )


@router.get("/people", responses=may_raise(NotSignedIn, NotAllowed))
async def people_at(tx: OpenTransaction, caller: Calling, unit_id: Annotated[PostUnit, Query()]) -> ShownPeopleOut:
    return ShownPeopleOut(people=[ShownPersonOut.of(each) for each in await accounts.people_at(tx, unit_id, by=caller)])


@router.get("/people/{person_id}", responses=may_raise(NotSignedIn, NotFound))
async def show_person(person_id: UUID, tx: OpenTransaction, caller: Calling) -> ShownPersonOut:
    return ShownPersonOut.of(await accounts.show_person(tx, person_id, by=caller))


@router.post(
    "/people/{person_id}/one-time-password", status_code=201, responses=may_raise(NotSignedIn, NotAllowed, NotFound)
)
async def reset_password(
    person_id: UUID, tx: OpenTransaction, caller: Calling, passwords: HashedPasswords, answer: Response
) -> OneTimePasswordOut:
    answer.headers["Cache-Control"] = "no-store"
    password = await accounts.reset_password(tx, person_id, passwords=passwords, by=caller)
    return OneTimePasswordOut(one_time_password=password)


@router.post("/people/{person_id}/disable", status_code=204, responses=may_raise(NotSignedIn, NotAllowed, NotFound))
async def disable_account(person_id: UUID, body: DisableIn, tx: OpenTransaction, caller: Calling) -> None:
    await accounts.disable_account(tx, person_id, why=body.why, by=caller)


@router.post("/people/{person_id}/enable", status_code=204, responses=may_raise(NotSignedIn, NotAllowed, NotFound))
async def enable_account(person_id: UUID, tx: OpenTransaction, caller: Calling) -> None:
    await accounts.enable_account(tx, person_id, by=caller)
