"""A draft that is there already becomes the form it was written in, with all it says carried along. Pure."""

from collections.abc import Mapping
from typing import Any

from portal.composing import Carried, Draft

EDITABLE = ("draft", "returned")
"""In these states a draft may say something else; whether it is the reader who may change it, the service says."""


def carried_of_draft(directive: Mapping[str, Any]) -> Carried:
    """Return what a page carries of a draft, so that saved as it stands it says what it said."""
    owner = directive["owning_unit_id"]
    return Carried(
        form=_form(directive["form"]),
        recipients=[{**each, "audience": _chosen(each["audience"])} for each in directive["recipients"]],
        replaces_code=directive["replaces_code"],
        requirements=[_requirement(each) for each in directive["requirements"]],
        draft=Draft(
            directive_id=directive["directive_id"],
            revision=directive["revision"],
            relations=[{"kind": each["kind"], "directive_id": each["directive_id"]} for each in directive["relations"]],
            implement_by=directive["implement_by"],
            owning_unit_id=None if owner == directive["issuer_unit_id"] else owner,
        ),
    )


def _form(told: Mapping[str, Any]) -> dict[str, Any]:
    # What the service works out, as the lines of who signs and where a document lies, is not said to it.
    signer = told["signer"] and {name: told["signer"][name] for name in ("capacities", "position", "name")}
    citations = [{name: each[name] for name in ("text", "relation", "code", "dated")} for each in told["citations"]]
    return {**told, "signer": signer, "citations": citations}


def _requirement(told: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in told.items() if name != "requirement_id"}
    return {**kept, "assigned": told["assigned"] or [], **_choice(told["audience"])}


def _choice(audience: Mapping[str, Any]) -> dict[str, Any]:
    """Return a choice of units as the form has it; one that says more than the form can is carried as a rule."""
    if audience["unit_types"] is None:
        return {"selector": audience["selector"], "audience": {"unit_types": [], "include": [], "exclude": []}}
    return {"audience": {name: list(audience[name]) for name in ("unit_types", "include", "exclude")}}


def _chosen(audience: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {"selector": audience["selector"]} if audience else None
