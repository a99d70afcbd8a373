"""A person at the front doors of the platform: signs in, asks, and is told what went wrong in words."""

import asyncio
import random
import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

RETRIED = frozenset({502, 503, 504})
RENEW_BEFORE_S = 60.0
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 4.0


class Refused(Exception):
    """The platform answered with a problem."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        try:
            self.problem: dict[str, Any] = answer.json()
        except ValueError:
            self.problem = {"code": "?", "detail_en": answer.text[:200]}
        said = self.problem.get("detail_en")
        super().__init__(f"{answer.request.method} {answer.request.url.path}: {self.status} {self.code}: {said}")

    @property
    def code(self) -> str:
        """The stable code of the problem."""
        return str(self.problem.get("code"))


def pauses() -> Iterator[float]:
    """Give how many seconds to wait before each further attempt: longer and longer, and not in step with others."""
    most = FIRST_PAUSE_S
    while True:
        yield most * random.uniform(0.5, 1)  # noqa: S311  nothing secret: it keeps many who wait apart
        most = min(2 * most, LONGEST_PAUSE_S)


class Visitor:
    """One signed-in account. Every call is tried again while a server is away, under the same idempotency key."""

    def __init__(self, services: Mapping[str, str], account: str, password: str) -> None:
        self._services = services
        self._account = account
        self._password = password
        self._client = httpx.AsyncClient(timeout=30)
        self._token = ""
        self._expires = 0.0
        self.person_id = ""
        self._posts: list[dict[str, str]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def get(self, service: str, path: str, **query: Any) -> Any:
        """Return what an address shows."""
        return (await self.ask("GET", service, path, params=query)).json()

    async def post(self, service: str, path: str, body: Any = None, **more: Any) -> Any:
        """Return the answer to a command."""
        return (await self.ask("POST", service, path, json=body, **more)).json()

    async def put(self, service: str, path: str, body: Any) -> Any:
        """Return the answer to a command that sets something."""
        return (await self.ask("PUT", service, path, json=body)).json()

    async def posts(self) -> list[dict[str, str]]:
        """Return the units and roles of this person."""
        await self._sign_in()
        return self._posts

    async def headers(self) -> dict[str, str]:
        """Return the headers that say who is asking, signing in first where needed."""
        await self._sign_in()
        return {"Authorization": f"Bearer {self._token}"}

    async def ask(self, method: str, service: str, path: str, *, within_s: float = 60, **more: Any) -> httpx.Response:
        """Send a request; raises `Refused` on a problem, the last error when servers stay away for `within_s`."""
        deadline = time.monotonic() + within_s
        headers = dict(more.pop("headers", {}))
        waits = pauses()
        while True:
            try:
                headers |= await self.headers()
                url = self._services[service] + path
                return _granted(await self._client.request(method, url, headers=headers, **more))
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            except Refused as refused:
                # Signing in asks a server too, and is tried again as patiently as the request itself.
                if refused.status not in RETRIED or time.monotonic() > deadline:
                    raise
            await asyncio.sleep(next(waits))

    async def _sign_in(self) -> None:
        if time.monotonic() < self._expires - RENEW_BEFORE_S:
            return
        answer = await self._client.post(
            f"{self._services['directory']}/sessions", json={"account": self._account, "password": self._password}
        )
        session = _granted(answer).json()
        self._token, self.person_id = session["access_token"], session["person_id"]
        self._posts = session["posts"]
        self._expires = time.monotonic() + session["expires_in"]


def _granted(answer: httpx.Response) -> httpx.Response:
    if not answer.is_success:
        raise Refused(answer)
    return answer
