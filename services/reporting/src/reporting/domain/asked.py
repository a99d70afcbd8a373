"""What is asked, as far as it decides how answers add up, and of whom."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

UNDIVIDED = "-"
"""The period of a requirement that names none. A period is a token of a NATS subject, and those cannot be empty."""
ALL_LEVELS = ""
"""Stands for the units of every education level, and of none."""
LEVELS = ("preschool", "primary", "lower_secondary", "upper_secondary", "continuing")
"""Education levels, lowest first."""


def programme_of(indicator: str) -> str:
    """Return the programme a figure belongs to: what its code begins with, as in `stem.lessons`."""
    return indicator.partition(".")[0]


class Ratio(NamedTuple):
    """A figure nobody states: one over another, by their codes."""

    indicator: str
    numerator: str
    denominator: str


class Target(NamedTuple):
    """What a figure is compared with, as the directive says."""

    indicator: str
    kind: str
    holds: str
    value: int | None
    registered_in: str | None
    periods: Sequence[str]
    """Those it is for; none: all."""


class Rule(NamedTuple):
    """What must hold between sums of figures, as the outline says: each side a list of [indicator, times]."""

    code: str
    left: Sequence[Sequence[Any]]
    holds: str
    right: Sequence[Sequence[Any]]
    message_vi: str
    message_en: str


class Requirement(NamedTuple):
    """What is asked, as far as it decides how answers add up."""

    requirement_id: UUID
    version: int
    directive_id: UUID
    issuer_unit_id: str
    kind: str
    as_of: date
    periods: tuple[str, ...]
    indicators: tuple[str, ...]
    """Those that are stated, and so add up."""
    ratios: tuple[Ratio, ...] = ()
    bools: tuple[str, ...] = ()
    """Those of the indicators that are a yes or no."""
    divided: Mapping[str, Sequence[str]] = {}
    """Those that are stated per education level, each with the levels it is asked of; none: all."""
    calendar: tuple[tuple[str, date], ...] = ()
    """Of one asked by a calendar: its periods, in their order, each with its first day."""
    targets: tuple[Target, ...] = ()
    reviewing_unit_id: str | None = None
    """The division of the issuer that reviews what comes in for it; null: the issuer's own desk."""

    sensitive: tuple[str, ...] = ()
    """Figures, ratios among them, whose small totals are kept back before anything leaves."""
    rules: Sequence[Rule] = ()
    """What must hold between figures; where its two sides are stated by different units, between their sums."""

    def day_of(self, period: str) -> date:
        """Return the day on whose tree the totals of a period stand."""
        return max(self.as_of, dict(self.calendar).get(period, self.as_of))

    def before(self, period: str) -> str | None:
        """Return the period before one, or null."""
        place = self.periods.index(period) if period in self.periods else 0
        return self.periods[place - 1] if place else None

    @property
    def programmes(self) -> tuple[str, ...]:
        """Return the programmes its figures belong to, in the order of the outline."""
        return tuple(dict.fromkeys(programme_of(each) for each in self.indicators))

    def of_programme(self, programme: str) -> "Requirement":
        """Return the part of the requirement that asks for the figures of one programme."""
        return self._replace(
            indicators=tuple(each for each in self.indicators if programme_of(each) == programme),
            ratios=tuple(each for each in self.ratios if programme_of(each.indicator) == programme),
            bools=tuple(each for each in self.bools if programme_of(each) == programme),
            targets=tuple(each for each in self.targets if programme_of(each.indicator) == programme),
        )

    def asked_at(self, level: str) -> tuple[str, ...]:
        """Return the indicators that are asked of an education level."""
        if level == ALL_LEVELS or not self.divided:
            return self.indicators
        return tuple(each for each in self.indicators if not self.divided.get(each) or level in self.divided[each])


class Obligation(NamedTuple):
    """Who owes an answer to a requirement."""

    obligation_id: UUID
    version: int
    requirement_id: UUID
    unit_id: str
    answering_unit_id: str
    due_at: datetime
    period: str | None = None
    """The one period it is the answer of; null: those of its requirement."""
    as_of: date | None = None
    """The day on whose tree it stands; null: that of its requirement."""
    levels: tuple[str, ...] = ()
    """The education levels the unit teaches, where it is asked per level."""
    assigned: Sequence[Sequence[Any]] = ()
    """What the unit is to reach: indicator, period (null: every one), value."""


class ObligationChange(NamedTuple):
    """What an obligation has become since it was opened, by the newest event heard of it."""

    obligation_id: UUID
    version: int
    state: str
    due_at: datetime
