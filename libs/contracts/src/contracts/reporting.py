"""Events reporting publishes: aggregated facts, never a single school's answer."""

from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from typing import ClassVar, Literal
from uuid import UUID

from contracts.directives import TargetHolds, TargetKind
from contracts.event import Event, Fact


class Total(Fact):
    """The total of one indicator: the sum, or for a bool the number of units that said yes."""

    indicator: str
    value: int | None
    """Null while nobody has told a figure, blank being no zero, and when it is withheld."""
    withheld: bool = False
    """It is a sensitive figure, which is not told one change after the other; it is published in editions."""


class RatioTotal(Fact):
    """The two sums of a ratio, never the mean of ratios; who shows it divides."""

    indicator: str
    numerator: int | None
    """Null while nobody has reported."""
    denominator: int | None


class TargetTotal(Fact):
    """What a total is compared with: the sum of what was assigned or registered, or what a policy asks of the whole.

    That of the period before is its own aggregate, and is not repeated here.
    """

    indicator: str
    kind: TargetKind
    holds: TargetHolds
    target: int | None
    """In the unit of what is counted: for a ratio of its numerator, for a bool in units. Null while none is known."""
    variance: int | None
    """The total less the target; null while either is not known."""
    missing: int | None
    """How many are short of at least so many, or over at most so many; nought when it is reached."""


class Breakdown(Fact):
    """The same totals for the units of one education level only."""

    level: str
    totals: tuple[Total, ...]
    units_reported: int
    units_due: int
    ratios: tuple[RatioTotal, ...] = ()
    targets: tuple[TargetTotal, ...] = ()
    units_nil: int = 0
    """How many of those who reported say that nothing happened."""
    units_late: int = 0
    """How many of those who reported did so after their deadline."""
    units_returned: int = 0
    """How many of those who owe had an answer that was sent back."""
    units_exempt: int = 0
    """How many beside those who owe are let off."""


class AggregateUpdated(Event):
    """The totals of one requirement, at one unit of the tree or one cluster, for one period, are now these."""

    type: ClassVar[str] = "reporting.aggregate.updated.v1"

    directive_id: UUID
    requirement_id: UUID
    unit_id: str
    relation: Literal["reporting", "cluster"]
    period: str
    as_of: date
    version: int
    """Grows with every change of this aggregate; an older one never overwrites a newer one."""
    totals: tuple[Total, ...]
    units_reported: int
    units_due: int
    levels: tuple[Breakdown, ...]
    ratios: tuple[RatioTotal, ...] = ()
    targets: tuple[TargetTotal, ...] = ()
    units_nil: int = 0
    """How many of those who reported say that nothing happened."""
    units_late: int = 0
    """How many of those who reported did so after their deadline."""
    units_returned: int = 0
    """How many of those who owe had an answer that was sent back."""
    units_exempt: int = 0
    """How many beside those who owe are let off."""

    @property
    def about(self) -> str:
        return f"{self.requirement_id}.{self.unit_id}.{self.period}"


class AggregatesDigested(Event):
    """Once a day, when everything before it has been told: what whoever took all of it holds now.

    `digest` is the SHA-256, in hexadecimal, of one line of UTF-8 for the newest version of each aggregate, in the order
    of their bytes, each ended by a line feed: subject of the envelope, version, units reported and due, and the figures
    that are not nought, by the codes of their indicators:
    `01a2….U-SGD-MG.2025-2026 17 36/37 stem.implementing=36 stem.lessons=412`.
    """

    type: ClassVar[str] = "reporting.aggregates.digested.v1"

    day: date
    aggregates: int
    """How many there are."""
    digest: str

    @property
    def about(self) -> str:
        return self.day.isoformat()


def digest_line(told: AggregateUpdated) -> str:
    """Return the line an aggregate is in the digest of all."""
    figures = (f"{each.indicator}={each.value}" for each in told.totals if each.value)
    counts = f"{told.units_reported}/{told.units_due}"
    return " ".join([told.about, str(told.version), counts, *sorted(figures, key=str.encode)])


def digest_of(lines: Iterable[str]) -> str:
    """Return the digest of these lines, in whatever order they come."""
    return sha256(b"".join(line.encode() + b"\n" for line in sorted(lines, key=str.encode))).hexdigest()


class SubscriptionUnreached(Event):
    """A subscriber of the aggregates has taken nothing, or one thing not, for several attempts; it is still tried."""

    type: ClassVar[str] = "reporting.subscription.unreached.v1"

    subscription_id: UUID
    failing_since: datetime
    position: int
    """Of the feed, where it got to: of one outage the same."""
    owner_id: UUID

    @property
    def about(self) -> str:
        return str(self.subscription_id)


class SubscriptionStopped(Event):
    """A subscriber of the aggregates is told nothing any more, and why."""

    type: ClassVar[str] = "reporting.subscription.stopped.v1"

    subscription_id: UUID
    version: int
    because: Literal["gone", "failing", "revoked"]
    """It answered that it is gone; it took nothing for days; its owner may not subscribe any more."""
    failing_since: datetime
    """When it was revoked: that moment."""
    position: int
    """Of the feed; what is behind it was not delivered, and is when the subscription is taken up again."""
    owner_id: UUID | None = None
    """Whose it is: somebody who should know."""

    @property
    def about(self) -> str:
        return str(self.subscription_id)


class EditionPublished(Event):
    """The totals of a requirement were published: frozen, numbered, each figure with the submissions behind it."""

    type: ClassVar[str] = "reporting.edition.published.v1"

    directive_id: UUID
    requirement_id: UUID
    issuer_unit_id: str
    number: int
    """One, two, three …; a later one never changes an earlier one."""
    as_of: date
    digest: str
    """SHA-256 of the figures that may leave the house, in hexadecimal: two editions with one digest show the same."""
    changed_figures: int
    """In how many figures it differs from the edition before; of the first: how many there are."""
    units_reported: int
    units_due: int

    @property
    def about(self) -> str:
        return f"{self.requirement_id}.{self.number}"
