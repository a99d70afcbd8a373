"""Events the submissions service publishes: what came back, and what became of it."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from contracts.event import Event, Fact

MediaRefusal = Literal[
    "too-long",
    "too-large",
    "too-small",
    "not-a-video",
    "unreadable",
    "unsupported",
    "no-picture",
    "not-allowed",
    "encrypted",
    "active-content",
    "bomb",
    "malware",
]


class StatedValue(Fact):
    """One figure as the unit stated it."""

    indicator: str
    period: str
    value: bool | int
    level: str | None = None
    """Of an indicator that is asked per level: the education level the figure is of."""


class OfficialDocument(Fact):
    """A document of the unit's own, as it is cited; who signed it is fetched by who may read it."""

    code: str
    issued_on: date


class Carried(Fact):
    """Where an answer was given first: to an obligation of a directive that was replaced."""

    obligation_id: UUID
    submission_id: UUID
    submitted_at: datetime


class SubmissionSubmitted(Event):
    """A unit answered an obligation: submission version `number`, counted until it is returned or replaced."""

    type: ClassVar[str] = "submissions.submission.submitted.v1"

    submission_id: UUID
    version: int
    """Grows with every change of the submission; an older one never overwrites a newer one."""
    obligation_id: UUID
    directive_id: UUID
    requirement_id: UUID
    unit_id: str
    answering_unit_id: str
    number: int
    submitted_by: UUID
    is_late: bool
    is_nil: bool
    values: tuple[StatedValue, ...]
    media_ids: tuple[UUID, ...]
    documents: tuple[OfficialDocument, ...] = ()
    """Of a requirement that asks for official documents: those that were issued."""
    carried: Carried | None = None
    """Not null: nobody sent it now; it was carried over, as it was sent then."""
    media_awaited_until: datetime | None = None
    """Not null: files it asks for are not there yet and may follow until then; they come as a version of their own."""
    is_media_late: bool = False
    """Its files came after they could follow."""

    @property
    def about(self) -> str:
        return str(self.submission_id)


class SubmissionReviewed(Event):
    """What both outcomes of a review carry."""

    submission_id: UUID
    version: int
    obligation_id: UUID
    directive_id: UUID
    requirement_id: UUID
    unit_id: str
    answering_unit_id: str
    number: int
    reviewed_by: UUID

    @property
    def about(self) -> str:
        return str(self.submission_id)


class SubmissionReturned(SubmissionReviewed):
    """A submission was sent back for revision; the reason is fetched by whoever may read it."""

    type: ClassVar[str] = "submissions.submission.returned.v1"

    due_again_at: datetime | None = None
    """By when the revised answer is due, and taken in any case; null: as before."""


class SubmissionAccepted(SubmissionReviewed):
    """A submission was accepted."""

    type: ClassVar[str] = "submissions.submission.accepted.v1"

    carried: Carried | None = None
    """Not null: it was accepted before it was carried over."""
    is_unreviewed: bool = False
    """Nobody reviewed it: to send it is all that was asked."""


class DraftStep(Event):
    """What every event about the approval of a draft carries; what it says is fetched by the unit's own people."""

    obligation_id: UUID
    directive_id: UUID
    requirement_id: UUID
    unit_id: str
    answering_unit_id: str
    draft_version: int
    handed_up_by: UUID | None
    """Who asked for approval; null: nobody did."""

    @property
    def about(self) -> str:
        return str(self.obligation_id)


class DraftPresented(DraftStep):
    """The head of the unit is asked to approve a draft."""

    type: ClassVar[str] = "submissions.draft.presented.v1"


class DraftApproved(DraftStep):
    """The head of the unit agrees that the draft is sent as it is."""

    type: ClassVar[str] = "submissions.draft.approved.v1"


class DraftDeclined(DraftStep):
    """The head of the unit wants the draft changed; why is fetched by the unit's own people."""

    type: ClassVar[str] = "submissions.draft.declined.v1"


class SubmissionStep(Event):
    """What every event about a submission carries that is neither an answer nor a review."""

    submission_id: UUID
    obligation_id: UUID
    directive_id: UUID
    requirement_id: UUID
    issuer_unit_id: str
    reviewing_unit_id: str | None = None
    """The division of the issuer that reviews it; null: the issuer's own desk."""
    unit_id: str
    answering_unit_id: str
    number: int

    @property
    def about(self) -> str:
        return str(self.submission_id)


class SubmissionWithdrawn(SubmissionStep):
    """The unit took its newest version back before it was reviewed; nothing it stated counts."""

    type: ClassVar[str] = "submissions.submission.withdrawn.v1"

    version: int
    """Counts with the submission's other events."""
    withdrawn_by: UUID


class CorrectionStep(SubmissionStep):
    """What every event about a correction carries; the reasons are fetched by who may read them."""

    correction_id: UUID

    @property
    def about(self) -> str:
        return str(self.correction_id)


class CorrectionAsked(CorrectionStep):
    """A unit asks to correct what was accepted, or what no answer is taken for any more."""

    type: ClassVar[str] = "submissions.correction.asked.v1"


class CorrectionGranted(CorrectionStep):
    """The unit may send one more version, until `until`; what was accepted stands and counts until then."""

    type: ClassVar[str] = "submissions.correction.granted.v1"

    until: datetime


class CorrectionRefused(CorrectionStep):
    """What was submitted stays as it is."""

    type: ClassVar[str] = "submissions.correction.refused.v1"


class CommentAdded(SubmissionStep):
    """Somebody of the unit or of its reviewers wrote about a submission; the words are fetched by who may read them."""

    type: ClassVar[str] = "submissions.comment.added.v1"

    comment_id: UUID
    written_by: UUID
    side: Literal["unit", "desk"]
    """Who wrote; the other side is told."""

    @property
    def about(self) -> str:
        return str(self.comment_id)


class MediaEvent(Event):
    """What every event about a file carries."""

    media_id: UUID
    version: int
    obligation_id: UUID
    answering_unit_id: str
    uploaded_by: UUID
    byte_count: int

    @property
    def about(self) -> str:
        return str(self.media_id)


class MediaReceived(MediaEvent):
    """A file is whole in the store and waits for inspection."""

    type: ClassVar[str] = "submissions.media.received.v1"


class MediaReady(MediaEvent):
    """A file passed inspection."""

    type: ClassVar[str] = "submissions.media.ready.v1"

    duration_ms: int
    """0 for what does not move: a document, a photograph."""


class MediaWithdrawn(MediaEvent):
    """A file was taken back and is shown to nobody any more; why, is fetched by whoever may read it."""

    type: ClassVar[str] = "submissions.media.withdrawn.v1"

    issuer_unit_id: str
    reviewing_unit_id: str | None = None
    """The division of the issuer that reviews what the file was sent for; null: the issuer's own desk."""


class MediaRejected(MediaEvent):
    """A file did not pass inspection; says what was measured and what was allowed."""

    type: ClassVar[str] = "submissions.media.rejected.v1"

    refusal: MediaRefusal
    measured: int | None
    allowed: int | None
