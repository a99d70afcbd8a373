"""What is asked and of whom, as directives told it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.directives import AnsweringAsked, IndicatorAsked, MediaAsked, RequirementIssued, RuleAsked, SectionAsked


@dataclass(frozen=True, slots=True)
class Obligation:
    """What one unit owes: an answer to one requirement, given by the people of `answering_unit_id`."""

    id: UUID
    directive_id: UUID
    requirement_id: UUID
    issuer_unit_id: str
    unit_id: str
    answering_unit_id: str
    due_at: datetime
    closes_at: datetime | None = None
    """When the form closes for this unit; null: when its requirement does."""
    state: str = "open"
    """As directives told it; whatever is not `open` takes no answer."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """The rules of an answer, arranged for checking one: indicators and sections by their codes."""

    id: UUID
    periods: frozenset[str]
    indicators: dict[str, IndicatorAsked]
    """Those that are stated: a ratio is worked out."""
    ratios: frozenset[str]
    related: tuple[IndicatorAsked, ...]
    """Those indicators whose value depends on that of another one."""
    rules: tuple[RuleAsked, ...]
    sections: dict[str, SectionAsked]
    media: MediaAsked | None
    answering: AnsweringAsked
    closes_at: datetime | None

    @classmethod
    def issued(cls, told: RequirementIssued) -> "Requirement":
        """Arrange a requirement as it was issued."""
        stated = [each for each in told.indicators if each.type != "ratio"]
        return cls(
            id=told.requirement_id,
            periods=frozenset(told.periods),
            indicators={each.code: each for each in stated},
            ratios=frozenset(each.code for each in told.indicators if each.type == "ratio"),
            related=tuple(each for each in stated if each.at_most or each.only_if or each.of_which),
            rules=told.rules,
            sections={each.code: each for each in told.sections},
            media=told.media,
            answering=told.answering,
            closes_at=told.closes_at,
        )
