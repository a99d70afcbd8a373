"""`python -m reporting told`: what was told outside, held against the totals."""

import json
import sys
from collections.abc import Sequence

from chassis.roles import Command
from reporting.settings import Settings

SHOWN = 20


async def told(settings: Settings, words: Sequence[str]) -> int:
    """Print the digest of the totals and how the feed differs from them, as JSON. Exits with 1 when it does."""
    from chassis.transaction import Transactions, open_engine
    from reporting.digesting.operations import compare

    if words:
        sys.stderr.write("told takes no words\n")
        return 2
    engine = open_engine(settings.database_url, name="reporting-told", pool_size=1)
    try:
        async with Transactions(engine).begin() as tx:
            found = await compare(tx)
    finally:
        await engine.dispose()
    agrees = not found.missing and not found.unfounded
    line = {
        "agrees": agrees,
        "aggregates": found.aggregates,
        "digest": found.digest,
        "missing": list(found.missing[:SHOWN]),
        "unfounded": list(found.unfounded[:SHOWN]),
    }
    sys.stdout.write(json.dumps(line) + "\n")
    return 0 if agrees else 1


COMMANDS = {"told": Command(told, "`told` holds what was told outside against the totals")}
