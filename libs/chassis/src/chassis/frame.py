"""The frame of a process that owns facts: its database, its events, and when it says that it is ready."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from fastapi import Request
from faststream.nats import NatsBroker, NatsNKey
from nats.aio.client import Client
from opentelemetry.sdk.trace import TracerProvider

from chassis import health, streams
from chassis.consuming import EventDesk
from chassis.identity import KeyRing
from chassis.migrating import Migrations
from chassis.outages import is_outage
from chassis.porch import Porch, Role
from chassis.relay import Relay
from chassis.settings import StoredSettings
from chassis.strokes import Strokes
from chassis.transaction import Transactions, open_engine, release_idle

log = logging.getLogger(__name__)

CONNECT_TIMEOUT = 5
PING_SECONDS = 5
"""A line on which two pings in a row stay unanswered is given up and dialled anew."""
WAKE_SECONDS = 0.005
"""The relay of another process is woken no more often than this."""
GRACE_SECONDS = 10
"""How long a handler under way may take to finish when the process is asked to leave."""


class Frame(Porch):
    """One process of one service that owns facts: the porch, and the resources behind it.

    PostgreSQL or NATS may be away when it starts: the process then serves, says that it is not ready, and catches up.
    """

    def __init__(
        self,
        service: str,
        settings: StoredSettings,
        roles: frozenset[Role],
        *,
        migrations: Migrations,
        keys: KeyRing | None = None,
        tracing: TracerProvider | None = None,
        body_limits: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(service, settings, roles, keys=keys, tracing=tracing, body_limits=body_limits)
        self._migrations = migrations
        self._nats: Client | None = None
        self._relay: Relay | None = None
        self._wake_due: asyncio.TimerHandle | None = None
        self._woken_at = 0.0
        self.declaration = streams.load(settings.streams_file)
        self._has_relay = Role.WORKER in roles and any(each.publisher == service for each in self.declaration.stream)
        # While it carries, the relay keeps one; as many as without it are left to the others.
        lines = settings.pool_size + self._has_relay
        self.engine = open_engine(settings.database_url, name=service, pool_size=lines)
        self.transactions = Transactions(self.engine, wake=self._wake_relay)
        self.strokes = Strokes(settings.database_url, name=service, pool_size=settings.pool_size, wake=self._wake_relay)
        self.desk = EventDesk(self.transactions, self.metrics, self.tracing.get_tracer("chassis.consuming"))
        # -1: a client that gives up blocks the event loop for good (stack report, 1.3.1).
        self.broker = NatsBroker(
            settings.nats_url,
            security=NatsNKey.from_seed(settings.nats_seed),
            inbox_prefix=f"_INBOX.{service}",
            name=f"{service}-{'-'.join(sorted(roles))}",
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            connect_timeout=CONNECT_TIMEOUT,
            ping_interval=PING_SECONDS,
            max_outstanding_pings=2,
            apply_types=False,
            graceful_timeout=GRACE_SECONDS,
            logger=None,
        )
        self.checks["postgresql"] = self._database_answers
        self.checks["nats"] = self._nats_answers
        if Role.WORKER in roles:
            self.checks["durables"] = self._durables_exist
        if Role.API in roles:
            self.checks["keys"] = self._keys_are_known

    def letterbox(self, register: Callable[[EventDesk], None]) -> None:
        """Let `register` say which events come in; they are read in processes with the role `worker`."""
        register(self.desk)

    # Life.

    def _open(self) -> list[asyncio.Task[None]]:
        # In the background: NATS may be away, and waiting for it must not keep the door shut.
        self._connecting = asyncio.create_task(self._connect(), name="nats")
        tasks = [
            self._connecting,
            asyncio.create_task(self.keys.keep_current(), name="keys"),
            asyncio.create_task(release_idle(self.engine), name="idle"),
        ]
        if self._has_relay:
            tasks.append(asyncio.create_task(self._relay_events(), name="relay"))
        return tasks + super()._open()

    async def _connect(self) -> None:
        self._nats = await self.broker.connect()
        if Role.WORKER in self.roles:
            await self._wait_for_durables()
            self.desk.subscribe(self.broker)
        await self.broker.start()

    async def _relay_events(self) -> None:
        await asyncio.shield(self._connecting)
        assert self._nats is not None  # noqa: S101  set by what was awaited
        relay = Relay(
            self.engine,
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

    async def _close(self, tasks: list[asyncio.Task[None]]) -> None:
        # A connection that is just being made is waited for: cancelled halfway, its socket would stay open.
        await asyncio.wait([self._connecting], timeout=2)
        with suppress(Exception):  # a server that is away must not keep us from leaving
            await asyncio.wait_for(self.broker.stop(), GRACE_SECONDS + 2)
        await super()._close(tasks)
        await self.strokes.close()
        await self.engine.dispose()

    def _wake_relay(self) -> None:
        if self._relay is not None:
            self._relay.wake()
        elif self._nats is not None and self._wake_due is None:
            # At once, but not for each of a thousand commits in a second: who is awake looks until nothing is left.
            loop = asyncio.get_running_loop()
            self._wake_due = loop.call_at(max(loop.time(), self._woken_at + WAKE_SECONDS), self._send_wake, self._nats)

    def _send_wake(self, line: Client) -> None:
        self._wake_due, self._woken_at = None, asyncio.get_running_loop().time()
        if line.is_connected:
            task = asyncio.ensure_future(line.publish(f"wake.{self.service}"))
            task.add_done_callback(_forget_failure)

    def is_outage(self, error: Exception) -> bool:
        """Say whether `error` means that a server this process needs is away."""
        return is_outage(error)

    async def flow(self) -> health.Flow:
        """Return what waits to go out, what waits to be read, and what is parked."""
        async with self.engine.connect() as connection:
            counts = await connection.exec_driver_sql(
                "SELECT (SELECT count(*) FROM outbox) AS outbox, (SELECT count(*) FROM parked_messages) AS parked"
            )
            row = counts.one()
        return health.Flow(outbox=row.outbox, parked=row.parked, durables=await self.durables())

    # What readiness means.

    async def _database_answers(self) -> str | None:
        async with self.engine.connect() as connection:
            await connection.exec_driver_sql("SELECT 1")
            return await connection.run_sync(self._migrations.what_is_missing)

    async def _nats_answers(self) -> str | None:
        # Not `flush()`: when it times out, nats-py 2.16 leaves a cancelled future behind, and the next PONG then ends
        # its read loop for good. Whether the line is alive is what its own pings find out (`PING_SECONDS`).
        return None if self._nats is not None and self._nats.is_connected else "not connected"

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
        own = [durable for durable in self.declaration.durable if durable.reader == self.service]
        found = await asyncio.gather(
            *(jetstream.consumer_info(durable.stream, durable.name) for durable in own), return_exceptions=True
        )
        # Whatever the reason why one cannot be asked: it is not there for us.
        return {
            durable.name: None
            if isinstance(count, BaseException)
            else {"pending": count.num_pending or 0, "unacked": count.num_ack_pending or 0}
            for durable, count in zip(own, found, strict=True)
        }


def _waker(relay: Relay) -> Callable[[Any], Awaitable[None]]:
    async def wake(_message: Any) -> None:
        relay.wake()

    return wake


def _forget_failure(task: asyncio.Future[None]) -> None:
    # A lost wake-up costs a poll of the relay, nothing else.
    if not task.cancelled():
        task.exception()


def frame_of(request: Request) -> Frame:
    """Return the frame a request is served in."""
    frame: Frame = request.app.state.frame
    return frame
