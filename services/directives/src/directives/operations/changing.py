"""What people change of an obligation: its deadline, asked for or of their own accord, and whether it is owed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import Purpose, may
from chassis.problems import NotAllowed, NotFound
from chassis.transaction import Transaction, new_id
from contracts.directives import (
    ExtensionAsked,
    ExtensionRefused,
    ObligationChange,
    ObligationChanged,
    ObligationOpened,
)
from directives import store
from directives.domain.obligation import Decision, Duty, Extension
from directives.store.duties import Changed
from unit_tree.tree import Tree

FIRST_TOLD = 2
"""The version in which what waited is told of when nothing was told of it before: it began to wait with 1."""
_Told = TypeVar("_Told", ExtensionAsked, ExtensionRefused)


@dataclass(frozen=True, slots=True)
class History:
    """An obligation, the requests for a later deadline, and what was changed by whom, oldest first."""

    duty: Duty
    extensions: list[Extension]
    changes: list[Changed]


async def read_history(tx: Transaction, *, obligation_id: UUID, tree: Tree, by: Caller) -> History:
    """Return an obligation and its history to its issuer's desk, to its unit, and to those above these."""
    duty = await store.duties.find(tx.connection, obligation_id)
    if duty is None or not _may_see(tx, duty, tree=tree, by=by):
        raise _no_obligation()
    return History(
        duty,
        await store.duties.extensions_of(tx.connection, obligation_id),
        await store.duties.changes_of(tx.connection, obligation_id),
    )


async def ask_extension(
    tx: Transaction, *, obligation_id: UUID, wished_due_at: datetime, reason: str, tree: Tree, by: Caller
) -> Extension:
    """Ask the issuer for a later deadline, in the name of the unit that answers. One request waits at a time."""
    duty = await take_duty(tx, obligation_id, tree=tree, by=by)
    if not may(by, Purpose.SUBMIT, duty.answering_unit_id):
        raise NotAllowed(
            "Chỉ người của đơn vị trả lời mới xin gia hạn được.",
            "Only the people of the answering unit may ask for a later deadline.",
        )
    for waiting in await store.duties.extensions_of(tx.connection, obligation_id):
        if waiting.decision is None:
            waiting.refuse_another(wished_due_at=wished_due_at, reason=reason)
            return waiting
    duty.refuse_settled()
    duty.refuse_not_later(wished_due_at)
    asked = Extension(
        id=new_id(),
        obligation_id=obligation_id,
        wished_due_at=wished_due_at,
        reason=reason,
        asked_by=by.id,
        asked_at=tx.now,
    )
    await store.duties.add_extension(tx.connection, asked)
    tx.emit(_told_of_request(ExtensionAsked, tx, asked, duty))
    return asked


async def extensions_waiting_for(tx: Transaction, *, desk_unit_id: str, by: Caller) -> list[Extension]:
    """Return the requests for a later deadline that wait at a desk: of what it issued, or reviews, oldest first."""
    if not may(by, Purpose.REVIEW, desk_unit_id):
        raise _not_of_the_desk()
    return await store.duties.extensions_waiting_for(tx.connection, desk_unit_id)


async def grant_extension(
    tx: Transaction, *, extension_id: UUID, due_at: datetime, why: str | None, tree: Tree, by: Caller
) -> Extension:
    """Grant a request, with the deadline it gets, which may be another than was wished for."""
    extension, duty = await _take_request(tx, extension_id, tree=tree, by=by)
    if not extension.lacks_decision("granted", due_at=due_at, why=why):
        return extension
    await _change(tx, duty, duty.extended(due_at), "extended", why or extension.reason, by=by)
    return await _decide(tx, extension, Decision(outcome="granted", due_at=due_at, why=why, by=by.id, at=tx.now))


async def refuse_extension(tx: Transaction, *, extension_id: UUID, why: str, tree: Tree, by: Caller) -> Extension:
    """Refuse a request; the deadline stays."""
    extension, duty = await _take_request(tx, extension_id, tree=tree, by=by)
    if not extension.lacks_decision("refused", due_at=None, why=why):
        return extension
    decided = await _decide(tx, extension, Decision(outcome="refused", due_at=None, why=why, by=by.id, at=tx.now))
    tx.emit(_told_of_request(ExtensionRefused, tx, extension, duty))
    return decided


