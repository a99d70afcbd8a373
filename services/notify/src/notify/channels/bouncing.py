"""E-mail that came back, piped to us by a mail server: which letter it was, and why (RFC 3464)."""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from uuid import UUID

from chassis.transaction import Transaction, Transactions, open_engine
from notify.channels.choosing import Channel
from notify.settings import Settings
from notify.store import deliveries

LARGEST = 1_000_000
_OURS = re.compile(r"<?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@congvan>?")
_VERP = re.compile(r"\+([0-9a-f]{32})@")


@dataclass(frozen=True, slots=True)
class Returned:
    """A letter that came back for good."""

    letter_id: UUID
    reason: str


def read_report(report: bytes) -> Returned | None:
    """Return what a mail server reports; null for what is no report, of no letter of ours, or no failure for good."""
    message = message_from_bytes(report)
    if message.get_content_type() != "multipart/report":
        return None
    status = next((found for part in message.walk() if (found := _failure(part)) is not None), None)
    letter_id = _letter_of(message)
    return None if status is None or letter_id is None else Returned(letter_id, f"returned: {status}")


def _failure(part: Message) -> str | None:
    if part.get_content_type() != "message/delivery-status":
        return None
    for block in _blocks(part):
        status = str(block.get("Status", "")).strip()[:10]
        if str(block.get("Action", "")).strip().lower() == "failed" and re.fullmatch(r"5\.\d{1,3}\.\d{1,3}", status):
            return status  # and no more: what a server adds in its own words names the address
    return None


def _blocks(part: Message) -> Iterator[Message]:
    content = part.get_payload()
    if isinstance(content, list):
        yield from (each for each in content if isinstance(each, Message))


def _letter_of(message: Message) -> UUID | None:
    for name in ("To", "Delivered-To", "X-Original-To"):
        if found := _VERP.search(str(message.get(name, ""))):
            return UUID(found[1])
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            part = message_from_bytes(bytes(part.get_payload(decode=True) or b""))  # noqa: PLW2901  the same, unwrapped
        elif part is message:
            continue
        if found := _OURS.fullmatch(str(part.get("Message-ID", "")).strip()):
            return UUID(found[1])
    return None


async def note_returned(tx: Transaction, returned: Returned) -> bool:
    """Note that a letter came back and let it go another way; say whether it was one of ours. Safe to repeat."""
    letter = await deliveries.mark_returned(tx.connection, returned.letter_id, reason=returned.reason)
    if letter is None:
        return False
    await deliveries.take_another_way(tx.connection, letter, after=Channel.EMAIL, now=tx.now)
    return True


async def bounce(settings: Settings, words: Sequence[str]) -> int:
    """Read one message from standard input. What is no report is taken and left: a mail server must not try again."""
    if words:
        sys.stderr.write("bounce < MESSAGE\n")
        return 2
    returned = read_report(sys.stdin.buffer.read(LARGEST))
    if returned is None:
        sys.stderr.write("no report of a letter that came back for good\n")
        return 0
    engine = open_engine(settings.database_url, name="notify-bounce", pool_size=1)
    try:
        async with Transactions(engine).begin() as tx:
            is_ours = await note_returned(tx, returned)
    finally:
        await engine.dispose()
    sys.stdout.write(f"{returned.letter_id} {returned.reason if is_ours else 'not ours, or known already'}\n")
    return 0
