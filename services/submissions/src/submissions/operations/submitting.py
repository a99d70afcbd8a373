"""Answer an obligation."""

from datetime import UTC, datetime
from uuid import UUID

from chassis.caller import Caller
from chassis.problems import Unavailable
from chassis.strokes import Strokes
from chassis.transaction import new_id
from contracts.submissions import StatedValue, SubmissionSubmitted
from submissions import store
from submissions.domain.answer import Answer, digest_of, refuse_faulty
from submissions.domain.asked import Obligation
from submissions.domain.submission import Receipt, SubmissionVersion, is_late, refuse_late_or_accepted
from submissions.operations.rights import not_found, require_submit
from submissions.problems import MediaNotReady, key_reused
from submissions.store.asked import RuleBook
from submissions.store.submissions import Standing

ATTEMPTS = 5
"""Each failed attempt means that somebody else's answer went in; five in one instant is no human matter."""


async def submit(
    strokes: Strokes,
    rules: RuleBook,
    *,
    obligation_id: UUID,
    answer: Answer,
    key: str,
    by: Caller,
    draft_version: int | None = None,
) -> tuple[Receipt, bool]:
    """Record an answer as the newest version of the obligation's submission and tell the others.

    Returns the receipt, and whether it is that of an earlier request with the same key and digest: then nothing was
    recorded now. `draft_version` says which version of the draft the answer was taken from. Raises `ValuesNotValid`
    with every fault, `MediaNotReady`, `AlreadyAccepted`, `Closed`, `KeyReused`; `Unavailable` while the directive
    behind the obligation has not been told.
    """
    digest = digest_of(obligation_id, answer)
    for _ in range(ATTEMPTS):
        standing = await stand_before(strokes, obligation_id=obligation_id, key=key, by=by)
        if standing.repeated is not None:
            if standing.repeated.request_digest != digest:
                raise key_reused()
            return standing.repeated, True
        now = datetime.now(UTC)
        await _refuse_unfit(strokes, rules, standing, answer, now)
        version = _next_version(standing, answer, key=key, digest=digest, draft_version=draft_version, by=by, now=now)
        seen = standing.submission.version if standing.submission is not None else 0
        told = _submitted(standing.obligation, version)
        if await store.submissions.put_version(strokes, version, after=seen, telling=told):
            return _receipt(version), False
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


async def _refuse_unfit(strokes: Strokes, rules: RuleBook, standing: Standing, answer: Answer, now: datetime) -> None:
    if standing.requirement_version is None:
        raise Unavailable(
            "Yêu cầu của văn bản chưa đến nơi; vui lòng thử lại sau ít giây.",
            "The requirement behind this obligation has not arrived yet; try again in a few seconds.",
        )
    requirement = await rules.requirement(standing.obligation.requirement_id, standing.requirement_version)
    refuse_late_or_accepted(standing.obligation, requirement, standing.submission, now)
    refuse_faulty(requirement, answer)
    if answer.media_ids:
        await _refuse_media_not_ready(strokes, standing.obligation, answer)


async def _refuse_media_not_ready(strokes: Strokes, obligation: Obligation, answer: Answer) -> None:
    states = await store.media.states_of(strokes, answer.media_ids, obligation_id=obligation.id)
    if all(states.get(media_id) == "ready" for media_id in answer.media_ids):
        return
    raise MediaNotReady(
        "Video chưa qua kiểm tra hoặc không thuộc mục này; xem danh sách «media».",
        "A file has not passed inspection or does not belong to this obligation; see `media`.",
        media=[{"media_id": str(media_id), "state": states.get(media_id, "unknown")} for media_id in answer.media_ids],
    )


def _next_version(
    standing: Standing,
    answer: Answer,
    *,
    key: str,
    digest: bytes,
    draft_version: int | None,
    by: Caller,
    now: datetime,
) -> SubmissionVersion:
    submission = standing.submission
    return SubmissionVersion(
        submission_id=new_id() if submission is None else submission.id,
        obligation_id=standing.obligation.id,
        number=1 if submission is None else submission.number + 1,
        version=1 if submission is None else submission.version + 1,
        submitted_by=by.id,
        submitted_at=now,
        idempotency_key=key,
        request_digest=digest,
        is_late=is_late(standing.obligation, submission, now),
        is_nil=answer.is_nil,
        values=answer.values,
        narrative=answer.narrative,
        media_ids=answer.media_ids,
        draft_version=draft_version,
    )


def _submitted(obligation: Obligation, version: SubmissionVersion) -> SubmissionSubmitted:
    return SubmissionSubmitted(
        occurred_at=version.submitted_at,
        submission_id=version.submission_id,
        version=version.version,
        obligation_id=obligation.id,
        directive_id=obligation.directive_id,
        requirement_id=obligation.requirement_id,
        unit_id=obligation.unit_id,
        answering_unit_id=obligation.answering_unit_id,
        number=version.number,
        submitted_by=version.submitted_by,
        is_late=version.is_late,
        is_nil=version.is_nil,
        values=tuple(
            StatedValue(indicator=each.indicator, period=each.period, value=each.value) for each in version.values
        ),
        media_ids=version.media_ids,
    )


def _receipt(version: SubmissionVersion) -> Receipt:
    return Receipt(
        submission_id=version.submission_id,
        obligation_id=version.obligation_id,
        number=version.number,
        version=version.version,
        submitted_at=version.submitted_at,
        is_late=version.is_late,
        request_digest=version.request_digest,
    )
