"""A directory in this process, on a real PostgreSQL and a real NATS, with an empty database for each test."""

import asyncio
import csv
import importlib.resources
import io
import json
from collections import Counter
from contextlib import asynccontextmanager
from datetime import date, timedelta

import asyncpg
import pytest
import uvicorn
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import text

from chassis.porch import Role
from chassis.testing import running, until, waiting_events
from directory.main import MIGRATIONS, create_frame
from directory.settings import Settings

PROVINCE = importlib.resources.files("congvan.demo") / "province"
FOUNDING = [
    {
        "account": "quan-tri",
        "full_name": "Nguyễn Văn A",
        "email": "a@example.com",
        "password": "đúng mật khẩu",
        "role": "administrator",
        "kind": "person",
    },
    {
        "account": "notify",
        "full_name": "Thư",
        "email": "notify@example.com",
        "password": "secret-of-a-machine",
        "role": "postman",
        "kind": "machine",
    },
]


@pytest.fixture(scope="session")
def signing_key():
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture(scope="session")
async def database(lasting_database_for):
    return await lasting_database_for(MIGRATIONS)


@pytest.fixture
async def empty_database(database):
    """One database for all tests of this service, emptied; the catalogue of unit types stays."""
    connection = await asyncpg.connect(database)
    tables = [table.name for each in MIGRATIONS.metadata for table in each.sorted_tables if table.name != "unit_types"]
    # As a replica, so that the triggers which keep the audit records as they are look away.
    await connection.execute("SET session_replication_role = replica")
    await connection.execute(f"TRUNCATE {', '.join(tables)}")
    await connection.execute("UPDATE unit_types SET version = 0")
    await connection.close()
    return database


@pytest.fixture
def settings(empty_database, nats_house, streams_file, signing_key, monkeypatch):
    told = {
        "HTTP_HOST": "127.0.0.1",
        "HTTP_PORT": "0",
        "DATABASE_URL": empty_database,
        "NATS_URL": nats_house.url,
        "NATS_SEED": nats_house.seeds["directory"],
        "STREAMS_FILE": str(streams_file),
        "SIGNING_KEY": signing_key,
        "FOUNDING_ACCOUNTS": json.dumps(FOUNDING),
        "TOTP_REQUIRED_FOR": "[]",
        "SECRETS_KEYS": json.dumps([Fernet.generate_key().decode()]),
    }
    for name, value in told.items():
        monkeypatch.setenv(f"DIRECTORY_{name}", value)
    return Settings()


@pytest.fixture
async def frame(settings, signer):
    frame = create_frame(settings, frozenset({Role.API}), keys=signer.keys)
    yield frame
    await frame.engine.dispose()


@pytest.fixture
async def client(frame):
    async with running(frame) as client:
        yield client


@pytest.fixture
async def own_client(settings):
    """A client of a directory that checks its own tokens, revocations included."""
    frame = create_frame(settings, frozenset({Role.API}))
    async with running(frame) as client:
        yield client


@pytest.fixture
def on_loopback():
    """Serve the application of a running frame at a real address of this machine, in this process."""

    @asynccontextmanager
    async def serve(app, port):
        server = uvicorn.Server(
            uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, ws="none", lifespan="off")
        )
        serving = asyncio.create_task(server._serve())

        async def has_started():
            return server.started or serving.done()

        await until(has_started)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        await serving

    return serve


@pytest.fixture
def administrator(signer):
    return signer.bearer(("administrator", "*"))


@pytest.fixture
def province():
    names = {"units": "units.csv", "relations": "unit_relations.csv", "links": "unit_links.csv"}
    return {field: (PROVINCE / name).read_bytes() for field, name in names.items()}


@pytest.fixture
async def registered(client, administrator, province):
    """The demo province, imported."""
    answer = await client.post("/imports", files=province, headers=administrator)
    assert answer.status_code == 200, answer.text


@pytest.fixture
def rows_of(frame):
    """Everything the directory knows, to see that something changed nothing."""

    async def read():
        tables = [table.name for each in MIGRATIONS.metadata for table in each.sorted_tables if table.name != "outbox"]
        async with frame.engine.connect() as connection:
            rows = {
                table: sorted((await connection.execute(text(f"SELECT {table}::text FROM {table}"))).scalars())
                for table in tables
            }
        return rows, await waiting_events(frame)

    return read


@pytest.fixture
async def how_many_wait(empty_database):
    """Count the connections that wait for a lock; on a connection of its own, as a transaction sees only one moment."""
    observer = await asyncpg.connect(empty_database)

    async def count():
        return await observer.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )

    yield count
    await observer.close()


@pytest.fixture
def ask(client, administrator):
    """Ask as an administrator of the province; return what the answer says."""

    async def ask(method, path, status=200, **more):
        answer = await client.request(method, path, headers=administrator, **more)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    return ask


@pytest.fixture
def counts(ask):
    """Count the units of a day by type."""

    async def counts(day):
        return Counter(unit["unit_type"] for unit in (await ask("GET", "/units", params={"on": day}))["units"])

    return counts


BEGINS = {"units": "valid_from", "relations": "valid_from", "links": "effective_date"}


def _written(columns, rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _eve_of(day):
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


@pytest.fixture
def as_known_before(province):
    """The files of the province as somebody would have written them who knew nothing of a day and later."""

    def as_known_before(day):
        before = {}
        for file, content in province.items():
            reader = csv.DictReader(io.StringIO(content.decode()))
            rows = [row for row in reader if row[BEGINS[file]] < day]
            for row in rows:
                if row.get("valid_to", "") >= _eve_of(day):
                    row["valid_to"] = ""
            before[file] = _written(reader.fieldnames, rows)
        return before

    return as_known_before


@pytest.fixture
def changes_on(province):
    """The rows that begin on a day or end on its eve, as somebody writes them who knows nothing of a later day."""

    def changes_on(day, later=None):
        changes = {}
        for file, content in province.items():
            reader = csv.DictReader(io.StringIO(content.decode()))
            rows = [row for row in reader if row[BEGINS[file]] == day or row.get("valid_to") == _eve_of(day)]
            for row in rows:
                if later and row.get("valid_to", "") >= _eve_of(later):
                    row["valid_to"] = ""
            changes[file] = _written(reader.fieldnames, rows)
        return changes

    return changes_on
