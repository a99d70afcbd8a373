"""A session is renewed with a token that is good once; what was taken back is refused everywhere, soon."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from fastapi import APIRouter
from pydantic import SecretStr

from chassis import identity
from chassis.identity import Calling, KeyRing
from chassis.porch import Porch, Role
from chassis.settings import ServiceSettings
from chassis.testing import running, until
from congvan.ports import free_port
from directory.domain.sessions import TOKEN_LIFE
from directory.main import create_frame, found
from directory.operations.opening import sweep_sessions
from directory.operations.telling import TOLD_FOR

RIGHT = {"account": "quan-tri", "password": "đúng mật khẩu"}
MACHINE = {"account": "notify", "password": "secret-of-a-machine"}


@pytest.fixture(autouse=True)
async def founded(settings):
    await found(settings)


@pytest.fixture
async def superuser(empty_database):
    connection = await asyncpg.connect(empty_database)
    yield connection
    await connection.close()


async def sign_in(client, credentials=RIGHT):
    answer = await client.post("/sessions", json=credentials)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def renew(client, token):
    return await client.post("/sessions/refresh", json={"refresh_token": token})


def bearer(session):
    return {"Authorization": f"Bearer {session['access_token']}"}


async def refused_soon(client, session, within=10):
    async def is_refused():
        return (await client.get("/units", headers=bearer(session))).status_code == 401

    await until(is_refused, within=within)


async def test_a_refresh_token_gives_new_tokens_of_the_same_session(client):
    first = await sign_in(client)
    answer = await renew(client, first["refresh_token"])

    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    second = answer.json()
    assert second["session_id"] == first["session_id"]
    assert second["posts"] == first["posts"]
    assert second["refresh_token"] != first["refresh_token"]
    claims = jwt.decode(second["access_token"], options={"verify_signature": False})
    assert claims["sid"] == first["session_id"]
    assert (await renew(client, second["refresh_token"])).status_code == 201


async def test_a_machine_gets_none(client):
    session = await sign_in(client, MACHINE)

    assert (session["refresh_token"], session["session_id"]) == (None, None)


async def test_no_refresh_token_is_kept_as_it_was_given(client, superuser):
    session = await sign_in(client)

    kept = await superuser.fetchval("SELECT refresh_tokens::text || sessions::text FROM refresh_tokens, sessions")
    assert session["refresh_token"] not in kept


async def test_a_replayed_refresh_token_ends_the_session_for_thief_and_owner(own_client, superuser):
    owner = await sign_in(own_client)
    other = await sign_in(own_client)
    thief = (await renew(own_client, owner["refresh_token"])).json()

    replayed = await renew(own_client, owner["refresh_token"])

    assert (replayed.status_code, replayed.json()["code"]) == (401, "session-over")
    assert (await renew(own_client, thief["refresh_token"])).status_code == 401
    await refused_soon(own_client, thief)
    await refused_soon(own_client, owner)
    assert (await own_client.get("/units", headers=bearer(other))).status_code == 200
    actions = [row["action"] for row in await superuser.fetch("SELECT action FROM audit_records ORDER BY recorded_at")]
    assert actions[-1] == "session.token-reused"
    assert actions.count("session.token-reused") == 1


async def test_of_two_who_present_one_token_at_once_none_keeps_the_session(client):
    session = await sign_in(client)

    answers = await asyncio.gather(*(renew(client, session["refresh_token"]) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 401, 401, 401]
    [winner] = [answer.json() for answer in answers if answer.status_code == 201]
    assert (await renew(client, winner["refresh_token"])).status_code == 401


@pytest.mark.parametrize(
    ("statement", "minutes"),
    [
        ("UPDATE refresh_tokens SET issued_at = issued_at - make_interval(mins => $1)", 30),
        ("UPDATE sessions SET opened_at = opened_at - make_interval(mins => $1)", 12 * 60),
    ],
)
async def test_a_session_ends_when_it_is_left_alone_and_after_a_day_of_work(client, superuser, statement, minutes):
    before, after = await sign_in(client), await sign_in(client)
    await superuser.execute(statement, minutes - 1)
    assert (await renew(client, before["refresh_token"])).status_code == 201
    await superuser.execute(statement, 1)

    answer = await renew(client, after["refresh_token"])

    assert (answer.status_code, answer.json()["code"]) == (401, "session-over")


@pytest.mark.parametrize("body", [{}, {"refresh_token": ""}, {"refresh_token": "x" * 201}, {"refresh_token": 7}, []])
async def test_a_malformed_renewal_is_told_so_and_a_strange_one_refused(client, rows_of, body):
    before = await rows_of()

    assert (await client.post("/sessions/refresh", json=body)).status_code == 422
    assert (await renew(client, "strange")).json()["code"] == "session-over"
    assert await rows_of() == before


async def test_signing_out_ends_this_session_and_no_other(own_client):
    mine, other = await sign_in(own_client), await sign_in(own_client)

    assert (await own_client.delete("/sessions/current", headers=bearer(mine))).status_code == 204

    assert (await renew(own_client, mine["refresh_token"])).status_code == 401
    await refused_soon(own_client, mine)
    assert (await own_client.get("/units", headers=bearer(other))).status_code == 200
    machine = await sign_in(own_client, MACHINE)
    assert (await own_client.delete("/sessions/current", headers=bearer(machine))).status_code == 404


async def test_a_person_and_their_administrator_end_all_sessions_and_nobody_else(
    client, signer, administrator, rows_of
):
    session = await sign_in(client)
    person_id = session["person_id"]
    before = await rows_of()
    for stranger in (("leader", "*"), ("administrator", "U-SCH-001")):
        answer = await client.delete(f"/people/{person_id}/sessions", headers=signer.bearer(stranger))
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    nobody = await client.delete(f"/people/{uuid4()}/sessions", headers=administrator)
    assert nobody.status_code == 404
    assert await rows_of() == before

    themselves = signer.bearer(("administrator", "*"), person=UUID(person_id))
    assert (await client.delete(f"/people/{person_id}/sessions", headers=themselves)).json() == {"ended": 1}
    assert (await client.delete(f"/people/{person_id}/sessions", headers=administrator)).json() == {"ended": 0}
    assert (await renew(client, session["refresh_token"])).status_code == 401


class Reader:
    """Another service that checks tokens: a porch with one question on it, and its own ring of keys."""

    def __init__(self, directory_url):
        settings = ServiceSettings(http_host="127.0.0.1", http_port=0)
        self.keys = KeyRing(directory_url=directory_url, fresh_seconds=0.2)
        self.porch = Porch("reader", settings, frozenset({Role.API}), keys=self.keys)
        router = APIRouter()

        @router.get("/me")
        async def who(caller: Calling) -> str:
            return str(caller.id)

        self.porch.front_door(router)


async def test_what_was_taken_back_is_refused_by_other_services_even_by_those_that_were_away(
    settings, on_loopback, monkeypatch
):
    monkeypatch.setattr(identity, "LATE_SECONDS", 0.2)
    port = free_port()
    frame = create_frame(settings, frozenset({Role.API}))
    async with running(frame) as client, on_loopback(frame.app, port) as url:
        reader = Reader(url)
        async with running(reader.porch) as asking:
            session, other = await sign_in(client), await sign_in(client)

            async def status(who):
                return (await asking.get("/me", headers=bearer(who))).status_code

            assert [await status(who) for who in (session, other)] == [200, 200]
            await client.delete("/sessions/current", headers=bearer(session))

            async def is_refused():
                return await status(session) == 401

            await until(is_refused, within=5)
            assert await status(other) == 200
        late = Reader(url)  # started only after the revocation was told
        async with running(late.porch) as asking:
            refused = await asking.get("/me", headers=bearer(session))
            assert (refused.status_code, refused.json()["code"]) == (401, "not-signed-in")


def test_half_a_minute_is_enough_and_a_revocation_outlives_every_token():
    assert identity.FRESH_SECONDS + identity.LATE_SECONDS + identity.FAILED_SECONDS + 2 * 3 < 60
    assert TOKEN_LIFE + timedelta(seconds=5) < TOLD_FOR
    assert timedelta(seconds=identity.LIFETIME_SECONDS) == TOKEN_LIFE


async def test_a_reader_whose_directory_is_away_goes_on_with_what_it_knows(settings, on_loopback, monkeypatch):
    monkeypatch.setattr(identity, "LATE_SECONDS", 0.0)
    frame = create_frame(settings, frozenset({Role.API}))
    async with running(frame) as client, on_loopback(frame.app, free_port()) as url:
        reader = Reader(url)
        session = await sign_in(client)
        token = session["access_token"]
        assert str((await reader.keys.caller(token)).id) == session["person_id"]

    async def has_tried_again():
        before = reader.keys._asked_at
        monkeypatch.setattr(identity, "FAILED_SECONDS", 0.0)
        assert str((await reader.keys.caller(token)).id) == session["person_id"]
        return reader.keys._asked_at > before

    await until(has_tried_again, within=5)


async def test_a_revocation_is_told_until_its_tokens_are_dead_and_then_swept(own_client, frame, superuser):
    client = own_client
    session = await sign_in(client)
    await client.delete("/sessions/current", headers=bearer(session))
    told = (await client.get("/.well-known/revocations.json")).json()
    assert told == {"sessions": [session["session_id"]], "people": []}

    async def sweep():
        async with frame.transactions.begin() as tx:
            await sweep_sessions(tx)
        return await superuser.fetchval("SELECT count(*) FROM revocations")

    assert await sweep() == 1
    await superuser.execute("UPDATE revocations SET told_until = now()")
    assert (await client.get("/.well-known/revocations.json")).json()["sessions"] == []
    assert await sweep() == 0
    await superuser.execute("UPDATE sessions SET opened_at = now() - interval '31 days'")
    await sweep()
    assert await superuser.fetchval("SELECT count(*) FROM sessions") == 0


def key():
    return Ed25519PrivateKey.generate()


def private(of):
    return SecretStr(of.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def public(of):
    return of.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


async def test_the_signing_key_is_exchanged_while_everyone_stays_signed_in(settings, on_loopback):
    """Published before it is used, kept until its last token is dead: no reader refuses anybody at any step."""
    old, new = key(), key()
    port = free_port()
    steps = [
        {"signing_key": private(old), "further_keys": ()},
        {"signing_key": private(old), "further_keys": (public(new),)},
        {"signing_key": private(new), "further_keys": (public(old),)},
        {"signing_key": private(new), "further_keys": ()},
    ]
    reader = Reader(f"http://127.0.0.1:{port}")
    reader.keys._fresh_seconds = 3600.0  # it need not look at the right moment by luck
    sessions, signed_with = [], []
    for step, told in enumerate(steps):
        frame = create_frame(settings.model_copy(update=told), frozenset({Role.API}))
        async with running(frame) as client, on_loopback(frame.app, port):
            await reader.keys._refresh()
            session = await sign_in(client)
            signed_with.append(jwt.get_unverified_header(session["access_token"])["kid"])
            sessions.append(session["access_token"])
            # Every token but those of the old key after it was withdrawn, when they are dead.
            for token in sessions if step < 3 else sessions[2:]:
                await reader.keys.caller(token)
    assert signed_with[0] == signed_with[1] != signed_with[2] == signed_with[3]
