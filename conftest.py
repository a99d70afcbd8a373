"""Real PostgreSQL, NATS and S3 for every test that asks for them, started once for the whole run.

Where they come from (environment URLs, Docker, wheels) is decided in `congvan.servers.borrowed`.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import nats
import pytest
from hypothesis import HealthCheck, settings
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
LONGEST_FIRST = ("tools/congvan/tests/bench/test_a_measurement_runs.py", "tests/chaos/", WHOLE_HOUSE)
"""Of those each goes on for minutes: what was begun last would run alone at the end."""

# A machine where others work as well is slow now and then, and that is no fault of what is tried.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


class TogetherByFile(LoadScopeScheduling):
    """Where several tests run at once: those of one file stay together, and so do all that share the one house."""

    def _split_scope(self, nodeid: str) -> str:
        return WHOLE_HOUSE if nodeid.startswith(WHOLE_HOUSE) else nodeid.split("::", 1)[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> TogetherByFile:
    """Tell xdist who runs what."""
    return TogetherByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest; in the house with the main job: others bring in more people who get letters."""
    root = Path(__file__).parent

    def later(item: pytest.Item) -> tuple[int, bool]:
        place = item.path.relative_to(root).as_posix()
        longest = [index for index, each in enumerate(LONGEST_FIRST) if place.startswith(each)]
        return (*longest, len(LONGEST_FIRST))[0], item.path.name != "test_the_main_job.py"

    items.sort(key=later)


@pytest.fixture(scope="session")
def streams_file() -> Path:
    """The declaration of streams and durables."""
    return STREAMS_FILE


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of the superuser of a real PostgreSQL."""
    with borrowed.postgres() as url:
        yield url


class Databases:
    """Fresh databases, each a copy of a template that was migrated once per run."""

    def __init__(self, postgres_url: str) -> None:
        self._server = postgres_url
        self._templates: dict[Path, str] = {}

    def _url_of(self, name: str) -> str:
        return urlsplit(self._server)._replace(path=f"/{name}").geturl()

    async def make(self, migrations: Migrations) -> str:
        """Return the URL of a new one."""
        if migrations.folder not in self._templates:
            template = f"template_{new_id().hex}"
            await self._tell(f"CREATE DATABASE {template}")
            await migrations.upgrade(self._url_of(template))
            self._templates[migrations.folder] = template
        name = f"test_{new_id().hex}"
        # By files, not by the log: half the time, since nothing here waits for a disk.
        await self._tell(f"CREATE DATABASE {name} TEMPLATE {self._templates[migrations.folder]} STRATEGY FILE_COPY")
        return self._url_of(name)

    async def drop(self, urls: Iterable[str]) -> None:
        """Remove these, whoever is still in them."""
        await self._tell(*(f"DROP DATABASE {urlsplit(url).path[1:]} WITH (FORCE)" for url in urls))

    async def drop_templates(self) -> None:
        """Remove the templates."""
        await self.drop(map(self._url_of, self._templates.values()))

    async def _tell(self, *statements: str) -> None:
        admin = await asyncpg.connect(self._server)
        try:
            for statement in statements:
                await admin.execute(statement)
        finally:
            await admin.close()


@pytest.fixture(scope="session")
async def databases(postgres_url: str) -> AsyncIterator[Databases]:
    """Whence databases come; whoever takes one here drops it."""
    databases = Databases(postgres_url)
    yield databases
    await databases.drop_templates()


@pytest.fixture(scope="session")
async def lasting_database_for(databases: Databases) -> AsyncIterator[Callable[[Migrations], Awaitable[str]]]:
    """Make a fresh database that stays until the run ends, for tests that share one and empty it."""
    made: list[str] = []

    async def make(migrations: Migrations) -> str:
        made.append(await databases.make(migrations))
        return made[-1]

    yield make
    await databases.drop(made)


@pytest.fixture
async def database_for(databases: Databases) -> AsyncIterator[Callable[[Migrations], Awaitable[str]]]:
    """Make a fresh database for one test; the code under test may really commit.

    It is gone when the test ends: what is dropped at once is never written to a disk.
    """
    made: list[str] = []

    async def make(migrations: Migrations) -> str:
        made.append(await databases.make(migrations))
        return made[-1]

    yield make
    if made:
        await databases.drop(made)


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
