"""What stands in the fields of a form: as it was sent before, or as somebody has just typed it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Self
from uuid import UUID

from portal.doorkeeping import Form

LINES = "\n"
BETWEEN = " | "
"""Between what is said of somebody who is registered, as in the unit's draft."""
DOCUMENT_PARTS = ("code", "subject", "issued_on", "signed_by", "signed_media_id")
MOST_PEOPLE = 1000


class Delegate(NamedTuple):
    """Somebody who is registered, as they were typed."""

    full_name: str
    role: str
    subject: str = ""
    unit_id: str = ""

    @property
    def line(self) -> str:
        """Return it as a line of the unit's draft."""
        said = [self.full_name.replace("|", " "), self.role, self.subject, self.unit_id]
        while not said[-1]:
            said.pop()
        return BETWEEN.join(said)


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the fields."""

    values: Mapping[str, str] = field(default_factory=dict)
    """By the name of the field."""
    narrative: Mapping[str, str] = field(default_factory=dict)
    media_ids: tuple[str, ...] = ()
    is_nil: bool = False
    explanations: Mapping[str, str] = field(default_factory=dict)
    """By the name of the field."""
    document: Mapping[str, str] = field(default_factory=dict)
    """Of an official document, by its parts."""
    delegates: tuple[Delegate, ...] = ()
    consolidates: Mapping[str, str] = field(default_factory=dict)
    """By the name of the field: a line for each unit behind a figure."""

    def having(self, **changed: Any) -> Self:
        """Return the same with something else in some of it."""
        return replace(self, **changed)


def filled_by_version(version: Mapping[str, Any] | None) -> Filled:
    """Return what a version that was sent stated; nothing when there is none."""
    if version is None:
        return Filled()
    return Filled(
        values={
            figure_name(each["indicator"], each["period"], each.get("level")): _typed(each["value"])
            for each in version["values"]
        },
        narrative={
            code: LINES.join(written) if isinstance(written, list) else written
            for code, written in version["narrative"].items()
        },
        media_ids=tuple(each["media_id"] for each in version["media"]),
        is_nil=version["nil"],
        explanations={
            explanation_name(each["indicator"], each["period"]): each["words"] for each in version["explanations"]
        },
        document={part: str(said) for part, said in (version.get("document") or {}).items() if said is not None},
        delegates=tuple(
            Delegate(each["full_name"], each["role"], each["subject"] or "", each["unit_id"] or "")
            for each in version.get("delegates", ())
        ),
        consolidates={
            parts_name(each["indicator"], each["period"]): LINES.join(
                f"{part['unit_id']} = {part['value']}" for part in each["parts"]
            )
            for each in version.get("consolidates", ())
        },
    )


def filled_by_form(form: Form) -> Filled:
    """Return what somebody typed."""
    return Filled(
        values={f"v:{name}": typed.strip() for name, typed in form.under("v:").items()},
        narrative={
            **{code: text.replace("\r\n", LINES).strip() for code, text in form.under("s:").items()},
            **{code: LINES.join(filter(None, map(_id, form.all(f"e:{code}")))) for code in form.under("e:")},
        },
        media_ids=tuple(dict.fromkeys(each for each in map(_id, form.all("media")) if each)),
        is_nil=form.get("nil") == "yes",
        explanations={
            f"w:{name}": text.replace("\r\n", LINES).strip() for name, text in form.under("w:").items() if text.strip()
        },
        document={part: text.strip() for part, text in form.under("d:").items() if text.strip()},
        delegates=_delegates(form),
        consolidates={f"c:{name}": text.replace("\r\n", LINES) for name, text in form.under("c:").items() if text},
    )


def delegates_of(lines: str) -> tuple[Delegate, ...]:
    """Return who stands in the lines of a draft."""
    found = [[each.strip() for each in line.split("|")][:4] for line in lines.split(LINES)]
    return tuple(Delegate(*said) for said in found if len(said) > 1)


def _delegates(form: Form) -> tuple[Delegate, ...]:
    fields = form.under("p:")
    rows = sorted({int(place) for name in fields if (place := name.partition(":")[0]).isdecimal() and len(place) < 5})
    typed = [
        Delegate(*(fields.get(f"{row}:{part}", "").strip() for part in ("full_name", "role", "subject", "unit_id")))
        for row in rows[:MOST_PEOPLE]
    ]
    return tuple(each for each in typed if each.full_name)


def figure_name(indicator: str, period: str, level: str | None = None) -> str:
    """Return the name of the field of a figure."""
    return f"v:{indicator}:{period}" + (f":{level}" if level else "")


def explanation_name(indicator: str, period: str) -> str:
    """Return the name of the field in which a figure is explained."""
    return f"w:{indicator}:{period}"


def parts_name(indicator: str, period: str) -> str:
    """Return the name of the field that says which units stand behind a figure."""
    return f"c:{indicator}:{period}"


def _typed(value: bool | int) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _id(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None
