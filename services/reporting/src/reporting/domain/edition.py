"""Editions: numbered, frozen publications of the totals, and what one differs by from another."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from reporting.domain.aggregate import AggregateKey, Figures, Tally
from reporting.domain.asked import ALL_LEVELS, Requirement
from reporting.domain.contribution import Relation
from reporting.domain.withholding import Cell, parents_of, withheld


@dataclass(frozen=True, slots=True)
class Edition:
    """A numbered publication of the totals of a requirement."""

    requirement_id: UUID
    number: int
    published_at: datetime
    published_by: UUID
    note: str
    stands_on: date
    digest: str
    changed_figures: int
    units_reported: int
    units_due: int


@dataclass(frozen=True, slots=True)
class Figure:
    """The totals of one unit for one period, as they were published."""

    key: AggregateKey
    name: str
    unit_type: str
    figures: Figures
    is_withheld: bool
    """Sensitive figures are kept back here before anything leaves."""


@dataclass(frozen=True, slots=True)
class Source:
    """What stood behind the figures of an edition: one unit, and the submission version that was counted."""

    obligation_id: UUID
    unit_id: str
    submission_number: int | None
    stated: Mapping[str, Mapping[str, int]]
    is_nil: bool
    is_exempt: bool


class Difference(NamedTuple):
    """A total that is another one than in the edition before; null: there was, or is, none."""

    unit_id: str
    period: str
    relation: Relation
    indicator: str
    before: int | None
    after: int | None


def digest_of(requirement: Requirement, figures: Iterable[Figure]) -> str:
    """Return the SHA-256 of the figures, without those that may not leave the house: whatever order they come in.

    A digest of the others as well would tell them to whoever tries all they may be.
    """
    told = sorted(
        [each.key.unit_id, each.key.period, each.key.relation, sorted(_document(requirement, each).items())]
        for each in figures
    )
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _document(requirement: Requirement, figure: Figure) -> dict[str, Any]:
    found = {}
    for level, tally in figure.figures.items():
        kept = kept_back(requirement, figure, level)
        counts = {name: value for name, value in tally._asdict().items() if value}
        for name in ("sums", "assigned", "silent"):
            shown = {code: value for code, value in counts.pop(name, {}).items() if code not in kept}
            counts |= {name: shown} if shown else {}
        found[level] = counts
    return found


def say_the_same(one: Iterable[Figure], other: Iterable[Figure]) -> bool:
    """Say whether two editions have the same figures, those that may not leave among them."""
    first, second = ({each.key: each.figures for each in edition} for edition in (one, other))
    return first == second


def differences(requirement: Requirement, before: Iterable[Figure], after: Iterable[Figure]) -> Iterator[Difference]:
    """Yield each total that is another one than before, by unit."""
    old, new = ({each.key: each.figures.get(ALL_LEVELS, Tally()) for each in edition} for edition in (before, after))
    for key in sorted(old.keys() | new.keys()):
        for indicator in requirement.indicators:
            was, is_now = (tallies[key].total(indicator) if key in tallies else None for tallies in (old, new))
            if was != is_now:
                yield Difference(key.unit_id, key.period, key.relation, indicator, was, is_now)


def withheld_in(
    requirement: Requirement,
    figures: Mapping[AggregateKey, Figures],
    above: Mapping[str, Mapping[str, Sequence[str]]],
    earlier: Sequence[Sequence[Figure]] = (),
) -> frozenset[AggregateKey]:
    """Return at which units sensitive figures are kept back: of those by other relations than reporting, at all.

    `above` says by period who stands above each unit, nearest first. Two groupings of the same schools would give away
    what they differ by; and so would two editions, wherefore those that are out already are held against this one.
    """
    if not requirement.sensitive:
        return frozenset()
    editions = [{each.key: each for each in edition} for edition in earlier]

    def sensitive(of: Figures) -> list[int | None]:
        return [of.get(ALL_LEVELS, Tally()).total(code) for code in counted]

    def shown(key: AggregateKey) -> list[list[int | None] | None]:
        found = [edition.get(key) for edition in editions]
        return [None if each is None or each.is_withheld else sensitive(each.figures) for each in found]

    def kept_then(key: AggregateKey) -> list[list[int | None]]:
        found = [edition[key] for edition in editions if key in edition]
        return [sensitive(each.figures) for each in found if each.is_withheld]

    counted = [each for each in requirement.indicators if each in requirement.sensitive]
    kept = {key for key in figures if key.relation != "reporting"}
    for period in {key.period for key in figures}:
        there = {key.unit_id: key for key in figures if key.relation == "reporting" and key.period == period}
        parents = parents_of({unit_id: above.get(period, {}).get(unit_id, ()) for unit_id in there})
        cells = [
            Cell(
                unit_id,
                parents[unit_id],
                sensitive(figures[key]),
                published=shown(key),
                kept=kept_then(key),
            )
            for unit_id, key in there.items()
        ]
        kept |= {there[unit_id] for unit_id in withheld(cells)}
    return frozenset(kept)


def kept_back(requirement: Requirement, figure: Figure, level: str) -> frozenset[str]:
    """Return which figures may not leave the house: sensitive ones by level, and whole where it is said so."""
    return frozenset(requirement.sensitive) if level != ALL_LEVELS or figure.is_withheld else frozenset()
