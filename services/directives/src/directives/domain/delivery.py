"""What becomes of a directive at a unit it is sent to: it is taken or refused, and whoever is to act is waited for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

from chassis.clock import VIETNAM
from chassis.workdays import WorkingCalendar
from contracts.directives import DeliveryPurpose
from directives.problems import InformedOnly, NotActing, ReceivedAlready

DeliveryState = Literal["delivered", "acknowledged", "refused"]
STATE_VI: Mapping[DeliveryState, str] = {
    "delivered": "chưa xác nhận",
    "acknowledged": "đã tiếp nhận",
    "refused": "đã từ chối tiếp nhận",
}
PURPOSES: tuple[DeliveryPurpose, ...] = ("execute", "coordinate", "report_to", "monitor", "inform", "archive")
"""A unit that is named for several gets it for the first of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A directive at one unit whose people read it; `reason` is why they refused it."""

    directive_id: UUID
    unit_id: str
    purpose: DeliveryPurpose
    state: DeliveryState = "delivered"
    reason: str | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    moved_to: str | None = None
    """The unit that has it since this one is no more."""
    has_answered: bool = False
    is_over: bool = False
    """Nothing is expected of the directive any more."""

    @property
    def is_awaited(self) -> bool:
        """Say whether the issuer waits for a word: of those who are to act, until they took, refused or answered it."""
        is_open = self.state == "delivered" and not (self.has_answered or self.is_over or self.moved_to)
        return self.purpose == "execute" and is_open

    @property
    def moves(self) -> bool:
        """Say whether it goes on to the unit that comes after this one: not what was refused, or answered and done."""
        return self.state != "refused" and not (self.purpose == "execute" and self.has_answered)

    def at(self, unit_id: str) -> "Delivery":
        """Return it as it is at the unit that comes after: taken there, when it was taken here."""
        return replace(self, unit_id=unit_id)

    def refuse_not_acting(self) -> None:
        """Raise when the unit got it for another purpose than to act."""
        if self.purpose != "execute":
            raise NotActing(
                "Đơn vị không được giao thực hiện văn bản này.",
                "The unit is not to act on this directive.",
                purpose=self.purpose,
            )

    def acknowledged(self, by: UUID, at: datetime) -> "Delivery":
        """Take it; what was refused by mistake may be taken after all."""
        if self.state == "acknowledged":
            return self
        return replace(self, state="acknowledged", reason=None, decided_by=by, decided_at=at)

    def refused(self, reason: str, by: UUID, at: datetime) -> "Delivery":
        """Refuse it, once; what was taken or answered is not refused any more."""
        if (self.state, self.reason) == ("refused", reason):
            return self
        if self.state != "delivered" or self.has_answered:
            state = "answered" if self.has_answered else self.state
            raise ReceivedAlready(
                f"Đơn vị {'đã trả lời' if self.has_answered else STATE_VI[self.state]}, không từ chối được nữa.",
                f"The directive is {state} here and cannot be refused.",
                state=state,
            )
        return replace(self, state="refused", reason=reason, decided_by=by, decided_at=at)


def deliveries(
    directive_id: UUID, *, answering: Collection[str], named: Mapping[DeliveryPurpose, Collection[str]]
) -> list[Delivery]:
    """Return to whom a directive goes: whoever answers it is to act, and others get it for what they are named for.

    Raise `InformedOnly` when a unit is to answer that is named as one who only gets to know.
    """
    purposes: dict[str, DeliveryPurpose] = {}
    for purpose in reversed(PURPOSES):
        purposes |= dict.fromkeys(named.get(purpose, ()), purpose)
    silent = sorted(unit_id for unit_id in answering if purposes.get(unit_id, "execute") != "execute")
    if silent:
        raise InformedOnly(
            f"Có đơn vị vừa phải thực hiện vừa chỉ nhận để biết, phối hợp…: {', '.join(silent[:20])}.",
            f"Some units would owe an answer and are recipients for another purpose: {', '.join(silent[:20])}.",
            units=silent,
        )
    purposes |= dict.fromkeys(answering, "execute")
    return [Delivery(directive_id=directive_id, unit_id=each, purpose=purposes[each]) for each in sorted(purposes)]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Until when a word is waited for, and the day from which those who gave none are chased."""

    acknowledge_by: datetime
    chase_from: date


def waiting(delivered_at: datetime, calendar: WorkingCalendar) -> Waiting:
    """Return the whole next working day to answer in, and the one after it."""
    day = delivered_at.astimezone(VIETNAM).date()
    last = calendar.count(day, 1)
    return Waiting(datetime.combine(last + timedelta(days=1), time(), VIETNAM), calendar.count(day, 2))
