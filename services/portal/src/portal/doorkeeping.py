"""The doorkeeper of every page: who comes, whether they come from a page of ours, and what browsers are told."""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers, MutableHeaders, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from chassis.http import problem_answer
from chassis.problems import Malformed, TooLarge
from portal.asking import came_by
from portal.pacing import OF_ADDRESS, OF_SESSION, Network, Pace, address_of
from portal.problems import ForeignForm
from portal.sessions import Idle, Sessions, Visit
from portal.timing import Tally, tally

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
App = Callable[[Scope, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]

SEEN_BY_ALL = ("/health/", "/metrics", "/assets/")
READING = frozenset({"GET", "HEAD"})
FORM_FIELDS = 6000
FILE_BYTES = 21 << 20
"""A letter of 20 MB, and what is around it in a form."""
LONGEST_NEXT = 500
TOKEN_FIELD = "form"  # noqa: S105  the name of a field
TOKEN_HEADER = "x-congvan-form"  # noqa: S105  the name of a header


class Doorkeeper:
    """ASGI middleware: reads the cookies, refuses what was not sent from a page of ours, sets cookies and headers."""

    def __init__(
        self,
        app: App,
        *,
        sessions: Sessions,
        public_url: str | None,
        store_url: str | None,
        trusted: Sequence[Network],
        too_fast: Callable[[Request, float], Awaitable[Response]],
    ) -> None:
        self._app = app
        self._trusted, self._too_fast = trusted, too_fast
        self._of_session, self._of_address = Pace(*OF_SESSION), Pace(*OF_ADDRESS)
        self._sessions = sessions
        self._origin = _origin_of(public_url) if public_url else None
        self._is_secure = bool(public_url and public_url.startswith("https:"))
        prefix = "__Host-" if self._is_secure else ""
        self._session_cookie, self._form_cookie = f"{prefix}congvan", f"{prefix}congvan-form"
        self._headers = _headers(_origin_of(store_url) if store_url else None, is_secure=self._is_secure)

    async def __call__(
        self, scope: Scope, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """Let a request pass, or not."""
        if scope["type"] != "http" or scope["path"].startswith(SEEN_BY_ALL):
            await self._app(scope, receive, send)
            return
        cost = Tally()
        tally.set(cost)
        headers = Headers(scope=scope)
        cookies = _cookies(headers.get("cookie", ""))
        if scope["method"] not in READING and not self._is_ours(headers):
            await self._foreign()(scope, receive, send)
            return
        came_by.set(_came_by(headers.get("x-forwarded-for", ""), scope.get("client")))
        door = Door(self._sessions, cookies.get(self._session_cookie), cookies.get(self._form_cookie))
        scope.setdefault("state", {})["door"] = door

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    answer.setdefault(name, value)
                answer["Server-Timing"] = cost.told()
                self._set_cookies(door, answer)
            await send(message)

        wait = self._wait(headers.get("x-forwarded-for", ""), scope, cookies.get(self._session_cookie))
        if wait:
            await (await self._too_fast(Request(scope), wait))(scope, receive, told)
            return
        await self._app(scope, receive, told)

    def _wait(self, forwarded: str, scope: Scope, cookie: str | None) -> float:
        """Return how long to wait before the next request; nought when this one may pass."""
        # Without a session there is the address alone, and whoever makes sessions up has one address for all of them.
        wait = self._of_session.wait(hashlib.sha256(cookie.encode()).hexdigest()) if cookie else 0.0
        neighbour = scope["client"][0] if scope.get("client") else ""
        return wait or self._of_address.wait(address_of(forwarded, neighbour, self._trusted))

    def _is_ours(self, headers: Headers) -> bool:
        # Browsers say where a form was sent from; the field every form carries is checked where it is read.
        if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            return False
        origin = headers.get("origin")
        if origin is None:
            return True
        if self._origin is not None:
            return origin == self._origin
        return urlsplit(origin).netloc == headers.get("host")

    def _foreign(self) -> Response:
        answer = problem_answer(_not_from_us())
        answer.headers.update(self._headers)
        return answer

    def _set_cookies(self, door: "Door", answer: MutableHeaders) -> None:
        ends = "; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if self._is_secure else "")
        if door.new_session is not None:
            answer.append("set-cookie", f"{self._session_cookie}={door.new_session}{ends}")
        elif door.is_over:
            answer.append("set-cookie", f"{self._session_cookie}=; Max-Age=0{ends}")
        if door.new_secret is not None:
            answer.append("set-cookie", f"{self._form_cookie}={door.new_secret}{ends}")


class Door:
    """What the doorkeeper knows of one request."""

    def __init__(self, sessions: Sessions, session_cookie: str | None, secret: str | None) -> None:
        self.sessions = sessions
        self._cookie = session_cookie
        self._secret = secret
        self._visit: Visit | None = None
        self.new_session: str | None = None
        self.new_secret: str | None = None
        self.is_over = False
        self.was_idle = False

    @property
    def had_session(self) -> bool:
        """Say whether the browser came with a session, good or not."""
        return bool(self._cookie)

    async def visit(self, *, is_work: bool = True) -> Visit | None:
        """Return who is here; null when nobody is signed in. `is_work`: it shows that somebody sits there."""
        if self._visit is None and self._cookie and not self.is_over:
            try:
                self._visit = await self.sessions.find(self._cookie, is_work=is_work)
            except Idle:
                self.was_idle = True
            if self._visit is None:
                self.is_over = True
            elif self._visit.refresh_token != self._cookie:
                self.new_session = self._visit.refresh_token
        return self._visit

    def admit(self, visit: Visit) -> None:
        """Somebody has just signed in, or was renewed: give them a cookie, and forms nobody has seen before."""
        self._visit, self.is_over = visit, False
        self.new_session, self.new_secret = visit.refresh_token, secrets.token_urlsafe(32)

    def dismiss(self) -> None:
        """Somebody has signed out, or their session is over: take the cookie back."""
        if self._cookie:
            self.sessions.forget(self._cookie)
        self._visit, self.new_session, self.is_over = None, None, True
        self.new_secret = secrets.token_urlsafe(32)

    def token(self) -> str:
        """Return what a form of this browser has to carry."""
        if self.new_secret is None and not self._secret:
            self.new_secret = secrets.token_urlsafe(32)
        return _token_of(self.new_secret or self._secret or "")

    def check(self, token: str) -> None:
        """Raise `ForeignForm` unless `token` came from a page this browser was given."""
        if not self._secret or not hmac.compare_digest(token.encode(), _token_of(self._secret).encode()):
            raise _not_from_us()


def door_of(request: Request) -> Door:
    """Return the door this request came through."""
    door: Door = request.state.door
    return door


class Form:
    """The fields of a form that came from a page of ours."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self._fields = fields

    def get(self, name: str) -> str:
        """Return a field without the spaces around it; empty when it is not there."""
        return next((value.strip() for field, value in self._fields if field == name), "")

    def has(self, name: str) -> bool:
        """Say whether the form has a field, filled in or not."""
        return any(field == name for field, _value in self._fields)

    def all(self, name: str) -> list[str]:
        """Return every value of a field."""
        return [value for field, value in self._fields if field == name]

    def under(self, prefix: str) -> dict[str, str]:
        """Return the fields whose names begin with `prefix`, by the rest of their names."""
        return {field.removeprefix(prefix): value for field, value in self._fields if field.startswith(prefix)}


async def read_form(request: Request) -> Form:
    """Return the form that was sent; raises `ForeignForm` unless it came from a page of ours."""
    try:
        fields = parse_qsl(
            (await request.body()).decode(), keep_blank_values=True, max_num_fields=FORM_FIELDS, errors="strict"
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise _not_from_us() from error
    form = Form(fields)
    door_of(request).check(form.get(TOKEN_FIELD))
    return form


async def read_file(request: Request, field: str) -> tuple[str, bytes] | None:
    """Return the name and the bytes of a file that was sent with a form; null when none was chosen.

    Raises `ForeignForm` unless it came from a page of ours, `TooLarge`.
    """
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > FILE_BYTES:
        raise TooLarge("Tệp không được quá 20 MB.", "A file may have 20 MB at most.")
    async with request.form(max_files=1, max_fields=10) as form:
        door_of(request).check(str(form.get(TOKEN_FIELD, "")))
        file = form.get(field)
        if not isinstance(file, UploadFile) or not file.filename:
            return None
        return file.filename, await file.read()


async def read_script(request: Request) -> dict[str, Any]:
    """Return what a script of a page of ours sent; raises `ForeignForm` for anybody else's, `Malformed`."""
    door_of(request).check(request.headers.get(TOKEN_HEADER, ""))
    try:
        told = await request.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Malformed("Nội dung gửi lên không phải JSON.", "The body is not a JSON object.")
    return told


def local(address: str) -> str:
    """Return an address of this portal to go on to; the first page for any other one."""
    is_ours = (
        len(address) <= LONGEST_NEXT
        and address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and address.isprintable()
        and "\\" not in address
    )
    return address if is_ours else "/"


def _not_from_us() -> ForeignForm:
    return ForeignForm(
        "Biểu mẫu này đã cũ hoặc không đến từ trang của hệ thống; hãy mở lại trang và gửi lại.",
        "This form is out of date or does not come from a page of ours; open the page again and send it anew.",
    )


def _token_of(secret: str) -> str:
    return hashlib.sha256(b"congvan form " + secret.encode()).hexdigest()


def _came_by(forwarded: str, neighbour: tuple[str, int] | None) -> str:
    """Return whom to name to a service: those who spoke before us, and at the end our own neighbour on the line."""
    return ", ".join(each for each in (forwarded, neighbour[0] if neighbour else "") if each)


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}


def _headers(store: str | None, *, is_secure: bool) -> dict[str, str]:
    beside = f" {store}" if store else ""
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        f"img-src 'self'{beside}",
        f"media-src 'self' blob:{beside}",
        f"connect-src 'self'{beside}",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
    told = {
        # Everything comes from us, nothing runs that is written into a page, nobody frames us; files go to the store.
        # A film that is about to be sent is asked how long it is: a blob is what the page itself holds.
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "Cache-Control": "no-store",
    }
    return told | ({"Strict-Transport-Security": "max-age=31536000"} if is_secure else {})
