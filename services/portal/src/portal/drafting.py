"""The unit's draft on the server, as fields of a form and back. Pure: how changes meet, the service says."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal import writing
from portal.filling import LINES, Delegate, Filled, delegates_of

FIGURE, SECTION, EXPLANATION, NIL = "values", "narrative", "explanations", "nil"
DOCUMENT, PARTS, PEOPLE, FILES = "document", "consolidates", "delegates", "media_ids"
_KINDS = {"v": FIGURE, "w": EXPLANATION, "c": PARTS, "d": DOCUMENT, "s": SECTION}
_LETTERS = {kind: letter for letter, kind in _KINDS.items()}


def field_of(name: str) -> str | None:
    """Return what the service calls a field of the form; null for one that is no part of the draft."""
    kind, _, rest = name.partition(":")
    if kind == "s" and rest:
        return f"{SECTION}/{rest}"  # whose codes may have any signs
    if kind in _KINDS and rest:
        return "/".join((_KINDS[kind], *rest.split(":")))
    return name if name in (NIL, PEOPLE) else None


def name_of(field: str) -> str | None:
    """Return what the form calls a field of the draft; null for one it has no field for."""
    kind, _, rest = field.partition("/")
    if kind == SECTION:
        return f"s:{rest}"
    if kind in _LETTERS:
        return f"{_LETTERS[kind]}:" + rest.replace("/", ":")
    return field if field in (NIL, PEOPLE) else None


def changes(requirement: Mapping[str, Any], typed: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return what was typed as the service takes it, and the names of what cannot be read yet.

    A blank clears its field; what is no number is not saved until it is one.
    """
    kinds = {each["code"]: each["type"] for each in requirement["indicators"]}
    lists = {each["code"] for each in requirement["sections"] if each["kind"] == "list"}
    found: dict[str, Any] = {}
    unread = []
    for name, text in typed.items():
        field = field_of(name)
        if field is None:
            continue
        kind, _, rest = field.partition("/")
        content: Any = text.replace("\r\n", LINES).strip() or None
        if kind == NIL:
            content = text == "yes"
        elif kind == FIGURE and content is not None:
            is_bool = kinds.get(rest.partition("/")[0]) == "bool"
            content = {"yes": True, "no": False}.get(content) if is_bool else writing.read_number(content)
            if content is None:
                unread.append(name)
                continue
        elif (kind in (PARTS, PEOPLE) or (kind == SECTION and rest in lists)) and content is not None:
            content = [line.strip() for line in content.split(LINES) if line.strip()]
        found[field] = content
    return found, unread


def typed_of(content: Any) -> str:
    """Return what a field holds as it stands in the form."""
    if isinstance(content, bool):
        return "yes" if content else "no"
    if isinstance(content, list):
        return LINES.join(map(str, content))
    return "" if content is None else str(content)


def by_name(fields: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return fields of a draft by their names in the form."""
    named = {name_of(field): typed_of(told["content"]) for field, told in fields.items()}
    # A box that is not ticked says nothing.
    return {name: "" if (name, typed) == (NIL, "no") else typed for name, typed in named.items() if name is not None}


def known(filled: Filled) -> dict[str, str]:
    """Return what the form shows before anybody types, by the names of its fields."""
    return {
        **filled.values,
        **{f"s:{code}": text for code, text in filled.narrative.items()},
        **filled.explanations,
        **filled.consolidates,
        **{f"d:{part}": text for part, text in filled.document.items() if part != "signed_media_id"},
        **({PEOPLE: LINES.join(each.line for each in filled.delegates)} if filled.delegates else {}),
        **({NIL: "yes"} if filled.is_nil else {}),
    }


def whole(body: Mapping[str, Any], draft: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the draft has to hold to say exactly what an answer says: what it says no more is cleared."""
    fields: dict[str, Any] = {NIL: body["nil"], FILES: body["media_ids"] or None}
    for each in body["values"]:
        name = "/".join(filter(None, (FIGURE, each["indicator"], each["period"], each.get("level"))))
        fields[name] = each["value"]
    fields |= {f"{SECTION}/{code}": said for code, said in body["narrative"].items()}
    for each in body.get("explanations", ()):
        fields[f"{EXPLANATION}/{each['indicator']}/{each['period']}"] = each["words"]
    for each in body.get("consolidates", ()):
        lines = [f"{part['unit_id']} = {part['value']}" for part in each["parts"]]
        fields[f"{PARTS}/{each['indicator']}/{each['period']}"] = lines
    fields |= {f"{DOCUMENT}/{part}": said for part, said in (body.get("document") or {}).items()}
    if body.get("delegates"):
        fields[PEOPLE] = [
            Delegate(each["full_name"], each["role"], each.get("subject", ""), each.get("unit_id", "")).line
            for each in body["delegates"]
        ]
    held = {name: told["content"] for name, told in draft["fields"].items()}
    changed = {name: content for name, content in fields.items() if held.get(name) != content}
    if changed.get(FILES, "") is None and not held.get(FILES):
        del changed[FILES]  # a form that takes no files has no such field
    return changed | {name: None for name in held if name not in fields and held[name] is not None}


def filled_by_draft(draft: Mapping[str, Any], otherwise: Filled, *, sent_at: datetime | None) -> Filled:
    """Return what the draft holds where it is newer than what was sent last; else what was sent."""
    saved = [writing.moment(each["saved_at"]) for each in draft["fields"].values()]
    if not draft["version"] or not saved or (sent_at is not None and max(saved) <= sent_at):
        return otherwise
    typed = by_name(draft["fields"])
    return Filled(
        values={name: text for name, text in typed.items() if name.startswith("v:")},
        narrative={name.removeprefix("s:"): text for name, text in typed.items() if name.startswith("s:")},
        media_ids=tuple(draft["fields"][FILES]["content"] or ()) if FILES in draft["fields"] else otherwise.media_ids,
        is_nil=typed.get(NIL) == "yes",
        explanations={name: text for name, text in typed.items() if name.startswith("w:") and text},
        document={name.removeprefix("d:"): text for name, text in typed.items() if name.startswith("d:") and text},
        delegates=delegates_of(typed.get(PEOPLE, "")),
        consolidates={name: text for name, text in typed.items() if name.startswith("c:") and text},
    )
