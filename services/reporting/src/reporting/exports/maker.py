"""Has exports made, one after the other, each by a process of its own."""

import asyncio
import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from chassis.transaction import Transactions
from reporting.exports import store
from reporting.settings import Settings

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""How long a table waits at most before it is begun, when no other is being made."""
LEASE = timedelta(minutes=2)
"""Who makes a table is heard of every some thousand rows; after so long without a word another takes it up."""
MOST_ATTEMPTS = 3
KEPT = timedelta(days=1)
LONGEST_SECONDS = 600


async def keep_making(transactions: Transactions, settings: Settings) -> None:
    """Make what is asked for, until cancelled."""
    while True:
        if not await make_next(transactions, settings):
            # Looked for, not listened for: to listen takes a process of PostgreSQL, and nearly always nobody asks.
            await asyncio.sleep(LOOK_SECONDS)


async def make_next(transactions: Transactions, settings: Settings) -> bool:
    """Have the next export made; say whether there was one. When there was none, what is too old is dropped."""
    async with transactions.begin() as tx:
        export_id = await store.take_next(tx, before=tx.now - LEASE)
        if export_id is None:
            await store.drop_old(tx, before=tx.now - KEPT)
            return False
        found = await store.find_export(tx, export_id)
        assert found is not None  # noqa: S101  it was just locked
        if found.attempts >= MOST_ATTEMPTS:
            await store.change(tx, export_id, state="failed")
            return True
        await store.change(tx, export_id, state="making", attempts=found.attempts + 1, taken_at=tx.now, rows_done=0)
    status = await _run(export_id, settings)
    if status != 0:
        log.error("the table %s could not be made: status %d", export_id, status)
        async with transactions.begin() as tx:
            again = found.attempts + 1 < MOST_ATTEMPTS
            # Again soon, but not at once: what is wrong may pass.
            taken_at = datetime.now(UTC) - LEASE + timedelta(seconds=5)
            await store.change(tx, export_id, state="making" if again else "failed", taken_at=taken_at)
    return True


async def _run(export_id: UUID, settings: Settings) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "reporting.exports", str(export_id), env=environment(settings)
    )
    try:
        return await asyncio.wait_for(process.wait(), LONGEST_SECONDS)
    except TimeoutError:
        return -1
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def environment(settings: Settings) -> Mapping[str, str]:
    """Return what another process of this service is told so that it has the same settings."""
    told = settings.model_dump(mode="json", exclude_none=True)
    return {"PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "2"} | {
        f"REPORTING_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in told.items()
    }
