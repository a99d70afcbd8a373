"""Answer an obligation."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from chassis.caller import Caller
from chassis.problems import Unavailable
from chassis.strokes import Strokes
from chassis.transaction import Transactions
from submissions import store
from submissions.domain.answer import Answer, digest_of, refuse_faults, refuse_faulty
from submissions.domain.asked import Obligation, Requirement
from submissions.domain.earlier import codes_before, earlier_of
from submissions.domain.evidence import SentFile, file_faults, with_evidence
from submissions.domain.explaining import refuse_unexplained, remarks_of
from submissions.domain.fault import Remark
from submissions.domain.submission import Receipt, refuse_late_or_accepted
from submissions.operations.handing_in import ONE_BY_ONE, Request, hand_in
from submissions.operations.quoting import read_faults
from submissions.operations.readiness import refuse_not_ready
from submissions.operations.recording import next_version, receipt_of, submitted
from submissions.operations.rights import not_found, require_approved_by, require_submit
from submissions.problems import key_reused
from submissions.store.asked import RuleBook
from submissions.store.submissions import Standing

ATTEMPTS = 5
"""Each failed attempt means that somebody else's answer went in; five in one instant is no human matter."""


async def submit(
    strokes: Strokes,
    transactions: Transactions,
    rules: RuleBook,
    *,
    obligation_id: UUID,
    answer: Answer,
    key: str,
    by: Caller,
    draft_version: int | None = None,
    is_approved: bool = False,
) -> tuple[Receipt, bool]:
    """Record an answer as the newest version of the obligation's submission and tell the others.

    Returns the receipt, and whether it is that of an earlier request with the same key and digest: then nothing was
    recorded now. `draft_version` says which version of the draft the answer was taken from, `is_approved` whether the
    head of the unit approved that. Raises `ValuesNotValid` with every fault, `ExplanationNeeded`, `MediaNotReady`,
    `ApprovalNeeded`, `AlreadyAccepted`, `Closed`, `KeyReused`; `Unavailable` while the directive behind the obligation
    has not been told.
    """
    for _ in range(ATTEMPTS):
        standing = await stand_before(strokes, obligation_id=obligation_id, key=key, by=by)
        requirement = await _requirement(rules, standing)
        if draft_version is not None:
            answer = with_evidence(requirement, answer)
        digest = digest_of(obligation_id, answer)
        if standing.repeated is None and requirement.answering.needs_approval and not is_approved:
            require_approved_by(by, standing.obligation)
        remarks: Sequence[Remark] = ()
        if standing.repeated is None and requirement.is_remarked:
            remarks = await _remarks(strokes, requirement, standing.obligation, answer)
        if standing.repeated is None and answer.consolidates and requirement.answering.is_consolidated:
            now = datetime.now(UTC)
            refuse_faults(
                await read_faults(strokes, standing.obligation, requirement, answer.consolidates, by=by, now=now)
            )
        if requirement.kind in ONE_BY_ONE or requirement.answering.is_official:
            if answer.media_ids and standing.repeated is None:
                files = await _refuse_media_not_ready(strokes, standing.obligation, answer)
                refuse_faults(file_faults(requirement, answer.narrative, files))
            request = Request(obligation_id, answer, key, digest, by, draft_version, remarks)
            done = await hand_in(transactions, requirement, request)
            if done is not None:
                return done
            continue
        if standing.repeated is not None:
            if standing.repeated.request_digest != digest:
                raise key_reused()
            return standing.repeated, True
        now = datetime.now(UTC)
        await _refuse_unfit(strokes, requirement, standing, answer, now)
        refuse_unexplained(remarks, answer)
        version = next_version(
            standing,
            requirement,
            answer,
            key=key,
            digest=digest,
            draft_version=draft_version,
            by=by,
            now=now,
            remarks=remarks,
        )
        if await store.submissions.put_version(strokes, version, telling=submitted(standing.obligation, version)):
            return receipt_of(version), False
    raise Unavailable(
        "Nhiều người đang nộp cùng lúc cho mục này; vui lòng thử lại.",
        "Too many answers to this obligation at once; try the same request again.",
    )


async def stand_before(strokes: Strokes, *, obligation_id: UUID, key: str, by: Caller) -> Standing:
    """Return how an obligation stands for somebody who may answer it; raise `NotFound`, `NotAllowed` for others."""
    standing = await store.submissions.find_standing(strokes, obligation_id, person=by.id, key=key)
    if standing is None:
        raise not_found()
    require_submit(by, standing.obligation)
    return standing


async def _requirement(rules: RuleBook, standing: Standing) -> Requirement:
    if standing.requirement_version is None:
        raise Unavailable(
            "Yêu cầu của văn bản chưa đến nơi; vui lòng thử lại sau ít giây.",
            "The requirement behind this obligation has not arrived yet; try again in a few seconds.",
        )
    asked = await rules.requirement(standing.obligation.requirement_id, standing.requirement_version)
    return asked.of(standing.obligation.particulars)


async def _remarks(
    strokes: Strokes, requirement: Requirement, obligation: Obligation, answer: Answer
) -> Sequence[Remark]:
    """Return what the sender of an answer is told of it; only what is compared with earlier figures is looked up."""
    before = await store.before.read_before(strokes, obligation, requirement)
    formers = await store.before.read_stated_before(strokes, obligation, codes_before(requirement))
    below = await store.below.read_stated(strokes, obligation, requirement)
    return remarks_of(requirement, answer, before, earlier_of(requirement, formers), below)


async def _refuse_unfit(
    strokes: Strokes, requirement: Requirement, standing: Standing, answer: Answer, now: datetime
) -> None:
    refuse_late_or_accepted(standing.obligation, requirement, standing.submission, now)
    refuse_faulty(requirement, answer)
    if answer.media_ids:
        files = await _refuse_media_not_ready(strokes, standing.obligation, answer)
        refuse_faults(file_faults(requirement, answer.narrative, files))


async def _refuse_media_not_ready(strokes: Strokes, obligation: Obligation, answer: Answer) -> dict[UUID, SentFile]:
    files = await store.media.sent_of(strokes, answer.media_ids, obligation_id=obligation.id)
    refuse_not_ready(answer.media_ids, {media_id: file.state for media_id, file in files.items()})
    return files
