"""Proving twice who one is: enrolling a second factor, and checking its codes."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from chassis.caller import Caller
from chassis.problems import NotFound
from chassis.transaction import Transaction
from directory.codes import Safe, address_of, new_recovery_codes, new_secret, recovery_hash, step_of
from directory.domain.sessions import Means
from directory.operations.rights import see_that_one_may_administer
from directory.operations.telling import TOLD_FOR
from directory.problems import EnrolledAlready, NoSafe, WrongCode
from directory.store import audit, people, sessions
from directory.store import second_factors as store


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator application is told: a secret, and the address a square code holds."""

    secret: str
    address: str


async def begin_enrolment(tx: Transaction, *, safe: Safe, by: Caller) -> Enrolment:
    """Give the caller a secret to be confirmed with a code of it. Begun again, an earlier one is forgotten."""
    if not safe.is_open:
        raise NoSafe("Hệ thống chưa bật xác thực hai lớp.", "This installation has no second factors.")
    person = await people.find_person(tx.connection, by.id)
    if person is None or person.kind != "person":
        raise NotFound("Không có người này.", "There is no such person.")
    secret = new_secret()
    if not await store.begin(tx.connection, by.id, safe.locked(secret), at=tx.now):
        raise EnrolledAlready("Bạn đã có lớp xác thực thứ hai.", "You have a second factor.")
    return Enrolment(secret, address_of(secret, person.account))


async def confirm_enrolment(tx: Transaction, code: str, *, safe: Safe, by: Caller) -> list[str]:
    """Take a first code; return the recovery codes, this once. The session counts as proved twice from now on."""
    factor = await store.take(tx.connection, by.id)
    if factor is None or not safe.is_open:
        raise NotFound("Chưa bắt đầu đăng ký.", "No enrolment was begun.")
    if factor.confirmed_at is not None:
        raise EnrolledAlready("Bạn đã có lớp xác thực thứ hai.", "You have a second factor.")
    step = step_of(safe.unlocked(factor.secret), code, tx.now, after=None)
    if step is None:
        raise WrongCode("Mã không đúng hoặc đã hết hạn.", "The code is wrong or too old.")
    codes = new_recovery_codes()
    await store.confirm(tx.connection, by.id, [recovery_hash(each) for each in codes], at=tx.now)
    await store.note_step(tx.connection, by.id, step)
    if by.session is not None:
        await sessions.strengthen(tx.connection, by.session, means="password+totp")
    await audit.record(tx, "second-factor.enrolled", by=by, about=str(by.id))
    return codes


async def reset_second_factor(tx: Transaction, person_id: UUID, *, by: Caller | None) -> None:
    """Forget somebody's second factor, and end their sessions: they enrol anew. Safe to repeat.

    By an administrator of all their units; by nobody at the command line of the service.
    """
    if by is not None:
        await see_that_one_may_administer(tx, person_id, by)
    if await store.forget(tx.connection, person_id):
        await sessions.end_sessions_of(
            tx.connection, person_id, at=tx.now, why="second-factor-reset", told_until=tx.now + TOLD_FOR
        )
        await audit.record(tx, "second-factor.reset", by=by, about=str(person_id))


async def proved_by(
    tx: Transaction, person_id: UUID, code: str | None, safe: Safe
) -> Means | Literal["needed", "wrong"]:
    """Return how somebody whose password was right has proved who they are. A code is used up by this."""
    factor = await store.take(tx.connection, person_id)
    if factor is None or factor.confirmed_at is None:
        return "password"
    if code is None:
        return "needed"
    if safe.is_open:
        step = step_of(safe.unlocked(factor.secret), code.strip(), tx.now, after=factor.last_step)
        if step is not None:
            await store.note_step(tx.connection, person_id, step)
            return "password+totp"
    if await store.use_recovery_code(tx.connection, person_id, recovery_hash(code)):
        return "password+recovery-code"
    return "wrong"
