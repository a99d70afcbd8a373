"""Service accounts: machines, and the keys they come in with."""

import secrets
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from chassis.caller import Scope
from chassis.http import may_raise
from chassis.identity import Calling
from chassis.policy import Purpose
from chassis.problems import NotAllowed, NotFound, NotSignedIn
from chassis.text import Line
from chassis.transaction import OpenTransaction
from directory.api.people import PersonOut
from directory.api.posts import PostIn
from directory.api.sent import Day, HashedPasswords, PostUnit, Sent
from directory.domain.keys import ApiKey
from directory.domain.names import AccountName, Email
from directory.domain.people import NewAccount
from directory.operations import keys, people
from directory.problems import AccountTaken, UnknownRole, UnknownUnit

router = APIRouter()


class ServiceAccountIn(Sent):
    """A machine that is to come in with keys, and where whoever looks after it is written to."""

    account: AccountName
    full_name: Line
    email: Email
    posts: Annotated[list[PostIn], Field(min_length=1, max_length=50)]


class ScopeIn(Sent):
    """Purposes at a unit and below it."""

    unit_id: PostUnit
    purposes: Annotated[frozenset[Purpose], Field(min_length=1)]


class KeyIn(Sent):
    """What a key is for, and until when."""

    label: Line
    scopes: Annotated[list[ScopeIn], Field(min_length=1, max_length=20)]
    valid_from: Day | None = None
    valid_to: Day


class KeyOut(BaseModel):
    """A key as it is known afterwards."""

    key_id: UUID
    label: str
    scopes: list[Scope]
    valid_from: date
    valid_to: date
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """Return a key as it is shown."""
        return cls(**{name: getattr(key, name) for name in cls.model_fields})


class NewKeyOut(BaseModel):
    """A key, this once."""

    key_id: UUID
    api_key: str


class KeysOut(BaseModel):
    """Every key a machine was ever given."""

    keys: list[KeyOut]


@router.post(
    "/service-accounts",
    status_code=201,
    responses=may_raise(NotSignedIn, NotAllowed, AccountTaken, UnknownUnit, UnknownRole),
)
async def create_service_account(
    body: ServiceAccountIn, tx: OpenTransaction, caller: Calling, passwords: HashedPasswords
) -> PersonOut:
    account = NewAccount(
        account=body.account,
        full_name=body.full_name,
        email=body.email,
        password=f"{secrets.token_urlsafe(32)}-Aa1",  # told to nobody: it comes in with keys
        posts=tuple(post.post() for post in body.posts),
        kind="machine",
        must_change_password=False,
    )
    return PersonOut(person_id=await people.enrol_person(tx, account, passwords=passwords, by=caller))


@router.post(
    "/service-accounts/{person_id}/keys",
    status_code=201,
    responses=may_raise(NotSignedIn, NotAllowed, NotFound, UnknownUnit),
)
async def give_key(person_id: UUID, body: KeyIn, tx: OpenTransaction, caller: Calling, answer: Response) -> NewKeyOut:
    answer.headers["Cache-Control"] = "no-store"
    given = await keys.give_key(
        tx,
        person_id,
        label=body.label,
        scopes=[Scope(unit_id=each.unit_id, purposes=frozenset(each.purposes)) for each in body.scopes],
        valid_from=body.valid_from,
        valid_to=body.valid_to,
        by=caller,
    )
    return NewKeyOut(key_id=given.key.key_id, api_key=given.secret)


@router.get("/service-accounts/{person_id}/keys", responses=may_raise(NotSignedIn, NotAllowed, NotFound))
async def keys_of(person_id: UUID, tx: OpenTransaction, caller: Calling) -> KeysOut:
    return KeysOut(keys=[KeyOut.of(key) for key in await keys.keys_of(tx, person_id, by=caller)])


@router.delete(
    "/service-accounts/{person_id}/keys/{key_id}",
    status_code=204,
    responses=may_raise(NotSignedIn, NotAllowed, NotFound),
)
async def revoke_key(person_id: UUID, key_id: UUID, tx: OpenTransaction, caller: Calling) -> None:
    await keys.revoke_key(tx, person_id, key_id, by=caller)
