"""Figures a unit adds up from those of others: which units stand behind each, and what they stated.

What a part says is what the sender took from it; it stands in the digest of the answer, and whoever reads the part
itself sees whether it is so. That the parts add up to the figure, or that the sender says why not, is checked here.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from submissions.domain.asked import Requirement
from submissions.domain.between import Accepted, figure_of
from submissions.domain.fault import Fault, Remark

if TYPE_CHECKING:
    from submissions.domain.answer import Answer

MOST_PARTS = 2_000
"""As many units as a large province has below one of its own."""
_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_LINE = re.compile(rf"([A-Za-z0-9][A-Za-z0-9_-]{{0,63}}) = (-?[0-9]{{1,19}})(?: \(({_ID}) ([1-9][0-9]{{0,8}})\))?")
StatedBelow = Mapping[tuple[str, str], Collection[str]]
"""By indicator and period: which units below stated it, of what the one that adds up asked them."""
NOBODY: StatedBelow = {}


class Part(NamedTuple):
    """What one unit stated of a figure, and in which version of its submission; null: it was not sent here."""

    unit_id: str
    value: int
    submission_id: UUID | None = None
    number: int | None = None


class Consolidated(NamedTuple):
    """The units behind one figure of one period, over all education levels."""

    indicator: str
    period: str
    parts: tuple[Part, ...]

    @property
    def total(self) -> int:
        """Return what the parts add up to."""
        return sum(each.value for each in self.parts)

    @property
    def row(self) -> list[object]:
        """Return it as it is kept, and written down for the digest."""
        parts = [
            [each.unit_id, each.value, str(each.submission_id) if each.submission_id else None, each.number]
            for each in self.parts
        ]
        return [self.indicator, self.period, parts]


def consolidated_of(row: Sequence[object]) -> Consolidated:
    """Return what `row` made."""
    indicator, period, parts = row
    assert isinstance(parts, list)  # noqa: S101  what `row` writes
    return Consolidated(
        str(indicator),
        str(period),
        tuple(Part(unit, value, UUID(sent) if sent else None, number) for unit, value, sent, number in parts),
    )


def faults_of(requirement: Requirement, answer: "Answer") -> Iterator[Fault]:
    """Give what is wrong with what an answer says of the units behind its figures."""
    if answer.consolidates and not requirement.answering.is_consolidated:
        yield Fault("consolidates", None, "Văn bản không yêu cầu số liệu tổng hợp.", "No figure is to be added up.")
        return
    seen: set[tuple[str, str]] = set()
    for place, each in enumerate(answer.consolidates):
        where, key = f"consolidates[{place}]", (each.indicator, each.period)
        asked = requirement.indicators.get(each.indicator)
        if asked is None or asked.type == "bool" or each.period not in requirement.periods:
            yield Fault(where, each.indicator, "Không tổng hợp được số liệu này.", "This figure cannot be added up.")
        elif key in seen:
            yield Fault(where, each.indicator, "Số liệu này được tổng hợp hai lần.", "The figure is added up twice.")
        seen.add(key)
        if len({part.unit_id for part in each.parts}) < len(each.parts):
            yield Fault(where, each.indicator, "Một đơn vị được cộng hai lần.", "A unit is counted twice.")


def differing(
    requirement: Requirement, answer: "Answer", accepted: Accepted, below: StatedBelow = NOBODY
) -> Iterator[Remark]:
    """Give the figures that are not what the units behind them add up to, and those that leave out units which stated
    them; each needs an explanation. A nil report states nought.
    """
    for each in answer.consolidates:
        stated = _stated(requirement, answer, accepted, each.indicator, each.period)
        if stated is not None and stated[1] != each.total:
            (where, value), count = stated, len(each.parts)
            yield _differs(
                requirement,
                (where, each.indicator, each.period),
                f"({value}) khác tổng của {count} đơn vị ({each.total}).",
                f"({value}) is not what its {count} units add up to ({each.total}).",
            )
    added = {(each.indicator, each.period): {part.unit_id for part in each.parts} for each in answer.consolidates}
    for key, units in sorted(below.items()):
        stated, left = _stated(requirement, answer, accepted, *key), set(units) - added.get(key, set())
        if stated is not None and left:
            yield _differs(
                requirement,
                (stated[0], *key),
                f"không cộng số của {len(left)} đơn vị trực thuộc đã báo cáo.",
                f"leaves out {len(left)} unit(s) below that reported it.",
            )


def _stated(
    requirement: Requirement, answer: "Answer", accepted: Accepted, indicator: str, period: str
) -> tuple[str, int] | None:
    # Where a figure stands in the body, and the figure.
    if answer.is_nil:
        return "nil", 0
    found = figure_of(requirement, accepted, indicator, period)
    return (f"values[{found[0]}]", int(found[1])) if found is not None else None


def _differs(requirement: Requirement, at: tuple[str, str, str], what_vi: str, what_en: str) -> Remark:
    where, indicator, period = at
    name = requirement.indicators[indicator].name
    return Remark(where, indicator, period, f"«{name}» {what_vi}", f"{indicator} {what_en}", needs_explanation=True)


def holds_parts(lines: Sequence[str]) -> bool:
    """Say whether every line of a draft is a part: `unit = value`, and `(submission number)` where it was sent here."""
    return len(lines) <= MOST_PARTS and all(_LINE.fullmatch(line) for line in lines)


def parts_of(lines: Sequence[str]) -> tuple[Part, ...]:
    """Return what stands in the lines of a draft."""
    found = [match for match in map(_LINE.fullmatch, lines) if match is not None]
    return tuple(
        Part(
            each[1],
            int(each[2]),
            UUID(each[3]) if each[3] else None,
            int(each[4]) if each[4] else None,
        )
        for each in found
    )


def lines_of(parts: Sequence[Part]) -> list[str]:
    """Return parts as the lines of a draft."""
    return [
        f"{each.unit_id} = {each.value}" + (f" ({each.submission_id} {each.number})" if each.submission_id else "")
        for each in parts
    ]
