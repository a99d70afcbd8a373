"""Signing in with the province's provider, and linking who one is there."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field, SecretStr

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotFound, NotSignedIn
from chassis.transaction import OpenTransaction
from directory.api.sent import LettingIn, OpenTransactions, Sent
from directory.api.sessions import SessionOut
from directory.identity import IdentityProvider
from directory.operations import identities
from directory.problems import (
    AccountDisabled,
    IdentityRefused,
    IdentityTaken,
    IdentityUnknown,
    NoProvider,
    ProviderAway,
)

router = APIRouter()


def _provider(request: Request) -> IdentityProvider | None:
    provider: IdentityProvider | None = request.app.state.provider
    return provider


TheProvider = Annotated[IdentityProvider | None, Depends(_provider)]


class CameBackIn(Sent):
    """What somebody brings back: the attempt they were sent with, and what the provider gave them."""

    attempt: Annotated[SecretStr, Field(min_length=1, max_length=200)]
    state: Annotated[str, Field(min_length=1, max_length=200)]
    code: Annotated[SecretStr, Field(min_length=1, max_length=4000)]


class SentOut(BaseModel):
    """Where to send the browser, and what its owner keeps meanwhile (in a cookie, not in an address)."""

    authorization_url: str
    attempt: str


class IdentityOut(BaseModel):
    """Who somebody is at the provider."""

    issuer: str
    subject: str


@router.post("/oidc/authorizations", status_code=201, responses=may_raise(NoProvider, ProviderAway))
async def begin_sign_in(transactions: OpenTransactions, provider: TheProvider, answer: Response) -> SentOut:
    answer.headers["Cache-Control"] = "no-store"
    sent = await identities.begin(transactions, provider=provider, by=None)
    return SentOut(authorization_url=sent.address, attempt=sent.attempt)


@router.post(
    "/oidc/sessions",
    status_code=201,
    responses=may_raise(IdentityRefused, IdentityUnknown, AccountDisabled, NoProvider, ProviderAway),
)
async def sign_in(
    body: CameBackIn, transactions: OpenTransactions, provider: TheProvider, access: LettingIn, answer: Response
) -> SessionOut:
    session = await identities.sign_in(
        transactions,
        attempt=body.attempt.get_secret_value(),
        state=body.state,
        code=body.code.get_secret_value(),
        provider=provider,
        access=access,
    )
    return SessionOut.of(session, answer)


@router.post(
    "/me/identities/authorizations",
    status_code=201,
    responses=may_raise(NotSignedIn, NotFound, NoProvider, ProviderAway),
)
async def begin_link(
    transactions: OpenTransactions, caller: Calling, provider: TheProvider, answer: Response
) -> SentOut:
    answer.headers["Cache-Control"] = "no-store"
    sent = await identities.begin(transactions, provider=provider, by=caller)
    return SentOut(authorization_url=sent.address, attempt=sent.attempt)


@router.post(
    "/me/identities",
    status_code=201,
    responses=may_raise(NotSignedIn, IdentityRefused, IdentityTaken, NoProvider, ProviderAway),
)
async def link(body: CameBackIn, transactions: OpenTransactions, caller: Calling, provider: TheProvider) -> IdentityOut:
    identity = await identities.link(
        transactions,
        attempt=body.attempt.get_secret_value(),
        state=body.state,
        code=body.code.get_secret_value(),
        provider=provider,
        by=caller,
    )
    return IdentityOut(issuer=identity.issuer, subject=identity.subject)


@router.delete(
    "/people/{person_id}/identities", status_code=204, responses=may_raise(NotSignedIn, NotAllowed, NotFound)
)
async def unlink(person_id: UUID, tx: OpenTransaction, caller: Calling) -> None:
    await identities.unlink(tx, person_id, by=caller)
