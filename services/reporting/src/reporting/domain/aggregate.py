"""How contributions add up, and what a change of them changes.

All of it is state: what an obligation contributes follows from what is known now, never from the order in which it
became known. A change is the difference between what is recorded and what should be.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from reporting.domain.asked import ALL_LEVELS, LEVELS, Ratio, Requirement
from reporting.domain.contribution import Contribution, Relation


class AggregateKey(NamedTuple):
    """Which aggregate: of what, for whom, for when, and by which relation those it counts stand below."""

    requirement_id: UUID
    unit_id: str
    period: str
    relation: Relation = "reporting"


Mark = Literal["blank", "nil", "not_applicable"]
"""Why there is no figure: nobody has told one; all who reported say that nothing happened; it is not asked here."""


class Tally(NamedTuple):
    """How many units owe, how many have reported, and the sums of what they reported. Sums of zero are left out."""

    due: int = 0
    reported: int = 0
    sums: Mapping[str, int] = {}
    assigned: Mapping[str, int] = {}
    """The sums of what was assigned to those who owe."""
    silent: Mapping[str, int] = {}
    """How many of those who reported something hold no figure for an indicator."""
    nil: int = 0
    """How many of those who reported say that nothing happened."""
    late: int = 0
    """How many of those who reported did so after their deadline."""
    returned: int = 0
    """How many of those who owe had an answer that was sent back."""
    exempt: int = 0
    """How many beside those who owe are let off."""

    def plus(self, other: "Tally", times: int = 1) -> "Tally":
        """Return this tally with another one added `times` times."""
        return Tally(
            self.due + times * other.due,
            self.reported + times * other.reported,
            _added(self.sums, other.sums, times),
            _added(self.assigned, other.assigned, times),
            _added(self.silent, other.silent, times),
            self.nil + times * other.nil,
            self.late + times * other.late,
            self.returned + times * other.returned,
            self.exempt + times * other.exempt,
        )

    def stated_by(self, indicator: str) -> int:
        """Return how many units have told a figure."""
        return self.reported - self.nil - self.silent.get(indicator, 0)

    def total(self, indicator: str) -> int | None:
        """Return the total of an indicator; null while nobody has told one: blank is not zero."""
        return self.sums.get(indicator, 0) if self.nil or self.stated_by(indicator) else None

    def totals(self, indicators: Iterable[str]) -> dict[str, int | None]:
        """Return the total of each indicator."""
        # `total` of each, without calling it: a burst asks for thousands.
        sums, silent, speaking, nil = self.sums, self.silent, self.reported - self.nil, self.nil
        if nil or (speaking and not silent):
            return {each: sums.get(each, 0) for each in indicators}
        return {each: sums.get(each, 0) if nil or speaking != silent.get(each, 0) else None for each in indicators}

    def mark(self, indicator: str) -> Mark | None:
        """Say why there is no figure of an indicator that is asked here; null when somebody has told one."""
        if self.stated_by(indicator):
            return None
        return "nil" if self.nil else "blank"

    def ratios(self, ratios: Iterable[Ratio]) -> dict[str, tuple[int | None, int | None]]:
        """Return the two sums of each ratio: a ratio of a whole is sum over sum, never the mean of its parts."""
        return {each.indicator: (self.total(each.numerator), self.total(each.denominator)) for each in ratios}

    @property
    def is_nothing(self) -> bool:
        """Say whether this tally changes nothing when added."""
        return self == NO_TALLY


NO_TALLY = Tally()


def _added(first: Mapping[str, int], second: Mapping[str, int], times: int) -> Mapping[str, int]:
    if not second:
        return first
    added = dict(first)
    for indicator, value in second.items():
        added[indicator] = added.get(indicator, 0) + times * value
    return _without_noughts(added)


def _without_noughts(sums: dict[str, int]) -> dict[str, int]:
    # Sums of nought are left out; mostly there is none.
    return sums if all(sums.values()) else {indicator: value for indicator, value in sums.items() if value}


def marks_of(requirement: Requirement, tally: Tally, level: str) -> dict[str, Mark]:
    """Return why there is no figure, of each indicator that has none at an education level."""
    asked = requirement.asked_at(level)
    found: dict[str, Mark] = {each: "not_applicable" for each in requirement.indicators if each not in asked}
    for each in asked:
        mark = tally.mark(each)
        if mark is not None:
            found[each] = mark
    return found


Figures = Mapping[str, Tally]
"""The tally of each education level, and under `ALL_LEVELS` that of all units."""


class Aggregate(NamedTuple):
    """The totals of one requirement at one unit or cluster for one period."""

    key: AggregateKey
    version: int
    figures: Figures

    @property
    def relation(self) -> Relation:
        """Return by which relation those it counts stand below."""
        return self.key.relation

    @property
    def all_units(self) -> Tally:
        """Return the tally of all units below."""
        return self.figures.get(ALL_LEVELS, Tally())

    @property
    def by_level(self) -> dict[str, Tally]:
        """Return the tally of each education level, lowest first."""
        return {level: self.figures[level] for level in sorted(self.figures, key=_rank) if level != ALL_LEVELS}

    def changed_by(self, change: Figures) -> "Aggregate":
        """Return the aggregate after a change: one version further."""
        return self._replace(version=self.version + 1, figures=add_figures(self.figures, change))


def _rank(level: str) -> tuple[int, str]:
    return (LEVELS.index(level) if level in LEVELS else len(LEVELS), level)


class Change(NamedTuple):
    """What must be added to one aggregate."""

    figures: Figures


def changes_between(pairs: Iterable[tuple[Contribution | None, Contribution | None]]) -> dict[AggregateKey, Change]:
    """Return what each aggregate changes by when contributions go from the first to the second of each pair.

    Aggregates that change by nothing are left out, however many contributions moved below them.
    """
    balance = Balance()
    for before, after in pairs:
        balance.move(before, after)
    return balance.changes()


class _Running:
    """A tally that is being added to."""

    __slots__ = ("assigned", "due", "exempt", "late", "nil", "reported", "returned", "silent", "sums")

    def __init__(self) -> None:
        self.due = self.reported = self.nil = self.late = self.returned = self.exempt = 0
        self.sums: dict[str, int] = {}
        self.assigned: dict[str, int] = {}
        self.silent: dict[str, int] = {}

    def add_part(self, contribution: Contribution, times: int, part: "_Part") -> None:
        if contribution.is_exempt:
            self.exempt += times
            return
        self.due += times
        if contribution.number is not None:
            self.reported += times
            self.nil += times * contribution.is_nil
            self.late += times * contribution.is_late
        self.returned += times * contribution.is_returned
        _add_to(self.sums, part.values, times)
        _add_to(self.assigned, part.assigned, times)
        for indicator in part.silent:
            self.silent[indicator] = self.silent.get(indicator, 0) + times

    def add(self, other: "_Running") -> None:
        self.due += other.due
        self.reported += other.reported
        self.nil += other.nil
        self.late += other.late
        self.returned += other.returned
        self.exempt += other.exempt
        _add_to(self.sums, other.sums)
        _add_to(self.assigned, other.assigned)
        _add_to(self.silent, other.silent)

    def tally(self) -> Tally:
        sums, assigned, silent = (_without_noughts(dict(each)) for each in (self.sums, self.assigned, self.silent))
        return Tally(self.due, self.reported, sums, assigned, silent, self.nil, self.late, self.returned, self.exempt)


def _add_to(sums: dict[str, int], others: Mapping[str, int], times: int = 1) -> None:
    if not sums and times == 1:
        sums.update(others)
        return
    for indicator, value in others.items():
        sums[indicator] = sums.get(indicator, 0) + times * value


_Levels = tuple[str, ...]


class _Part(NamedTuple):
    """What a contribution adds at some education levels, or at all."""

    levels: _Levels
    values: Mapping[str, int]
    assigned: Mapping[str, int]
    silent: Sequence[str]


def _parts(contribution: Contribution, period: str) -> list[_Part]:
    place_level = contribution.place.level
    stated, assigned = contribution.stated.get(period, _NOTHING), contribution.assigned.get(period, _NOTHING)
    silent = contribution.silent.get(period, {})
    by_level = contribution.by_level.get(period)
    # A level without a name is the whole, and is added once.
    if not by_level and silent.get(ALL_LEVELS) == silent.get(place_level):
        levels = (ALL_LEVELS,) if place_level == ALL_LEVELS else (ALL_LEVELS, place_level)
        return [_Part(levels, stated, assigned, silent.get(ALL_LEVELS, ()))]
    return [_Part((ALL_LEVELS,), stated, assigned, silent.get(ALL_LEVELS, ()))] + [
        _Part((level,), values, assigned if level == place_level else _NOTHING, silent.get(level, ()))
        for level, values in (by_level or {place_level: stated}).items()
        if level != ALL_LEVELS
    ]


_Sum = dict[_Levels, _Running]
"""What is being added up, by the education levels it counts at: mostly one and all, for which it is added once."""


class Balance:
    """What aggregates change by, while contributions are added and taken away one after the other.

    What one contribution changes is worked out once, however many stand above it; an aggregate above it alone, as a
    commune is in most bursts, has that very change, and one above several a sum of its own.
    """

    def __init__(self) -> None:
        self._alone: dict[AggregateKey, _Sum] = {}
        self._several: dict[AggregateKey, _Sum] = {}

    def add(self, contribution: Contribution) -> None:
        """Add a contribution."""
        self.move(None, contribution)

    def move(self, before: Contribution | None, after: Contribution | None) -> None:
        """Take a contribution away and put another in its stead; none is nothing."""
        if before is not None and after is not None and _stand_alike(before, after):
            self._spread(after, (after, 1), (before, -1))
            return
        if before is not None:
            self._spread(before, (before, -1))
        if after is not None:
            self._spread(after, (after, 1))

    def _spread(self, where: Contribution, *terms: tuple[Contribution, int]) -> None:
        reached = where.place.reached
        for period in where.periods:
            change: _Sum = {}
            for contribution, times in terms:
                for part in _parts(contribution, period):
                    running = change.get(part.levels)
                    if running is None:
                        running = change[part.levels] = _Running()
                    running.add_part(contribution, times, part)
            for unit_id, relation in reached:
                self._put(AggregateKey(where.requirement_id, unit_id, period, relation), change)

    def _put(self, key: AggregateKey, change: _Sum) -> None:
        own = self._several.get(key)
        if own is None:
            if key not in self._alone:
                self._alone[key] = change  # lent: it is not written to
                return
            own = self._several[key] = {}
            _add_all(own, self._alone.pop(key))
        _add_all(own, change)

    def changes(self) -> dict[AggregateKey, Change]:
        """Return what each aggregate changes by; those that change by nothing are left out."""
        found: dict[int, Figures] = {}  # what several share is reckoned once
        changes = {}
        for known in (self._alone, self._several):
            for key, running in known.items():
                figures = found.get(id(running))
                if figures is None:
                    figures = found[id(running)] = _figures(running)
                if figures:
                    changes[key] = Change(figures)
        return changes


def _stand_alike(one: Contribution, other: Contribution) -> bool:
    return (one.requirement_id, one.periods, one.place) == (other.requirement_id, other.periods, other.place)


def _add_all(own: _Sum, change: _Sum) -> None:
    for levels, running in change.items():
        sum_there = own.get(levels)
        if sum_there is None:
            sum_there = own[levels] = _Running()
        sum_there.add(running)


def _figures(running: _Sum) -> Figures:
    figures: Figures = {}
    for levels, each in running.items():
        figures = add_figures(figures, dict.fromkeys(levels, each.tally()))
    return figures


_NOTHING: Mapping[str, int] = {}


def add_figures(figures: Figures, change: Figures) -> Figures:
    """Return figures with a change added, without levels at which nothing is left."""
    added = dict(figures)
    for level, tally in change.items():
        known = added.get(level)
        added[level] = tally if known is None else known.plus(tally)
    return {level: tally for level, tally in added.items() if not tally.is_nothing}