async def extend(
    tx: Transaction, *, obligation_id: UUID, due_at: datetime, reason: str, tree: Tree, by: Caller
) -> Duty:
    """Give an obligation a later deadline of the issuer's own accord."""
    duty = await take_at_desk(tx, obligation_id, tree=tree, by=by)
    if duty.state == "open" and duty.due_at == due_at:
        return duty
    return await _change(tx, duty, duty.extended(due_at), "extended", reason, by=by)


async def exempt(tx: Transaction, *, obligation_id: UUID, reason: str, tree: Tree, by: Caller) -> Duty:
    """Let a unit owe the answer no more."""
    duty = await take_at_desk(tx, obligation_id, tree=tree, by=by)
    if duty.state == "exempt":
        return duty
    return await _change(tx, duty, duty.exempted(), "exempted", reason, by=by)


async def reopen(tx: Transaction, *, obligation_id: UUID, reason: str, tree: Tree, by: Caller) -> Duty:
    """Take an exemption back: the unit owes the answer again, by the deadline it had."""
    known = await store.duties.find(tx.connection, obligation_id)
    if known is not None:
        # Whoever ends the directive at this moment comes before or after: nothing is owed of what is over.
        await store.directives.take(tx.connection, known.directive_id)
    duty = await take_at_desk(tx, obligation_id, tree=tree, by=by)
    if duty.state in ("open", "waiting"):
        return duty
    return await _change(tx, duty, duty.reopened(), "reopened", reason, by=by)


async def close_as_recalled(tx: Transaction, *, directive_id: UUID, reason: str, by: Caller) -> set[str]:
    """Let every unit owe no more what a directive asked and is not settled; return who hears of it. It is taken."""
    closed = [(each, each.recalled()) for each in await store.duties.take_open_of(tx.connection, directive_id)]
    await write(tx, closed, "recalled", reason, by=by.id)
    return {each.answering_unit_id for each, _ in closed}


async def close_waiting(tx: Transaction, *, directive_id: UUID, reason: str, by: Caller) -> None:
    """Let what still waits become owed never, as its directive is closed; it is taken. Everything else is settled."""
    waiting = [each for each in await store.duties.take_open_of(tx.connection, directive_id) if each.state == "waiting"]
    await write(tx, [(each, each.closed()) for each in waiting], "exempted", reason, by=by.id)


async def close_as_replaced(
    tx: Transaction, *, duties: Sequence[Duty], continued: Collection[UUID], by_code: str, by: Caller
) -> None:
    """Let these be owed no more, for the directive `by_code` stands in the place of theirs. They are taken."""
    closed = [(each, each.replaced(is_continued=each.id in continued)) for each in duties]
    await write(tx, closed, "replaced", f"Được thay thế bằng văn bản {by_code}.", by=by.id)


async def inherit(tx: Transaction, *, duties: Sequence[tuple[Duty, Duty]], from_code: str, by: Caller) -> None:
    """Let new obligations keep what their issuer granted of those they go on from, given first: to be exempt, or later.

    Both were opened or taken in this transaction.
    """
    reason = f"Theo quyết định đối với văn bản {from_code} được thay thế."
    exempt = [(new, new.exempted()) for former, new in duties if former.state == "exempt"]
    later = [(new, new.extended(former.due_at)) for former, new in duties if former.state == "open"]
    await write(tx, exempt, "exempted", reason, by=by.id)
    await write(tx, later, "extended", reason, by=by.id)


async def _change(
    tx: Transaction, before: Duty, after: Duty, change: ObligationChange, reason: str, *, by: Caller
) -> Duty:
    await write(tx, [(before, after)], change, reason, by=by.id)
    return after


