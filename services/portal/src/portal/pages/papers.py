"""What a unit sent, and what whoever asked reports of it, to be taken away as Word or PDF, or as signed."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from portal import papers
from portal.arriving import once_arrived
from portal.asking import Services
from portal.pages.gathering import gather_owed
from portal.pages.signing_in import here
from portal.people import Names
from portal.problems import NoSuchPage
from portal.rendering import House, go_to, language_of
from portal.sessions import Visit

TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

PAGE = 200
"""Units whose words are asked for at once."""


def open_papers(house: House, names: Names) -> APIRouter:
    """Return the addresses of reports as documents."""
    router = APIRouter(include_in_schema=False)
    services = house.services

    @router.get("/owed/{obligation_id}/paper/{form}")
    async def paper(request: Request, obligation_id: UUID, form: Literal["docx", "pdf"]) -> Response:
        visit = await here(request)
        told = await gather_owed(services, names, visit, obligation_id)
        if told["submission"] is None:
            raise NoSuchPage("Chưa có bản nộp.", "Nothing was sent yet.")
        version = told["submission"]["versions"][-1]
        signed = version["document"] and version["document"]["signed_media_id"]
        if signed and form == "pdf":
            link = await services.get("submissions", f"/media/{signed}/original", token=visit.access_token)
            return go_to(link["url"])
        return await laid_out(papers.report_of(told, version, language_of(request)), form, visit)

    @router.get("/totals/{requirement_id}/report/{form}")
    async def report(
        request: Request,
        requirement_id: UUID,
        form: Literal["docx", "pdf"],
        period: Annotated[str, Query(pattern=r"^[0-9A-Za-z-]{0,20}$")] = "",
        edition: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    ) -> Response:
        visit = await here(request)
        asked = ({"period": period} if period else {}) | ({"edition": str(edition)} if edition else {})
        found = await services.find(
            "reporting", f"/requirements/{requirement_id}/report", token=visit.access_token, **asked
        )
        if found is None:
            raise NoSuchPage("Không có số liệu này.", "There are no such totals.")
        headings = await _written_for(services, requirement_id, visit)
        if headings:
            called = {each["unit_id"]: each["name"] for each in await names.everywhere(visit)}
            found = papers.with_words(found, headings, called)
        return await laid_out(found, form, visit)

    async def laid_out(body: Mapping[str, Any], form: str, visit: Visit) -> Response:
        content = await services.make("directives", f"/report-papers/{form}", token=visit.access_token, body=body)
        headers = {"Content-Disposition": f'attachment; filename="bao-cao.{form}"'}
        return Response(content, media_type=TYPES[form], headers=headers)

    @router.get("/owed/{obligation_id}/workbook")
    async def workbook(request: Request, obligation_id: UUID) -> Response:
        visit = await here(request)
        path = f"/obligations/{obligation_id}/workbook"
        content = await once_arrived(
            services, visit, obligation_id, lambda: services.fetch("submissions", path, token=visit.access_token)
        )
        headers = {"Content-Disposition": 'attachment; filename="bieu-mau.xlsx"'}
        return Response(content, media_type=TYPES["xlsx"], headers=headers)

    return router


async def _written_for(services: Services, requirement_id: UUID, visit: Visit) -> list[dict[str, Any]]:
    """Return each heading with what units wrote under it; nothing for whoever may not read what they wrote."""
    headings: dict[str, dict[str, Any]] = {}
    after: dict[str, str] = {}
    for _ in range(papers.MOST_PASSAGES // PAGE):
        told = await services.find(
            "submissions",
            f"/requirements/{requirement_id}/narratives",
            token=visit.access_token,
            limit=str(PAGE),
            **after,
        )
        for each in told["sections"] if told else ():
            headings.setdefault(each["code"], {**each, "written": []})["written"] += each["written"]
        if not told or told["next_after"] is None:
            break
        after = {"after": told["next_after"]}
    return list(headings.values())
