"""What people do with calendars of periods, and how what is asked by one is asked again when a period begins."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.transaction import Transaction
from chassis.workdays import WorkingCalendar
from directives import store
from directives.domain.audience import Addressed
from directives.domain.delivery import Delivery
from directives.domain.directive import Directive
from directives.domain.periods import Dated, Frequency, PeriodCalendar, arranged, asked, dated
from directives.domain.requirement import Requirement
from directives.operations.access import need, need_known, not_allowed, see, writes_for
from directives.operations.audiences import resolve_audience
from directives.operations.opening import owed, tell_opened
from directives.problems import PeriodCalendarChanged
from directives.store.obligations import Obligation
from directives.store.periods import AskedPeriod
from unit_tree.succession import living_successor
from unit_tree.tree import Tree

AskedBy = Mapping[UUID, tuple[Dated, ...]]
"""The periods each requirement is asked by; one that is asked once is not in it."""


@dataclass(frozen=True, slots=True)
class PeriodOfRequirement:
    """A period an issued requirement is asked by; while it was not opened, its instants are what they would be now."""

    requirement_id: UUID
    dated: Dated
    opened_at: datetime | None


async def list_calendars(tx: Transaction, *, issuer_unit_id: str, by: Caller) -> list[PeriodCalendar]:
    """Return the newest version of every calendar of an issuer, to whoever writes for it."""
    if not writes_for(by, issuer_unit_id):
        raise not_allowed()
    return await store.periods.of_issuer(tx.connection, issuer_unit_id)


async def keep_calendar(tx: Transaction, *, calendar: PeriodCalendar, tree: Tree, by: Caller) -> PeriodCalendar:
    """Keep a calendar whose newest version was `calendar.version` when it was changed, 0 when there was none.

    Keeping what is kept already changes nothing; nor does it change what was issued. Whoever saw an older version is
    told so and overwrites nothing.
    """
    need(by, "draft", calendar.issuer_unit_id)
    need_known([calendar.issuer_unit_id], tree)
    said = replace(calendar, periods=arranged(calendar.kind, calendar.periods))
    newest = await store.periods.find(tx.connection, said.issuer_unit_id, said.code)
    if newest is not None and newest.says_the_same(said):
        return newest
    known = newest.version if newest is not None else 0
    kept = replace(said, version=known + 1)
    if said.version == known and await store.periods.add(tx.connection, kept, by=by.id, at=tx.now):
        return kept
    newest = await store.periods.find(tx.connection, said.issuer_unit_id, said.code)
    version = newest.version if newest is not None else 0
    raise PeriodCalendarChanged(
        f"Lịch kỳ báo cáo «{said.code}» đã được người khác sửa; hãy xem bản {version} rồi sửa lại.",
        f"Somebody else has changed the calendar {said.code!r}; look at version {version} first.",
        version=version,
    )


async def preview_periods(
    tx: Transaction, *, issuer_unit_id: str, frequency: Frequency, issued_on: date, by: Caller
) -> tuple[tuple[Dated, ...], WorkingCalendar]:
    """Return the periods something would be asked by, and the working days they were dated by. Changes nothing."""
    if not writes_for(by, issuer_unit_id):
        raise not_allowed()
    calendar = await store.calendars.working_calendar(tx.connection)
    known = await store.periods.find(tx.connection, issuer_unit_id, frequency.calendar)
    return asked(frequency, known, issued_on=issued_on, calendar=calendar, where="frequency"), calendar


async def periods_of_directive(
    tx: Transaction, *, directive_id: UUID, tree: Tree, by: Caller
) -> tuple[list[PeriodOfRequirement], WorkingCalendar]:
    """Return the periods an issued directive asks by, to whoever may read it."""
    directive = await see(tx, directive_id, tree=tree, by=by)
    calendar = await store.calendars.working_calendar(tx.connection)
    known = await store.periods.asked(tx.connection, [each.id for each in directive.requirements])
    return [
        PeriodOfRequirement(each.id, period.dated or dated(period.period, each.frequency, calendar), period.opened_at)
        for each in directive.requirements
        for period in known.get(each.id, ())
        if each.frequency is not None
    ], calendar


async def date_requirements(tx: Transaction, directive: Directive, *, issued_on: date) -> tuple[Directive, AskedBy]:
    """Return a directive each of whose requirements is due with its first period, if it were issued on a day.

    Raises `PeriodsUnfit`.
    """
    if all(each.frequency is None for each in directive.requirements):
        return directive, {}
    calendar = await store.calendars.working_calendar(tx.connection)
    asked_by: dict[UUID, tuple[Dated, ...]] = {}
    for place, each in enumerate(directive.requirements):
        if each.frequency is None:
            continue
        known = await store.periods.find(tx.connection, directive.issuer_unit_id, each.frequency.calendar)
        where = f"requirements.{place}.frequency"
        asked_by[each.id] = asked(each.frequency, known, issued_on=issued_on, calendar=calendar, where=where)
    requirements = tuple(
        replace(each, due_at=asked_by[each.id][0].due_at) if each.id in asked_by else each
        for each in directive.requirements
    )
    return replace(directive, requirements=requirements), asked_by


async def begin(tx: Transaction, directive: Directive, asked_by: AskedBy, *, day: date, tree: Tree) -> list[Obligation]:
    """Write the periods a directive that is being issued asks by; return what units owe for those begun by a day."""
    opened: list[Obligation] = []
    for each in directive.requirements:
        if each.id in asked_by:
            await store.periods.freeze(tx.connection, each.id, asked_by[each.id])
            for period in asked_by[each.id]:
                if period.period.starts_on <= day:
                    await store.periods.note_opened(tx.connection, each.id, period, tx.now)
                    opened += await _owed(tx, each, period, None, day=day, tree=tree)
    return opened


async def directives_to_look_at(tx: Transaction) -> list[UUID]:
    """Return the directives whose periods are to be opened today, or looked at for units that came later."""
    return await store.periods.directives_to_look_at(tx.connection, today(tx.now))


async def open_periods(tx: Transaction, *, directive_id: UUID, tree: Tree) -> int:
    """Open the periods of a directive that have begun, and ask units that have come since; return how many owe now.

    Safe to repeat. A directive that was recalled, replaced or closed asks for nothing further.
    """
    directive = await store.directives.take(tx.connection, directive_id)
    if directive is None or directive.issue is None or directive.is_over:
        return 0
    day = today(tx.now)
    known = await store.periods.asked(tx.connection, [each.id for each in directive.requirements])
    calendar = await store.calendars.working_calendar(tx.connection)
    opened: list[Obligation] = []
    for each in directive.requirements:
        for period in known.get(each.id, ()):
            if each.frequency is not None and _is_to_look_at(period, day):
                found = period.dated or dated(period.period, each.frequency, calendar)
                owing = None
                if period.opened_at is None:
                    await store.periods.note_opened(tx.connection, each.id, found, tx.now)
                else:
                    owing = await store.periods.owing(tx.connection, each.id, period.period.code)
                opened += await _owed(tx, each, found, owing, day=day, tree=tree)
    if not opened:
        return 0
    await store.obligations.open_obligations(tx.connection, directive_id, opened)
    await store.deliveries.add(
        tx.connection,
        [
            Delivery(directive_id=directive_id, unit_id=unit_id, purpose="execute")
            for unit_id in sorted({each.answering_unit_id for each in opened})
        ],
    )
    tell_opened(tx, directive, opened)
    return len(opened)


def _is_to_look_at(period: AskedPeriod, day: date) -> bool:
    return period.period.starts_on <= day and (period.opened_at is None or day <= period.period.ends_on)


async def _owed(
    tx: Transaction, requirement: Requirement, period: Dated, owing: set[str] | None, *, day: date, tree: Tree
) -> list[Obligation]:
    """Return what is to be owed for a period: by the units there were when it began, and those that came later.

    `owing` is who owes it already, null while it was not opened. A cluster that has no lead when a period is opened is
    asked for the next one.
    """
    begins = max(period.period.starts_on, requirement.as_of)
    opened: list[Obligation] = []
    if owing is None:
        meant = await _meant(tx, requirement, begins, day=day, tree=tree)
        opened += owed(requirement, meant, tree, day=begins, dated=period)
    if begins < day <= period.period.ends_on and _came_since(tree, begins, day):
        there = (owing or set()) | {each.unit_id for each in opened}
        meant = await _meant(tx, requirement, day, day=day, tree=tree)
        later = [unit for unit in meant if _is_new(unit, there, tree, begins, day)]
        opened += owed(requirement, later, tree, day=day, dated=period)
    return opened


async def _meant(
    tx: Transaction, requirement: Requirement, as_of: date, *, day: date, tree: Tree
) -> Collection[Addressed]:
    found = await resolve_audience(tx, requirement.audience, tree, as_of=as_of, issued_on=day, where="audience")
    return found.units


def _came_since(tree: Tree, begins: date, day: date) -> bool:
    return any(begins < min(each.valid_from for each in unit.versions) <= day for unit in tree if unit.versions)


def _is_new(unit: Addressed, owing: Collection[str], tree: Tree, begins: date, day: date) -> bool:
    """Say whether a unit was not there when the period began and stands in the place of none that owes its answer."""
    if unit.unit_id in owing or tree.version(unit.unit_id, begins) is not None:
        return False
    return all(
        tree.version(known, day) is not None or living_successor(tree, known, day) != unit.unit_id for known in owing
    )
