"""What is asked and of whom, as directives told it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from contracts.directives import (
    AnsweringAsked,
    DocumentAsked,
    IndicatorAsked,
    MediaAsked,
    RequirementIssued,
    RequirementKind,
    RuleAsked,
    SectionAsked,
    TargetAsked,
)
from contracts.registration import RegistrationAsked


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
    reviewing_unit_id: str | None = None
    """The division of the issuer that reviews what is sent; null: the issuer's own desk alone."""
    particulars: "Particulars | None" = None
    """What it asks of its unit beside its requirement; null: nothing."""

    @property
    def desks(self) -> tuple[str, ...]:
        """Return the units whose desks review what is sent."""
        reviewer = self.reviewing_unit_id
        return (self.issuer_unit_id,) if reviewer is None else (self.issuer_unit_id, reviewer)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What an obligation asks of its unit beside its requirement."""

    period: str | None
    """The one period it is the answer of; null: those of its requirement."""
    levels: tuple[str, ...]
    """The education levels the unit teaches, where it is asked per level."""
    assigned: tuple[tuple[str, str | None, int], ...] = ()
    """What the unit is to reach: indicator, period (null: every one), value."""


UNDIVIDED = ""
"""Stands for the education level of a figure that is not stated per level."""
NOTHING_PARTICULAR = Particulars(None, ())


@dataclass(frozen=True, slots=True)
class Requirement:
    """The rules of an answer, arranged for checking one: indicators and sections by their codes."""

    id: UUID
    as_of: date
    """The day on whose tree it is asked."""
    periods: tuple[str, ...]
    """In their order: what comes before one is the period before it."""
    indicators: dict[str, IndicatorAsked]
    """Those that are stated: a ratio is worked out."""
    ratios: Mapping[str, IndicatorAsked]
    related: tuple[IndicatorAsked, ...]
    """Those indicators whose value depends on that of another one."""
    rules: tuple[RuleAsked, ...]
    sections: dict[str, SectionAsked]
    media: MediaAsked | None
    answering: AnsweringAsked
    closes_at: datetime | None
    kind: RequirementKind = "report"
    registration: RegistrationAsked | None = None
    document: DocumentAsked | None = None
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The education levels each indicator is stated for; one that is not in it is stated once, undivided."""
    targets: tuple[TargetAsked, ...] = ()
    calendar: tuple[str, ...] = ()
    """The periods it is asked by, each with obligations of its own, in their order."""
    assigned: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """What the unit is to reach, by indicator and period."""
    is_remarked: bool = False
    """Whether anything may be told of an answer that is taken; most requirements only refuse."""

    @classmethod
    def issued(cls, told: RequirementIssued) -> "Requirement":
        """Arrange a requirement as it was issued."""
        # What counts who is registered is stated by nobody.
        asked = told.indicators if told.registration is None else ()
        stated = [each for each in asked if each.type != "ratio"]
        return cls(
            id=told.requirement_id,
            as_of=told.as_of,
            periods=told.periods,
            indicators={each.code: each for each in stated},
            ratios={each.code: each for each in told.indicators if each.type == "ratio"},
            related=tuple(each for each in stated if each.at_most or each.only_if or each.of_which),
            rules=told.rules,
            sections={each.code: each for each in told.sections},
            media=told.media,
            answering=told.answering,
            closes_at=told.closes_at,
            kind=told.kind,
            registration=told.registration,
            document=told.document,
            targets=told.targets,
            calendar=tuple(each.code for each in told.calendar),
            is_remarked=any(each.only_warns for each in told.rules)
            or any(each.warns for each in told.targets)
            or told.answering.is_consolidated
            or any(each.previous_percent is not None or each.ceiling is not None for each in stated),
        )

    @property
    def has_evidence(self) -> bool:
        """Say whether files stand under some of its headings."""
        return any(each.evidence is not None for each in self.sections.values())

    def is_of_figure(self, code: str, period: str) -> bool:
        """Say whether there is such a figure of such a period, stated or worked out, that something can be said of."""
        return (code in self.indicators or code in self.ratios) and period in self.periods

    def levels_of(self, indicator: str) -> tuple[str, ...]:
        """Return the education levels an indicator is stated for: of one that is not divided, a single one."""
        return self.levels.get(indicator, (UNDIVIDED,))

    def of(self, particulars: Particulars | None) -> "Requirement":
        """Return what it asks of one unit: its period, its education levels, what it is to reach.

        A school that teaches several levels states a figure for each of them. A unit that teaches none states it for
        the levels that are asked for, or undivided where none are named.
        """
        divided = [each for each in self.indicators.values() if each.per_level]
        if particulars is None and not divided:
            return self
        said = particulars or NOTHING_PARTICULAR
        levels = {each.code: _levels(each, said.levels) for each in divided}
        unasked = {code for code, each in levels.items() if not each}
        periods = self.periods if said.period is None else (said.period,)
        return replace(
            self,
            periods=periods,
            indicators={code: each for code, each in self.indicators.items() if code not in unasked},
            related=tuple(each for each in self.related if each.code not in unasked),
            levels={code: each for code, each in levels.items() if each},
            assigned={
                (indicator, each): value
                for indicator, period, value in said.assigned
                for each in (periods if period is None else (period,))
            },
        )


def _levels(asked: IndicatorAsked, taught: tuple[str, ...]) -> tuple[str, ...]:
    if not taught:
        return asked.levels or (UNDIVIDED,)
    return tuple(level for level in taught if not asked.levels or level in asked.levels)
