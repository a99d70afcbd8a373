"""A directive that is being written: what was read off a letter becomes a form, and the form a draft. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chassis.clock import VIETNAM
from chassis.problems import Malformed
from portal import choosing, writing
from portal.choosing import Choice
from portal.doorkeeping import Form
from portal.reading import Mark

KINDS = ("report", "video", "document")
"""What a person chooses among; a registration keeps its kind when it was read."""
SECTION_KINDS = ("text", "list", "evidence")
FIGURES = ("int", "bool", "money")
PURPOSES = ("execute", "inform", "report_to", "coordinate", "monitor", "archive")
PRIORITIES = ("normal", "urgent", "very_urgent", "express")
INSTANTS = ("due_at", "cut_off_at", "closes_at")
SPARE_ROWS = 2
"""Rows of an outline that stand empty, to be filled in."""
MOST_REQUIREMENTS = 20


class Draft(BaseModel):
    """The draft that is being changed, and what of it the form has no place for."""

    model_config = ConfigDict(extra="forbid")

    directive_id: UUID
    revision: int = Field(ge=1)
    relations: list[dict[str, str]] = Field(default=[], max_length=50)
    implement_by: str | None = None
    owning_unit_id: str | None = None


class Carried(BaseModel):
    """What the page carries from the letter to the draft; nothing of it is kept on a server."""

    model_config = ConfigDict(extra="forbid")

    text: str = ""
    marks: list[Mark] = Field(default=[], max_length=400)
    form: dict[str, Any] = {}
    recipients: list[dict[str, Any]] = Field(default=[], max_length=200)
    replaces_code: str | None = None
    requirements: list[dict[str, Any]] = Field(default=[], max_length=MOST_REQUIREMENTS)
    to_decide: list[dict[str, str]] = Field(default=[], max_length=400)
    doubts: list[dict[str, str]] = Field(default=[], max_length=400)
    draft: Draft | None = None
    """Null: a new one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One requirement as the form shows it."""

    is_wanted: bool
    said: dict[str, Any]
    sections: list[dict[str, Any]]
    indicators: list[dict[str, Any]]
    due_local: str
    cut_off_local: str
    closes_local: str
    to_decide: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A draft as the form shows it."""

    said: dict[str, Any]
    recipients: list[dict[str, Any]]
    requirements: list[Asked]
    to_decide: list[dict[str, str]]


def carried_of(proposal: Mapping[str, Any], suggestion: Mapping[str, Any], marks: Sequence[Mark]) -> Carried:
    """Return what a page has to carry of a letter that was read."""
    draft = suggestion["draft"]
    notes = [*proposal["missing"], *proposal["doubts"], *proposal["warnings"]]
    return Carried(
        text=proposal["text"],
        marks=list(marks),
        form=draft["form"],
        recipients=draft["recipients"][:200],
        replaces_code=draft["replaces_code"],
        requirements=suggestion["requirements"][:MOST_REQUIREMENTS],
        to_decide=[_words(each["field"], each) for each in suggestion["to_decide"]][:400],
        doubts=[_words(each.get("field") or each.get("code") or "", each) for each in notes][:400],
    )


def carried_in(form: Form) -> Carried:
    """Return what a page carried; raises `Malformed` for what no page of ours was given."""
    try:
        return Carried.model_validate_json(form.get("carried") or "{}")
    except ValidationError as error:
        raise Malformed("Biểu mẫu không đọc được; hãy nhập lại văn bản.", "The form cannot be read.") from error


def first_sheet(carried: Carried, draft: Mapping[str, Any], *, issuer: str, today: date) -> Sheet:
    """Return the form as it is before anybody has said anything: what was read, and empty places."""
    said = {
        "issuer_unit_id": draft.get("issuer_unit_id") or issuer,
        "document_type": draft.get("document_type") or "official_letter",
        "subject": draft.get("subject") or "",
        "body": draft.get("body") or "",
        "addressees": "\n".join(draft.get("addressees") or ()),
        "division": carried.form.get("division") or "",
        "priority": carried.form.get("priority") or "normal",
        "as_of": next((str(each["as_of"]) for each in carried.requirements if each.get("as_of")), today.isoformat()),
    }
    asked = [
        _shown({**each, **{name: ", ".join(each["audience"][name]) for name in ("include", "exclude")}},
               carried, place, is_wanted=True)
        for place, each in enumerate(carried.requirements)
    ]  # fmt: skip
    return Sheet(said, [dict(each) for each in carried.recipients], asked, _elsewhere(carried))


def blank() -> Carried:
    """Return what a page carries for a directive nobody brought a letter for: one requirement, nothing in it."""
    as_given = [{"name": "Như trên", "purpose": "execute"}, {"name": "Lưu: VT", "purpose": "archive"}]
    return with_one_more(Carried(recipients=as_given))


