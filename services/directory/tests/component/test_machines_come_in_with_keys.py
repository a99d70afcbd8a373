"""A machine comes in with a key that is shown once, limited to its scopes, and can be taken back."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import jwt
import pytest

from chassis.caller import Scope
from chassis.clock import today
from chassis.policy import Purpose, may
from chassis.porch import Role
from chassis.testing import running, until
from directory.main import create_frame, found

TODAY = today(datetime.now(UTC))
SCOPE = {"unit_id": "U-SCH-001", "purposes": ["subscribe"]}
MACHINE = {
    "account": "city-totals",
    "full_name": "Máy chủ thành phố",
    "email": "city@example.com",
    "posts": [{"unit_id": "*", "role": "subscriber", "valid_from": "2026-01-01"}],
}


@pytest.fixture
async def superuser(empty_database):
    connection = await asyncpg.connect(empty_database)
    yield connection
    await connection.close()


@pytest.fixture
async def headers(own_client, settings, province):
    await found(settings)
    session = (await own_client.post("/sessions", json={"account": "quan-tri", "password": "đúng mật khẩu"})).json()
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    assert (await own_client.post("/imports", files=province, headers=bearer)).status_code == 200
    return bearer


@pytest.fixture
async def machine(own_client, headers):
    answer = await own_client.post("/service-accounts", json=MACHINE, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()["person_id"]


async def give(client, headers, machine, **more):
    body = {"label": "chạy hằng đêm", "scopes": [SCOPE], "valid_to": str(TODAY + timedelta(days=90)), **more}
    return await client.post(f"/service-accounts/{machine}/keys", json=body, headers=headers)


async def come_in(client, key):
    return await client.post("/sessions", json={"api_key": key})


async def test_a_key_gives_a_short_token_that_says_what_it_is_limited_to(own_client, headers, machine, superuser):
    given = await give(own_client, headers, machine)
    assert (given.status_code, given.headers["cache-control"]) == (201, "no-store")
    key = given.json()["api_key"]

    session = (await come_in(own_client, key)).json()

    assert (session["kind"], session["refresh_token"], session["needs"]) == ("machine", None, [])
    claims = jwt.decode(session["access_token"], options={"verify_signature": False})
    assert claims["scopes"] == [SCOPE]
    assert claims["sid"] == given.json()["key_id"]
    assert claims["exp"] - claims["iat"] <= 900
    kept = await superuser.fetchval("SELECT api_keys::text FROM api_keys")
    assert key not in kept
    assert key.encode().hex() not in kept
    shown = (await own_client.get(f"/service-accounts/{machine}/keys", headers=headers)).json()["keys"]
    assert [(each["label"], each["scopes"]) for each in shown] == [("chạy hằng đêm", [SCOPE])]
    assert shown[0]["last_used_at"] is not None
    assert key not in str(shown)


async def test_the_caller_of_such_a_token_may_no_more_than_both_say(own_client, headers, machine, settings):
    key = (await give(own_client, headers, machine)).json()["api_key"]
    frame = create_frame(settings, frozenset({Role.API}))
    async with running(frame):
        caller = await frame.keys.caller((await come_in(own_client, key)).json()["access_token"])

    assert caller.scopes == (Scope(unit_id="U-SCH-001", purposes=frozenset({"subscribe"})),)
    assert may(caller, Purpose.SUBSCRIBE, "U-SCH-001")
    assert not may(caller, Purpose.SUBSCRIBE, "U-SCH-003")
    assert not may(caller, Purpose.READ_DIRECTIVE, "U-SCH-001")


async def test_a_scope_gives_nothing_the_machine_has_not(own_client, headers, machine):
    scope = {"unit_id": "*", "purposes": ["administer", "read_totals"]}
    key = (await give(own_client, headers, machine, scopes=[scope])).json()["api_key"]
    bearer = {"Authorization": f"Bearer {(await come_in(own_client, key)).json()['access_token']}"}

    assert (await own_client.get("/people?unit_id=*", headers=bearer)).status_code == 403


async def test_an_administrating_machine_with_a_narrow_key_administers_that_much(own_client, headers):
    body = {**MACHINE, "posts": [{"unit_id": "*", "role": "administrator", "valid_from": "2026-01-01"}]}
    machine = (await own_client.post("/service-accounts", json=body, headers=headers)).json()["person_id"]
    scope = {"unit_id": "U-SCH-001", "purposes": ["administer"]}
    key = (await give(own_client, headers, machine, scopes=[scope])).json()["api_key"]
    bearer = {"Authorization": f"Bearer {(await come_in(own_client, key)).json()['access_token']}"}

    assert (await own_client.get("/people?unit_id=U-SCH-001", headers=bearer)).status_code == 200
    assert (await own_client.get("/people?unit_id=U-SCH-003", headers=bearer)).status_code == 403


async def test_a_revoked_key_opens_nothing_and_its_tokens_are_refused_soon(own_client, headers, machine):
    first, other = [(await give(own_client, headers, machine)).json() for _ in range(2)]
    sessions = [(await come_in(own_client, each["api_key"])).json() for each in (first, other)]
    place = f"/service-accounts/{machine}/keys/{first['key_id']}"

    assert (await own_client.delete(place, headers=headers)).status_code == 204

    assert (await own_client.delete(place, headers=headers)).status_code == 404
    refused = await come_in(own_client, first["api_key"])
    assert (refused.status_code, refused.json()["code"]) == (401, "wrong-credentials")
    bearers = [{"Authorization": f"Bearer {each['access_token']}"} for each in sessions]

    async def is_refused():
        return (await own_client.get("/units", headers=bearers[0])).status_code == 401

    await until(is_refused)
    assert (await own_client.get("/units", headers=bearers[1])).status_code == 200
    assert (await come_in(own_client, other["api_key"])).status_code == 201


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE api_keys SET valid_from = '{yesterday}', valid_to = '{yesterday}'",
        "UPDATE api_keys SET valid_from = '{tomorrow}', valid_to = '{tomorrow}'",
        "UPDATE accounts SET disabled_at = now(), disabled_why = 'x'",
    ],
)
async def test_a_key_opens_on_its_days_and_while_the_machine_is_let_in(
    own_client, headers, machine, superuser, statement
):
    key = (await give(own_client, headers, machine)).json()["api_key"]
    days = {"yesterday": TODAY - timedelta(days=1), "tomorrow": TODAY + timedelta(days=1)}
    await superuser.execute(statement.format(**days))

    answer = await come_in(own_client, key)

    assert (answer.status_code, answer.json()["code"]) == (401, "wrong-credentials")


async def test_strangers_are_recorded_once_a_minute(own_client, headers, machine, superuser):
    for number in range(5):
        answer = await come_in(own_client, f"congvan_{number}")
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong-credentials")

    about = await superuser.fetch("SELECT about, details FROM audit_records WHERE action = 'sign-in.failed'")
    assert [(each["about"], each["details"]) for each in about] == [("key-from:127.0.0.1", '{"why":"key"}')]


WRONG = [
    {"scopes": []},
    {"scopes": [{"unit_id": "*", "purposes": []}]},
    {"scopes": [{"unit_id": "*", "purposes": ["rule"]}]},
    {"scopes": [{"unit_id": "**", "purposes": ["sign"]}]},
    {"scopes": [SCOPE] * 21},
    {"label": " "},
    {"valid_to": None},
    {"valid_to": "tomorrow"},
    {"valid_from": str(TODAY + timedelta(days=2)), "valid_to": str(TODAY + timedelta(days=1))},
    {"valid_to": str(TODAY - timedelta(days=1))},
    {"for_ever": True},
]


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_malformed_key_is_none(own_client, headers, machine, rows_of, wrong):
    before = await rows_of()

    answer = await give(own_client, headers, machine, **wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert await rows_of() == before


async def test_keys_are_for_machines_of_ones_own(own_client, client, signer, headers, machine, rows_of):
    person = (await own_client.post("/sessions", json={"account": "quan-tri", "password": "đúng mật khẩu"})).json()
    before = await rows_of()

    assert (await give(own_client, headers, person["person_id"])).status_code == 404
    assert (await give(own_client, headers, uuid4())).status_code == 404
    unknown = await give(own_client, headers, machine, scopes=[{**SCOPE, "unit_id": "NOBODY"}])
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown-unit")
    for stranger in (("leader", "*"), ("administrator", "U-SCH-001")):
        bearer = signer.bearer(stranger)
        assert (await give(client, bearer, machine)).status_code == 404
        assert (await client.get(f"/service-accounts/{machine}/keys", headers=bearer)).status_code == 404
        assert (await client.post("/service-accounts", json=MACHINE, headers=bearer)).status_code == 403
    assert await rows_of() == before


async def test_a_machine_neither_enrols_a_second_factor_nor_lends_a_post(own_client, headers, machine):
    key = (await give(own_client, headers, machine)).json()["api_key"]
    bearer = {"Authorization": f"Bearer {(await come_in(own_client, key)).json()['access_token']}"}

    assert (await own_client.post("/me/totp", headers=bearer)).status_code == 404
    loan = {"to_account": "quan-tri", "unit_id": "*", "role": "subscriber"}
    span = {"valid_from": str(TODAY), "valid_to": str(TODAY)}
    assert (await own_client.post("/delegations", json=loan | span, headers=bearer)).status_code == 409


async def test_the_subscriber_is_nobody_else(own_client, headers, machine):
    again = await own_client.post("/service-accounts", json=MACHINE, headers=headers)

    assert (again.status_code, again.json()["code"]) == (409, "account-taken")
