"""One thing a directive asks for, as it is told when the directive is issued."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from contracts.asked import (
    AnsweringAsked,
    DocumentAsked,
    IndicatorAsked,
    MediaAsked,
    PeriodAsked,
    RuleAsked,
    SectionAsked,
    TargetAsked,
)
from contracts.event import Fact
from contracts.registration import RegistrationAsked

RequirementKind = Literal["report", "video", "media", "registration", "document", "acknowledgement"]
"""`media`: recordings or pictures, as `video` is of films.
An acknowledgement is answered by saying so: nothing is sent with it, and nobody reviews it."""


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
    rules: tuple[RuleAsked, ...] = ()
    targets: tuple[TargetAsked, ...] = ()
    registration: RegistrationAsked | None = None
    """Of a registration; its `indicators` are then the figures it adds up to, which nobody states."""
    document: DocumentAsked | None = None
    answering: AnsweringAsked = AnsweringAsked()
    calendar: tuple[PeriodAsked, ...] = ()
    """The periods it is asked by, each with obligations of its own, in their order; none: it is asked once."""
    reviewing_unit_id: str | None = None
    """The division of the issuer whose desk reviews what comes in for it; null: the issuer's own desk."""
