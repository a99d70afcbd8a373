"""Events the directives service publishes: what is asked, and of whom."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from contracts.event import Event, Fact

RequirementKind = Literal["report", "video"]
IndicatorType = Literal["bool", "int", "money"]
SectionKind = Literal["text", "list"]


class IndicatorAsked(Fact):
    """One figure a report must state, for each period of its requirement."""

    code: str
    name: str
    type: IndicatorType
    unit_of_measure: str
    at_most: str | None = None
    """The code of another indicator that this one may not exceed."""
    only_if: str | None = None
    """The code of a bool indicator that must be true when this one is above zero."""


class SectionAsked(Fact):
    """One heading of the outline."""

    code: str
    title: str
    kind: SectionKind


class MediaAsked(Fact):
    """What a video must be."""

    count: int
    max_seconds: int
    max_bytes: int


class RequirementIssued(Fact):
    """One thing a directive asks for, with the rules of its answer."""

    requirement_id: UUID
    kind: RequirementKind
    title: str
    as_of: date
    """The audience and the totals stand on the tree of this day."""
    periods: tuple[str, ...]
    indicators: tuple[IndicatorAsked, ...]
    sections: tuple[SectionAsked, ...]
    media: MediaAsked | None
    due_phrase: str
    due_at: datetime
    cut_off_at: datetime | None
    closes_at: datetime | None


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

    @property
    def about(self) -> str:
        return str(self.directive_id)


class ObligationOpened(Event):
    """A unit owes an answer to one requirement."""

    type: ClassVar[str] = "directives.obligation.opened.v1"

    obligation_id: UUID
    version: int
    directive_id: UUID
    requirement_id: UUID
    issuer_unit_id: str
    unit_id: str
    """The unit that owes: for a cluster, the cluster itself."""
    answering_unit_id: str
    """The unit whose people answer: for a cluster its lead, else the unit itself."""
    due_at: datetime

    @property
    def about(self) -> str:
        return str(self.obligation_id)


class ObligationTransferred(Event):
    """The unit that was to answer an open obligation is no more; another answers from now on."""

    type: ClassVar[str] = "directives.obligation.transferred.v1"

    obligation_id: UUID
    version: int
    directive_id: UUID
    requirement_id: UUID
    issuer_unit_id: str
    unit_id: str
    """The unit that owes, as before: whose figures the answer states does not change."""
    answering_unit_id: str
    """The unit whose people answer from now on."""
    former_answering_unit_id: str
    due_at: datetime

    @property
    def about(self) -> str:
        return str(self.obligation_id)
