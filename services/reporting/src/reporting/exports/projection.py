"""What requirements and their figures are called, noted as directives are issued."""

from collections.abc import Sequence

from chassis.transaction import Transaction
from contracts.directives import DirectiveIssued
from reporting.exports import store

_NAMED = ("code", "name", "type", "unit_of_measure", "of_which", "numerator", "denominator", "levels")


async def note_wordings(tx: Transaction, events: Sequence[DirectiveIssued]) -> None:
    """Note what the requirements of these directives are called; the newest version of each counts."""
    await store.put_wordings(
        tx,
        [
            {
                "requirement_id": each.requirement_id,
                "version": event.version,
                "code": event.code,
                "subject": event.subject,
                "issued_on": event.issued_on,
                "title": each.title,
                "due_at": each.due_at,
                "cut_off_at": each.cut_off_at,
                "indicators": [
                    {name: getattr(one, name) for name in _NAMED} | {"levels": list(one.levels)}
                    for one in each.indicators
                ],
                "sections": [{"code": one.code, "title": one.title, "kind": one.kind} for one in each.sections],
            }
            # The newest last, should one batch bring two versions: the statement keeps what is newer.
            for event in sorted(events, key=lambda event: event.version)
            for each in event.requirements
        ],
    )
