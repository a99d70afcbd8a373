"""What directives tells us becomes rows; indifferent to order and repetition, because versions decide."""

from collections.abc import Sequence
from uuid import UUID

from chassis.transaction import Transaction
from contracts.directives import CalendarEntered, DirectiveIssued, ObligationOpened, RequirementIssued
from submissions import store
from submissions.store.asked import ObligationEvent


async def note_asked(events: Sequence[DirectiveIssued | ObligationEvent], tx: Transaction) -> set[UUID]:
    """Note requirements and obligations; an older version never overwrites a newer one. Return whose obligations."""
    requirements: dict[UUID, tuple[DirectiveIssued, RequirementIssued]] = {}
    obligations: dict[UUID, ObligationEvent] = {}
    for event in events:
        if isinstance(event, DirectiveIssued):
            for requirement in event.requirements:
                known = requirements.get(requirement.requirement_id)
                if known is None or known[0].version < event.version:
                    requirements[requirement.requirement_id] = (event, requirement)
        else:
            told = obligations.get(event.obligation_id)
            if told is None or told.version < event.version:
                obligations[event.obligation_id] = event
    # Sorted, so that two workers with the same rows wait for each other and do not lock up.
    await store.asked.put_requirements(tx, [requirements[key] for key in sorted(requirements)])
    await store.asked.put_obligations(tx, [obligations[key] for key in sorted(obligations)])
    # From where an obligation goes on, whom its unit registers, and of which period it is, only its first version says.
    opened = sorted(
        (event for event in events if isinstance(event, ObligationOpened)), key=lambda each: each.obligation_id
    )
    await store.carrying.note_continuations(tx, opened)
    await store.registrations.note_shares(tx, opened)
    await store.asked.note_particulars(tx, opened)
    return set(obligations)


async def note_years(events: Sequence[CalendarEntered], tx: Transaction) -> None:
    """Note which days of a year are worked; an older version never overwrites a newer one."""
    newest: dict[int, CalendarEntered] = {}
    for event in events:
        known = newest.get(event.year)
        if known is None or known.version < event.version:
            newest[event.year] = event
    await store.calendars.put_years(tx, [newest[year] for year in sorted(newest)])
