"""What one can ask of the directory from its command line, beside the roles every service has."""

import json
import string
import sys
from collections.abc import Sequence

from chassis.roles import Command
from chassis.transaction import Transaction, Transactions, open_engine
from directory.domain.audit import Head
from directory.operations import auditing
from directory.settings import Settings

AUDIT_USAGE = (
    "`audit verify [COUNT HASH]` checks the chain of audit records (and that it leads through a head noted earlier), "
    "`audit export [AFTER]` writes them as JSON lines, from a position on"
)


async def audit(settings: Settings, words: Sequence[str]) -> int:
    """Check or write out the audit records. Exits with 1 when the chain does not hold."""
    engine = open_engine(settings.database_url, name="directory-audit", pool_size=1)
    try:
        async with Transactions(engine).begin() as tx:
            match words:
                case ["verify"]:
                    return _tell(await auditing.verify(tx))
                case ["verify", count, noted] if count.isdecimal() and _is_hash(noted):
                    return _tell(await auditing.verify(tx, known=Head(int(count), bytes.fromhex(noted))))
                case ["export"]:
                    return await _export(tx, after=0)
                case ["export", after] if after.isdecimal():
                    return await _export(tx, after=int(after))
                case _:
                    sys.stderr.write(f"{AUDIT_USAGE}\n")
                    return 2
    finally:
        await engine.dispose()


def _is_hash(word: str) -> bool:
    return len(word) == 64 and all(letter in string.hexdigits for letter in word)


def _tell(verified: auditing.Verified) -> int:
    for fault in verified.faults:
        sys.stderr.write(json.dumps({"position": fault.position, "what": fault.what}) + "\n")
    whole = {"holds": not verified.faults, "records": verified.head.count, "head": verified.head.hash.hex()}
    sys.stdout.write(json.dumps(whole) + "\n")
    return 1 if verified.faults else 0


async def _export(tx: Transaction, *, after: int) -> int:
    async for link in auditing.links(tx, after=after):
        sys.stdout.write(json.dumps(auditing.shown(link), ensure_ascii=False) + "\n")
    return 0


COMMANDS = {"audit": Command(audit, AUDIT_USAGE)}
