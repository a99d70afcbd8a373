"""People and machines that may act, their posts, and when an account has to wait."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

LENDABLE = frozenset({"desk_officer", "leader", "clerk", "commune_officer", "unit_head", "reporter", "viewer"})
"""Roles somebody may let another act in. Who gives rights, reads the record or is a machine does so alone."""


@dataclass(frozen=True, slots=True)
class Lockout:
    """After so many wrong passwords within this time an account waits (QCVN 12:2026/BCA: at most 5)."""

    attempts: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Post:
    """A role at a unit, from one day up to and including another. Unit `*` is the whole province."""

    unit_id: str
    role: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Somebody who is to sign in."""

    account: str
    full_name: str
    email: str
    password: str = field(repr=False)
    posts: tuple[Post, ...]
    kind: Literal["person", "machine"] = "person"
    must_change_password: bool = True
    """Whether the password is good for choosing another one only."""

    @property
    def key(self) -> str:
        """Return what makes an account the same as another: its name, capital letters aside."""
        return account_key(self.account)


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who has an account. The version counts the changes of what they may do."""

    person_id: UUID
    kind: Literal["person", "machine"]
    version: int
    must_change_password: bool
    password_set_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is checked against."""

    principal: Principal
    password_hash: str

    @property
    def person_id(self) -> UUID:
        """Return whose they are."""
        return self.principal.person_id


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account, as those see them who administer it."""

    person_id: UUID
    account: str
    full_name: str
    email: str
    kind: Literal["person", "machine"]
    version: int
    must_change_password: bool
    last_signed_in_at: datetime | None
    disabled_at: datetime | None
    disabled_why: str | None


@dataclass(frozen=True, slots=True)
class Delegation:
    """A post somebody lets another act in, over a span of days."""

    delegation_id: UUID
    from_person_id: UUID
    to_person_id: UUID
    unit_id: str
    role: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Contact:
    """Where letters to a person go."""

    person_id: UUID
    full_name: str
    email: str


def account_key(account: str) -> str:
    """Return an account's name as it is compared."""
    return account.strip().lower()


def waiting_time(wrong: Sequence[datetime], now: datetime, lockout: Lockout) -> timedelta | None:
    """Return how long an account has to wait after wrong passwords at these moments (oldest first), or null."""
    recent = [moment for moment in wrong if moment > now - lockout.window]
    return recent[-lockout.attempts] + lockout.window - now if len(recent) >= lockout.attempts else None


def told(posts: Iterable[Post]) -> tuple[Post, ...]:
    """Return posts as others are told of them: each role at a unit from each day on once, with its latest end."""
    latest: dict[tuple[str, str, date], Post] = {}
    for post in posts:
        place = (post.unit_id, post.role, post.valid_from)
        before = latest.get(place)
        if before is None or (before.valid_to is not None and (post.valid_to or date.max) > before.valid_to):
            latest[place] = post
    return tuple(latest[place] for place in sorted(latest))


def overlapping(posts: Iterable[Post], post: Post) -> bool:
    """Say whether `post` shares a day with another span of the same role at the same unit."""
    return any(
        other.valid_from <= (post.valid_to or date.max) and post.valid_from <= (other.valid_to or date.max)
        for other in posts
        if (other.unit_id, other.role) == (post.unit_id, post.role) and other.valid_from != post.valid_from
    )
