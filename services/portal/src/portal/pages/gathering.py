"""What a page needs of one thing that is owed, asked of every service that knows some of it, all at once."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID

from portal import answering, kinds
from portal.asking import Services
from portal.consolidating import NOTHING, Gathered, poured, sums
from portal.people import Names, Unit
from portal.problems import NoSuchPage
from portal.sessions import Visit

PARTS_AT_ONCE, MOST_PASSAGES = 500, "200"
MOST_PARTS = 2_000
"""So many units `submissions` takes behind one figure."""


async def gather_owed(services: Services, names: Names, visit: Visit, obligation_id: UUID) -> dict[str, Any]:
    """Return what a page needs of one thing that is owed; raises `NoSuchPage` for what the reader may not see."""
    token = visit.access_token
    obligation, submission, draft, form, _ = await asyncio.gather(
        services.find("directives", f"/obligations/{obligation_id}", token=token),
        services.find("submissions", f"/obligations/{obligation_id}/submission", token=token),
        services.find("submissions", f"/obligations/{obligation_id}/draft", token=token),
        services.find("submissions", f"/obligations/{obligation_id}/form", token=token),
        names.introduce(visit),
    )
    if obligation is None:
        raise NoSuchPage("Không có việc này.", "There is nothing like this to do.")
    of_directive = f"/directives/{obligation['directive_id']}"
    of_submission = f"/submissions/{submission['submission_id']}" if submission else ""
    directive, taught, comments, corrections = await asyncio.gather(
        services.get("directives", of_directive, token=token),
        names.unit(obligation["unit_id"], visit),
        _of(services, f"{of_submission}/comments" if submission else "", visit),
        _of(services, f"{of_submission}/corrections" if submission else "", visit),
    )
    requirement = next(
        each for each in directive["requirements"] if each["requirement_id"] == obligation["requirement_id"]
    )
    asked = answering.of_unit(requirement, period=obligation["period"], levels=taught["levels"] if taught else ())
    below, gathered, called = await asyncio.gather(
        _below(names, obligation["unit_id"], visit) if kinds.registers_from_below(requirement) else _nothing(),
        _gathered(services, names, obligation, asked, visit),
        names.of_units({obligation["unit_id"], obligation["answering_unit_id"]}, visit),
    )
    return {
        "obligation": obligation,
        "directive": directive,
        "requirement": kinds.for_unit(asked, taught, below),
        "submission": submission,
        "draft": draft or {"version": 0, "fields": {}},
        "former": form["former"] if form else [],
        "gathered": gathered,
        "comments": (comments or {"comments": []})["comments"],
        "corrections": (corrections or {"corrections": []})["corrections"],
        "names": called | await names.of_units({directive["issuer_unit_id"]}, visit, whole=True),
    }


async def _of(services: Services, path: str, visit: Visit) -> Any:
    return await services.find("submissions", path, token=visit.access_token) if path else None


async def _nothing() -> list[Unit]:
    return []


async def _below(names: Names, unit_id: str, visit: Visit) -> list[Unit]:
    return [each for each in await names.everywhere(visit) if each["reporting_parent_id"] == unit_id]


async def _gathered(
    services: Services, names: Names, obligation: Mapping[str, Any], asked: Mapping[str, Any], visit: Visit
) -> Gathered:
    """Return what the report of a unit can begin with; nothing where it adds nothing up, or may not see it yet."""
    if not (asked.get("answering") or {}).get("is_consolidated"):
        return NOTHING
    unit, token = quote(obligation["unit_id"], safe=""), visit.access_token
    path = f"/requirements/{obligation['requirement_id']}/consolidations/{unit}"
    found = await services.find("reporting", path, token=token)
    periods = [each for each in (found or {"periods": []})["periods"] if each["units_reported"]]
    lists, written = await asyncio.gather(
        asyncio.gather(
            *(
                everybody_behind(
                    services,
                    f"/requirements/{each['source_requirement_id']}/aggregates/{unit}/behind",
                    token=token,
                    period=each["period"],
                )
                for each in periods
            )
        ),
        asyncio.gather(
            *(
                services.find("submissions", f"/requirements/{source}/narratives", token=token, limit=MOST_PASSAGES)
                for source in dict.fromkeys(each["source_requirement_id"] for each in periods)
            )
        ),
    )
    headings = [each for told in written if told is not None for each in told["sections"]]
    wrote = {each["unit_id"] for heading in headings for each in heading["written"]}
    behind = {each["period"]: units for each, units in zip(periods, lists, strict=True)}
    return Gathered(sums(behind), poured(headings, await names.of_units(wrote, visit)))


async def everybody_behind(services: Services, path: str, *, token: str, period: str) -> list[Any]:
    """Return all units that have reported what a sum is made of; none where there are more than one may name."""
    found: list[Any] = []
    after: str | None = ""
    while after is not None:
        told = await services.find(
            "reporting",
            path,
            token=token,
            period=period,
            which="reported",
            limit=str(PARTS_AT_ONCE),
            **({"after": after} if after else {}),
        )
        if told is None:
            return []
        found += told["units"]
        after = told["after"]
        if len(found) > MOST_PARTS:
            return []
    return found
