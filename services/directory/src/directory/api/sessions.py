"""Signing in, and the keys everyone checks tokens with."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, Field, SecretStr, StringConstraints

from chassis.frame import frame_of
from chassis.http import may_raise, problem_answer
from chassis.identity import LIFETIME_SECONDS
from chassis.text import composed
from chassis.transaction import Transactions
from directory.api.sent import HashedPasswords, Sent
from directory.operations import sessions
from directory.problems import TooManyAttempts, WrongCredentials
from directory.tokens import Mint

KEYS_MAX_AGE = 300
"""Seconds anybody may keep our public keys without asking again."""

router = APIRouter()


class CredentialsIn(Sent):
    """Who wants to sign in."""

    account: Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(composed)]
    password: Annotated[SecretStr, Field(min_length=1, max_length=200)]


class HeldPostOut(BaseModel):
    """A role at a unit."""

    unit_id: str
    role: str


class SessionOut(BaseModel):
    """A token, how many seconds it is valid, and what it says."""

    access_token: str
    expires_in: int
    person_id: UUID
    kind: Literal["person", "machine"]
    posts: list[HeldPostOut]


def _transactions(request: Request) -> Transactions:
    return frame_of(request).transactions


def _mint(request: Request) -> Mint:
    mint: Mint = request.app.state.mint
    return mint


TokenMint = Annotated[Mint, Depends(_mint)]


@router.post("/sessions", status_code=201, responses=may_raise(WrongCredentials, TooManyAttempts))
async def sign_in(
    body: CredentialsIn,
    answer: Response,
    transactions: Annotated[Transactions, Depends(_transactions)],
    passwords: HashedPasswords,
    mint: TokenMint,
) -> SessionOut:
    session = await sessions.sign_in(
        transactions,
        account=body.account,
        password=body.password.get_secret_value(),
        passwords=passwords,
        mint=mint,
    )
    answer.headers["Cache-Control"] = "no-store"
    return SessionOut(
        access_token=session.access_token,
        expires_in=LIFETIME_SECONDS,
        person_id=session.person_id,
        kind=session.kind,
        posts=[HeldPostOut(unit_id=post.unit_id, role=post.role) for post in session.posts],
    )


@router.get("/.well-known/jwks.json")
async def published_keys(mint: TokenMint, answer: Response) -> dict[str, Any]:
    answer.headers["Cache-Control"] = f"public, max-age={KEYS_MAX_AGE}"
    return mint.published()


def say_when_to_return(app: FastAPI) -> None:
    """Answer those who have to wait with a `Retry-After` header (RFC 6585, 4)."""

    @app.exception_handler(TooManyAttempts)
    async def tell(_request: Request, problem: TooManyAttempts) -> JSONResponse:
        answer = problem_answer(problem)
        answer.headers["Retry-After"] = str(problem.retry_after_seconds)
        return answer