async def write(
    tx: Transaction,
    changes: Sequence[tuple[Duty, Duty]],
    change: ObligationChange,
    reason: str,
    *,
    by: UUID,
    first: ObligationOpened | None = None,
) -> None:
    """Write what became of obligations that are taken, why, and tell of each: by `first` where nobody knew of it."""
    written = [
        (
            after,
            Changed(
                version=after.version,
                change=change,
                state=after.state,
                due_at=after.due_at,
                closes_at=after.closes_at,
                former_due_at=before.due_at,
                reason=reason,
                changed_by=by,
                changed_at=tx.now,
            ),
        )
        for before, after in changes
    ]
    await store.duties.put(tx.connection, written)
    if first is not None:
        tx.emit(first)
        if first.version == FIRST_TOLD:
            return
    for after, _ in written:
        tx.emit(
            ObligationChanged(
                occurred_at=tx.now,
                obligation_id=after.id,
                version=after.version,
                directive_id=after.directive_id,
                requirement_id=after.requirement_id,
                issuer_unit_id=after.issuer_unit_id,
                unit_id=after.unit_id,
                answering_unit_id=after.answering_unit_id,
                state=after.state,
                due_at=after.due_at,
                closes_at=after.closes_at,
                change=change,
            )
        )


async def _decide(tx: Transaction, extension: Extension, decision: Decision) -> Extension:
    await store.duties.put_decision(tx.connection, extension.id, decision)
    return extension.decided(decision)


async def take_duty(tx: Transaction, obligation_id: UUID, *, tree: Tree, by: Caller) -> Duty:
    """Return an obligation that the caller may see, locked for change; `NotFound` for any other."""
    duty = await store.duties.take(tx.connection, obligation_id)
    if duty is None or not _may_see(tx, duty, tree=tree, by=by):
        raise _no_obligation()
    return duty


async def take_at_desk(tx: Transaction, obligation_id: UUID, *, tree: Tree, by: Caller) -> Duty:
    """Return an obligation to a desk officer of its issuer or the division that reviews it, locked for change."""
    duty = await take_duty(tx, obligation_id, tree=tree, by=by)
    if not any(may(by, Purpose.REVIEW, unit_id) for unit_id in duty.desks):
        raise _not_of_the_desk()
    return duty


async def _take_request(tx: Transaction, extension_id: UUID, *, tree: Tree, by: Caller) -> tuple[Extension, Duty]:
    found = await store.duties.find_extension(tx.connection, extension_id)
    if found is None:
        raise _no_obligation()
    duty = await take_at_desk(tx, found.obligation_id, tree=tree, by=by)
    # Read again: whoever had the obligation before us may have decided.
    extension = await store.duties.find_extension(tx.connection, extension_id)
    return extension or found, duty


def _may_see(tx: Transaction, duty: Duty, *, tree: Tree, by: Caller) -> bool:
    day = today(tx.now)
    return any(
        may(by, Purpose.READ_SUBMISSION, unit_id, above=tree.ancestors(unit_id, "reporting", day))
        for unit_id in (*duty.desks, duty.unit_id, duty.answering_unit_id)
    )


def _told_of_request(event: type[_Told], tx: Transaction, extension: Extension, duty: Duty) -> _Told:
    return event(
        occurred_at=tx.now,
        extension_id=extension.id,
        obligation_id=duty.id,
        directive_id=duty.directive_id,
        requirement_id=duty.requirement_id,
        issuer_unit_id=duty.issuer_unit_id,
        unit_id=duty.unit_id,
        answering_unit_id=duty.answering_unit_id,
        wished_due_at=extension.wished_due_at,
        reviewing_unit_id=None if duty.reviewing_unit_id == duty.issuer_unit_id else duty.reviewing_unit_id,
    )


def _not_of_the_desk() -> NotAllowed:
    return NotAllowed(
        "Chỉ chuyên viên của đơn vị ban hành hoặc phòng phụ trách mới làm được việc này.",
        "Only a desk officer of the issuing unit, or of its division that reviews the answers, may do this.",
    )


def _no_obligation() -> NotFound:
    return NotFound("Không tìm thấy nghĩa vụ này.", "There is no such obligation, or you may not see it.")
