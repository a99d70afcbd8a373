"""What one can ask of submissions from its command line, beside the roles every service has."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from chassis.roles import Command
from chassis.transaction import Transactions, open_engine
from submissions.operations.archive import open_archive
from submissions.operations.reconciling import reconcile
from submissions.settings import Settings

VERIFY_USAGE = "`verify [remove]` holds the store against the database, and removes what no row calls for"


async def verify(settings: Settings, words: Sequence[str]) -> int:
    """Compare and print what was found as JSON. Exits with 1 when there is a difference (left)."""
    if list(words) not in ([], ["remove"]):
        sys.stderr.write(f"{VERIFY_USAGE}\n")
        return 2
    engine = open_engine(settings.database_url, name="submissions-verify", pool_size=1)
    try:
        found = await reconcile(open_archive(settings, Transactions(engine)), remove=list(words) == ["remove"])
    finally:
        await engine.dispose()
    sys.stdout.write(json.dumps({**asdict(found), "is_whole": found.is_whole}, ensure_ascii=False) + "\n")
    return 0 if found.is_whole else 1


COMMANDS = {"verify": Command(verify, VERIFY_USAGE)}
