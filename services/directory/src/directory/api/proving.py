"""The second factor: enrolling, confirming, and resetting that of others."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, StringConstraints

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotFound, NotSignedIn
from chassis.transaction import OpenTransaction
from directory.api.sent import LettingIn, Sent
from directory.operations import proving
from directory.problems import EnrolledAlready, NoSafe, WrongCode

router = APIRouter()


class CodeIn(Sent):
    """A code of the secret that was just given."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]


class EnrolmentOut(BaseModel):
    """The secret for an authenticator application, this once."""

    secret: str
    address: str


class RecoveryCodesOut(BaseModel):
    """Codes that stand in for a lost telephone, each once; shown this once."""

    recovery_codes: list[str]


@router.post("/me/totp", status_code=201, responses=may_raise(NotSignedIn, NotFound, EnrolledAlready, NoSafe))
async def begin_enrolment(tx: OpenTransaction, caller: Calling, access: LettingIn, answer: Response) -> EnrolmentOut:
    answer.headers["Cache-Control"] = "no-store"
    enrolment = await proving.begin_enrolment(tx, safe=access.safe, by=caller)
    return EnrolmentOut(secret=enrolment.secret, address=enrolment.address)


@router.post("/me/totp/confirm", responses=may_raise(NotSignedIn, NotFound, EnrolledAlready, WrongCode))
async def confirm_enrolment(
    body: CodeIn, tx: OpenTransaction, caller: Calling, access: LettingIn, answer: Response
) -> RecoveryCodesOut:
    answer.headers["Cache-Control"] = "no-store"
    codes = await proving.confirm_enrolment(tx, body.code, safe=access.safe, by=caller)
    return RecoveryCodesOut(recovery_codes=codes)


@router.delete("/people/{person_id}/totp", status_code=204, responses=may_raise(NotSignedIn, NotAllowed, NotFound))
async def reset_second_factor(person_id: UUID, tx: OpenTransaction, caller: Calling) -> None:
    await proving.reset_second_factor(tx, person_id, by=caller)
