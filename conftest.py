"""Real PostgreSQL, NATS and S3 for every test that asks for them, started once for the whole run.

Where they come from (environment URLs, Docker, wheels) is decided in `congvan.servers.borrowed`.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import nats
import pytest
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling

from chassis import streams
from chassis.migrating import Migrations
from chassis.testing import Signer
from chassis.transaction import new_id
from congvan.servers import borrowed
from congvan.servers import nats as nats_server

STREAMS_FILE = Path(__file__).parent / "deploy" / "jetstream" / "streams.toml"


WHOLE_HOUSE = "tests/end_to_end/"


class TogetherByFile(LoadScopeScheduling):
    """Where several tests run at once: those of one file stay together, and so do all that share the one house."""

    def _split_scope(self, nodeid: str) -> str:
        return WHOLE_HOUSE if nodeid.startswith(WHOLE_HOUSE) else nodeid.split("::", 1)[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> TogetherByFile:
    """Tell xdist who runs what."""
    return TogetherByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, the house, so that it does not run alone at the end.

    In it with the main job, whose letters are counted: others bring in more people who get some.
    """
    house = Path(__file__).parent / WHOLE_HOUSE
    items.sort(key=lambda item: (not item.path.is_relative_to(house), item.path.name != "test_the_main_job.py"))


@pytest.fixture(scope="session")
def streams_file() -> Path:
    """The declaration of streams and durables."""
    return STREAMS_FILE


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of the superuser of a real PostgreSQL."""
    with borrowed.postgres() as url:
        yield url


@pytest.fixture(scope="session")
async def database_for(postgres_url: str) -> AsyncIterator[Callable[[Migrations], Awaitable[str]]]:
    """Make a fresh database from a template that was migrated once; the code under test may really commit."""
    templates: dict[Path, str] = {}
    made: list[str] = []

    def url_of(name: str) -> str:
        return urlsplit(postgres_url)._replace(path=f"/{name}").geturl()

    async def make(migrations: Migrations) -> str:
        admin = await asyncpg.connect(postgres_url)
        try:
            if migrations.folder not in templates:
                template = f"template_{new_id().hex}"
                await admin.execute(f"CREATE DATABASE {template}")
                await migrations.upgrade(url_of(template))
                templates[migrations.folder] = template
                made.append(template)
            name = f"test_{new_id().hex}"
            await admin.execute(f"CREATE DATABASE {name} TEMPLATE {templates[migrations.folder]}")
            made.append(name)
        finally:
            await admin.close()
        return url_of(name)

    yield make
    if "CONGVAN_TEST_POSTGRES_URL" in os.environ:  # any other server is thrown away whole
        admin = await asyncpg.connect(postgres_url)
        for name in made:
            await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


@dataclass(frozen=True)
class Streams:
    """A real NATS server with our accounts, and the keys of its users."""

    url: str
    seeds: Mapping[str, str]
    declaration: streams.Declaration
    server: nats_server.Nats | None = None
    """The server, where it is the test's own and may be killed."""

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


def _users(declaration: streams.Declaration) -> tuple[str, ...]:
    return (*declaration.services, "steward", "city", "city-steward")


@pytest.fixture(scope="session")
def nats_house(streams_file: Path) -> Iterator[Streams]:
    """A real NATS server, kept for the whole run."""
    declaration = streams.load(streams_file)

    def configure(public_keys: Mapping[str, str], *, port: int, store_dir: Path, monitor_port: int) -> str:
        return streams.nats_config(declaration, public_keys, port=port, store_dir=store_dir, monitor_port=monitor_port)

    with borrowed.nats(configure, _users(declaration)) as lent:
        yield Streams(lent.url, lent.seeds, declaration)


@pytest.fixture
async def nats_streams(nats_house: Streams) -> Streams:
    """The NATS server with fresh streams."""
    await nats_house.apply(anew=True)
    return nats_house


@pytest.fixture
def own_nats_house(tmp_path: Path, streams_file: Path) -> Iterator[Streams]:
    """A NATS server for one test, which may kill it; always from the wheel."""
    declaration = streams.load(streams_file)
    keys = nats_server.make_keys(_users(declaration), os.urandom)
    public = {user: key for user, (_seed, key) in keys.items()}

    def configuration(*, port: int, store_dir: Path, monitor_port: int) -> str:
        return streams.nats_config(declaration, public, port=port, store_dir=store_dir, monitor_port=monitor_port)

    server = nats_server.start(tmp_path / "nats", configuration=configuration)
    yield Streams(server.url, {user: seed for user, (seed, _key) in keys.items()}, declaration, server)
    server.stop()


@pytest.fixture(scope="session")
def store() -> Iterator[borrowed.BorrowedStore]:
    """A real S3 store with one bucket."""
    with borrowed.store() as lent:
        yield lent


@pytest.fixture(scope="session")
def signer() -> Signer:
    """Somebody who signs tokens the frames of this run trust."""
    return Signer()


@pytest.fixture(autouse=True)
def _nobody_becomes_a_real_time_process() -> Iterator[None]:
    yield
    # Libraries do such things to whoever runs them as root; every server started later would inherit it.
    if hasattr(os, "sched_getscheduler"):
        assert os.sched_getscheduler(0) == os.SCHED_OTHER


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
