"""People and machines that may act, their posts, and when an account has to wait."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

ATTEMPTS = 10
WINDOW = timedelta(minutes=15)
"""After this many wrong passwords within this time an account waits (the numbers of our own plan)."""


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

    @property
    def key(self) -> str:
        """Return what makes an account the same as another: its name, capital letters aside."""
        return account_key(self.account)


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who may sign in. The version counts the changes of what they may do."""

    person_id: UUID
    kind: Literal["person", "machine"]
    version: int


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
class Contact:
    """Where letters to a person go."""

    person_id: UUID
    full_name: str
    email: str


def account_key(account: str) -> str:
    """Return an account's name as it is compared."""
    return account.strip().lower()


def waiting_time(wrong: Sequence[datetime], now: datetime) -> timedelta | None:
    """Return how long an account has to wait after wrong passwords at these moments (oldest first), or null."""
    recent = [moment for moment in wrong if moment > now - WINDOW]
    return recent[-ATTEMPTS] + WINDOW - now if len(recent) >= ATTEMPTS else None
