"""Real PostgreSQL, NATS and S3 for every test that asks for them, started once for the whole run."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import nats
import pytest
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from chassis import streams
from chassis.migrating import Migrations
from chassis.testing import Signer
from chassis.transaction import new_id
from congvan.servers import nats as nats_server
from congvan.servers import postgres as postgres_server
from congvan.servers import store as store_server

STREAMS_FILE = Path(__file__).parent / "deploy" / "jetstream" / "streams.toml"


@pytest.fixture(scope="session")
def streams_file() -> Path:
    """The declaration of streams and durables."""
    return STREAMS_FILE


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres_server.Postgres]:
    """A real PostgreSQL."""
    server = postgres_server.start(tmp_path_factory.mktemp("postgres"))
    yield server
    server.stop()
    server.remove()


@pytest.fixture(scope="session")
async def database_for(
    postgres: postgres_server.Postgres,
) -> AsyncIterator[Callable[[Migrations], Awaitable[str]]]:
    """Make a fresh database from a template that was migrated once; the code under test may really commit."""
    templates: dict[Path, str] = {}
    made: list[str] = []

    async def make(migrations: Migrations) -> str:
        admin = await asyncpg.connect(postgres.url())
        try:
            if migrations.folder not in templates:
                template = f"template_{new_id().hex}"
                await admin.execute(f"CREATE DATABASE {template}")
                await migrations.upgrade(postgres.url(template))
                templates[migrations.folder] = template
                made.append(template)
            name = f"test_{new_id().hex}"
            await admin.execute(f"CREATE DATABASE {name} TEMPLATE {templates[migrations.folder]}")
            made.append(name)
        finally:
            await admin.close()
        return postgres.url(name)

    yield make
    admin = await asyncpg.connect(postgres.url())
    for name in made:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@dataclass(frozen=True)
class Streams:
    """A real NATS server with our accounts, and the keys of its users."""

    server: nats_server.Nats
    seeds: dict[str, str]
    declaration: streams.Declaration

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.server.url

    async def connect(self, user: str) -> Client:
        """Connect as one of the users: a service, `steward`, `city`, `city-steward`."""
        prefix = f"_INBOX.{user}" if user in self.declaration.services else "_INBOX"
        return await nats.connect(self.url, nkeys_seed_str=self.seeds[user], inbox_prefix=prefix, connect_timeout=5)

    async def apply(self, *, anew: bool = False) -> None:
        """Make the declared streams and durables; with `anew`, empty what is there and forget who read what."""
        for user, account in (("steward", "PLATFORM"), ("city-steward", "CITY")):
            client = await self.connect(user)
            for declared in self.declaration.stream if anew else ():
                if declared.account == account:
                    await _empty(client.jetstream(), declared)
            await streams.apply(client, self.declaration, account=account)
            await client.close()


async def _empty(jetstream: JetStreamContext, declared: streams.DeclaredStream) -> None:
    # Not deleted: a stream made again at once under the same name was seen to meet its own leftovers.
    with suppress(NotFoundError):
        await jetstream.update_stream(streams.stream_config(declared))
        for consumer in await jetstream.consumers_info(declared.name):
            await jetstream.delete_consumer(declared.name, consumer.name)
        await jetstream.purge_stream(declared.name)


def start_nats(home: Path, declaration: streams.Declaration) -> Streams:
    """Start a NATS server with our accounts and new keys."""
    keys = nats_server.make_keys((*declaration.services, "steward", "city", "city-steward"), secrets.token_bytes)
    public = {user: key for user, (_seed, key) in keys.items()}

    def configuration(*, port: int, store_dir: Path, monitor_port: int) -> str:
        return streams.nats_config(declaration, public, port=port, store_dir=store_dir, monitor_port=monitor_port)

    server = nats_server.start(home, configuration=configuration)
    return Streams(server, {user: seed for user, (seed, _key) in keys.items()}, declaration)


@pytest.fixture(scope="session")
def nats_house(tmp_path_factory: pytest.TempPathFactory, streams_file: Path) -> Iterator[Streams]:
    """A real NATS server, kept for the whole run."""
    house = start_nats(tmp_path_factory.mktemp("nats"), streams.load(streams_file))
    yield house
    house.server.stop()


@pytest.fixture
def own_nats_house(tmp_path: Path, streams_file: Path) -> Iterator[Streams]:
    """A real NATS server for one test, which may kill it."""
    house = start_nats(tmp_path / "nats", streams.load(streams_file))
    yield house
    house.server.stop()


@pytest.fixture
async def nats_streams(nats_house: Streams) -> Streams:
    """The NATS server with fresh streams."""
    await nats_house.apply(anew=True)
    return nats_house


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[store_server.Store]:
    """A real S3 store with one bucket."""
    server = store_server.start(tmp_path_factory.mktemp("store"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def signer() -> Signer:
    """Somebody who signs tokens the frames of this run trust."""
    return Signer()


@pytest.fixture(autouse=True)
async def _no_task_outlives_its_test() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    if left:
        await asyncio.wait(left, timeout=5)
    still = [task for task in left if not task.done()]
    for task in still:
        task.cancel()
    assert not still, f"tasks outlive their test: {still}"
