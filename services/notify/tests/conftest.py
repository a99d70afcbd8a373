"""A case to tell notify."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from chassis.transaction import new_id
from contracts.directives import (
    DirectiveIssued,
    DirectiveReplaced,
    ExtensionAsked,
    ExtensionRefused,
    ObligationChanged,
    ObligationOpened,
    ObligationTransferred,
    RequirementIssued,
)
from contracts.directory import PersonChanged, Post
from contracts.submissions import (
    CommentAdded,
    CorrectionAsked,
    CorrectionGranted,
    CorrectionRefused,
    DraftApproved,
    DraftDeclined,
    DraftPresented,
    MediaRejected,
    SubmissionAccepted,
    SubmissionReturned,
    SubmissionSubmitted,
    SubmissionWithdrawn,
)

SCHOOL = "U-THCS-SONGHAC"
DUE_AT = datetime(2026, 12, 13, 17, 0, tzinfo=UTC)


@dataclass
class Case:
    """One directive with one requirement, told as events; `at` is the moment it is issued."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(hours=1))
    subject: str = "V/v báo cáo kết quả giáo dục STEM"
    directive_id: UUID = field(default_factory=new_id)
    requirement_id: UUID = field(default_factory=new_id)
    obligation_id: UUID = field(default_factory=new_id)
    extension_id: UUID = field(default_factory=new_id)
    submission_id: UUID = field(default_factory=new_id)
    media_id: UUID = field(default_factory=new_id)

    def issued(self, *, version=1, subject=None):
        return DirectiveIssued(
            occurred_at=self.at,
            directive_id=self.directive_id,
            version=version,
            issuer_unit_id="U-SGD-MG",
            document_type="official_letter",
            code="761/SGDĐT-GDPT",
            subject=subject or self.subject,
            issued_on=self.at.date(),
            requirements=(
                RequirementIssued(
                    requirement_id=self.requirement_id,
                    kind="report",
                    title="Báo cáo theo đề cương",
                    as_of=date(2026, 5, 31),
                    periods=("2025-2026",),
                    indicators=(),
                    sections=(),
                    media=None,
                    due_phrase="trước ngày 14/12/2026",
                    due_at=DUE_AT,
                    cut_off_at=None,
                    closes_at=None,
                ),
            ),
        )

    def replaced(self, *unit_ids, minutes=5):
        return DirectiveReplaced(
            occurred_at=self.at + timedelta(minutes=minutes),
            directive_id=self.directive_id,
            version=2,
            issuer_unit_id="U-SGD-MG",
            code="761/SGDĐT-GDPT",
            subject=self.subject,
            by_directive_id=new_id(),
            by_code="812/SGDĐT-GDPT",
            unit_ids=unit_ids or (SCHOOL,),
        )

    def opened(self, unit_id=SCHOOL, *, answering=None):
        return ObligationOpened(
            occurred_at=self.at,
            obligation_id=self.obligation_id,
            version=1,
            directive_id=self.directive_id,
            requirement_id=self.requirement_id,
            issuer_unit_id="U-SGD-MG",
            unit_id=unit_id,
            answering_unit_id=answering or unit_id,
            due_at=DUE_AT,
        )

    def transferred(self, answering, *, former=SCHOOL, version=2, minutes=5):
        return ObligationTransferred(
            **{
                **self.opened().model_dump(),
                "occurred_at": self.at + timedelta(minutes=minutes),
                "version": version,
                "answering_unit_id": answering,
                "former_answering_unit_id": former,
            }
        )

    def changed(self, change, *, version=2, minutes=5, due_at=DUE_AT):
        states = {"exempted": "exempt", "replaced": "replaced", "recalled": "recalled", "suspended": "waiting"}
        return ObligationChanged(
            **{
                **self.opened().model_dump(),
                "occurred_at": self.at + timedelta(minutes=minutes),
                "version": version,
                "state": states.get(change, "open"),
                "due_at": due_at,
                "closes_at": None,
                "change": change,
            }
        )

    def _extension(self, minutes):
        about = self.opened().model_dump(exclude={"version", "due_at"})
        moment = self.at + timedelta(minutes=minutes)
        wished = DUE_AT + timedelta(days=4)
        return {**about, "occurred_at": moment, "extension_id": self.extension_id, "wished_due_at": wished}

    def asked(self, *, minutes=3, **more):
        return ExtensionAsked(**self._extension(minutes), **more)

    def refused(self, *, minutes=4):
        return ExtensionRefused(**self._extension(minutes))

    def _answered(self, *, number, version, minutes):
        return {
            "occurred_at": self.at + timedelta(minutes=minutes),
            "submission_id": self.submission_id,
            "version": version,
            "obligation_id": self.obligation_id,
            "directive_id": self.directive_id,
            "requirement_id": self.requirement_id,
            "unit_id": SCHOOL,
            "answering_unit_id": SCHOOL,
            "number": number,
        }

    def submitted(self, by, *, number=1, version=1, minutes=10):
        return SubmissionSubmitted(
            **self._answered(number=number, version=version, minutes=minutes),
            submitted_by=by,
            is_late=False,
            is_nil=False,
            values=(),
            media_ids=(),
        )

    def returned(self, *, number=1, version=2, minutes=20):
        return SubmissionReturned(
            **self._answered(number=number, version=version, minutes=minutes), reviewed_by=new_id()
        )

    def accepted(self, *, number=1, version=3, minutes=30):
        return SubmissionAccepted(
            **self._answered(number=number, version=version, minutes=minutes), reviewed_by=new_id()
        )

    def withdrawn(self):
        about = self._answered(number=1, version=2, minutes=20)
        return SubmissionWithdrawn(**about, issuer_unit_id="U-SGD-MG", withdrawn_by=new_id())

    def correction(self, step, **more):
        about = self._answered(number=1, version=3, minutes=40)
        del about["version"]
        steps = {"asked": CorrectionAsked, "granted": CorrectionGranted, "refused": CorrectionRefused}
        return steps[step](**about, issuer_unit_id="U-SGD-MG", correction_id=self.extension_id, **more)

    def draft(self, step, handed_up_by):
        about = self._answered(number=1, version=1, minutes=6)
        for name in ("version", "number", "submission_id"):
            del about[name]
        steps = {"handed_up": DraftPresented, "approved": DraftApproved, "sent_back": DraftDeclined}
        return steps[step](**about, draft_version=3, handed_up_by=handed_up_by)

    def comment(self, side):
        about = self._answered(number=1, version=1, minutes=15)
        del about["version"]
        more = {"comment_id": new_id(), "written_by": new_id(), "side": side}
        return CommentAdded(**about, issuer_unit_id="U-SGD-MG", **more)

    def rejected(self, by):
        return MediaRejected(
            occurred_at=self.at + timedelta(minutes=5),
            media_id=self.media_id,
            version=2,
            obligation_id=self.obligation_id,
            answering_unit_id=SCHOOL,
            uploaded_by=by,
            byte_count=20_000_000,
            refusal="too-long",
            measured=75_200,
            allowed=60_000,
        )


def appointed(
    person_id, role="reporter", unit_id=SCHOOL, *more, version=1, at=None, since=None, until=None, is_active=True
):
    """Say that the directory appointed a person; `more` are further `(role, unit_id)` posts."""
    since = since or date(2025, 8, 1)
    return PersonChanged(
        occurred_at=at or datetime.now(UTC) - timedelta(days=30),
        person_id=person_id,
        version=version,
        is_active=is_active,
        posts=tuple(
            Post(unit_id=unit, role=held, valid_from=since, valid_to=until) for held, unit in ((role, unit_id), *more)
        ),
    )


@pytest.fixture
def case() -> Case:
    return Case()


@pytest.fixture(name="appointed")
def given_appointed():
    return appointed