def with_one_more(carried: Carried) -> Carried:
    """Return the same with one more requirement, nothing in it; as it was where there are as many as there may be."""
    empty: dict[str, Any] = {
        "kind": "report", "title": "", "periods": [], "indicators": [], "sections": [], "media": None,
        "audience": {"unit_types": [], "include": [], "exclude": []}, "due_phrase": None, "due_at": None,
    }  # fmt: skip
    return carried.model_copy(update={"requirements": [*carried.requirements, empty][:MOST_REQUIREMENTS]})


def sheet_of(form: Form, carried: Carried, units: Sequence[Choice] = ()) -> Sheet:
    """Return the form as somebody filled it in, to be shown again with everything they typed.

    A unit among `units` that somebody named by its name is named by its id from then on.
    """
    names = ("issuer_unit_id", "document_type", "subject", "body", "addressees", "division", "priority", "as_of")
    recipients = [
        {**each, "purpose": form.get(f"recipient{place}") or None} for place, each in enumerate(carried.recipients)
    ]
    asked = []
    for place in range(len(carried.requirements)):
        told = _told(form, carried, place)
        told |= {name: choosing.settled(told[name], units) for name in ("include", "exclude")}
        # One that was added just now has no fields in the form yet.
        is_wanted = form.get(f"r{place}:on") == "yes" or not form.has(f"r{place}:kind")
        asked.append(_shown(told, carried, place, is_wanted=is_wanted))
    # Browsers end lines with two characters, and a letter has no control characters.
    said = {name: form.get(name).replace("\r\n", "\n") for name in names}
    return Sheet(said, recipients, asked, _elsewhere(carried))


def draft_of(sheet: Sheet, carried: Carried) -> dict[str, Any]:
    """Return what `POST /directives` takes, and `PUT` of a draft that is changed.

    What is not said is left out, for the service to name.
    """
    said, draft = sheet.said, carried.draft
    wanted = [place for place, each in enumerate(sheet.requirements) if each.is_wanted]
    kept = draft.model_dump(mode="json", exclude={"directive_id"}) if draft else {}
    return {
        **kept,
        "issuer_unit_id": said["issuer_unit_id"],
        "document_type": said["document_type"],
        "subject": " ".join(said["subject"].split()),
        "body": said["body"],
        "addressees": lines(said["addressees"]),
        "recipients": sheet.recipients,
        "replaces_code": carried.replaces_code,
        "form": {**carried.form, "division": said["division"] or None, "priority": said["priority"] or "normal"},
        "requirements": [_requirement(sheet.requirements[place], _as_of(sheet, carried, place), wanted)
                         for place in wanted],
    }  # fmt: skip


def audience_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the choice of units a requirement says; a rule it came with stands until somebody chooses units."""
    chosen = {
        "unit_types": list(said["audience"]["unit_types"]),
        "include": choosing.named(said.get("include") or ""),
        "exclude": choosing.named(said.get("exclude") or ""),
    }
    return {"selector": said["selector"]} if said.get("selector") and not any(chosen.values()) else chosen


def lines(text: str) -> list[str]:
    """Return the lines of a field that have something on them."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def to_json(carried: Carried) -> str:
    """Return what a hidden field of the page holds."""
    return carried.model_dump_json()


def _words(field: str, told: Mapping[str, Any]) -> dict[str, str]:
    return {"field": field, "vi": str(told["what_vi"]), "en": str(told["what_en"])}


def _elsewhere(carried: Carried) -> list[dict[str, str]]:
    return [each for each in carried.to_decide if not each["field"].startswith("requirements[")]


def _told(form: Form, carried: Carried, place: int) -> dict[str, Any]:
    """Return what the form says of one requirement, over what was read of it."""
    at = f"r{place}:"
    read = carried.requirements[place]
    types, known = form.all(f"{at}type"), read["audience"]["unit_types"]
    return {
        **read,
        "kind": form.get(f"{at}kind"),
        "title": " ".join(form.get(f"{at}title").split()),
        "due_phrase": form.get(f"{at}due_phrase"),
        **{name: _moment(form.get(f"{at}{name}"), read.get(name)) for name in INSTANTS},
        "periods": re.findall(r"[0-9A-Za-z-]+", form.get(f"{at}periods")),
        # In the order they came in, where they are the same.
        "audience": {"unit_types": known if set(known) == set(types) else types, "include": [], "exclude": []},
        "include": form.get(f"{at}include"),
        "exclude": form.get(f"{at}exclude"),
        "reviewing_unit_id": form.get(f"{at}reviewer") or None,
        "media": _media(form, at, read.get("media")),
        **_answering(form, at, read.get("answering")),
        "sections": _sections(form, at, read["sections"]),
        "indicators": _figures(form, at, read["indicators"]),
    }


