"""The parts of HTTP every service answers in the same way: problems, and bodies that are too large."""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from chassis.problems import Malformed, NotReadable, NotSignedIn, Problem, TooLarge, Unavailable
from chassis.telemetry import trace_id

log = logging.getLogger(__name__)

BODY_BYTES = 1 << 20
"""No request of ours carries more than a long report; files go to the store."""
RETRY_AFTER_SECONDS = 2
PROBLEM_TYPE = "application/problem+json"

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def may_raise(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """Declare a handler's problems so that they appear in its OpenAPI description."""
    described: dict[int | str, dict[str, Any]] = {}
    for problem in problems:
        before = described.get(problem.status, {}).get("description")
        line = f"`{problem.code}`: {problem.title()}"
        described[problem.status] = {"description": f"{before}\n\n{line}" if before else line}
    return described


def problem_answer(problem: Problem) -> JSONResponse:
    """Render a problem as `application/problem+json` (RFC 9457): `detail` in Vietnamese, `detail_en` in English."""
    body = {
        "type": f"urn:congvan:problem:{problem.code}",
        "title": problem.title(),
        "status": problem.status,
        "code": problem.code,
        "detail": problem.vi,
        "detail_en": problem.en,
        "trace_id": trace_id(),
        **problem.more,
    }
    headers = {}
    if isinstance(problem, NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return JSONResponse(body, problem.status, headers, media_type=PROBLEM_TYPE)


_HTTP_DETAILS = {
    404: ("Không có địa chỉ này.", "There is no such address."),
    405: ("Địa chỉ này không nhận phương thức đó.", "This address does not take that method."),
}


def answer_problems(app: FastAPI) -> None:
    """Answer every problem and malformed request in one form."""

    @app.exception_handler(Problem)
    async def tell(_request: Request, problem: Problem) -> JSONResponse:
        return problem_answer(problem)

    @app.exception_handler(RequestValidationError)
    async def tell_malformed(_request: Request, error: RequestValidationError) -> JSONResponse:
        if any(each["type"] == "json_invalid" for each in error.errors()):
            return problem_answer(NotReadable("Nội dung gửi lên không phải JSON.", "The body is not JSON."))
        places = [
            {"where": ".".join(str(step) for step in each["loc"]), "what": each["msg"], "type": each["type"]}
            for each in error.errors()
        ]
        return problem_answer(
            Malformed(
                f"Dữ liệu gửi lên chưa đúng ở {len(places)} chỗ; xem danh sách «errors».",
                f"The request is not well-formed in {len(places)} place(s); see `errors`.",
                errors=places[:50],
            )
        )

    @app.exception_handler(HTTPException)
    async def tell_http(_request: Request, error: HTTPException) -> JSONResponse:
        if isinstance(error.__cause__, Problem):
            return problem_answer(error.__cause__)  # FastAPI wraps what is raised while it reads a body
        if error.status_code == HTTPStatus.BAD_REQUEST:
            return problem_answer(NotReadable("Không đọc được nội dung gửi lên.", "The body cannot be read."))
        vi, en = _HTTP_DETAILS.get(error.status_code, ("Yêu cầu không thực hiện được.", str(error.detail)))
        phrase = HTTPStatus(error.status_code).phrase
        body = {
            "type": "about:blank",
            "title": phrase,
            "status": error.status_code,
            "code": phrase.lower().replace(" ", "-"),
            "detail": vi,
            "detail_en": en,
            "trace_id": trace_id(),
        }
        return JSONResponse(body, error.status_code, error.headers, media_type=PROBLEM_TYPE)


def fault_answer(path: str, error: Exception, *, is_outage: bool) -> JSONResponse:
    """Answer an error nobody meant: 503 when a server is away, else 500 with the trace id to report."""
    if is_outage:
        log.warning("%s: a server is away: %r", path, error)
        return problem_answer(
            Unavailable(
                "Hệ thống đang tạm gián đoạn, chưa có gì được ghi nhận; vui lòng thử lại sau ít giây.",
                "A server is away; nothing was recorded. Try the same request again in a few seconds.",
            )
        )
    log.error("%s failed", path, exc_info=error)
    body = {
        "type": "urn:congvan:problem:fault",
        "title": "A fault of ours",
        "status": 500,
        "code": "fault",
        "detail": "Hệ thống gặp lỗi, chưa có gì được ghi nhận; hãy báo mã trace_id cho quản trị.",
        "detail_en": "A fault of ours; nothing was recorded. Report the trace_id to the operators.",
        "trace_id": trace_id(),
    }
    return JSONResponse(body, 500, media_type=PROBLEM_TYPE)


_NAMED = re.compile(r"\{\w+\}")


class BoundedBodies:
    """ASGI middleware: a body that is larger than its address takes is refused before it is held in memory.

    An address may have names in braces, each standing for one part of a path.
    """

    def __init__(self, app: App, *, limits: Mapping[str, int]) -> None:
        self._app = app
        self._limits = {path: limit for path, limit in limits.items() if "{" not in path}
        self._patterns = [
            (re.compile(_NAMED.sub("[^/]+", re.sub(r"[.]", r"\\.", path))), limit)
            for path, limit in limits.items()
            if "{" in path
        ]

    def _limit(self, path: str) -> int:
        exact = self._limits.get(path)
        if exact is not None:
            return exact
        return next((limit for pattern, limit in self._patterns if pattern.fullmatch(path)), BODY_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting what it sends."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if not declared.isdigit() or int(declared) > limit:
            await problem_answer(_too_large(limit))(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _too_large(limit)
            return message

        await self._app(scope, counted, send)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"Nội dung gửi lên vượt quá {limit:,} byte.".replace(",", "."),
        f"The body is larger than {limit:,} bytes.",
        allowed_bytes=limit,
    )
