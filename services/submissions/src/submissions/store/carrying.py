"""What goes on from what, and the carrying of an answer, in and out of PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.transaction import Transaction
from contracts.directives import ObligationOpened
from submissions.domain.asked import Obligation
from submissions.domain.submission import Submission, SubmissionVersion
from submissions.file_tables import media
from submissions.store.asked import columns_of, obligation_of
from submissions.store.rows import SUBMISSION_COLUMNS, lists_of, submission_of, version_of
from submissions.tables import continuations, drafts, obligations, submission_versions, submissions

_THESE = bindparam("these", type_=ARRAY(Uuid))
_NOTE = insert(continuations).on_conflict_do_nothing()
_going_on = obligations.alias("going_on")
# Nobody answers what is taken so: an answer on its way holds a key share of the row until it is committed.
_TAKE_CONTINUED = (
    select(
        continuations.c.continues,
        *columns_of(_going_on),
    )
    .join_from(continuations, obligations, obligations.c.obligation_id == continuations.c.continues)
    .join(_going_on, _going_on.c.obligation_id == continuations.c.obligation_id)
    .where(or_(continuations.c.continues == any_(_THESE), continuations.c.obligation_id == any_(_THESE)))
    .order_by(continuations.c.continues)
    .with_for_update(of=obligations)
)
_END = (
    update(obligations)
    .where(obligations.c.obligation_id == any_(_THESE), obligations.c.state != "replaced")
    .values(state="replaced")
)
_MOVE_MEDIA = (
    update(media)
    .where(media.c.obligation_id == continuations.c.continues, continuations.c.continues == any_(_THESE))
    .values(obligation_id=continuations.c.obligation_id)
)
# A draft goes on as it is, unless another one was begun for what goes on.
_MOVE_DRAFTS = (
    update(drafts)
    .where(
        drafts.c.obligation_id == continuations.c.continues,
        continuations.c.continues == any_(_THESE),
        continuations.c.obligation_id.not_in(select(drafts.alias("begun").c.obligation_id)),
    )
    .values(obligation_id=continuations.c.obligation_id)
)
_TAKE_CARRIABLE = (
    select(*SUBMISSION_COLUMNS, submissions.c.obligation_id)
    .where(
        submissions.c.obligation_id == any_(_THESE),
        submissions.c.state.not_in(("returned", "withdrawn")),
        submissions.c.carried_to.is_(None),
    )
    .order_by(submissions.c.submission_id)
    .with_for_update()
)
_NEWEST_VERSIONS = (
    select(submission_versions)
    .join(
        submissions,
        (submissions.c.submission_id == submission_versions.c.submission_id)
        & (submissions.c.number == submission_versions.c.number),
    )
    .where(submissions.c.submission_id == any_(_THESE))
)
_CARRIED = (
    update(submissions).where(submissions.c.submission_id == bindparam("first")).values(carried_to=bindparam("to"))
)


@dataclass(frozen=True, slots=True)
class Continued:
    """An obligation that goes on from another one, which is taken."""

    former_id: UUID
    obligation: Obligation


async def note_continuations(tx: Transaction, told: Sequence[ObligationOpened]) -> None:
    """Note which obligations go on from which."""
    rows = [{"obligation_id": each.obligation_id, "continues": each.continues} for each in told if each.continues]
    if rows:
        await tx.connection.execute(_NOTE, rows)


async def take_continued(tx: Transaction, obligation_ids: Collection[UUID]) -> list[Continued]:
    """Return what goes on from these or what these go on from, as far as both ends are known, and end the former.

    Until this transaction ends nobody answers the former ones; afterwards they find them replaced. Files of theirs,
    whole or on their way, belong to what goes on, and so does what was drafted.
    """
    found = await tx.connection.execute(_TAKE_CONTINUED, {"these": list(obligation_ids)})
    continued = [Continued(row["continues"], obligation_of(row)) for row in found.mappings()]
    if continued:
        former = {"these": [each.former_id for each in continued]}
        await tx.connection.execute(_END, former)
        await tx.connection.execute(_MOVE_MEDIA, former)
        await tx.connection.execute(_MOVE_DRAFTS, former)
    return continued


async def take_carriable(
    tx: Transaction, obligation_ids: Collection[UUID]
) -> dict[UUID, tuple[Submission, SubmissionVersion]]:
    """Return the submissions of these obligations that stand and were not carried yet, with what counts of each.

    By the obligation they answer; locked.
    """
    rows = await tx.connection.execute(_TAKE_CARRIABLE, {"these": list(obligation_ids)})
    taken = {each.id: each for each in map(submission_of, rows.mappings())}
    if not taken:
        return {}
    versions = await tx.connection.execute(_NEWEST_VERSIONS, {"these": list(taken)})
    return {
        taken[row.submission_id].obligation_id: (taken[row.submission_id], version_of(row, taken[row.submission_id]))
        for row in versions
    }


async def put_carried(tx: Transaction, made: Sequence[tuple[Submission, Submission, SubmissionVersion]]) -> None:
    """Write submissions that were made of others, which are taken, with their one version, and that they were."""
    if not made:
        return
    names = ("obligation_id", "state", "version", "number")
    await tx.connection.execute(
        insert(submissions),
        [{"submission_id": each.id} | {name: getattr(each, name) for name in names} for _, each, _ in made],
    )
    await tx.connection.execute(insert(submission_versions), [_version_row(version) for _, _, version in made])
    await tx.connection.execute(_CARRIED, [{"first": first.id, "to": each.id} for first, each, _ in made])


def _version_row(version: SubmissionVersion) -> dict[str, Any]:
    review = version.review
    return {
        "submission_id": version.submission_id,
        "number": version.number,
        "version": version.version,
        "submitted_by": version.submitted_by,
        "submitted_at": version.submitted_at,
        "idempotency_key": version.idempotency_key,
        "request_digest": version.request_digest,
        "is_late": version.is_late,
        "is_nil": version.is_nil,
        **lists_of(version),
        "narrative": version.narrative,
        "media_ids": version.media_ids,
        "media_awaited_until": version.media_awaited_until,
        "is_media_late": version.is_media_late,
        "outcome": review.outcome if review else None,
        "reason": review.reason if review else None,
        "reasons": None,
        "reviewed_by": review.reviewed_by if review else None,
        "reviewed_at": review.reviewed_at if review else None,
    }


async def find_origin(tx: Transaction, submission_id: UUID) -> Submission | None:
    """Return the submission that this one was made of, or null."""
    query = select(*SUBMISSION_COLUMNS, submissions.c.obligation_id).where(submissions.c.carried_to == submission_id)
    row = (await tx.connection.execute(query)).mappings().one_or_none()
    return None if row is None else submission_of(row)
