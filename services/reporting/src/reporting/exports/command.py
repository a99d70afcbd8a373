"""`python -m reporting export ID`: makes one export, and ends."""

from collections.abc import Sequence
from uuid import UUID

from chassis.roles import Command
from reporting.settings import Settings


async def export(settings: Settings, words: Sequence[str]) -> int:
    """Make the export with this id."""
    from chassis.transaction import Transactions, open_engine
    from reporting.exports.making import make

    [export_id] = words
    engine = open_engine(settings.database_url, name="reporting-export", pool_size=2)
    try:
        await make(Transactions(engine), UUID(export_id))
    finally:
        await engine.dispose()
    return 0


COMMANDS = {"export": Command(export, "`export ID` makes a table that was asked for (the worker calls it)")}
