"""Whom units register, who is registered, and the official documents answers name, in and out of PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, func, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.transaction import Transaction
from contracts.directives import ObligationOpened
from contracts.registration import SeatsAsked
from submissions.domain.document import Official
from submissions.domain.draft_kinds import DELEGATES
from submissions.domain.registration import Delegate, Registered, Share
from submissions.domain.submission import SubmissionVersion
from submissions.tables import (
    delegates,
    draft_fields,
    obligations,
    official_documents,
    requirements,
    shares,
    submission_versions,
    submissions,
)

ERASED_AT_ONCE = 1000
_NOTE = upsert(shares).on_conflict_do_nothing()
_SHARE = select(shares.c.seats, shares.c.from_units).where(shares.c.obligation_id == bindparam("wanted"))
# Whoever registers next waits here, and then sees who registered before. Being told again does not wait for it.
_TAKE_TURN = (
    select(requirements.c.requirement_id)
    .where(requirements.c.requirement_id == bindparam("wanted"))
    .with_for_update(key_share=True)
)
# Only the newest version of a submission takes places, unless it was withdrawn, and only while the answer is owed.
_TAKEN = (
    select(func.count())
    .select_from(delegates)
    .join(
        submissions,
        (submissions.c.submission_id == delegates.c.submission_id) & (submissions.c.number == delegates.c.number),
    )
    .join(obligations, obligations.c.obligation_id == submissions.c.obligation_id)
    .where(
        delegates.c.requirement_id == bindparam("wanted"),
        obligations.c.state == "open",
        submissions.c.state != "withdrawn",
        submissions.c.state != "withdrawn",
        submissions.c.obligation_id.is_distinct_from(bindparam("but_for", type_=Uuid)),
    )
)
_DELEGATES = (
    select(delegates)
    .where(delegates.c.submission_id == bindparam("wanted"))
    .order_by(delegates.c.number, delegates.c.place)
)
_OFFICIAL_COLUMNS = ("code", "subject", "issued_on", "signed_by", "signed_media_id", "signed_sha256")
_to_erase = (
    select(delegates.c.submission_id, delegates.c.number, delegates.c.place)
    .join(
        submission_versions,
        (submission_versions.c.submission_id == delegates.c.submission_id)
        & (submission_versions.c.number == delegates.c.number),
    )
    .join(submissions, submissions.c.submission_id == delegates.c.submission_id)
    .join(obligations, obligations.c.obligation_id == submissions.c.obligation_id)
    .where(
        delegates.c.erased_at.is_(None),
        submission_versions.c.submitted_at < bindparam("before"),
        obligations.c.due_at < bindparam("before"),
    )
    .order_by(delegates.c.submission_id, delegates.c.number, delegates.c.place)
    .limit(ERASED_AT_ONCE)
    .with_for_update(of=delegates, skip_locked=True)
)
# A draft that was not sent names people too; nothing else of it is touched.
_ERASE_DRAFTED = delete(draft_fields).where(
    draft_fields.c.name == DELEGATES,
    draft_fields.c.saved_at < bindparam("before"),
    draft_fields.c.obligation_id.in_(
        select(obligations.c.obligation_id).where(obligations.c.due_at < bindparam("before"))
    ),
)
_ERASE_NAMES = (
    update(delegates)
    .where(tuple_(delegates.c.submission_id, delegates.c.number, delegates.c.place).in_(_to_erase))
    .values(full_name="", erased_at=bindparam("erased"))
)
_OFFICIAL = select(official_documents).where(official_documents.c.submission_id == bindparam("wanted"))


async def note_shares(tx: Transaction, told: Sequence[ObligationOpened]) -> None:
    """Note whom units register; what is told of an obligation once is so for ever."""
    rows = [
        {
            "obligation_id": each.obligation_id,
            "seats": [seats.model_dump(mode="json") for seats in each.seats],
            "from_units": list(each.from_units),
        }
        for each in told
        if each.seats
    ]
    if rows:
        await tx.connection.execute(_NOTE, rows)


async def find_share(tx: Transaction, obligation_id: UUID) -> Share | None:
    """Return whom a unit registers, or null when that was not told (yet)."""
    row = (await tx.connection.execute(_SHARE, {"wanted": obligation_id})).one_or_none()
    return None if row is None else Share([SeatsAsked.model_validate(each) for each in row.seats], row.from_units)


async def take_turn(tx: Transaction, requirement_id: UUID) -> None:
    """Wait until nobody else registers for a requirement, and keep others waiting until this transaction ends."""
    await tx.connection.execute(_TAKE_TURN, {"wanted": requirement_id})


async def count_taken(tx: Transaction, requirement_id: UUID, *, but_for: UUID | None = None) -> int:
    """Return how many places are taken by the obligations of a requirement, or by all but one."""
    found = await tx.connection.execute(_TAKEN, {"wanted": requirement_id, "but_for": but_for})
    return int(found.scalar_one())


async def add_delegates(
    tx: Transaction, version: SubmissionVersion, requirement_id: UUID, registered: Sequence[Delegate | Registered]
) -> None:
    """Write who a version registers."""
    if registered:
        about = {"submission_id": version.submission_id, "number": version.number, "requirement_id": requirement_id}
        rows = [about | {"place": place} | each._asdict() for place, each in enumerate(registered)]
        await tx.connection.execute(insert(delegates), rows)


async def delegates_of(tx: Transaction, submission_id: UUID) -> Mapping[int, list[Registered]]:
    """Return who each version of a submission registers, by its number."""
    found: dict[int, list[Registered]] = {}
    for row in await tx.connection.execute(_DELEGATES, {"wanted": submission_id}):
        found.setdefault(row.number, []).append(
            Registered(row.full_name, row.role, row.subject, row.unit_id, row.erased_at)
        )
    return found


async def erase_names(tx: Transaction, *, before: datetime) -> int:
    """Erase the names of people whose registration was due, and sent, before a moment; return of how many people.

    What they were registered as stays, so that the figures told of it can be explained, and when it was erased.
    """
    await tx.connection.execute(_ERASE_DRAFTED, {"before": before})
    erased = await tx.connection.execute(_ERASE_NAMES, {"before": before, "erased": tx.now})
    return erased.rowcount


async def add_official(tx: Transaction, version: SubmissionVersion, official: Official) -> None:
    """Write which document of the unit's own a version is."""
    row = {name: getattr(official, name) for name in _OFFICIAL_COLUMNS}
    about = {"submission_id": version.submission_id, "number": version.number}
    await tx.connection.execute(insert(official_documents), about | row)


async def officials_of(tx: Transaction, submission_id: UUID) -> Mapping[int, Official]:
    """Return the document each version of a submission is, by its number."""
    rows = await tx.connection.execute(_OFFICIAL, {"wanted": submission_id})
    return {row.number: Official(*(getattr(row, name) for name in _OFFICIAL_COLUMNS)) for row in rows}


async def carry(
    tx: Transaction, first: SubmissionVersion, carried: SubmissionVersion, requirement_id: UUID
) -> Official | None:
    """Copy who a version registers, and which document it is, to the version made of it; return that document."""
    registered = (await delegates_of(tx, first.submission_id)).get(first.number, [])
    await add_delegates(tx, carried, requirement_id, registered)
    official = (await officials_of(tx, first.submission_id)).get(first.number)
    if official is not None:
        await add_official(tx, carried, official)
    return official
