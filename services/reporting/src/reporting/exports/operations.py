"""Verbs of exports: asked for, looked at, fetched."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import Purpose
from chassis.problems import NotFound, Problem
from chassis.transaction import Transaction, new_id
from reporting import store as totals
from reporting.exports import store
from reporting.exports.store import Export
from reporting.operations.access import Reader, nothing_here
from unit_tree.tree import Tree

MOST_UNFINISHED = 3
"""Of one person."""


class TooManyExports(Problem):
    """As many tables as one person may ask for at once are being made."""

    code = "too-many-exports"
    status = 409


class NotReady(Problem):
    """The table is still being made, or could not be."""

    code = "not-ready"
    status = 409


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes of a file that is ready."""

    start: int
    end: int
    """The last byte, which belongs to it."""
    byte_count: int


async def ask(
    tx: Transaction, requirement_id: UUID, *, form: Literal["xlsx", "csv"], period: str | None, tree: Tree, by: Caller
) -> Export:
    """Ask for the table of a requirement and a period, the first where none is named, as far as `by` may read it.

    What they may read is decided now. Whoever may read nothing of it learns nothing: `NotFound`.
    """
    requirement = await totals.find_requirement(tx, requirement_id)
    if requirement is None or (period is not None and period not in requirement.periods):
        raise nothing_here()
    chosen = period or requirement.periods[0]
    day = today(tx.now)
    totals_of = answers_of = None
    reader = Reader(by, requirement, tree, today=day)
    if not reader.may_read_unit(requirement.issuer_unit_id):
        standing = {each.key.unit_id for each in await totals.aggregates_of(tx, requirement_id)}
        totals_of = tuple(sorted(each for each in standing if reader.may_read_unit(each)))
        if not totals_of:
            raise nothing_here()
    # Whoever may read totals learns sums; the rows of the units take the right to read what they submitted.
    reader = Reader(by, requirement, tree, today=day, purpose=Purpose.READ_SUBMISSION)
    if not reader.may_read_unit(requirement.issuer_unit_id):
        standing = {each.unit_id for each in await store.places_of(tx, requirement_id, chosen)}
        answers_of = tuple(sorted(each for each in standing if reader.may_read_unit(each)))
    if await store.count_unfinished(tx, by.id) >= MOST_UNFINISHED:
        raise TooManyExports(
            f"Đang lập {MOST_UNFINISHED} biểu cho Thầy/Cô; vui lòng chờ xong rồi yêu cầu tiếp.",
            f"{MOST_UNFINISHED} tables are being made for you; wait until one is done.",
        )
    asked = Export(
        new_id(), by.id, requirement_id, chosen, form, totals_of, answers_of, "waiting", 0, 0, None, None, None, tx.now
    )
    await store.put_export(tx, asked)
    return asked


async def read_export(tx: Transaction, export_id: UUID, *, by: Caller) -> Export:
    """Return how an export stands; to nobody but who asked for it."""
    found = await store.find_export(tx, export_id)
    if found is None or found.asked_by != by.id:
        raise NotFound("Không có biểu này.", "There is no such table that you asked for.")
    return found


async def read_file(tx: Transaction, export_id: UUID, *, by: Caller) -> Export:
    """Return an export that is ready to be fetched; `NotReady` while it is not."""
    found = await read_export(tx, export_id, by=by)
    if found.state != "ready":
        raise NotReady(
            "Biểu chưa lập xong." if found.state != "failed" else "Không lập được biểu này; vui lòng yêu cầu lại.",
            "The table is not ready." if found.state != "failed" else "The table could not be made; ask again.",
            state=found.state,
        )
    return found
