"""Reorganisations: prepared, tried out, applied as one."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, BinaryIO
from uuid import UUID

from pydantic import TypeAdapter

from chassis.caller import Caller
from chassis.policy import PROVINCE, Purpose, may
from chassis.problems import NotAllowed, NotFound
from chassis.transaction import Transaction, new_id
from directory.domain.changing import eve_of
from directory.domain.faults import Faults
from directory.domain.files import read_changes
from directory.domain.plan import Plan, TypeCount, changes_of, digest_of, ending
from directory.domain.reorganisation import (
    Wrong,
    after_files,
    after_steps,
    counts,
    units_in_files,
    units_in_steps,
)
from directory.domain.steps import Step
from directory.domain.units import Unit
from directory.operations.ending_posts import end_posts, posts_that_end
from directory.operations.holding_together import hold_together
from directory.operations.importing import FAULTS_SHOWN, rejected
from directory.operations.owing import MovingObligation, obligations_that_move
from directory.operations.registering import Levels, put_and_tell
from directory.problems import AlreadyApplied, DryRunOutdated, ReorganisationFaulty
from directory.sheets import csv_lines, rows
from directory.store import audit, units
from directory.store import reorganisations as store
from directory.store.reorganisations import Reorganisation

WRONG_SHOWN = 100
_steps: TypeAdapter[tuple[Step, ...]] = TypeAdapter(tuple[Step, ...])


@dataclass(frozen=True, slots=True)
class DryRun:
    """What applying a reorganisation would change now; `digest` stands for exactly that. With faults, it cannot be."""

    plan: Plan
    digest: str
    wrong: tuple[Wrong, ...]
    obligations: tuple[MovingObligation, ...]
    """The open obligations that move, as of now: not part of the digest, as they are answered meanwhile."""


async def prepare(
    tx: Transaction, *, title: str, legal_basis: str, effective_date: date, steps: Sequence[Step], by: Caller
) -> Reorganisation:
    """Keep a draft that was written by hand."""
    _see_that_it_is_allowed(by)
    draft = {"steps": [step.model_dump(mode="json", exclude_unset=True) for step in steps]}
    return await _keep(tx, title, legal_basis, effective_date, draft, by)


async def prepare_from_files(
    tx: Transaction,
    *,
    title: str,
    legal_basis: str,
    effective_date: date,
    files: Mapping[str, BinaryIO],
    by: Caller,
) -> Reorganisation:
    """Keep a draft made of files: each row is entered, or takes the place of the one that begins the same day.

    Raises `ImportRejected` for rows that are wrong by themselves.
    """
    _see_that_it_is_allowed(by)
    contents = {file: stream.read() for file, stream in files.items()}
    read = await asyncio.to_thread(read_changes, dict(contents))
    faults = Faults(FAULTS_SHOWN)
    for fault in read.faults:
        faults.note(fault)
    if faults.count:
        raise rejected(faults)
    for file, stream in files.items():
        stream.seek(0)
        contents[file] = csv_lines([cells for _, cells in rows(stream)])
    draft = {"files": {file: content.decode() for file, content in contents.items()}}
    return await _keep(tx, title, legal_basis, effective_date, draft, by)


async def _keep(
    tx: Transaction, title: str, legal_basis: str, effective_date: date, draft: dict[str, Any], by: Caller
) -> Reorganisation:
    new = Reorganisation(new_id(), title, legal_basis, effective_date, "draft", draft, by.id, tx.now)
    await store.put_new(tx.connection, new)
    return new


async def list_reorganisations(tx: Transaction, *, by: Caller) -> list[Reorganisation]:
    """Return the newest reorganisations, newest first."""
    _see_that_it_is_allowed(by)
    return await store.newest(tx.connection)


async def get_reorganisation(tx: Transaction, reorganisation_id: UUID, *, by: Caller) -> Reorganisation:
    """Return a reorganisation; raises `NotFound`."""
    _see_that_it_is_allowed(by)
    return _there(await store.find(tx.connection, reorganisation_id))


async def dry_run(tx: Transaction, reorganisation_id: UUID, *, by: Caller) -> DryRun:
    """Say what applying a draft would change now. Changes nothing. Raises `AlreadyApplied`."""
    _see_that_it_is_allowed(by)
    draft = _there(await store.find(tx.connection, reorganisation_id))
    _see_that_it_is_a_draft(draft)
    found, _ = await _work_out(tx, draft, await units.levels_by_type(tx.connection))
    return found


async def apply(tx: Transaction, reorganisation_id: UUID, *, digest: str, by: Caller) -> Reorganisation:
    """Change everything at once, exactly as the dry run with this digest has said. Safe to repeat.

    Raises `DryRunOutdated` when something has changed since, `ReorganisationFaulty` when it cannot be.
    """
    _see_that_it_is_allowed(by)
    await units.lock_register(tx.connection)
    draft = _there(await store.take(tx.connection, reorganisation_id))
    if draft.state == "applied" and draft.digest == digest:
        return draft
    _see_that_it_is_a_draft(draft)
    levels = await units.levels_by_type(tx.connection)
    found, after = await _work_out(tx, draft, levels)
    if found.digest != digest:
        raise DryRunOutdated(
            "Từ lần chạy thử đó dữ liệu đã thay đổi; hãy chạy thử và xem lại.",
            "Something has changed since that dry run; run it again and review it.",
        )
    if found.wrong:
        raise ReorganisationFaulty(
            f"Có {len(found.wrong)} điều chưa đúng, chưa có gì thay đổi; xem danh sách «errors».",
            f"{len(found.wrong)} thing(s) are wrong and nothing was changed; see `errors`.",
            error_count=len(found.wrong),
            errors=[asdict(each) for each in found.wrong[:WRONG_SHOWN]],
        )
    await put_and_tell(tx, [after[unit_id] for unit_id in sorted(after)], levels)
    await end_posts(tx, found.plan.posts_ended)
    applied = replace(
        draft,
        state="applied",
        applied_by=by.id,
        applied_at=tx.now,
        digest=digest,
        plan=found.plan.model_dump(mode="json"),
    )
    await store.put_applied(tx.connection, applied)
    await audit.record(
        tx,
        "units.reorganised",
        by=by,
        about=PROVINCE,
        reorganisation_id=reorganisation_id,
        digest=digest,
        changed=sorted(after),
    )
    return applied


async def discard(tx: Transaction, reorganisation_id: UUID, *, by: Caller) -> None:
    """Forget a draft. What was applied stays."""
    _see_that_it_is_allowed(by)
    _see_that_it_is_a_draft(_there(await store.take(tx.connection, reorganisation_id)))
    await store.remove(tx.connection, reorganisation_id)


async def _work_out(tx: Transaction, draft: Reorganisation, levels: Levels) -> tuple[DryRun, dict[str, Unit]]:
    """Return what the draft would change, and the units as they would be."""
    wrong: list[Wrong] = []
    if "steps" in draft.draft:
        steps = _steps.validate_python(draft.draft["steps"])
        known = await units.get_some(tx.connection, units_in_steps(steps))
        after, wrong = after_steps(steps, known, on=draft.effective_date, legal_basis=draft.legal_basis)
    else:
        files = read_changes({file: content.encode() for file, content in draft.draft["files"].items()})
        known = await units.get_some(tx.connection, units_in_files(files))
        after = after_files(files, known, legal_basis=draft.legal_basis)
    after, further = await hold_together(tx, after, known, levels)
    day = draft.effective_date
    plan = changes_of(known, after).model_copy(
        update={
            "posts_ended": await posts_that_end(tx, ending(known, after)),
            "unit_counts": await _counts(tx, known, after, day),
        }
    )
    wrong = [*wrong, *further]
    moving = () if wrong else await obligations_that_move(tx, after, ending(known, after), levels)
    return DryRun(plan, digest_of(plan, after), tuple(wrong), moving), after


async def _counts(
    tx: Transaction, known: Mapping[str, Unit], after: Mapping[str, Unit], day: date
) -> tuple[TypeCount, ...]:
    eve = eve_of(day)
    before = await units.counts_besides(tx.connection, eve, after)
    then = await units.counts_besides(tx.connection, day, after)
    for unit_type, count in counts((known[each] for each in after if each in known), eve).items():
        before[unit_type] = before.get(unit_type, 0) + count
    for unit_type, count in counts(after.values(), day).items():
        then[unit_type] = then.get(unit_type, 0) + count
    return tuple(
        TypeCount(unit_type=each, before=before.get(each, 0), after=then.get(each, 0))
        for each in sorted(before.keys() | then.keys())
        if before.get(each, 0) != then.get(each, 0)
    )


def _there(found: Reorganisation | None) -> Reorganisation:
    if found is None:
        raise NotFound("Không có đợt sắp xếp này.", "There is no such reorganisation.")
    return found


def _see_that_it_is_a_draft(found: Reorganisation) -> None:
    if found.state != "draft":
        raise AlreadyApplied("Đợt sắp xếp này đã được áp dụng.", "This reorganisation has been applied.")


def _see_that_it_is_allowed(by: Caller) -> None:
    if not may(by, Purpose.ADMINISTER, PROVINCE):
        raise NotAllowed("Chỉ quản trị được sắp xếp đơn vị.", "Only an administrator may reorganise units.")
