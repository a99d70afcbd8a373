"""What the upload script of a page asks for: passed on to submissions as it is. No byte of a file comes here."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from chassis.http import problem_answer
from chassis.problems import NotSignedIn
from portal.arriving import once_arrived
from portal.asking import Json
from portal.doorkeeping import door_of, read_script
from portal.problems import Refused
from portal.rendering import House


def open_uploads(house: House) -> APIRouter:
    """Return the addresses of the upload script."""
    router = APIRouter(prefix="/upload", include_in_schema=False)

    @router.post("/{obligation_id}")
    async def begin(request: Request, obligation_id: UUID) -> Response:
        told = await read_script(request) | {"obligation_id": str(obligation_id)}
        return await _passed_on(request, "POST", "/uploads", told, obligation_id=obligation_id)

    @router.post("/parts/{upload_id}")
    async def sign(request: Request, upload_id: UUID) -> Response:
        return await _passed_on(request, "POST", f"/uploads/{upload_id}/parts", await read_script(request))

    @router.post("/complete/{upload_id}")
    async def complete(request: Request, upload_id: UUID) -> Response:
        return await _passed_on(request, "POST", f"/uploads/{upload_id}/complete", await read_script(request))

    @router.get("/progress/{upload_id}")
    async def progress(request: Request, upload_id: UUID) -> Response:
        return await _passed_on(request, "GET", f"/uploads/{upload_id}")

    @router.get("/media/{media_id}")
    async def media(request: Request, media_id: UUID) -> Response:
        return await _passed_on(request, "GET", f"/media/{media_id}")

    async def _passed_on(
        request: Request,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        obligation_id: UUID | None = None,
    ) -> Response:
        visit = await door_of(request).visit()
        if visit is None:
            return problem_answer(NotSignedIn("Hãy đăng nhập lại.", "Please sign in again."))

        async def ask() -> Json:
            return await house.services.ask(method, "submissions", path, token=visit.access_token, body=body)

        try:
            if obligation_id is None:
                told = await ask()
            else:  # the script tries again by itself as long as it is told 503
                told = await once_arrived(house.services, visit, obligation_id, ask)
        except Refused as refused:
            return JSONResponse(refused.told, refused.answered, media_type="application/problem+json")
        return JSONResponse(told)

    return router
