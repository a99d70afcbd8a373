"""`python -m notify preview`: who would be told what of a directive, from the command line of the house."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime

from chassis.clock import VIETNAM
from chassis.roles import Command
from chassis.transaction import Transactions, open_engine
from notify.reminding.previewing import Entry, look_ahead
from notify.reminding.store import owing
from notify.settings import Settings
from unit_tree.projection import TreeReader


async def preview(settings: Settings, words: Sequence[str]) -> int:
    """Print an object of JSON; the directive is named by its id or its code, the moment as ISO 8601."""
    try:
        directive, moment = words
        at = datetime.fromisoformat(moment)
    except ValueError:
        sys.stderr.write("preview DIRECTIVE TIME\n")
        return 2
    at = at if at.tzinfo is not None else at.replace(tzinfo=VIETNAM)
    engine = open_engine(settings.database_url, name="notify-preview", pool_size=1)
    try:
        async with Transactions(engine).begin() as tx:
            directive_id = await owing.find_directive(tx.connection, directive)
            if directive_id is None:
                sys.stderr.write(f"no such directive: {directive}\n")
                return 1
            known = await owing.of_directive(tx.connection, directive_id)
            found = await look_ahead(tx, directive_id, known, at=at, reader=TreeReader())
    finally:
        await engine.dispose()
    told = {
        "directive_id": str(directive_id),
        "at": at.isoformat(),
        "entries": [_entry(each) for each in found.entries],
    }
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    return 0


def _entry(entry: Entry) -> dict[str, object]:
    owed = entry.known.owed
    return {
        "awaited": owed.pending.awaited,
        "requirement": entry.known.requirement,
        "unit_id": owed.unit_id,
        "answering_unit_id": owed.answering_unit_id,
        "due_at": _local(owed.pending.counted_from),
        "told": [
            {
                "days": each.days,
                "at": _local(each.at),
                "audience": each.audience,
                "person_ids": [str(person_id) for person_id in each.person_ids],
            }
            for each in entry.told
        ],
        "why": list(entry.why),
        "next_at": _local(entry.next_at) if entry.next_at is not None else None,
    }


def _local(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).isoformat(timespec="minutes")


COMMANDS = {
    "preview": Command(
        run=preview,
        usage="`preview DIRECTIVE TIME` says who would be told what of a directive at a moment, and why",
    )
}
