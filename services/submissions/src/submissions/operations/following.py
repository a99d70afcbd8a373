"""Let files follow an answer that was sent without them: as its next version, which says all else as before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from chassis.caller import Caller
from chassis.problems import Unavailable
from chassis.transaction import Transaction
from submissions import store
from submissions.domain.answer import Answer, digest_of, refuse_faulty
from submissions.domain.asked import Requirement
from submissions.domain.document import Official
from submissions.domain.submission import Receipt, SubmissionVersion, refuse_carried_over, refuse_late_or_accepted
from submissions.operations.readiness import refuse_not_ready
from submissions.operations.recording import next_version, receipt_of, submitted, told_of
from submissions.operations.rights import not_found, require_approved_by, require_submit
from submissions.problems import NothingAwaited, Superseded, key_reused
from submissions.store.submissions import Standing


@dataclass(frozen=True, slots=True)
class Following:
    """Files that follow a version, and the key that names the request."""

    number: int
    media_ids: Sequence[UUID]
    key: str


async def follow(tx: Transaction, *, submission_id: UUID, sent: Following, by: Caller) -> tuple[Receipt, bool]:
    """Add files to the newest version; return the receipt of the version that is, and whether it was sent before.

    As late as the figures are is what came with them; files that come after they could follow are late themselves.
    Raises `NothingAwaited`, `Superseded`, `MediaNotReady`, `ValuesNotValid`, `AlreadyAccepted`, `Closed`, `KeyReused`.
    """
    found = await store.submissions.find_submission(tx, submission_id)
    if found is None:
        raise not_found()
    require_submit(by, found[0])
    # The obligation first, as whoever carries answers over does; then nobody answers or reviews in between.
    await store.asked.take_obligation(tx, found[0].id)
    taken = await store.submissions.take_submission(tx, submission_id)
    if taken is None:
        raise not_found()
    obligation, submission = taken
    versions = {each.number: each for each in await store.submissions.versions_of(tx, submission)}
    seen = versions.get(sent.number)
    if seen is None:
        raise not_found()
    official = (await store.registrations.officials_of(tx, submission_id)).get(seen.number)
    answer = _with_files(seen, sent.media_ids, official)
    digest = digest_of(obligation.id, answer)
    standing = await store.submissions.read_standing(tx, obligation.id, person=by.id, key=sent.key)
    if standing.repeated is not None:
        if standing.repeated.request_digest != digest:
            raise key_reused()
        return standing.repeated, True
    requirement = (await store.asked.get_requirement(tx, obligation.requirement_id)).of(obligation.particulars)
    if requirement.answering.needs_approval:
        require_approved_by(by, obligation)
    refuse_carried_over(submission)
    refuse_late_or_accepted(obligation, requirement, submission, tx.now)
    _refuse_unawaited(submission.number, seen, submission.state)
    refuse_faulty(requirement, answer)
    refuse_not_ready(sent.media_ids, await store.media.states_in(tx, sent.media_ids, obligation_id=obligation.id))
    version = await _write(tx, standing, requirement, answer, seen, sent.key, digest, by)
    return receipt_of(version), False


async def _write(
    tx: Transaction,
    standing: Standing,
    requirement: Requirement,
    answer: Answer,
    seen: SubmissionVersion,
    key: str,
    digest: bytes,
    by: Caller,
) -> SubmissionVersion:
    version = replace(
        next_version(
            standing,
            requirement,
            answer,
            key=key,
            digest=digest,
            draft_version=None,
            by=by,
            now=tx.now,
            remarks=seen.remarks,
        ),
        is_late=seen.is_late,
    )
    if not await store.submissions.write_version(tx, version):
        # Whoever answers or reviews takes the submission first, and it is taken: only its obligation can have ended.
        raise Unavailable("Yêu cầu vừa thay đổi; vui lòng thử lại.", "What is asked has changed just now; try again.")
    told = submitted(standing.obligation, version)
    if answer.document is not None:
        await store.registrations.add_official(tx, version, answer.document)
        told = told.model_copy(update={"documents": (told_of(answer.document),)})
    tx.emit(told)
    return version


def _with_files(seen: SubmissionVersion, media_ids: Sequence[UUID], official: Official | None) -> Answer:
    return Answer(
        values=tuple(seen.values),
        narrative=seen.narrative,
        media_ids=(*seen.media_ids, *media_ids),
        is_nil=seen.is_nil,
        document=official,
        explanations=tuple(seen.explanations),
        consolidates=tuple(seen.consolidates),
    )


def _refuse_unawaited(newest: int, seen: SubmissionVersion, state: str) -> None:
    if seen.number < newest:
        raise Superseded(
            f"Đã có bản nộp lần {newest}; hãy xem bản mới nhất.",
            f"Version {newest} has replaced this one.",
            newest=newest,
        )
    if seen.media_awaited_until is None or state != "submitted":
        raise NothingAwaited(
            "Bản nộp này không chờ tệp bổ sung nào.",
            "No file may follow this version.",
        )