def _media(form: Form, at: str, read: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if form.get(f"{at}kind") == "media":  # pictures and recordings, which the form has no fields for
        return dict(read) if read else None
    count = writing.read_number(form.get(f"{at}videos"))
    if form.get(f"{at}kind") != "video" or count is None:
        return None
    seconds = writing.read_number(form.get(f"{at}seconds"))
    return {**(read or {}), "count": count} | ({"max_seconds": seconds} if seconds is not None else {})


def _answering(form: Form, at: str, read: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return how an answer comes about; what the form has no field for stays as it was."""
    if not form.has(f"{at}revision_days"):
        return {}
    typed = form.get(f"{at}revision_days")
    days = writing.read_number(typed)
    said = {
        "needs_approval": form.get(f"{at}approval") == "yes",
        # What is no number is said as it was typed, for the service to name.
        "revision_days": (typed or None) if days is None else days,
        "revision_in_working_days": form.get(f"{at}working") == "yes",
    }
    return {"answering": {**(read or {}), **said}}


def _rows(form: Form, at: str, names: Sequence[str]) -> list[dict[str, Any]]:
    found = []
    for place in range(200):
        row = {name: form.get(f"{at}{place}:{name}") for name in names}
        if row["title" if "title" in row else "name"]:
            found.append(row)
        elif not form.has(f"{at}{place}:{names[0]}"):
            break
    return found


def _sections(form: Form, at: str, read: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    # Which files stand under a heading stays as it was, as long as files stand there.
    known = {(each["code"], each["kind"]): each for each in read}
    return [
        {**known.get((row["code"], row["kind"]), {}), **row} for row in _rows(form, f"{at}s", ("code", "title", "kind"))
    ]


def _figures(form: Form, at: str, read: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    # What a figure says that this form has no place for stays as it was read.
    known = {each["code"]: each for each in read}
    return [
        {**known.get(row["code"], {}), **row, "is_sensitive": row["is_sensitive"] == "yes"}
        for row in _rows(form, f"{at}f", ("code", "name", "type", "unit_of_measure", "is_sensitive"))
    ]


def _shown(said: Mapping[str, Any], carried: Carried, place: int, *, is_wanted: bool) -> Asked:
    under = f"requirements[{place}]"
    empty = {"code": "", "title": "", "name": "", "kind": "text", "type": "int", "unit_of_measure": ""}
    figures = [{"is_sensitive": False, **each} for each in (*said["indicators"], *[empty] * SPARE_ROWS)]
    return Asked(
        is_wanted=is_wanted,
        said={"include": "", "exclude": "", "reviewing_unit_id": None, "selector": None, "frequency": None, **said},
        sections=[*said["sections"], *[empty] * SPARE_ROWS],
        indicators=figures,
        due_local=_local(said["due_at"]),
        cut_off_local=_local(said.get("cut_off_at")),
        closes_local=_local(said.get("closes_at")),
        to_decide=[each for each in carried.to_decide if each["field"].startswith(f"{under}.")],
    )


def _as_of(sheet: Sheet, carried: Carried, place: int) -> str:
    """Return on the tree of which day a requirement is asked: as before, where the day of the form is as before."""
    before = [each.get("as_of") for each in carried.requirements]
    as_before = before[place] if carried.draft and sheet.said["as_of"] == before[0] else None
    return str(as_before or sheet.said["as_of"])


def _requirement(asked: Asked, as_of: str, wanted: Sequence[int]) -> dict[str, Any]:
    said = asked.said
    fixed = {"candidate", "include", "exclude", "selector"}
    if said["kind"] != "registration":
        fixed |= {"registration"}
    if said["kind"] != "document":
        fixed |= {"document"}
    kept = {name: value for name, value in said.items() if name not in fixed}
    if said["kind"] == "document" and not kept.get("document"):
        kept["document"] = {"formats": ["pdf"]}
    condition = kept.get("condition")
    if condition and condition["of"] is not None:
        # It names another requirement by its place; of one that is not asked for, the service says what is wrong.
        place = wanted.index(condition["of"]) if condition["of"] in wanted else None
        kept["condition"] = {**condition, "of": place}
    figures = [{name: value for name, value in row.items() if value != ""} for row in said["indicators"]]
    sections = [
        {**row, "evidence": row.get("evidence") or {}} if row["kind"] == "evidence" else row for row in said["sections"]
    ]
    said_now = {"as_of": as_of, "audience": audience_of(said), "sections": sections, "indicators": figures}
    # What a calendar asks for is due by it.
    instants = {name: None if said.get("frequency") and name == "due_at" else said.get(name) or None
                for name in INSTANTS}  # fmt: skip
    return {**kept, **said_now, **instants}


def _local(instant: str | None) -> str:
    """Return an instant as a field of a form holds it; what is none stays as it was typed."""
    if not instant:
        return ""
    try:
        return f"{writing.moment(instant):%Y-%m-%dT%H:%M}"
    except ValueError:
        return instant


def _moment(typed: str, read: str | None) -> str | None:
    """Return the instant somebody typed; the one that was there, to the second, where nobody changed it."""
    return read if typed == _local(read) else _instant(typed) or typed


def _instant(typed: str) -> str | None:
    """Return the instant of a field, in the time of Vietnam; null when it is none."""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=VIETNAM).isoformat()
    except ValueError:
        return None
