"""What waits for something: it becomes owed when that happens, and waits again when that is taken back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.transaction import Transaction
from contracts.directives import ObligationOpened
from contracts.submissions import SubmissionAccepted
from directives import store
from directives.domain.audience import Resolution
from directives.domain.condition import due_at
from directives.domain.directive import Directive
from directives.domain.obligation import Duty
from directives.operations.changing import take_at_desk, write
from directives.store.obligations import Obligation
from directives.store.waits import Wait
from directives.terms_problems import ConditionUnmeetable, NothingAwaited
from unit_tree.tree import Tree


def check_meetable(directive: Directive, resolved: Mapping[UUID, Resolution]) -> None:
    """Raise when a unit would wait for its answer to a requirement that is not asked of it."""
    for each in directive.requirements:
        condition = each.terms.condition
        if condition is None or condition.of is None:
            continue
        other = directive.requirements[condition.of]
        asked = {unit.unit_id for unit in resolved[other.id].units}
        never = sorted(unit.unit_id for unit in resolved[each.id].units if unit.unit_id not in asked)
        if never:
            raise ConditionUnmeetable(
                f"«{each.title}» chờ bài nộp của «{other.title}», nhưng có đơn vị không phải nộp bài đó: "
                f"{', '.join(never[:20])}.",
                f"“{each.title}” waits for answers to “{other.title}”, which some units do not owe: "
                f"{', '.join(never[:20])}.",
                requirement_id=str(each.id),
                units=never,
            )


async def keep(tx: Transaction, directive: Directive, waiting: Sequence[ObligationOpened]) -> None:
    """Note what new obligations wait for, and what is to be told of each when it becomes owed; they are written."""
    requirements = {each.id: each for each in directive.requirements}
    waits = []
    for telling in waiting:
        condition = requirements[telling.requirement_id].terms.condition
        if condition is None:
            raise ValueError(f"the obligation {telling.obligation_id} waits for nothing")
        depends_on = None if condition.of is None else directive.requirements[condition.of].id
        waits.append(
            Wait(obligation_id=telling.obligation_id, condition=condition, depends_on=depends_on, telling=telling)
        )
    await store.waits.add(tx.connection, waits)


async def note_accepted(tx: Transaction, accepted: Sequence[SubmissionAccepted]) -> int:
    """Let be owed what waited for these answers; return how many obligations. Safe to repeat.

    What was accepted once has happened: that the answer is corrected later takes nothing back.
    """
    by_obligation = {each.obligation_id: each for each in accepted}
    freed = await store.waits.freed_by_answers(tx.connection, list(by_obligation))
    # Whoever ends a directive at this moment comes before or after: nothing becomes owed of what is over.
    for directive_id in sorted({each.directive_id for each in freed}):
        await store.directives.take(tx.connection, directive_id)
    opened = 0
    for each in freed:
        event = by_obligation[each.given_id]
        opened += await _meet(
            tx,
            [each.obligation_id],
            happened_on=today(event.occurred_at),
            reason=f"Bài nộp của yêu cầu «{each.title}» đã được duyệt.",
            by=event.reviewed_by,
        )
    return opened


async def note_issued(tx: Transaction, directive: Directive, unit_ids: Collection[str], *, by: Caller) -> None:
    """Let be owed what waited for a document: this one, which was just issued and sent to these units."""
    number, issue = directive.number, directive.issue
    named = sorted({each.directive_id for each in directive.relations if each.kind in ("implements", "refers_to")})
    if number is None or issue is None or not named:
        return
    own = []
    for each in named:
        other = await store.directives.take(tx.connection, each)
        if other is not None and other.issuer_unit_id == directive.issuer_unit_id:
            own.append(each)
    freed = await store.waits.freed_by_documents(tx.connection, own, unit_ids) if own else []
    reason = f"Đã ban hành văn bản {number.code}."
    await _meet(tx, freed, happened_on=issue.on, met_by=directive.id, reason=reason, by=by.id)


async def carry_met(tx: Transaction, opened: Collection[Obligation], *, by: Caller) -> None:
    """Let be owed at once what goes on from an obligation that waited for the same, which had happened."""
    waiting = {each.continues: each.id for each in opened if each.state == "waiting" and each.continues}
    for former_id, wait in (await store.waits.of(tx.connection, list(waiting))).items():
        if wait.met_on is not None:
            await _meet(
                tx,
                [waiting[former_id]],
                happened_on=wait.met_on,
                met_by=wait.met_by,
                reason="Như theo văn bản được thay thế.",
                by=by.id,
            )


async def note_ended(tx: Transaction, directive: Directive, *, by: Caller) -> None:
    """Let wait again what waited for this directive, which was recalled, and was not answered since."""
    waits = await store.waits.of(tx.connection, await store.waits.met_by(tx.connection, directive.id))
    code = directive.number.code if directive.number else ""
    for duty in await store.duties.take_these(tx.connection, sorted(waits)):
        if duty.may_wait_again:
            await _wait_again(tx, duty, waits[duty.id], f"Văn bản {code} đã được thu hồi.", by=by.id)


async def activate(
    tx: Transaction, *, obligation_id: UUID, happened_on: date, reason: str, tree: Tree, by: Caller
) -> Duty:
    """Note that what an obligation waits for has happened, on a day; another day moves the deadline of what is open."""
    duty, wait = await _take(tx, obligation_id, tree=tree, by=by)
    if duty.state == "open" and wait.met_on == happened_on:
        return duty
    if duty.state != "waiting" or duty.ended_as is not None:
        duty.refuse_settled()
        duty.refuse_answered()
    return await _open(tx, duty, wait, happened_on=happened_on, reason=reason, by=by.id)


async def suspend(tx: Transaction, *, obligation_id: UUID, reason: str, tree: Tree, by: Caller) -> Duty:
    """Take back that what an obligation waits for has happened; what was answered meanwhile is decided first."""
    duty, wait = await _take(tx, obligation_id, tree=tree, by=by)
    if duty.state == "waiting":
        return duty
    duty.refuse_settled()
    duty.refuse_answered()
    return await _wait_again(tx, duty, wait, reason, by=by.id)


async def _take(tx: Transaction, obligation_id: UUID, *, tree: Tree, by: Caller) -> tuple[Duty, Wait]:
    known = await store.duties.find(tx.connection, obligation_id)
    if known is not None:
        await store.directives.take(tx.connection, known.directive_id)
    duty = await take_at_desk(tx, obligation_id, tree=tree, by=by)
    wait = (await store.waits.of(tx.connection, [obligation_id])).get(obligation_id)
    if wait is None:
        raise NothingAwaited(
            "Nghĩa vụ này không chờ điều kiện nào.", "This obligation waits for nothing and never did."
        )
    return duty, wait


async def _meet(
    tx: Transaction,
    obligation_ids: Sequence[UUID],
    *,
    happened_on: date,
    reason: str,
    by: UUID,
    met_by: UUID | None = None,
) -> int:
    if not obligation_ids:
        return 0
    waits = await store.waits.of(tx.connection, obligation_ids)
    met = 0
    for duty in await store.duties.take_these(tx.connection, sorted(waits)):
        if duty.state == "waiting" and duty.ended_as is None:
            await _open(tx, duty, waits[duty.id], happened_on=happened_on, reason=reason, by=by, met_by=met_by)
            met += 1
    return met


async def _open(
    tx: Transaction,
    duty: Duty,
    wait: Wait,
    *,
    happened_on: date,
    reason: str,
    by: UUID,
    met_by: UUID | None = None,
) -> Duty:
    calendar = await store.calendars.working_calendar(tx.connection)
    due = due_at(
        wait.condition, wait.telling.due_at, happened_on=happened_on, known_on=today(tx.now), calendar=calendar
    )
    after = duty.activated(due)
    first = None
    if wait.told_at is None:
        news = {"version": after.version, "due_at": due, "closes_at": after.closes_at, "occurred_at": tx.now}
        first = wait.telling.model_copy(update=news)
    await write(tx, [(duty, after)], "activated", reason, by=by, first=first)
    told_at = wait.told_at or tx.now
    await store.waits.put(tx.connection, [replace(wait, met_on=happened_on, met_by=met_by, told_at=told_at)])
    return after


async def _wait_again(tx: Transaction, duty: Duty, wait: Wait, reason: str, *, by: UUID) -> Duty:
    after = duty.suspended()
    await write(tx, [(duty, after)], "suspended", reason, by=by)
    await store.waits.put(tx.connection, [replace(wait, met_on=None, met_by=None)])
    return after
