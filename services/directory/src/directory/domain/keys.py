"""Keys machines come in with: what each may be used for, and until when."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from chassis.caller import Scope
from chassis.clock import VIETNAM
from directory.domain.days import holds_on


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is known here: everything but the key."""

    key_id: UUID
    person_id: UUID
    label: str
    scopes: tuple[Scope, ...]
    valid_from: date
    valid_to: date
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None

    def opens_on(self, day: date) -> bool:
        """Say whether the key opens anything on `day`."""
        return self.revoked_at is None and holds_on(self.valid_from, self.valid_to, day)

    @property
    def end(self) -> datetime:
        """Return the moment from which the key opens nothing any more, revoked or not."""
        return datetime.combine(self.valid_to + timedelta(days=1), time.min, VIETNAM)
