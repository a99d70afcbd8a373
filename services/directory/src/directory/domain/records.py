"""Records of a national database: each new, updated or cancelled, under a version that only grows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from chassis.text import Line
from directory.domain.changing import Impossible, below_from, changed_from, ended_before, known_as_from, registered
from directory.domain.days import FIRST_DAY, LAST_DAY, holds_on
from directory.domain.reorganisation import Wrong, settled
from directory.domain.steps import Abbreviation, Code, Kind, Known, Levels, Part, Scheme, TypeCode
from directory.domain.units import Unit, Version

RecordId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$")]
Outcome = Literal["registered", "changed", "ended", "unchanged", "ignored"]


class AboveByCode(Part):
    """The unit above, by a code of its own."""

    kind: Kind
    scheme: Scheme
    code: Code


class Record(Part):
    """What a national database says of a unit from a day on; what is not said stays."""

    record_id: RecordId
    event: Literal["NEW", "UPDATE", "CANCEL"]
    version: Annotated[int, Field(ge=1, lt=1 << 53)]
    effective_date: Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
    codes: Annotated[tuple[Known, ...], Field(min_length=1, max_length=10)]
    unit_type: TypeCode | None = None
    name: Line | None = None
    short_name: Line | None = None
    abbreviation: Abbreviation | None = None
    levels: Levels | None = None
    above: Annotated[tuple[AboveByCode, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _a_new_one_is_whole(self) -> Self:
        if self.event == "NEW" and not (self.unit_type and self.name and self.short_name):
            raise ValueError("bản ghi NEW thiếu loại hoặc tên / a NEW record lacks its type or its names")
        return self

    @property
    def all_codes(self) -> set[tuple[str, str]]:
        """Return the codes it speaks of, with their schemes: its own, and those of units above."""
        return {(each.scheme, each.code) for each in self.codes} | {(each.scheme, each.code) for each in self.above}

    @property
    def look(self) -> dict[str, Any]:
        """Return what is said of the unit itself."""
        names = ("unit_type", "name", "short_name", "abbreviation", "levels")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True)
class Taken:
    """The newest version of a record that was taken over, and the unit it is about."""

    record_id: str
    unit_id: str
    version: int
    event: str


class Taking:
    """Takes records over, one after the other, in the order they are sent.

    `known` holds the units they may be about or lead to; `holders` who ever held one of their codes.
    """

    def __init__(
        self,
        known: Mapping[str, Unit],
        taken: Mapping[str, Taken],
        holders: Mapping[tuple[str, str], set[str]],
        make_id: Callable[[], str],
    ) -> None:
        self._known = known
        self._units = dict(known)
        self._holders = {key: set(units) for key, units in holders.items()}
        self._make_id = make_id
        self.taken = dict(taken)
        self.outcomes: list[tuple[str, Outcome]] = []
        """Unit and outcome of each record, in order."""
        self.wrong: list[Wrong] = []

    def take_all(self, records: Iterable[Record]) -> None:
        """Take records over in their order."""
        for number, record in enumerate(records, start=1):
            self.take(number, record)

    def take(self, number: int, record: Record) -> None:
        """Take a record over, unless it is not newer than what is known of it."""
        before = self.taken.get(record.record_id)
        if before is not None and record.version <= before.version:
            self.outcomes.append((before.unit_id, "ignored"))
            return
        try:
            unit_id = before.unit_id if before is not None else self._unit_of(record)
            old = self._units.get(unit_id, Unit(unit_id))
            new = self._changed(record, old)
        except Impossible as reason:
            self.wrong.append(Wrong(number, record.record_id, reason.vi, reason.en))
            return
        self._units[unit_id] = new
        self.taken[record.record_id] = Taken(record.record_id, unit_id, record.version, record.event)
        for code in record.codes:
            self._holders.setdefault((code.scheme, code.code), set()).add(unit_id)
        self.outcomes.append((unit_id, _outcome(record, old, new)))

    def after(self) -> dict[str, Unit]:
        """Return the units that differ."""
        return settled(self._units, self._known)

    def _unit_of(self, record: Record) -> str:
        found = {each for code in record.codes for each in self._holding(code.scheme, code.code, record.effective_date)}
        if len(found) > 1:
            raise Impossible(
                f"các mã thuộc nhiều đơn vị: {', '.join(sorted(found))}",
                f"its codes belong to several units: {', '.join(sorted(found))}",
            )
        if found:
            return found.pop()
        if record.event != "NEW":
            raise Impossible(
                "chưa có bản ghi này và không đơn vị nào giữ các mã đó",
                "the record is not known, and no unit holds its codes",
            )
        return self._make_id()

    def _holding(self, scheme: str, code: str, day: date) -> set[str]:
        return {
            unit_id
            for unit_id in self._holders.get((scheme, code), ())
            for each in self._units[unit_id].identifiers
            if (each.scheme, each.code) == (scheme, code) and holds_on(each.valid_from, each.valid_to, day)
        }

    def _changed(self, record: Record, unit: Unit) -> Unit:
        day = record.effective_date
        if record.event == "CANCEL":
            return unit if unit.last_day is not None and unit.last_day < day else ended_before(unit, day)
        if record.event == "NEW" and unit.on(day) is None:
            assert record.unit_type and record.name and record.short_name  # noqa: S101, PT018  the record has seen to it
            look = Version(
                day, None, record.unit_type, record.name, record.short_name, record.abbreviation, record.levels
            )
            unit = registered(unit, look)
        else:
            unit = changed_from(unit, day, record.look)
        for code in record.codes:
            unit = known_as_from(unit, day, code.scheme, code.code)
        for above in record.above:
            parents = self._holding(above.scheme, above.code, day)
            if len(parents) != 1:
                raise Impossible(
                    f"không có đơn vị nào giữ mã «{above.code}» ({above.scheme}) ngày {day}",
                    f"no unit holds the code '{above.code}' ({above.scheme}) on {day}",
                )
            unit = below_from(unit, day, above.kind, parents.pop())
        return unit


def _outcome(record: Record, old: Unit, new: Unit) -> Outcome:
    if old == new:
        return "unchanged"
    if record.event == "CANCEL":
        return "ended"
    return "changed" if old.versions else "registered"
