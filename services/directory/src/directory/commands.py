"""What one can ask of the directory from its command line, beside the roles every service has."""

import json
import string
import sys
from collections.abc import Sequence

from chassis.roles import Command
from chassis.transaction import Transaction, Transactions, open_engine
from directory.domain.audit import Head
from directory.domain.people import account_key
from directory.operations import accounts, auditing, proving
from directory.passwords import Passwords
from directory.settings import Settings
from directory.store.people import existing

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


ACCOUNT_USAGE = (
    "`account enable NAME` opens a disabled account again, `account one-time-password NAME` gives it a password "
    "that is good for choosing another one, `account forget-second-factor NAME` lets it enrol anew: for when no "
    "administrator can come in"
)


async def account(settings: Settings, words: Sequence[str]) -> int:
    """Open the door from inside. Exits with 1 when there is no such account."""
    engine = open_engine(settings.database_url, name="directory-account", pool_size=1)
    try:
        async with Transactions(engine).begin() as tx:
            match words:
                case ["enable" | "one-time-password" | "forget-second-factor" as verb, name]:
                    found = await existing(tx.connection, [account_key(name)])
                    if not found:
                        sys.stderr.write("no such account\n")
                        return 1
                    [person_id] = found.values()
                    if verb == "enable":
                        await accounts.enable_account(tx, person_id, by=None)
                    elif verb == "forget-second-factor":
                        await proving.reset_second_factor(tx, person_id, by=None)
                    else:
                        password = await accounts.reset_password(tx, person_id, passwords=Passwords(), by=None)
                        sys.stdout.write(f"{password}\n")
                    return 0
                case _:
                    sys.stderr.write(f"{ACCOUNT_USAGE}\n")
                    return 2
    finally:
        await engine.dispose()


COMMANDS = {"audit": Command(audit, AUDIT_USAGE), "account": Command(account, ACCOUNT_USAGE)}
