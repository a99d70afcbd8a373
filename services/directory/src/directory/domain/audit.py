"""The record of who came in and what was changed: each bound to all before it, so that nothing can be slipped out."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

Action = Literal[
    "sign-in.succeeded",
    "sign-in.failed",
    "sign-in.turned-away",
    "session.ended",
    "session.all-ended",
    "session.token-reused",
    "person.enrolled",
    "post.set",
    "delegation.begun",
    "delegation.ended",
    "password.changed",
    "password.reset",
    "second-factor.enrolled",
    "second-factor.reset",
    "identity.linked",
    "identity.unlinked",
    "person.renamed",
    "key.given",
    "key.revoked",
    "account.disabled",
    "account.enabled",
    "units.imported",
    "units.reorganised",
    "units.taken-over",
    "unit-type.set",
    "unit-type.removed",
    "group.set",
    "group.removed",
    "cluster.lead-appointed",
]
"""What is recorded. Names are for ever, like those of events."""

BEFORE_THE_FIRST = bytes(32)
"""What the first record is bound to."""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """Who did what to whom, when, from where. `details` is JSON as it was written, to the letter."""

    record_id: UUID
    recorded_at: datetime
    action: str
    by: UUID | None
    about: str
    client: str | None
    details: str

    def digest(self) -> bytes:
        """Return what the chain binds: SHA-256 over everything the record says."""
        said = [
            str(self.record_id),
            self.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
            self.action,
            None if self.by is None else str(self.by),
            self.about,
            self.client,
            self.details,
        ]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).digest()


@dataclass(frozen=True, slots=True)
class Link:
    """One place of the chain, with the record at it if it is still there."""

    position: int
    hash: bytes
    record: AuditRecord | None


@dataclass(frozen=True, slots=True)
class Head:
    """How many records a chain has, and the hash it ends in."""

    count: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """A place at which the chain does not hold. Position 0 is the chain as a whole."""

    position: int
    what: str


def bound(before: bytes, digest: bytes) -> bytes:
    """Return the hash of a link: the one before it and its own record."""
    return hashlib.sha256(before + digest).digest()


def written(details: Mapping[str, Any]) -> str:
    """Return details as they are kept."""
    return json.dumps(details, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str)


class Verification:
    """Walks a chain from its first link on and names every place at which it does not hold."""

    def __init__(self, *, known: Head | None = None) -> None:
        """Take a head that was noted at some earlier time; the chain must still lead through it."""
        self.count = 0
        self.hash = BEFORE_THE_FIRST
        self._known = known

    def follow(self, link: Link) -> Iterator[Fault]:
        """Take the next link; yield what is wrong with it."""
        if link.position != self.count + 1:
            yield Fault(link.position, f"{link.position - self.count - 1} link(s) before this one are gone")
        elif link.record is None:
            yield Fault(link.position, "the record is gone")
        elif bound(self.hash, link.record.digest()) != link.hash:
            yield Fault(link.position, f"the record {link.record.record_id} or its link was altered")
        # From here on as the chain says, so that one fault is told once and not of every link after it.
        self.count, self.hash = link.position, link.hash
        if self._known is not None and link.position == self._known.count and link.hash != self._known.hash:
            yield Fault(link.position, "the chain does not lead through the head noted earlier")

    def end(self, head: Head | None, *, unchained: int) -> Iterator[Fault]:
        """Compare the end with the head that is kept; yield what is wrong with the chain as a whole."""
        if (head or Head(0, BEFORE_THE_FIRST)) != Head(self.count, self.hash):
            kept = head.count if head else 0
            yield Fault(0, f"the chain ends at {self.count}, the head says {kept}: the last records were removed")
        if unchained:
            yield Fault(0, f"{unchained} record(s) stand outside of the chain")
        if self._known is not None and self.count < self._known.count:
            yield Fault(0, f"the chain ends at {self.count}, the head noted earlier at {self._known.count}")
