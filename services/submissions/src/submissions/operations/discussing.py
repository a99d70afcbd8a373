"""What reviewers look through: the submissions of a requirement, what is unread, what differs, what was said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.caller import Caller
from chassis.policy import Purpose, may
from chassis.problems import NotAllowed
from chassis.transaction import Transaction
from contracts.asked import SectionAsked
from contracts.submissions import CommentAdded
from submissions import store
from submissions.domain.asked import Obligation
from submissions.domain.draft import Content, DraftField, differences, fields_of_version
from submissions.domain.submission import State, Submission, SubmissionVersion
from submissions.operations.rights import may_look_over, may_review, not_found, require_read
from submissions.store.reviews import Comment, Listed, Side, Written


@dataclass(frozen=True, slots=True)
class Compared:
    """What two versions say differently, by field."""

    before: SubmissionVersion
    now: SubmissionVersion
    fields: Mapping[str, tuple[Content, Content]]


async def list_submissions(
    tx: Transaction, *, requirement_id: UUID, state: State | None, after: UUID | None, limit: int, by: Caller
) -> Sequence[Listed]:
    """Return what answers a requirement, in the order it first came in, with what the caller has not read of it.

    Whoever may not read what comes in for it learns nothing: `NotFound`.
    """
    if not may_look_over(by, await store.asked.desks_of(tx, requirement_id)):
        raise not_found()
    return await store.reviews.listed(
        tx, requirement_id=requirement_id, reader=by.id, state=state, after=after, limit=limit
    )


async def read_narratives(
    tx: Transaction, *, requirement_id: UUID, after: UUID | None, limit: int, by: Caller
) -> tuple[Sequence[SectionAsked], Sequence[Written]]:
    """Return the headings people write under, and what units wrote there in answers that count.

    It is what a report that sums up theirs begins with. What stands under a heading for evidence are files, and is left
    out. Whoever may not read what comes in learns nothing: `NotFound`.
    """
    requirement = await store.asked.find_requirement(tx, requirement_id)
    if requirement is None or not may_look_over(by, await store.asked.desks_of(tx, requirement_id)):
        raise not_found()
    headings = [each for each in requirement.sections.values() if each.evidence is None]
    return headings, await store.reviews.written_for(tx, requirement_id=requirement_id, after=after, limit=limit)


async def compare(tx: Transaction, *, submission_id: UUID, before: int, now: int, by: Caller) -> Compared:
    """Return what one version of a submission says otherwise than another; `NotFound` for numbers it does not have."""
    _, submission = await _found(tx, submission_id, by)
    versions = {each.number: each for each in await store.submissions.versions_of(tx, submission)}
    if before not in versions or now not in versions:
        raise not_found()
    one, other = versions[before], versions[now]
    delegates = await store.registrations.delegates_of(tx, submission_id)
    officials = await store.registrations.officials_of(tx, submission_id)

    def fields(version: SubmissionVersion) -> dict[str, DraftField]:
        return fields_of_version(version, delegates.get(version.number, []), officials.get(version.number))

    return Compared(one, other, differences(fields(one), fields(other)))


async def mark_read(tx: Transaction, *, submission_id: UUID, number: int, by: Caller) -> None:
    """Note that the caller has read a submission up to this version, and what was said about it until now."""
    _, submission = await _found(tx, submission_id, by)
    if number > submission.number:
        raise not_found()
    await store.reviews.put_reading(tx, person_id=by.id, submission_id=submission_id, number=number)


async def comment(
    tx: Transaction, *, submission_id: UUID, comment_id: UUID, field: str | None, words: str, by: Caller
) -> Comment:
    """Say something about the newest version, to be read by the other side; the id is the writer's, once.

    Repeated, the first words stand. Somebody else's id is `NotFound`.
    """
    obligation, submission = await _found(tx, submission_id, by)
    side: Side
    if may_review(by, obligation.desks):
        side = "desk"
    elif may(by, Purpose.SUBMIT, obligation.answering_unit_id):
        side = "unit"
    else:
        raise NotAllowed(
            "Chỉ đơn vị nộp và đơn vị duyệt mới được trao đổi ở đây.",
            "Only the unit that answers and those who review may write here.",
        )
    new = Comment(comment_id, submission_id, submission.number, field, words, side, by.id, tx.now)
    if await store.reviews.add_comment(tx, new):
        tx.emit(
            CommentAdded(
                occurred_at=tx.now,
                submission_id=submission_id,
                obligation_id=obligation.id,
                directive_id=obligation.directive_id,
                requirement_id=obligation.requirement_id,
                issuer_unit_id=obligation.issuer_unit_id,
                reviewing_unit_id=obligation.reviewing_unit_id,
                unit_id=obligation.unit_id,
                answering_unit_id=obligation.answering_unit_id,
                number=submission.number,
                comment_id=comment_id,
                written_by=by.id,
                side=side,
            )
        )
        return new
    known = await store.reviews.find_comment(tx, comment_id)
    if known is None or known.submission_id != submission_id or known.written_by != by.id:
        raise not_found()
    return known


async def read_comments(tx: Transaction, *, submission_id: UUID, by: Caller) -> Sequence[Comment]:
    """Return what was said about a submission, the first first."""
    await _found(tx, submission_id, by)
    return await store.reviews.comments_of(tx, submission_id)


async def _found(tx: Transaction, submission_id: UUID, by: Caller) -> tuple[Obligation, Submission]:
    found = await store.submissions.find_submission(tx, submission_id)
    if found is None:
        raise not_found()
    require_read(by, found[0])
    return found
