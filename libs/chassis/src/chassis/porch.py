"""The porch of a process: its HTTP application, what every service answers alike, and the work it does beside it.

A service that owns nothing stands on this alone; one with a database and events on `chassis.frame`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum

from fastapi import APIRouter, FastAPI
from opentelemetry.sdk.trace import TracerProvider

from chassis import health, http
from chassis.identity import KeyRing
from chassis.settings import ReaderSettings, ServiceSettings
from chassis.telemetry import Metrics, trace_provider
from chassis.watched import Watched

log = logging.getLogger(__name__)

Background = Callable[[], Awaitable[None]]


class Role(StrEnum):
    """What a process of a service does."""

    API = "api"
    WORKER = "worker"


class Porch:
    """One process of one service, as far as HTTP goes.

    Made without side effects; everything is opened when the application starts and closed when it stops.
    """

    def __init__(
        self,
        service: str,
        settings: ServiceSettings,
        roles: frozenset[Role],
        *,
        keys: KeyRing | None = None,
        tracing: TracerProvider | None = None,
        body_limits: Mapping[str, int] | None = None,
    ) -> None:
        self.service = service
        self.settings = settings
        self.roles = roles
        self.metrics = Metrics()
        self.tracing = tracing or trace_provider(service)
        self.checks: dict[str, health.Check] = {}
        directory_url = settings.directory_url if isinstance(settings, ReaderSettings) else None
        self.keys = keys or KeyRing(directory_url=directory_url)
        self._served = 0
        self._background: list[Background] = []
        self._when_leaving: list[Callable[[], None]] = []
        # The pages FastAPI makes of the description load their parts from elsewhere; the portal shows it instead.
        self.app = FastAPI(title=f"Congvan {service}", version="1", lifespan=self._live, docs_url=None, redoc_url=None)
        self.app.state.frame = self
        http.answer_problems(self.app)
        self.app.include_router(health.router)
        self.app.add_middleware(http.BoundedBodies, limits=body_limits or {})
        self.app.add_middleware(Watched, metrics=self.metrics, tracing=self.tracing, is_outage=self.is_outage)

    def front_door(self, router: APIRouter) -> None:
        """Serve `router` in processes with the role `api`; what is served first is looked through first."""
        if Role.API in self.roles:
            # The routes themselves, ahead of ours: what is included is searched level by level (FastAPI 0.165).
            self.app.router.routes[self._served : self._served] = router.routes
            self._served += len(router.routes)

    def run_in_background(self, work: Background) -> None:
        """Run `work` for as long as a process with the role `worker` lives; it must survive outages by itself."""
        if Role.WORKER in self.roles:
            self._background.append(work)

    def when_leaving(self, tell: Callable[[], None]) -> None:
        """Call `tell` as soon as the process is to stop, while requests under way are still finished.

        For answers that would go on for ever: whoever gives one must end it, or the stop waits as long as it may.
        """
        self._when_leaving.append(tell)

    def leave(self) -> None:
        """Say that the process is to stop."""
        for tell in self._when_leaving:
            tell()

    def is_outage(self, error: Exception) -> bool:
        """Say whether `error` means that a server this process needs is away."""
        return isinstance(error, ConnectionError | TimeoutError)

    async def flow(self) -> health.Flow:
        """Return what waits to go out, what waits to be read, and what is parked."""
        return health.Flow(outbox=0, parked=0, durables={})

    def _open(self) -> list[asyncio.Task[None]]:
        """Start what runs for as long as the process."""
        return [asyncio.create_task(_keep_running(work)) for work in self._background]

    async def _close(self, tasks: list[asyncio.Task[None]]) -> None:
        """End what was started."""
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.tracing.shutdown()

    @asynccontextmanager
    async def _live(self, _app: FastAPI) -> AsyncIterator[None]:
        tasks = self._open()
        try:
            yield
        finally:
            await self._close(tasks)


async def _keep_running(work: Background) -> None:
    while True:
        try:
            await work()
        except Exception:  # a loop of ours must not end in silence
            log.exception("background work failed; starting it again")
        await asyncio.sleep(1)
