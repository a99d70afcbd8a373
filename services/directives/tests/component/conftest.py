"""One service on its real servers, and people who write and read directives."""

import asyncio

import pytest
from sqlalchemy import delete, text

from chassis.porch import Role
from chassis.testing import running, tell_together
from chassis.transaction import open_engine
from directives.main import MIGRATIONS, create_frame
from directives.settings import Settings

ROWS = (
    "directives",
    "requirements",
    "registers",
    "obligations",
    "waits",
    "extensions",
    "obligation_changes",
    "directive_relations",
    "deliveries",
    "assignments",
    "implementing_documents",
    "questions",
    "answers",
    "calendars",
    "numbering_schemes",
    "directive_files",
    "asked_periods",
    "period_calendars",
    "stored_files",
    "outbox",
)


@pytest.fixture(scope="session")
async def kept_database(lasting_database_for):
    """Make one database for all tests; each of them finds it empty."""
    return await lasting_database_for(MIGRATIONS)


@pytest.fixture
async def database(kept_database):
    """Empty the database: quicker than making a new one, and what a test commits is committed all the same."""
    engine = open_engine(kept_database, name="test", pool_size=1)
    async with engine.begin() as connection:
        for metadata in MIGRATIONS.metadata:
            for table in reversed(metadata.sorted_tables):
                await connection.execute(delete(table))
    await engine.dispose()
    return kept_database


@pytest.fixture
async def make_frame(database, nats_house, streams_file, store, signer):
    """Make processes of one installation; a front door alone needs no streams."""
    made = []

    def make(*roles, **changes):
        settings = Settings(
            **{
                "http_host": "127.0.0.1",
                "http_port": 0,
                "database_url": database,
                "nats_url": nats_house.url,
                "nats_seed": nats_house.seeds["directives"],
                "streams_file": streams_file,
                "directory_url": "http://127.0.0.1:9",
                "store_endpoint": store.endpoint,
                "store_access_key": store.keys.directives_access_key,
                "store_secret_key": store.keys.directives_secret_key,
                "store_bucket": store.directives_bucket,
                **changes,
            }
        )
        frame = create_frame(settings, frozenset(roles), keys=signer.keys)
        made.append(frame)
        return frame

    yield make
    for frame in made:
        await frame.engine.dispose()


@pytest.fixture
async def frame(make_frame, province):
    """A front door that has heard of the province."""
    frame = make_frame(Role.API)
    await tell_together(frame, province)
    return frame


@pytest.fixture
async def client(frame):
    async with running(frame) as client:
        yield client


@pytest.fixture
def rows(frame):
    """Read every row this service keeps."""

    async def read():
        async with frame.engine.connect() as connection:
            return {
                table: [tuple(row) for row in await connection.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))]
                for table in ROWS
            }

    return read


@pytest.fixture(scope="session")
def officer(signer):
    return signer.bearer(("desk_officer", "U-SO"))


@pytest.fixture(scope="session")
def leader(signer):
    return signer.bearer(("leader", "U-SO"))


@pytest.fixture(scope="session")
def clerk(signer):
    return signer.bearer(("clerk", "U-SO"))


class Desk:
    """The officer, the leader and the clerk of U-SO at work."""

    def __init__(self, client, officer, leader, clerk):
        self.client = client
        self.officer, self.leader, self.clerk = officer, leader, clerk

    async def draft(self, letter):
        answer = await self.client.post("/directives", json=letter, headers=self.officer)
        assert answer.status_code == 201, answer.text
        return answer.json()["directive_id"]

    async def sign(self, directive_id):
        return await self.client.post(f"/directives/{directive_id}/sign", headers=self.leader)

    async def number(self, directive_id, notation="SGDĐT-GDPT", year=2026):
        body = {"notation": notation, "year": year}
        return await self.client.post(f"/directives/{directive_id}/number", json=body, headers=self.clerk)

    async def issue(self, directive_id, issued_on="2026-11-20"):
        body = {"issued_on": issued_on}
        return await self.client.post(f"/directives/{directive_id}/issue", json=body, headers=self.clerk)

    async def signed(self, letter):
        directive_id = await self.draft(letter)
        assert (await self.sign(directive_id)).status_code == 200
        return directive_id

    async def numbered(self, letter):
        directive_id = await self.signed(letter)
        answer = await self.number(directive_id)
        assert answer.status_code == 200, answer.text
        return directive_id

    async def issued(self, letter):
        directive_id = await self.numbered(letter)
        answer = await self.issue(directive_id)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def obligations(self, directive_id):
        answer = await self.client.get(f"/directives/{directive_id}/obligations", headers=self.officer)
        assert answer.status_code == 200, answer.text
        return answer.json()["obligations"]


@pytest.fixture
def desk(client, officer, leader, clerk):
    return Desk(client, officer, leader, clerk)


@pytest.fixture(scope="session")
def all_at_once():
    """Await what is given, all at the same time."""
    return lambda awaitables: asyncio.gather(*awaitables)
