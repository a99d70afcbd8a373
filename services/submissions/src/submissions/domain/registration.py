"""Who a unit registers: what may be wrong with it, and the figures it adds up to.

Of each person only what their badge and their seat need is kept: name, role, subject, and the unit they are of.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from contracts.registration import RegistrationAsked, SeatsAsked, counted
from submissions.domain.fault import Fault
from submissions.problems import PlacesTaken

MOST_DELEGATES = 1000
"""Twenty roles of fifty people."""


class Delegate(NamedTuple):
    """Somebody who is registered; a grown-up of the unit or of one below it, never a pupil."""

    full_name: str
    role: str
    subject: str | None = None
    unit_id: str | None = None
    """The unit below that they are of; null: of the unit that registers them."""


class Registered(NamedTuple):
    """Somebody who was registered, as it is kept: without a name since the rule had it erased."""

    full_name: str
    role: str
    subject: str | None
    unit_id: str | None
    erased_at: datetime | None

    @property
    def delegate(self) -> Delegate | None:
        """Return who it is; null since their name was erased."""
        return None if self.erased_at else Delegate(self.full_name, self.role, self.subject, self.unit_id)


@dataclass(frozen=True, slots=True)
class Share:
    """Whom one unit registers, and the units below it whose people it may register."""

    seats: Sequence[SeatsAsked]
    from_units: Collection[str]


def faults_of(
    asked: RegistrationAsked, share: Share, delegates: Sequence[Delegate], *, is_nil: bool
) -> Iterator[Fault]:
    """Give everything that is wrong with a registration: line by line, then role by role."""
    if is_nil:
        if delegates:
            yield Fault(
                "delegates", None, "Đã báo không cử ai thì không được kèm danh sách.", "A nil answer registers nobody."
            )
        return
    seats = {each.role: each for each in share.seats}
    seen: set[Delegate] = set()
    for place, delegate in enumerate(delegates):
        where = f"delegates[{place}]"
        if delegate in seen:
            yield Fault(where, None, "Người này được ghi hai lần.", "This person is registered twice.")
        seen.add(delegate)
        yield from _line_faults(asked, seats.get(delegate.role), share, delegate, where)
    names = {each.code: each.name for each in asked.roles}
    found = Counter(each.role for each in delegates)
    for each in share.seats:
        if found[each.role] != each.count:
            yield Fault(
                "delegates",
                None,
                f"«{names[each.role]}»: cần đúng {each.count} người, đã ghi {found[each.role]}.",
                f"{each.role}: exactly {each.count} are asked for, {found[each.role]} are registered.",
            )


def _line_faults(
    asked: RegistrationAsked, seats: SeatsAsked | None, share: Share, delegate: Delegate, where: str
) -> Iterator[Fault]:
    if seats is None:
        yield Fault(
            f"{where}.role",
            None,
            f"Đơn vị không được phân bổ vai trò «{delegate.role}».",
            f"The unit has no seats for the role {delegate.role!r}.",
        )
        return
    names = {each.code: each.name for each in asked.subjects}
    if seats.subjects and delegate.subject not in seats.subjects:
        allowed = [names[code] for code in seats.subjects]
        yield Fault(
            f"{where}.subject",
            None,
            f"Phải là một trong các môn: {', '.join(allowed)}.",
            f"The subject is one of: {', '.join(seats.subjects)}.",
        )
    if not seats.subjects and delegate.subject is not None:
        yield Fault(f"{where}.subject", None, "Vai trò này không ghi môn.", "This role has no subject.")
    if seats.from_below and delegate.unit_id not in share.from_units:
        yield Fault(
            f"{where}.unit_id",
            None,
            "Phải nêu một đơn vị trực thuộc.",
            "Name the unit below yours that they are of.",
        )
    if not seats.from_below and delegate.unit_id is not None:
        yield Fault(
            f"{where}.unit_id",
            None,
            "Vai trò này là người của chính đơn vị, không nêu đơn vị khác.",
            "This role is filled by people of the unit itself.",
        )


def figures(asked: RegistrationAsked, delegates: Sequence[Delegate]) -> dict[str, int]:
    """Return what a registration without faults adds up to."""
    return counted(asked, ((each.role, each.subject) for each in delegates))


def refuse_overfull(asked: RegistrationAsked, taken: int, wanted: int) -> None:
    """Raise when there is no room for `wanted` more where `taken` places are taken."""
    if asked.capacity is None or taken + wanted <= asked.capacity:
        return
    left = max(asked.capacity - taken, 0)
    raise PlacesTaken(
        f"Chỉ còn {left} chỗ, đơn vị đăng ký {wanted} người.",
        f"{left} place(s) are left; {wanted} are wanted.",
        places_left=left,
        wanted=wanted,
    )
