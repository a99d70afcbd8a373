"""The frame of a process: what it connects to, what it serves and runs, and when it says that it is ready."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from faststream.nats import NatsBroker, NatsNKey
from nats.aio.client import Client
from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
from opentelemetry.sdk.trace import TracerProvider

from chassis import health, http, streams
from chassis.consuming import EventDesk
from chassis.identity import KeyRing
from chassis.migrating import Migrations
from chassis.relay import Relay
from chassis.settings import ReaderSettings, ServiceSettings, StoredSettings
from chassis.telemetry import Metrics, trace_provider
from chassis.transaction import Transactions, open_engine

log = logging.getLogger(__name__)

CONNECT_TIMEOUT = 5
GRACE_SECONDS = 10
"""How long a handler under way may take to finish when the process is asked to leave."""
Background = Callable[[], Awaitable[None]]


class Role(StrEnum):
    """What a process of a service does."""

    API = "api"
    WORKER = "worker"


class Frame:
    """One process of one service: its HTTP application and the resources behind it.

    Made without side effects; everything is opened when the application starts and closed when it stops. PostgreSQL or
    NATS may be away at that time: the process then serves, says that it is not ready, and catches up.
    """

    def __init__(
        self,
        service: str,
        settings: ServiceSettings,
        roles: frozenset[Role],
        *,
        migrations: Migrations | None = None,
        keys: KeyRing | None = None,
        tracing: TracerProvider | None = None,
        body_limits: Mapping[str, int] | None = None,
    ) -> None:
        self.service = service
        self.settings = settings
        self.roles = roles
        self.metrics = Metrics()
        self.migrations = migrations
        self.tracing = tracing or trace_provider(service)
        self.checks: dict[str, health.Check] = {}
        directory_url = settings.directory_url if isinstance(settings, ReaderSettings) else None
        self.keys = keys or KeyRing(directory_url=directory_url)
        self._background: list[Background] = []
        self._nats: Client | None = None
        self._relay: Relay | None = None
        if isinstance(settings, StoredSettings):
            self._open_stored(settings)
        self.app = FastAPI(title=f"Congvan {service}", version="1", lifespan=self._live, openapi_url="/openapi.json")
        self.app.state.frame = self
        http.answer_problems(self.app)
        self.app.include_router(health.router)
        self.app.add_middleware(http.BoundedBodies, limits=body_limits or {})
        self.app.add_middleware(_Watched, metrics=self.metrics)
        self.app.add_middleware(
            OpenTelemetryMiddleware,
            tracer_provider=self.tracing,
            exclude_spans=["send", "receive"],
            excluded_urls="/health/.*,/metrics",
        )

    def _open_stored(self, settings: StoredSettings) -> None:
        self.engine = open_engine(settings.database_url, name=self.service, pool_size=settings.pool_size)
        self.transactions = Transactions(self.engine, wake=self._wake_relay)
        self.desk = EventDesk(self.transactions, self.metrics, self.tracing.get_tracer("chassis.consuming"))
        self.declaration = streams.load(settings.streams_file)
        # -1: a client that gives up blocks the event loop for good (stack report, 1.3.1).
        self.broker = NatsBroker(
            settings.nats_url,
            security=NatsNKey.from_seed(settings.nats_seed),
            inbox_prefix=f"_INBOX.{self.service}",
            name=f"{self.service}-{'-'.join(sorted(self.roles))}",
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            connect_timeout=CONNECT_TIMEOUT,
            apply_types=False,
            graceful_timeout=GRACE_SECONDS,
            logger=None,
        )
        self.checks["postgresql"] = self._database_answers
        self.checks["nats"] = self._nats_answers
        if Role.WORKER in self.roles:
            self.checks["durables"] = self._durables_exist
        if Role.API in self.roles:
            self.checks["keys"] = self._keys_are_known

    # What a service adds to the frame.

    def front_door(self, router: APIRouter) -> None:
        """Serve `router` in processes with the role `api`."""
        if Role.API in self.roles:
            self.app.include_router(router)

    def letterbox(self, register: Callable[[EventDesk], None]) -> None:
        """Let `register` say which events come in; they are read in processes with the role `worker`."""
        register(self.desk)

    def run_in_background(self, work: Background) -> None:
        """Run `work` for as long as a process with the role `worker` lives; it must survive outages by itself."""
        if Role.WORKER in self.roles:
            self._background.append(work)

    # Life.

    @asynccontextmanager
    async def _live(self, _app: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self._greet_directory(), name="keys")]
        if isinstance(self.settings, StoredSettings):
            # In the background: NATS may be away, and waiting for it must not keep the door shut.
            self._connecting = asyncio.create_task(self._connect(), name="nats")
            tasks.append(self._connecting)
            if Role.WORKER in self.roles:
                tasks.append(asyncio.create_task(self._relay_events(self.settings.database_url), name="relay"))
        tasks += [asyncio.create_task(_keep_running(work)) for work in self._background]
        try:
            yield
        finally:
            await self._close(tasks)

    async def _connect(self) -> None:
        self._nats = await self.broker.connect()
        if Role.WORKER in self.roles:
            await self._wait_for_durables()
            self.desk.subscribe(self.broker)
        await self.broker.start()

    async def _relay_events(self, database_url: str) -> None:
        await asyncio.shield(self._connecting)
        assert self._nats is not None  # noqa: S101  set by what was awaited
        relay = Relay(
            database_url,
            self._nats.jetstream(timeout=5),
            stream=self.service.upper(),
            tracer=self.tracing.get_tracer("chassis.relay"),
        )
        await self._nats.subscribe(f"wake.{self.service}", cb=_waker(relay))
        self._relay = relay
        await relay.run()

    async def _wait_for_durables(self) -> None:
        # Binding to a durable that is not declared yet would fail the whole start.
        while True:
            problem = await self._durables_exist()
            if problem is None:
                return
            log.warning("waiting for durables: %s", problem)
            await asyncio.sleep(0.5)

    async def _greet_directory(self) -> None:
        # Keys early, so that the first request need not wait for them.
        while not self.keys.is_known and isinstance(self.settings, ReaderSettings):
            await self.keys.refresh()
            await asyncio.sleep(0.5)

    async def _close(self, tasks: list[asyncio.Task[None]]) -> None:
        if isinstance(self.settings, StoredSettings):
            # A connection that is just being made is waited for: cancelled halfway, its socket would stay open.
            await asyncio.wait([self._connecting], timeout=2)
            with suppress(Exception):  # a server that is away must not keep us from leaving
                await asyncio.wait_for(self.broker.stop(), GRACE_SECONDS + 2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if isinstance(self.settings, StoredSettings):
            await self.engine.dispose()
        self.tracing.shutdown()

    def _wake_relay(self) -> None:
        if self._relay is not None:
            self._relay.wake()
        elif self._nats is not None and self._nats.is_connected:
            task = asyncio.ensure_future(self._nats.publish(f"wake.{self.service}"))
            task.add_done_callback(_forget_failure)

    # What readiness means.

    async def _database_answers(self) -> str | None:
        async with self.engine.connect() as connection:
            await connection.exec_driver_sql("SELECT 1")
            if self.migrations is not None:
                return await connection.run_sync(self.migrations.what_is_missing)
        return None

    async def _nats_answers(self) -> str | None:
        if self._nats is None or not self._nats.is_connected:
            return "not connected"
        await self._nats.flush(timeout=2)
        return None

    async def _durables_exist(self) -> str | None:
        counts = await self.durables()
        missing = [name for name, count in counts.items() if count is None]
        return f"missing: {', '.join(missing)}" if missing else None

    async def _keys_are_known(self) -> str | None:
        return None if self.keys.is_known else "no token keys yet"

    async def durables(self) -> dict[str, dict[str, int] | None]:
        """Return what each durable of this service has not read and not acknowledged; null when it does not exist."""
        if self._nats is None:
            return {}
        jetstream = self._nats.jetstream(timeout=2)
        counts: dict[str, dict[str, int] | None] = {}
        for durable in self.declaration.durable:
            if durable.reader == self.service:
                with suppress(Exception):  # whatever the reason: it is not there for us
                    counts[durable.name] = None
                    found = await jetstream.consumer_info(durable.stream, durable.name)
                    counts[durable.name] = {
                        "pending": found.num_pending or 0,
                        "unacked": found.num_ack_pending or 0,
                    }
        return counts


def _waker(relay: Relay) -> Callable[[Any], Awaitable[None]]:
    async def wake(_message: Any) -> None:
        relay.wake()

    return wake


def _forget_failure(task: asyncio.Future[None]) -> None:
    # A lost wake-up costs a poll of the relay, nothing else.
    if not task.cancelled():
        task.exception()


async def _keep_running(work: Background) -> None:
    while True:
        try:
            await work()
        except Exception:  # a loop of ours must not end in silence
            log.exception("background work failed; starting it again")
        await asyncio.sleep(1)


class _Watched:
    """ASGI middleware: how long each route takes, and an answer to what nobody caught."""

    def __init__(self, app: http.App, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: http.Scope, receive: http.Receive, send: http.Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status: int | None = None

        async def watch(message: http.Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            if status is not None:
                raise  # half an answer is out; only breaking the line tells the caller the truth
            await http.fault_answer(scope["path"], error)(scope, receive, watch)
        finally:
            path = getattr(scope.get("route"), "path", "other")
            self._metrics.requests.labels(scope["method"], path, status).observe(time.perf_counter() - started)


def frame_of(request: Request) -> Frame:
    """Return the frame a request is served in."""
    frame: Frame = request.app.state.frame
    return frame
