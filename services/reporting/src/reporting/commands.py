"""What one can ask of reporting from its command line, beside the roles every service has."""

import json
import sys
from collections.abc import Sequence

import nats.errors

from chassis.roles import Command
from chassis.transaction import Transactions, open_engine
from reporting import operations, store
from reporting.operations import Correction
from reporting.replaying import open_history
from reporting.settings import Settings

SHOWN = 20
"""Corrections that are written out; of the others only how many there are."""
REBUILD_USAGE = (
    "`rebuild` computes the totals anew and corrects what differs; `rebuild verify` only compares, "
    "`rebuild verify streams` with the streams as well, which takes the seed of somebody who may read them"
)


async def rebuild(settings: Settings, words: Sequence[str]) -> int:
    """Compare, or correct, and print what was found as JSON. Exits with 1 when something differed."""
    if list(words) not in ([], ["verify"], ["verify", "streams"]):
        sys.stderr.write(f"{REBUILD_USAGE}\n")
        return 2
    engine = open_engine(settings.database_url, name="reporting-rebuild", pool_size=1)
    transactions = Transactions(engine)
    try:
        if not words:
            async with transactions.begin() as tx:
                corrections = await operations.rebuild(tx)
            return _print({"corrected": len(corrections), "corrections": _shown(corrections)}, is_true=not corrections)
        if list(words) == ["verify"]:
            async with transactions.begin() as tx:
                found = await operations.verify(tx)
        else:
            # How far everything has got first, then what the tables say: they must know at least that much.
            async with open_history(settings) as history, transactions.begin() as tx:
                found = await operations.verify(tx, history)
    except nats.errors.Error as error:
        sys.stderr.write(f"the streams cannot be read with this seed: {type(error).__name__}\n")
        return 2
    finally:
        await engine.dispose()
    told = {
        "requirements": found.requirements,
        "obligations": found.obligations,
        "facts": found.facts,
        "unreadable": found.unreadable,
        "misrecorded": found.misrecorded,
        "differing": len(found.corrections),
        "corrections": _shown(found.corrections),
        "unfounded": found.unfounded,
    }
    return _print(told, is_true=found.is_true)


async def reckon_anew(settings: Settings) -> None:
    """Make the totals anew where they were made by an earlier rule, as after an update of this service."""
    engine = open_engine(settings.database_url, name="reporting-rebuild", pool_size=1)
    try:
        async with Transactions(engine).begin() as tx:
            if await store.is_outdated(tx):
                await operations.rebuild(tx)
    finally:
        await engine.dispose()


def _shown(corrections: Sequence[Correction]) -> list[str]:
    return [" ".join(str(part) for part in each.key) for each in corrections[:SHOWN]]


def _print(told: dict[str, object], *, is_true: bool) -> int:
    sys.stdout.write(json.dumps(told | {"is_true": is_true}, ensure_ascii=False) + "\n")
    return 0 if is_true else 1


COMMANDS = {"rebuild": Command(rebuild, REBUILD_USAGE)}
