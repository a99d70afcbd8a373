"""Events the directives service publishes: what is asked, and of whom."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from contracts.asked import (
    AnsweringAsked,
    Comparison,
    DocumentAsked,
    EvidenceAsked,
    FileFormat,
    IndicatorAsked,
    IndicatorType,
    MediaAsked,
    PeriodAsked,
    RuleAsked,
    SectionAsked,
    SectionKind,
    TargetAsked,
    TargetAssigned,
    TargetHolds,
    TargetKind,
    TermAsked,
)
from contracts.event import Event, Fact
from contracts.registration import SeatsAsked
from contracts.requirement import RequirementIssued, RequirementKind

# What is asked is told by directives, so its parts are had from here as well; what is defined here goes without saying.
__all__ = [
    "AnsweringAsked",
    "Comparison",
    "DocumentAsked",
    "EvidenceAsked",
    "FileFormat",
    "IndicatorAsked",
    "IndicatorType",
    "MediaAsked",
    "PeriodAsked",
    "RequirementIssued",
    "RequirementKind",
    "RuleAsked",
    "SectionAsked",
    "SectionKind",
    "TargetAsked",
    "TargetAssigned",
    "TargetHolds",
    "TargetKind",
    "TermAsked",
]

Priority = Literal["normal", "urgent", "very_urgent", "express", "express_timed"]
"""Khẩn, thượng khẩn, hỏa tốc, hỏa tốc hẹn giờ."""
DeliveryPurpose = Literal["execute", "inform", "report_to", "coordinate", "monitor", "archive"]


class Copy(Fact):
    """A unit that gets the directive and owes no answer to it, and what it gets it for."""

    unit_id: str
    purpose: DeliveryPurpose


class DirectiveIssued(Event):
    """A directive was numbered and sent out."""

    type: ClassVar[str] = "directives.directive.issued.v1"

    directive_id: UUID
    version: int
    issuer_unit_id: str
    document_type: str
    code: str
    subject: str
    issued_on: date
    requirements: tuple[RequirementIssued, ...]
    copies: tuple[Copy, ...] = ()
    priority: Priority = "normal"

    @property
    def about(self) -> str:
        return str(self.directive_id)


class DeliveryRefused(Event):
    """A unit that was sent a directive does not take it; the reason is fetched by who may read it."""

    type: ClassVar[str] = "directives.delivery.refused.v1"

    directive_id: UUID
    issuer_unit_id: str
    unit_id: str
    code: str
    subject: str

    @property
    def about(self) -> str:
        return f"{self.directive_id}.{self.unit_id}"


class DeliveryMoved(Event):
    """A unit that was sent a directive is no more; the unit that came after it has it now, for the same purpose."""

    type: ClassVar[str] = "directives.delivery.moved.v1"

    directive_id: UUID
    issuer_unit_id: str
    unit_id: str
    former_unit_id: str
    purpose: DeliveryPurpose
    code: str
    subject: str

    @property
    def about(self) -> str:
        return f"{self.directive_id}.{self.unit_id}"


class DirectiveReplaced(Event):
    """Another directive stands in the place of this one from now on; nothing that is open of this one is owed any more.

    What becomes of each obligation is told as `directives.obligation.changed.v1`.
    """

    type: ClassVar[str] = "directives.directive.replaced.v1"

    directive_id: UUID
    version: int
    issuer_unit_id: str
    code: str
    subject: str
    by_directive_id: UUID
    by_code: str
    unit_ids: tuple[str, ...]
    """The units it was sent to: all of them are told."""

    @property
    def about(self) -> str:
        return str(self.directive_id)


class DirectiveAmended(Event):
    """Another directive amends or corrects this one, which stays in force."""

    type: ClassVar[str] = "directives.directive.amended.v1"

    directive_id: UUID
    kind: Literal["amends", "corrects"]
    code: str
    subject: str
    by_directive_id: UUID
    by_code: str
    unit_ids: tuple[str, ...]
    """The units this one was sent to: all of them are told."""

    @property
    def about(self) -> str:
        return str(self.directive_id)


class DirectiveCorrected(Event):
    """A slip in the form of a directive was noted, put right by no directive of ours; what it is, is read there."""

    type: ClassVar[str] = "directives.directive.corrected.v1"

    directive_id: UUID
    number: int
    issuer_unit_id: str
    code: str
    subject: str
    by_code: str | None
    unit_ids: tuple[str, ...]
    """The units it was sent to: all of them are told."""

    @property
    def about(self) -> str:
        return str(self.directive_id)


class DirectiveRecalled(Event):
    """A directive was taken back. What becomes of each obligation is told as `directives.obligation.changed.v1`."""

    type: ClassVar[str] = "directives.directive.recalled.v1"

    directive_id: UUID
    version: int
    issuer_unit_id: str
    code: str
    subject: str
    unit_ids: tuple[str, ...]
    """The units it was sent to that owe nothing of it that could end, and are told by this alone."""

    @property
    def about(self) -> str:
        return str(self.directive_id)


class ObligationEvent(Event):
    """What every event about what a unit owes carries."""

    obligation_id: UUID
    version: int
    """Counts with all events about the obligation."""
    directive_id: UUID
    requirement_id: UUID
    issuer_unit_id: str
    unit_id: str
    """The unit that owes, whose figures the answer states: for a cluster, the cluster itself."""
    answering_unit_id: str
    """The unit whose people answer: for a cluster its lead, else the unit itself."""
    due_at: datetime

    @property
    def about(self) -> str:
        return str(self.obligation_id)


class ObligationOpened(ObligationEvent):
    """A unit owes an answer to one requirement."""

    type: ClassVar[str] = "directives.obligation.opened.v1"

    continues: UUID | None = None
    """The obligation of a replaced directive that asked the unit for the same. What it was answered with, unless that
    was returned, answers this one; it takes no answer itself any more, whether or not its end was told already."""
    period: str | None = None
    """Of a requirement that is asked by a calendar: the one period this is the answer of."""
    as_of: date | None = None
    """The day on whose tree the unit is asked; null: that of its requirement."""
    cut_off_at: datetime | None = None
    closes_at: datetime | None = None
    """When the form closes for this unit; null: when its requirement does."""
    levels: tuple[str, ...] = ()
    """The education levels the unit answers for where it is asked per level, lowest first."""
    assigned: tuple[TargetAssigned, ...] = ()
    seats: tuple[SeatsAsked, ...] = ()
    """Of a registration: whom this unit registers."""
    from_units: tuple[str, ...] = ()
    """The units below it whose people it may register."""


class ObligationTransferred(ObligationEvent):
    """The unit that was to answer an open obligation is no more; another answers from now on."""

    type: ClassVar[str] = "directives.obligation.transferred.v1"

    former_answering_unit_id: str
    closes_at: datetime | None = None
    """When the form closes for this unit, as before; null: when its requirement does."""


ObligationState = Literal["open", "exempt", "replaced", "recalled", "waiting"]
"""Whether the unit owes the answer still; all but `open` owe nothing. `waiting`: for what it depends on."""
ObligationChange = Literal["extended", "exempted", "reopened", "replaced", "recalled", "activated", "suspended"]
"""Activated and suspended: what it depends on is there again, or was taken back."""


class ObligationChanged(ObligationEvent):
    """What a unit owes is no longer what it was: another deadline, or nothing any more, or something again.

    Carries the obligation whole, as it is from now on; whoever keeps the newest version knows all of it.
    """

    type: ClassVar[str] = "directives.obligation.changed.v1"

    state: ObligationState
    closes_at: datetime | None
    """When the form closes for this unit; null: when its requirement does."""
    change: ObligationChange
    """What made it so."""


class DayEntered(Fact):
    """A day that is not what its weekday would make it."""

    day: date
    kind: Literal["holiday", "day_off", "working"]


class CalendarEntered(Event):
    """The special days of a year were entered or changed; carries the year whole, and the newest version counts."""

    type: ClassVar[str] = "directives.calendar.entered.v1"

    year: int
    version: int
    days: tuple[DayEntered, ...]

    @property
    def about(self) -> str:
        return str(self.year)


QuestionKind = Literal["question", "obstacle"]


class Question(Event):
    """What every event about a question carries; what was asked and answered is fetched by who may read it."""

    question_id: UUID
    kind: QuestionKind
    """`obstacle`: something keeps the unit from an answer it owes."""
    directive_id: UUID
    obligation_id: UUID | None
    issuer_unit_id: str
    owning_unit_id: str
    """The division of the issuer that answers: of what stands in the way of an answer, the one that reviews it."""
    unit_id: str
    """The unit that asked."""
    code: str
    subject: str

    @property
    def about(self) -> str:
        return str(self.question_id)


class QuestionAsked(Question):
    """A unit a directive was sent to asks something about it, or says what keeps it from answering."""

    type: ClassVar[str] = "directives.question.asked.v1"


class QuestionAnswered(Question):
    """The owning division answered; `unit_ids` are to know of it: the unit that asked, or all it was sent to."""

    type: ClassVar[str] = "directives.question.answered.v1"

    unit_ids: tuple[str, ...]


class ObligationAssigned(Event):
    """The head of a unit said who in it is to see to an answer."""

    type: ClassVar[str] = "directives.obligation.assigned.v1"

    assignment_id: UUID
    obligation_id: UUID
    directive_id: UUID
    requirement_id: UUID
    unit_id: str
    answering_unit_id: str
    person_id: UUID

    @property
    def about(self) -> str:
        return str(self.obligation_id)


class Extension(Event):
    """What every event about a request for a later deadline carries; the reasons are fetched by who may read them."""

    extension_id: UUID
    obligation_id: UUID
    directive_id: UUID
    requirement_id: UUID
    issuer_unit_id: str
    unit_id: str
    answering_unit_id: str
    wished_due_at: datetime
    reviewing_unit_id: str | None = None
    """The division of the issuer that decides; null: the issuer's own desk."""

    @property
    def about(self) -> str:
        return str(self.extension_id)


class ExtensionAsked(Extension):
    """The people who answer an obligation ask its issuer for a later deadline."""

    type: ClassVar[str] = "directives.extension.asked.v1"


class ExtensionRefused(Extension):
    """The issuer leaves the deadline as it is. One that is granted is told as `directives.obligation.changed.v1`."""

    type: ClassVar[str] = "directives.extension.refused.v1"
