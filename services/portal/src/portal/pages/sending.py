"""An answer leaves: sent by who may, or handed up inside the unit, approved or sent back there first."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from portal import drafting, writing
from portal.arriving import once_arrived
from portal.asking import Services
from portal.doorkeeping import Form
from portal.pages.saving import save_fields
from portal.sessions import Visit

HEAD_ROLES = ("unit_head", "commune_officer")
INSIDE = ("hand-up", "approve")


def is_head(visit: Visit, obligation: Mapping[str, Any]) -> bool:
    """Say whether somebody heads the unit whose people answer; whether they may approve, the service says."""
    return obligation["answering_unit_id"] in visit.units_as(*HEAD_ROLES)


def needs_approval(requirement: Mapping[str, Any]) -> bool:
    """Say whether the head of the unit agrees before an answer is sent."""
    return bool((requirement.get("answering") or {}).get("needs_approval"))


async def send(
    services: Services, visit: Visit, obligation_id: UUID, told: Mapping[str, Any], body: dict[str, Any], form: Form
) -> str:
    """Do with an answer what was asked for; return what to tell on the next page.

    Raises what the service says; `OnItsWay` where it has not heard yet that an answer is owed.
    """
    step = form.get("do")
    if step not in INSIDE and (not needs_approval(told["requirement"]) or is_head(visit, told["obligation"])):
        key = key_of(form)
        await once_arrived(
            services,
            visit,
            obligation_id,
            lambda: services.ask(
                "POST",
                "submissions",
                f"/obligations/{obligation_id}/submissions",
                token=visit.access_token,
                body=body,
                headers={"Idempotency-Key": key},
            ),
        )
        return "sent"
    # What is approved is a version of the draft: it has to say what stands in the form.
    seen = writing.read_number(form.get("draft")) or 0
    version = told["draft"]["version"]
    fields = drafting.whole(body, told["draft"])
    if fields:
        version = (await save_fields(services, visit, obligation_id, fields, seen))["version"]
    path = f"/obligations/{obligation_id}/draft/{step if step in INSIDE else 'submission'}"
    headers = {"If-Match": f'"{version}"'} | ({} if step in INSIDE else {"Idempotency-Key": key_of(form)})
    await once_arrived(
        services,
        visit,
        obligation_id,
        lambda: services.ask("POST", "submissions", path, token=visit.access_token, headers=headers),
    )
    return {"hand-up": "handed", "approve": "approved"}.get(step, "sent")


def key_of(form: Form) -> str:
    """Return the key of this form: sent twice, it is one answer."""
    try:
        return f"portal-{UUID(form.get('key'))}"
    except ValueError:
        return f"portal-{uuid4()}"
