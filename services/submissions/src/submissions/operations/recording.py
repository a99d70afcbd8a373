"""What an answer becomes when it is recorded: a version, what is told of it, and a receipt."""

from collections.abc import Sequence
from datetime import datetime

from chassis.caller import Caller
from chassis.transaction import new_id
from contracts.submissions import OfficialDocument, StatedValue, SubmissionSubmitted
from submissions.domain.answer import Answer, lacks_files
from submissions.domain.asked import Obligation, Requirement
from submissions.domain.document import Official
from submissions.domain.fault import Remark
from submissions.domain.submission import Receipt, SubmissionVersion, files_due, is_late
from submissions.store.submissions import Standing


def next_version(
    standing: Standing,
    requirement: Requirement,
    answer: Answer,
    *,
    key: str,
    digest: bytes,
    draft_version: int | None,
    by: Caller,
    now: datetime,
    remarks: Sequence[Remark] = (),
) -> SubmissionVersion:
    """Return the version an answer becomes: the next one of what the obligation was answered with so far."""
    submission, until = standing.submission, files_due(standing.obligation, requirement)
    is_short = until is not None and not answer.is_nil and lacks_files(requirement, answer)
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
        explanations=answer.explanations,
        consolidates=answer.consolidates,
        remarks=remarks,
        media_awaited_until=until if is_short else None,
        is_media_late=until is not None and now > until and bool(answer.media_ids),
    )


def submitted(obligation: Obligation, version: SubmissionVersion) -> SubmissionSubmitted:
    """Return what is told of a version."""
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
            StatedValue(indicator=each.indicator, period=each.period, value=each.value, level=each.level or None)
            for each in version.values
        ),
        media_ids=version.media_ids,
        media_awaited_until=version.media_awaited_until,
        is_media_late=version.is_media_late,
    )


def told_of(official: Official) -> OfficialDocument:
    """Return what is told of an official document; who signed it is read here."""
    return OfficialDocument(code=official.code, issued_on=official.issued_on)


def receipt_of(version: SubmissionVersion) -> Receipt:
    """Return what the sender of a version holds in hand."""
    return Receipt(
        submission_id=version.submission_id,
        obligation_id=version.obligation_id,
        number=version.number,
        version=version.version,
        submitted_at=version.submitted_at,
        is_late=version.is_late,
        request_digest=version.request_digest,
    )
