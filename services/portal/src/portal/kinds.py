"""What only some kinds of answers have, as fields of a form: people, an official document, figures that are added up.

Pure, and no rule is checked here: whether it is right, the service says.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.filling import DOCUMENT_PARTS, LINES, Delegate, Filled, parts_name

_PART = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,63}) = (-?[0-9]{1,19})")


@dataclass(frozen=True, slots=True)
class Written:
    """What is written on a document of the unit's own: one of its parts, as a field."""

    part: str
    filled: str
    fault: str | None = None

    @property
    def name(self) -> str:
        """Return the name of the field."""
        return f"d:{self.part}"


@dataclass(frozen=True, slots=True)
class Seat:
    """One person to be registered, as fields."""

    place: int
    role: str
    role_name: str
    subjects: tuple[tuple[str, str], ...]
    """Codes and names; none: the role has no subject."""
    units: tuple[tuple[str, str], ...]
    """Ids and names of the units below they may be of; none: they are of the unit itself."""
    filled: Delegate
    fault: str | None = None

    @property
    def name(self) -> str:
        """Return what the names of its fields begin with."""
        return f"p:{self.place}"


@dataclass(frozen=True, slots=True)
class People:
    """Everybody a unit registers."""

    seats: tuple[Seat, ...]
    fault: str | None = None
    sent: int = 0
    """How many of them were named."""


def people(requirement: Mapping[str, Any], filled: Filled, faults: Mapping[str, str]) -> People | None:
    """Return who is to be registered by the unit `for_unit` knows of; null where nobody is."""
    asked = requirement.get("registration")
    if not asked:
        return None
    roles = {each["code"]: each["name"] for each in asked["roles"]}
    subjects = {each["code"]: each["name"] for each in asked["subjects"]}
    waiting = list(filled.delegates)
    seats: list[Seat] = []
    unit_type, below = requirement.get("unit_type", ""), requirement.get("below", ())
    quota = next((each for each in asked["quotas"] if unit_type in each["unit_types"]), None)
    for share in quota["seats"] if quota else ():
        for _ in range(share["count"]):
            who = next((each for each in waiting if each.role == share["role"]), None)
            if who is not None:
                waiting.remove(who)
            seats.append(
                Seat(
                    place=len(seats),
                    role=share["role"],
                    role_name=roles.get(share["role"], share["role"]),
                    subjects=tuple((code, subjects.get(code, code)) for code in share["subjects"]),
                    units=tuple(below) if share["from_below"] else (),
                    filled=who or Delegate("", share["role"]),
                )
            )
    # The service names people by their place among those that were sent: the blank rows were not.
    sent = [seat for seat in seats if seat.filled.full_name]
    beside = {seat.place: faults.get(f"p:{place}") for place, seat in enumerate(sent)}
    seats = [
        Seat(each.place, each.role, each.role_name, each.subjects, each.units, each.filled, beside.get(each.place))
        for each in seats
    ]
    return People(tuple(seats), faults.get("delegates"), len(sent))


def for_unit(
    requirement: Mapping[str, Any], unit: Mapping[str, Any] | None, below: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return a requirement with what is known of the unit that answers: its type, and the units below it."""
    units = [(each["unit_id"], each["short_name"] or each["name"]) for each in below]
    return {**requirement, "unit_type": unit["unit_type"] if unit else "", "below": units}


def names(requirement: Mapping[str, Any]) -> dict[str, str]:
    """Return what roles and subjects are called, by their codes."""
    asked = requirement.get("registration")
    return {each["code"]: each["name"] for each in (*asked["subjects"], *asked["roles"])} if asked else {}


def registers_from_below(requirement: Mapping[str, Any]) -> bool:
    """Say whether people of units below are registered by somebody."""
    asked = requirement.get("registration")
    return any(share["from_below"] for quota in (asked["quotas"] if asked else ()) for share in quota["seats"])


def is_official(requirement: Mapping[str, Any]) -> bool:
    """Say whether an answer is an official document of the unit's own."""
    document, answering = requirement.get("document"), requirement.get("answering")
    return bool((answering and answering.get("is_official")) or (document and document.get("is_official")))


def takes_signed(requirement: Mapping[str, Any]) -> bool:
    """Say whether a PDF that was signed may be the report; an answer that is made of documents has it among these."""
    answering = requirement.get("answering")
    return bool(answering and answering.get("is_official"))


def written(requirement: Mapping[str, Any], filled: Filled, faults: Mapping[str, str]) -> tuple[Written, ...]:
    """Return what is stated of the official document an answer is; nothing where it is none."""
    if not is_official(requirement):
        return ()
    return tuple(
        Written(part, filled.document.get(part, ""), faults.get(f"d:{part}"))
        for part in DOCUMENT_PARTS
        if part != "signed_media_id"
    )


def answered(requirement: Mapping[str, Any], filled: Filled) -> dict[str, Any]:
    """Return the members of an answer that only some kinds have, as the service takes them."""
    found: dict[str, Any] = {}
    if filled.is_nil:
        return found
    if requirement.get("registration"):
        found["delegates"] = [
            {"full_name": each.full_name, "role": each.role}
            | ({"subject": each.subject} if each.subject else {})
            | ({"unit_id": each.unit_id} if each.unit_id else {})
            for each in filled.delegates
            if each.full_name
        ]
    stated = {part: filled.document[part] for part in DOCUMENT_PARTS if filled.document.get(part)}
    if is_official(requirement) and stated:
        found["document"] = {"code": "", "subject": "", "issued_on": "", "signed_by": ""} | stated
    parts = [
        {"indicator": each["code"], "period": period, "parts": lines}
        for each in requirement["indicators"]
        for period in requirement["periods"]
        if (lines := _parts(filled.consolidates.get(parts_name(each["code"], period), "")))
    ]
    return found | ({"consolidates": parts} if parts else {})


def incomplete(requirement: Mapping[str, Any], filled: Filled) -> list[str]:
    """Return the fields of a document that were left blank though others were not, by their names."""
    stated = filled.document
    if filled.is_nil or not is_official(requirement) or not any(stated.get(part) for part in DOCUMENT_PARTS):
        return []
    return [f"d:{part}" for part in ("code", "subject", "issued_on", "signed_by") if not stated.get(part)]


def place_of(where: str) -> str | None:
    """Return the field a fault of such an answer stands beside; null for a fault of something else."""
    member, _, rest = where.partition(".")
    if member == "document":
        return f"d:{rest or 'code'}"
    if member.startswith("delegates["):
        return "p:" + member.removeprefix("delegates[").partition("]")[0]
    return "delegates" if member == "delegates" else None


def unfit_place(where: str) -> str | None:
    """Return where in an answer something is that cannot stand there at all; null when no field of ours is meant."""
    match where.split("."):
        case ["body", "document", part]:
            return f"document.{part}"
        case ["body", "delegates", place, part]:
            return f"delegates[{place}].{part}"
    return None


def _parts(lines: str) -> list[dict[str, Any]]:
    matches = [_PART.match(line) for line in lines.split(LINES)]
    return [{"unit_id": each[1], "value": int(each[2])} for each in matches if each is not None]
