"""Taking in whole files of units, and giving them out again."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import BinaryIO, TypeVar

from chassis.caller import Caller
from chassis.policy import PROVINCE, Purpose, may
from chassis.problems import NotAllowed
from chassis.transaction import Transaction
from directory.domain.checking import (
    changed_units,
    closed_loop,
    faults_of_units,
    not_in_the_files,
    shared_codes,
    unknown_unit,
)
from directory.domain.cycles import Graph
from directory.domain.faults import FILES, IDENTIFIERS, LINKS, RELATIONS, UNITS, Faults
from directory.domain.files import RELATION_KINDS, Reader, no_units
from directory.operations.registering import put_and_tell
from directory.problems import ImportRejected
from directory.sheets import rows
from directory.store import audit, staging
from directory.store import units as store

FAULTS_SHOWN = 100
ROWS_AT_ONCE = 2000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Uploaded:
    """Files as somebody sent them, CSV or XLSX. What is not sent stays as it is known."""

    units: BinaryIO
    relations: BinaryIO
    links: BinaryIO | None = None
    identifiers: BinaryIO | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows the files had, and how many units they changed."""

    units: int
    relations: int
    links: int
    identifiers: int
    changed: int


async def import_units(
    tx: Transaction, uploaded: Uploaded, *, by: Caller, faults_shown: int = FAULTS_SHOWN
) -> Imported:
    """Register the units of some files: all of them or, with one fault anywhere, none. Safe to repeat.

    Holds no more than some thousand rows at a time, however many there are. Raises `ImportRejected` with the first
    `faults_shown` faults.
    """
    if not may(by, Purpose.ADMINISTER, PROVINCE):
        raise NotAllowed("Chỉ quản trị được nhập danh mục đơn vị.", "Only an administrator may import units.")
    faults = Faults(faults_shown)
    await staging.prepare(tx.connection)
    readers = await _stage(tx, uploaded, faults)
    await store.lock_register(tx.connection)
    levels = await store.levels_by_type(tx.connection)
    silent = readers[UNITS].silent
    async for files in staging.files_in_turn(tx.connection, readers, silent):
        for fault in await asyncio.to_thread(lambda: list(faults_of_units(files, levels))):  # noqa: B023  awaited here
            faults.note(fault)
    if all(reader.is_whole for reader in readers.values()):
        await _hold_against_each_other(tx, faults)
    if faults.count:
        raise rejected(faults)
    changed = 0
    await staging.announce(tx.connection)
    async for files in staging.files_in_turn(tx.connection, readers, silent):
        found = await store.get_some(tx.connection, files.named)
        known = {unit_id: unit for unit_id, unit in found.items() if unit.versions}  # the others were just announced
        some = await asyncio.to_thread(changed_units, files, known)
        changed += len(await put_and_tell(tx, some, levels))
        await tx.make_room()
    if changed:
        await audit.record(tx, "units.imported", by=by, about=PROVINCE, changed=changed)
    sound = {file: readers[file].sound if file in readers else 0 for file in FILES}
    return Imported(sound[UNITS], sound[RELATIONS], sound[LINKS], sound[IDENTIFIERS], changed)


def rejected(faults: Faults) -> ImportRejected:
    """Return the problem that tells of these faults."""
    return ImportRejected(
        f"Các tệp có {faults.count} lỗi, chưa có gì thay đổi; xem danh sách «errors».",
        f"The files have {faults.count} fault(s) and nothing was changed; see `errors`.",
        error_count=faults.count,
        errors=[asdict(fault) for fault in faults.first],
    )


async def _stage(tx: Transaction, uploaded: Uploaded, faults: Faults) -> dict[str, Reader]:
    readers: dict[str, Reader] = {}
    streams = (uploaded.units, uploaded.relations, uploaded.links, uploaded.identifiers)
    named_any = False
    for file, stream in zip(FILES, streams, strict=True):
        if stream is None:
            continue
        readers[file] = Reader(file, rows(stream), faults.note)
        async for some in _batches(iter(readers[file])):
            named_any = named_any or file == UNITS
            await staging.enter(tx.connection, file, some)
    await staging.arrange(tx.connection)
    if readers[UNITS].is_whole and not named_any and not faults.count:
        faults.note(no_units())
    return readers


async def _batches(rows_: Iterator[T]) -> AsyncIterator[list[T]]:
    # In a thread: reading a large file takes seconds, and others are waiting for this process.
    while some := await asyncio.to_thread(lambda: list(islice(rows_, ROWS_AT_ONCE))):
        yield some


async def _hold_against_each_other(tx: Transaction, faults: Faults) -> None:
    async for file, number, unit_id in staging.not_named(tx.connection):
        faults.note(not_in_the_files(file, number, unit_id))
    async for file, number, unit_id in staging.leading_nowhere(tx.connection):
        faults.note(unknown_unit(file, number, unit_id))
    async for held in staging.codes_met_twice(tx.connection):
        for fault in shared_codes(held):
            faults.note(fault)
    for kind in RELATION_KINDS:
        graph = Graph()
        async for edge in staging.edges(tx.connection, kind):
            graph.add(edge)
        for cycle in await asyncio.to_thread(graph.cycles):
            faults.note(closed_loop(kind, cycle))
