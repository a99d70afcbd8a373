"""What stands in the versions that the parts of a figure were taken from, as far as somebody may see it.

Who adds up often may not read each answer behind a sum; then a part stays what they say. Where whoever sends it, or
whoever reads it, may see the version too, the two are held against each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from submissions.domain.consolidated import Consolidated, Part
from submissions.domain.fault import Fault

if TYPE_CHECKING:
    from submissions.domain.answer import Stated

Source = tuple[UUID, int]
"""A submission and the number of one of its versions."""
Agreement = Literal["agrees", "differs", "replaced"]
"""It states that figure; it does not, or another unit sent it; it does, and a newer version stands in its place."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A version, as far as a part of a figure needs it."""

    unit_id: str
    is_newest: bool
    """It stands: nothing newer was sent, and it was neither returned nor withdrawn."""
    is_nil: bool
    stated: "Sequence[Stated]"

    def total(self, indicator: str, period: str) -> int | None:
        """Return what it states of a figure over all levels; of a yes 1; null: nothing."""
        values = [each.value for each in self.stated if (each.indicator, each.period) == (indicator, period)]
        if not values:
            return 0 if self.is_nil else None
        return int(any(values)) if isinstance(values[0], bool) else sum(values)


def sources_in(consolidates: Sequence[Consolidated]) -> set[Source]:
    """Return the versions that parts were taken from."""
    return {
        (part.submission_id, part.number)
        for each in consolidates
        for part in each.parts
        if part.submission_id is not None and part.number is not None
    }


def agreement(of: Consolidated, part: Part, quoted: Mapping[Source, Quoted]) -> Agreement | None:
    """Say whether a part is what its version states; null: it names none, or none that may be seen."""
    if part.submission_id is None or part.number is None:
        return None
    found = quoted.get((part.submission_id, part.number))
    if found is None:
        return None
    if found.unit_id != part.unit_id or found.total(of.indicator, of.period) != part.value:
        return "differs"
    return "agrees" if found.is_newest else "replaced"


def faults_of(consolidates: Sequence[Consolidated], quoted: Mapping[Source, Quoted]) -> Iterator[Fault]:
    """Give the parts that are not what the version says that they were taken from."""
    for place, each in enumerate(consolidates):
        for at, part in enumerate(each.parts):
            if agreement(each, part, quoted) == "differs":
                yield Fault(
                    f"consolidates[{place}].parts[{at}]",
                    each.indicator,
                    f"Số của {part.unit_id} ({part.value}) không có trong bản nộp đã dẫn.",
                    f"The version named for {part.unit_id} does not state {part.value}.",
                )
