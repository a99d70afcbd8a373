"""The right password gives a token every service can check; guessing gives nothing, not even a hint."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import asyncpg
import jwt
import pytest
from pydantic import SecretStr
from sqlalchemy import insert, text

from chassis.caller import HeldPost
from chassis.clock import today
from chassis.identity import ALGORITHM, AUDIENCE, ISSUER, LIFETIME_SECONDS
from chassis.porch import Role
from chassis.testing import running, until
from directory.main import create_frame, found
from directory.operations.sessions import sweep_attempts
from directory.tables import posts

RIGHT = {"account": "quan-tri", "password": "đúng mật khẩu"}
WRONG = {"account": "quan-tri", "password": "sai mật khẩu"}


@pytest.fixture(autouse=True)
async def founded(settings):
    await found(settings)


async def sign_in(client, credentials):
    return await client.post("/sessions", json=credentials)


async def test_the_right_password_gives_a_token_that_says_who_and_what(client, frame):
    before = int(time.time())
    answer = await sign_in(client, RIGHT)

    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    session = answer.json()
    assert session["expires_in"] == LIFETIME_SECONDS
    assert session["kind"] == "person"
    assert session["posts"] == [{"unit_id": "*", "role": "administrator"}]
    claims = jwt.decode(session["access_token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == LIFETIME_SECONDS
    assert before <= claims["iat"] <= time.time()
    assert {key: claims[key] for key in ("iss", "aud", "sub", "kind", "posts")} == {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": session["person_id"],
        "kind": "person",
        "posts": session["posts"],
    }
    assert (
        claims["jti"]
        != jwt.decode((await sign_in(client, RIGHT)).json()["access_token"], options={"verify_signature": False})["jti"]
    )


async def test_anybody_can_check_a_token_with_the_published_keys(client):
    session = (await sign_in(client, RIGHT)).json()
    answer = await client.get("/.well-known/jwks.json")

    assert answer.headers["cache-control"] == "public, max-age=300"
    [key] = answer.json()["keys"]
    assert set(key) == {"kty", "crv", "x", "kid", "use", "alg"}
    assert jwt.get_unverified_header(session["access_token"])["kid"] == key["kid"]
    claims = jwt.decode(
        session["access_token"], jwt.PyJWK(key).key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER
    )
    assert claims["sub"] == session["person_id"]


async def test_the_directory_trusts_its_own_tokens(settings):
    frame = create_frame(settings, frozenset({Role.API}))
    async with running(frame) as client:
        token = (await sign_in(client, RIGHT)).json()["access_token"]

        assert (await client.get("/units", headers={"Authorization": f"Bearer {token}"})).status_code == 200
        caller = await frame.keys.caller(token)
    assert caller.posts == (HeldPost(unit_id="*", role="administrator"),)


async def test_a_machine_signs_in_as_a_machine(client):
    session = (await sign_in(client, {"account": "notify", "password": "secret-of-a-machine"})).json()

    assert (session["kind"], session["posts"]) == ("machine", [{"unit_id": "*", "role": "postman"}])


async def test_capital_letters_and_the_keyboard_do_not_matter(client):
    decomposed = {"account": " Quan-Tri", "password": "đúng mật khẩu"}
    assert (await sign_in(client, decomposed)).status_code == 201


async def test_a_token_holds_the_posts_of_today(client, frame):
    day = today(datetime.now(UTC))
    async with frame.engine.begin() as connection:
        [person_id] = (
            await connection.execute(text("SELECT person_id FROM people WHERE account = 'quan-tri'"))
        ).scalars()
        leader = {"person_id": person_id, "role": "leader"}
        await connection.execute(
            insert(posts),
            [
                {**leader, "unit_id": "PAST", "valid_from": day - timedelta(9), "valid_to": day - timedelta(1)},
                {**leader, "unit_id": "LAST", "valid_from": day - timedelta(9), "valid_to": day},
                {**leader, "unit_id": "FIRST", "valid_from": day, "valid_to": None},
                {**leader, "unit_id": "FUTURE", "valid_from": day + timedelta(1), "valid_to": None},
            ],
        )

    held = (await sign_in(client, RIGHT)).json()["posts"]

    assert [post["unit_id"] for post in held] == ["*", "FIRST", "LAST"]


async def test_a_wrong_password_and_an_unknown_account_are_one_and_the_same(client):
    wrong = await sign_in(client, WRONG)
    unknown = await sign_in(client, {**WRONG, "account": "nobody"})

    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong-credentials")
    assert wrong.headers["www-authenticate"] == "Bearer"
    assert unknown.status_code == 401
    assert wrong.json() | {"trace_id": None} == unknown.json() | {"trace_id": None}


async def test_an_unknown_account_costs_as_much_time_as_a_wrong_password(client):
    async def cost(account):
        spent = []
        for _ in range(5):
            before = time.process_time()
            await sign_in(client, {**WRONG, "account": account})
            spent.append(time.process_time() - before)
        return min(spent)

    known, unknown = await cost("quan-tri"), await cost("nobody")

    assert 0.6 < unknown / known < 1.6, (unknown, known)


@pytest.mark.parametrize("account", ["quan-tri", "nobody"])
async def test_after_five_wrong_passwords_an_account_waits_even_with_the_right_one(client, account):
    for _ in range(5):
        assert (await sign_in(client, {**WRONG, "account": account})).status_code == 401

    answer = await sign_in(client, {**RIGHT, "account": account.upper()})

    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-attempts")
    assert 0 < int(answer.headers["retry-after"]) <= 900
    assert answer.json()["retry_after_seconds"] == int(answer.headers["retry-after"])


async def test_another_account_does_not_wait(client):
    for _ in range(5):
        await sign_in(client, {**WRONG, "account": "nobody"})

    assert (await sign_in(client, RIGHT)).status_code == 201


async def move_attempts_back(frame, minutes):
    async with frame.engine.begin() as connection:
        await connection.execute(
            text("UPDATE wrong_passwords SET tried_at = tried_at - make_interval(mins => :minutes)"),
            {"minutes": minutes},
        )


async def test_the_wait_ends_after_a_quarter_of_an_hour(client, frame):
    for _ in range(5):
        await sign_in(client, WRONG)

    await move_attempts_back(frame, 14)
    assert (await sign_in(client, RIGHT)).status_code == 429
    await move_attempts_back(frame, 1)
    assert (await sign_in(client, RIGHT)).status_code == 201


async def test_the_right_password_forgives_the_wrong_ones(client, rows_of):
    for _ in range(4):
        await sign_in(client, WRONG)
    assert (await sign_in(client, RIGHT)).status_code == 201

    rows, _ = await rows_of()
    assert rows["wrong_passwords"] == []


async def test_many_guesses_at_once_learn_no_more_than_one_after_the_other(
    client, frame, empty_database, how_many_wait
):
    for _ in range(4):
        await sign_in(client, WRONG)
    guesses = frame.settings.pool_size
    blocker = await asyncpg.connect(empty_database)

    async def all_are_waiting():
        return await how_many_wait() == guesses

    # Nobody can note a wrong password until everybody has come this far.
    async with blocker.transaction():
        await blocker.execute("LOCK TABLE wrong_passwords IN SHARE MODE")
        answers = asyncio.gather(*(sign_in(client, WRONG) for _ in range(guesses)))
        await until(all_are_waiting, within=30)
    await blocker.close()

    assert sorted(answer.status_code for answer in await answers) == [401, *[429] * (guesses - 1)]
    assert (await sign_in(client, RIGHT)).status_code == 429


async def test_many_people_behind_one_account_sign_in_at_once(client):
    statuses = [answer.status_code for answer in await asyncio.gather(*(sign_in(client, RIGHT) for _ in range(24)))]

    assert statuses == [201] * 24


async def test_old_attempts_are_swept_and_new_ones_stay(client, frame, rows_of):
    await sign_in(client, WRONG)
    await move_attempts_back(frame, 15)
    await sign_in(client, {**WRONG, "account": "nobody"})

    async with frame.transactions.begin() as tx:
        await sweep_attempts(tx, frame.app.state.access.rules.lockout)

    rows, _ = await rows_of()
    assert len(rows["wrong_passwords"]) == 1
    assert "nobody" in rows["wrong_passwords"][0]


@pytest.mark.parametrize(
    "body",
    [
        {"account": "quan-tri"},
        {"account": "quan-tri", "password": ""},
        {"account": "", "password": "x"},
        {"account": "a\x00b", "password": "x"},
        {"account": "a" * 101, "password": "x"},
        {"account": "quan-tri", "password": "x" * 201},
        {"account": ["quan-tri"], "password": "x"},
        {**RIGHT, "remember": True},
    ],
)
async def test_a_malformed_sign_in_is_told_so_and_counts_for_nothing(client, rows_of, body):
    before = await rows_of()

    answer = await sign_in(client, body)

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert await rows_of() == before


async def test_founding_again_leaves_accounts_and_passwords_alone(client, settings, rows_of):
    before = await rows_of()
    other = {"full_name": "Else", "password": SecretStr("another password")}
    changed = tuple(each.model_copy(update=other) for each in settings.founding_accounts)

    await found(settings.model_copy(update={"founding_accounts": changed}))

    assert await rows_of() == before
    assert (await sign_in(client, RIGHT)).status_code == 201


async def test_people_are_told_of_at_the_founding_and_machines_are_not(rows_of):
    rows, events = await rows_of()

    assert len(rows["people"]) == 2
    events = [event for event in events if event["type"] != "directory.type.changed.v1"]
    assert [event["type"] for event in events] == ["directory.person.changed.v1"]
    assert [post["role"] for post in events[0]["data"]["posts"]] == ["administrator"]
