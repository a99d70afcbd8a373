"""Checking the audit records, and showing them to those who may see them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from chassis.caller import Caller
from chassis.policy import PROVINCE, Purpose, may
from chassis.problems import NotAllowed
from chassis.transaction import Transaction, Transactions
from directory.domain.audit import BEFORE_THE_FIRST, Fault, Head, Link, Verification
from directory.store import audit as store

log = logging.getLogger(__name__)

NOTED_SECONDS = 3600.0
FAULTS_TOLD = 1000
"""A chain that was cut to pieces need not fill the memory of whoever asks."""


@dataclass(frozen=True, slots=True)
class Verified:
    """How the chain ends, and where it does not hold (the first thousand places)."""

    head: Head
    faults: tuple[Fault, ...]


async def verify(tx: Transaction, *, known: Head | None = None) -> Verified:
    """Check every audit record against the chain, and the chain against a head noted earlier."""
    # One moment for all of it: what is recorded meanwhile would look like a head that is too far on.
    await tx.connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    chain = Verification(known=known)
    faults: list[Fault] = []
    async for link in store.links(tx.connection):
        faults += list(chain.follow(link))[: FAULTS_TOLD - len(faults)]
    head = await store.find_head(tx.connection)
    faults += chain.end(head, unchained=await store.unchained(tx.connection))
    return Verified(head or Head(0, BEFORE_THE_FIRST), tuple(faults))


async def links(tx: Transaction, *, after: int = 0) -> AsyncIterator[Link]:
    """Yield the chain from a position on, for whoever holds the database."""
    async for link in store.links(tx.connection, after=after):
        yield link


async def some_links(tx: Transaction, *, after: int, at_most: int, by: Caller) -> list[Link]:
    """Return some of the chain from a position on; for auditors of the whole province."""
    if not may(by, Purpose.READ_AUDIT, PROVINCE):
        raise NotAllowed("Bạn không được xem nhật ký.", "You may not see the audit records.")
    return [link async for link in store.links(tx.connection, after=after, at_most=at_most)]


async def keep_noting(transactions: Transactions) -> None:
    """Write the head to the log every hour, as long as the process lives: logs are kept elsewhere."""
    while True:
        async with transactions.begin() as tx:
            head = await store.find_head(tx.connection)
        if head is not None:
            log.info("audit head", extra={"audit_records": head.count, "audit_head": head.hash.hex()})
        await asyncio.sleep(NOTED_SECONDS)


def shown(link: Link) -> dict[str, Any]:
    """Return a link as it is exported: with its hashes, so that anybody can check the chain without us."""
    line: dict[str, Any] = {"position": link.position, "hash": link.hash.hex()}
    if link.record is not None:
        line |= {
            "record_id": str(link.record.record_id),
            "recorded_at": link.record.recorded_at.isoformat(timespec="microseconds"),
            "action": link.record.action,
            "by": None if link.record.by is None else str(link.record.by),
            "about": link.record.about,
            "client": link.record.client,
            "details": link.record.details,
            "digest": link.record.digest().hex(),
        }
    return line
