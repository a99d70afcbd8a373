"""Makes one export, in a process of its own: what a large table needs is given back when it ends."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Row

from chassis.transaction import Transaction, Transactions
from reporting import store as totals
from reporting.domain import COUNTING, Aggregate, Requirement
from reporting.exports import sheet, store
from reporting.exports.heading import heading_of
from reporting.exports.sheet import Figure, Heading, Line
from reporting.exports.store import PART_BYTES, Export, Place

PROGRESS_ROWS = 5000
_REMARKS = {
    "exempt": "Được miễn",
    "recalled": "Đã thu hồi",
    "replaced": "Đã thay thế",
    "returned": "Trả lại",
    "withdrawn": "Đã rút",
}


class File(Protocol):
    """A file that is written row by row."""

    def line(self, line: Line) -> None:
        """Write the next row."""

    def close(self) -> None:
        """End the file."""


@dataclass(frozen=True, slots=True)
class _Ground:
    requirement: Requirement
    heading: Heading
    names: dict[str, str]
    aggregates: dict[str, Aggregate]
    top: str | None
    groups: Sequence[tuple[str | None, Sequence[Place]]]
    """Each aggregate below the top with the units right below it; null: right below the top."""


async def make(transactions: Transactions, export_id: UUID) -> None:
    """Make an export and write it down in parts; whatever was made of it before is forgotten. Safe to repeat."""
    async with transactions.begin() as tx:
        export = await store.find_export(tx, export_id)
    if export is None or export.state == "ready":
        return

    async def tell(done: int, total: int) -> None:
        async with transactions.begin() as tx:
            await store.change(tx, export_id, rows_done=done, rows_total=total, taken_at=datetime.now(UTC))

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        rows = 0
        async with transactions.begin() as tx:
            # All of it as of one moment, however long it takes and whatever is folded meanwhile.
            await tx.connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            rows = await _write(tx, export, path, tell)
        await _keep(transactions, export, path, rows)


async def _write(tx: Transaction, export: Export, path: Path, tell: Callable[[int, int], Any]) -> int:
    ground = await _ground(tx, export)
    file = _file(export.form, path, ground.heading)
    total = 1 + sum(len(places) + (group is not None) for group, places in ground.groups)
    done = 0
    await tell(0, total)
    async for line in _lines(tx, export, ground):
        file.line(line)
        done += 1
        if done % PROGRESS_ROWS == 0:
            await tell(done, total)
    file.close()
    return done


def _file(form: str, path: Path, heading: Heading) -> File:
    if form == "csv":
        from reporting.exports.text_file import TextFile

        return TextFile(path, heading)
    from reporting.exports.workbook import Book

    return Book(path, heading)


async def _keep(transactions: Transactions, export: Export, path: Path, rows: int) -> None:
    digest, count = hashlib.sha256(), 0
    async with transactions.begin() as tx:
        # Whoever was taken for dead and goes on finds it made by another, and perhaps being fetched.
        if not await store.begin_anew(tx, export.export_id):
            return
        with path.open("rb") as made:
            for number, part in enumerate(_parts_of(made.read)):
                digest.update(part)
                count += len(part)
                await store.put_part(tx, export.export_id, number, part)
        await store.change(
            tx,
            export.export_id,
            state="ready",
            rows_done=rows,
            rows_total=rows,
            byte_count=count,
            digest=digest.hexdigest(),
        )


def _parts_of(read: Callable[[int], bytes]) -> Iterator[bytes]:
    while part := read(PART_BYTES):
        yield part


async def _ground(tx: Transaction, export: Export) -> _Ground:
    requirement = await totals.find_requirement(tx, export.requirement_id)
    if requirement is None:
        raise LookupError(f"no requirement {export.requirement_id}")
    totals_of = None if export.totals_of is None else frozenset(export.totals_of)
    answers_of = None if export.answers_of is None else frozenset(export.answers_of)
    day = requirement.day_of(export.period)
    aggregates = {
        each.key.unit_id: each
        for each in await totals.aggregates_of(tx, export.requirement_id)
        if each.key.period == export.period
        and each.relation == "reporting"
        and (totals_of is None or each.key.unit_id in totals_of)
    }
    everybody = await store.places_of(tx, export.requirement_id, export.period)
    places = [each for each in everybody if answers_of is None or each.unit_id in answers_of]
    names = await store.names_of(
        tx, sorted({requirement.issuer_unit_id, *aggregates, *(each.unit_id for each in places)}), day
    )
    top = _top(requirement, aggregates, everybody)
    by_group: dict[str | None, list[Place]] = {None: []} | {each: [] for each in aggregates if each != top}
    for each in places:
        # Its own total stands in its own group, should a unit owe and have others below it.
        near = next((above for above in (each.unit_id, *each.above) if above in by_group), None)
        by_group[near].append(each)

    def called(unit_id: str) -> tuple[str, str]:
        return names.get(unit_id, unit_id), unit_id

    groups = [
        (group, sorted(found, key=lambda each: called(each.unit_id)))
        for group, found in sorted(by_group.items(), key=lambda each: ("", "") if each[0] is None else called(each[0]))
    ]
    heading = await heading_of(tx, requirement, export.period, day, names)
    return _Ground(requirement, heading, names, aggregates, top, groups)


def _top(requirement: Requirement, aggregates: dict[str, Aggregate], places: Sequence[Place]) -> str | None:
    # That of the unit that asked, or the highest that may be read.
    if requirement.issuer_unit_id in aggregates:
        return requirement.issuer_unit_id
    heights: dict[str, int] = {}
    for each in places:
        for height, above in enumerate(each.above):
            heights[above] = max(height, heights.get(above, 0))
    standing = [each for each in aggregates if each in heights]
    highest = max((heights[each] for each in standing), default=-1)
    highests = [each for each in standing if heights[each] == highest]
    return highests[0] if len(highests) == 1 else None


async def _lines(tx: Transaction, export: Export, ground: _Ground) -> Any:
    figures = ground.heading.figures
    if ground.top is not None:
        yield _total(ground, ground.top, "total", "", "TỔNG SỐ")
    everybody = [each.obligation_id for _, places in ground.groups for each in places]
    details = store.details_of(tx, everybody, export.period)  # of many at once, however few stand in a group
    number = 0
    for group, places in ground.groups:
        if group is not None:
            number += 1
            yield _total(ground, group, "group", sheet.roman(number), ground.names.get(group, group))
        for count, each in enumerate(places, start=1):
            yield _unit(await anext(details), figures, str(count), ground.names.get(each.unit_id, each.unit_id))


def _total(ground: _Ground, unit_id: str, kind: Any, number: str, name: str) -> Line:
    tally = ground.aggregates[unit_id].all_units
    cells = sheet.total_cells(ground.heading.figures, tally)
    return Line(kind, number, name, cells, tally.due, tally.reported)


def _unit(row: Row[Any], figures: Sequence[Figure], number: str, name: str) -> Line:
    is_owed = row.owed == "open"
    counts = row.answered in COUNTING
    stated = (row.stated or {}) if counts and row.is_nil is not None else None
    levels = row.levels or ([row.level] if row.level else [])
    cells = sheet.unit_cells(figures, stated, is_nil=bool(row.is_nil), is_owed=is_owed, levels=levels)
    remark = _REMARKS.get(row.owed if not is_owed else row.answered or "", "")
    if counts and is_owed:
        remark = "; ".join([*(["Không phát sinh"] if row.is_nil else []), *(["Nộp muộn"] if row.is_late else [])])
    return Line("unit", number, name, cells, int(is_owed), int(counts and is_owed), remark)
