"""People a unit sends somewhere: how many in which roles, of which subjects, and the figures that count them."""

from collections.abc import Iterable

from contracts.asked import IndicatorAsked
from contracts.event import Fact

ALL = "delegates.all"
"""The figure that counts everybody who is registered."""


class RoleAsked(Fact):
    """What somebody who is registered is, as in `leader` (lãnh đạo trường)."""

    code: str
    name: str


class SubjectAsked(Fact):
    """A subject somebody may stand for, as in `math` (Toán)."""

    code: str
    name: str


class SeatsAsked(Fact):
    """So many people in one role, neither more nor fewer."""

    role: str
    count: int
    subjects: tuple[str, ...] = ()
    """Each of them stands for one of these subjects; none named: for none."""
    from_below: bool = False
    """They are people of units below the one that registers them (schools of a commune), and it is said of which."""


class QuotaAsked(Fact):
    """Whom each unit of some types registers."""

    unit_types: tuple[str, ...]
    seats: tuple[SeatsAsked, ...]


class RegistrationAsked(Fact):
    """Who is registered, by kind of unit, and how many there is room for."""

    roles: tuple[RoleAsked, ...]
    subjects: tuple[SubjectAsked, ...]
    quotas: tuple[QuotaAsked, ...]
    capacity: int | None = None
    """How many there is room for, all units together; null: nobody counts."""


def role_figure(role: str) -> str:
    """Return the code of the figure that counts a role."""
    return f"delegates.{role}"


def subject_figure(role: str, subject: str) -> str:
    """Return the code of the figure that counts those of a role who stand for a subject."""
    return f"delegates.{role}.{subject}"


def figures_of(registration: RegistrationAsked) -> tuple[IndicatorAsked, ...]:
    """Return the figures registrations add up to: everybody, each role, and each subject of a role."""
    subjects = {each.code: each.name for each in registration.subjects}
    offered: dict[str, dict[str, None]] = {each.code: {} for each in registration.roles}
    for quota in registration.quotas:
        for seats in quota.seats:
            offered[seats.role].update(dict.fromkeys(seats.subjects))
    figures = [_figure(ALL, "Số đại biểu", None)]
    for role in registration.roles:
        figures.append(_figure(role_figure(role.code), role.name, ALL))
        figures.extend(
            _figure(subject_figure(role.code, code), f"{role.name} – {subjects[code]}", role_figure(role.code))
            for code in subjects
            if code in offered[role.code]
        )
    return tuple(figures)


def counted(registration: RegistrationAsked, registered: Iterable[tuple[str, str | None]]) -> dict[str, int]:
    """Return every figure of a registration, where `registered` has the role and the subject of each person."""
    counts = {each.code: 0 for each in figures_of(registration)}
    for role, subject in registered:
        for code in (ALL, role_figure(role), *((subject_figure(role, subject),) if subject is not None else ())):
            counts[code] += 1
    return counts


def _figure(code: str, name: str, of_which: str | None) -> IndicatorAsked:
    return IndicatorAsked(code=code, name=name, type="int", unit_of_measure="người", of_which=of_which)
