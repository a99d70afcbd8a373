"""Registration by quota: what may be asked, whom each unit registers, and how many places that takes."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from unicodedata import normalize

from contracts.registration import QuotaAsked, RegistrationAsked, SeatsAsked
from directives.problems import CodeTwice
from directives.terms_problems import QuotaUnfit

MOST_SEATS = 50
"""People of one role from one unit."""
MOST_CAPACITY = 100_000
EVERYBODY = "all"
"""No role's code: the figure of everybody has it."""
_CHILDREN = re.compile(r"(?:học sinh|trẻ|em\b|pupils?\b|students?\b|child)")


@dataclass(frozen=True, slots=True)
class Places:
    """How many places a registration takes, and of how many."""

    needed: int
    capacity: int | None
    without_quota: tuple[str, ...]
    """Units whose type has no quota."""


def check_registration(registration: RegistrationAsked, *, where: str) -> None:
    """Raise `QuotaUnfit` or `CodeTwice` with the place of what keeps a registration from being answered."""
    _check_once((each.code for each in registration.roles), f"{where}.roles")
    _check_once((each.code for each in registration.subjects), f"{where}.subjects")
    for place, role in enumerate(registration.roles):
        if role.code == EVERYBODY:
            raise QuotaUnfit(
                f"Mã vai trò «{EVERYBODY}» dành cho tổng số; hãy chọn mã khác.",
                f"The code {EVERYBODY!r} stands for everybody; choose another.",
                where=f"{where}.roles.{place}.code",
            )
        if _CHILDREN.match(normalize("NFC", role.name).casefold()):
            raise QuotaUnfit(
                f"«{role.name}»: chỉ đăng ký cán bộ, giáo viên; không thu tên học sinh qua đăng ký.",
                f"“{role.name}”: a registration names the staff of units, never pupils.",
                where=f"{where}.roles.{place}.name",
            )
    if not registration.quotas:
        raise QuotaUnfit("Đăng ký chưa có định mức nào.", "A registration has a quota.", where=f"{where}.quotas")
    taken: set[str] = set()
    for place, quota in enumerate(registration.quotas):
        at = f"{where}.quotas.{place}"
        _check_quota(quota, registration, at)
        twice = sorted(taken & set(quota.unit_types))
        if twice or len(set(quota.unit_types)) < len(quota.unit_types):
            raise QuotaUnfit(
                f"Loại đơn vị có hai định mức: {', '.join(twice or quota.unit_types)}.",
                f"Types with two quotas: {', '.join(twice or quota.unit_types)}.",
                where=f"{at}.unit_types",
            )
        taken.update(quota.unit_types)


def _check_quota(quota: QuotaAsked, registration: RegistrationAsked, where: str) -> None:
    if not quota.unit_types or not quota.seats:
        raise QuotaUnfit(
            "Định mức phải nêu loại đơn vị và ít nhất một vai trò.",
            "A quota names types of units and at least one role.",
            where=where,
        )
    roles = {each.code for each in registration.roles}
    subjects = {each.code for each in registration.subjects}
    _check_once((each.role for each in quota.seats), f"{where}.seats")
    for place, seats in enumerate(quota.seats):
        if seats.role not in roles:
            raise QuotaUnfit(
                f"Định mức nêu vai trò «{seats.role}» chưa được khai báo.",
                f"The quota names the role {seats.role!r}, which is not declared.",
                where=f"{where}.seats.{place}.role",
            )
        unknown = [each for each in seats.subjects if each not in subjects]
        if unknown or len(set(seats.subjects)) < len(seats.subjects):
            named = ", ".join(unknown or seats.subjects)
            raise QuotaUnfit(
                f"Môn chưa được khai báo hoặc nêu hai lần: {named}.",
                f"Subjects that are not declared, or named twice: {named}.",
                where=f"{where}.seats.{place}.subjects",
            )
        if not 1 <= seats.count <= MOST_SEATS:
            raise QuotaUnfit(
                f"Mỗi vai trò cần từ 1 đến {MOST_SEATS} người.",
                f"A role takes 1 to {MOST_SEATS} people.",
                where=f"{where}.seats.{place}.count",
            )


def _check_once(codes: Iterable[str], where: str) -> None:
    seen: set[str] = set()
    for place, code in enumerate(codes):
        if code in seen:
            raise CodeTwice(f"Mã «{code}» bị lặp lại.", f"The code {code!r} stands twice.", where=f"{where}.{place}")
        seen.add(code)


def seats_by_type(registration: RegistrationAsked) -> Mapping[str, tuple[SeatsAsked, ...]]:
    """Return whom a unit of each type registers."""
    return {unit_type: quota.seats for quota in registration.quotas for unit_type in quota.unit_types}


def places(registration: RegistrationAsked, types: Mapping[str, str]) -> Places:
    """Return how many places it takes when every unit (`types`: unit → its type) registers whom it is to."""
    seats = seats_by_type(registration)
    return Places(
        needed=sum(each.count for unit_type in types.values() for each in seats.get(unit_type, ())),
        capacity=registration.capacity,
        without_quota=tuple(sorted(unit_id for unit_id, unit_type in types.items() if unit_type not in seats)),
    )


def types_named(registration: RegistrationAsked) -> Collection[str]:
    """Return every type of units a registration has a quota for."""
    return seats_by_type(registration).keys()
