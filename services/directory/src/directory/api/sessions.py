"""Signing in, and the keys everyone checks tokens with."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, Field, SecretStr, StringConstraints

from chassis.http import may_raise, problem_answer
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotFound, NotSignedIn
from chassis.text import composed
from chassis.transaction import OpenTransaction
from directory.api.sent import LettingIn, OpenTransactions, Sent
from directory.domain.sessions import Need
from directory.operations import keys, opening, sessions
from directory.operations.opening import Session
from directory.problems import AccountDisabled, SecondFactorNeeded, SessionOver, TooManyAttempts, WrongCredentials

KEYS_MAX_AGE = 300
"""Seconds anybody may keep our public keys without asking again."""

router = APIRouter()


class CredentialsIn(Sent):
    """Who wants to sign in."""

    account: Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(composed)]
    password: Annotated[SecretStr, Field(min_length=1, max_length=200)]
    code: Annotated[SecretStr, Field(min_length=1, max_length=40)] | None = None
    """Of the second factor: six digits, or a recovery code."""


class HeldPostOut(BaseModel):
    """A role at a unit."""

    unit_id: str
    role: str


class PresentedKeyIn(Sent):
    """Which machine wants to come in."""

    api_key: Annotated[SecretStr, Field(min_length=1, max_length=200)]


class RefreshIn(Sent):
    """Who wants to stay signed in."""

    refresh_token: Annotated[SecretStr, Field(min_length=1, max_length=200)]


class SessionOut(BaseModel):
    """A token, how many seconds it is valid, and what it says; for a person also what renews it, once."""

    access_token: str
    expires_in: int
    person_id: UUID
    kind: Literal["person", "machine"]
    posts: list[HeldPostOut]
    session_id: UUID | None
    refresh_token: str | None
    needs: list[Need]
    """What has to be done first: `PUT /me/password`, `POST /me/totp`, or signing in with a code; until the next renewal
    there are no posts."""

    @classmethod
    def of(cls, session: Session, answer: Response) -> Self:
        """Return a session as it is given out; nobody on the way may keep it."""
        answer.headers["Cache-Control"] = "no-store"
        return cls(
            access_token=session.access_token,
            expires_in=session.expires_in,
            person_id=session.person_id,
            kind=session.kind,
            posts=[HeldPostOut(unit_id=post.unit_id, role=post.role) for post in session.posts],
            session_id=session.session_id,
            refresh_token=session.refresh_token,
            needs=list(session.needs),
        )


class EndedOut(BaseModel):
    """How many sessions were ended."""

    ended: int


class ChangedPersonOut(BaseModel):
    """Tokens made of an earlier version of this person are refused."""

    person_id: UUID
    version: int


class RevocationsOut(BaseModel):
    """Which tokens were taken back that may still live."""

    sessions: list[UUID]
    people: list[ChangedPersonOut]


@router.post(
    "/sessions",
    status_code=201,
    responses=may_raise(WrongCredentials, AccountDisabled, SecondFactorNeeded, TooManyAttempts),
)
async def sign_in(
    body: CredentialsIn | PresentedKeyIn, answer: Response, transactions: OpenTransactions, access: LettingIn
) -> SessionOut:
    if isinstance(body, PresentedKeyIn):
        session = await keys.come_in_with_key(transactions, secret=body.api_key.get_secret_value(), access=access)
    else:
        session = await sessions.sign_in(
            transactions,
            account=body.account,
            password=body.password.get_secret_value(),
            code=body.code.get_secret_value() if body.code else None,
            access=access,
        )
    return SessionOut.of(session, answer)


@router.post("/sessions/refresh", status_code=201, responses=may_raise(SessionOver))
async def renew(body: RefreshIn, answer: Response, transactions: OpenTransactions, access: LettingIn) -> SessionOut:
    session = await opening.renew(transactions, refresh_token=body.refresh_token.get_secret_value(), access=access)
    return SessionOut.of(session, answer)


@router.delete("/sessions/current", status_code=204, responses=may_raise(NotSignedIn, NotFound))
async def sign_out(tx: OpenTransaction, caller: Calling) -> None:
    await opening.sign_out(tx, by=caller)


@router.delete("/people/{person_id}/sessions", responses=may_raise(NotSignedIn, NotAllowed, NotFound))
async def end_all_sessions(person_id: UUID, tx: OpenTransaction, caller: Calling) -> EndedOut:
    return EndedOut(ended=await opening.end_all_sessions(tx, person_id, by=caller))


@router.get("/.well-known/jwks.json")
async def published_keys(access: LettingIn, answer: Response) -> dict[str, Any]:
    answer.headers["Cache-Control"] = f"public, max-age={KEYS_MAX_AGE}"
    return access.mint.published()


@router.get("/.well-known/revocations.json")
async def published_revocations(tx: OpenTransaction, answer: Response) -> RevocationsOut:
    answer.headers["Cache-Control"] = "no-store"
    return RevocationsOut.model_validate(await opening.revocations(tx))


def say_when_to_return(app: FastAPI) -> None:
    """Answer those who have to wait with a `Retry-After` header (RFC 6585, 4)."""

    @app.exception_handler(TooManyAttempts)
    async def tell(_request: Request, problem: TooManyAttempts) -> JSONResponse:
        answer = problem_answer(problem)
        answer.headers["Retry-After"] = str(problem.retry_after_seconds)
        return answer
