"""A second factor is asked for by policy, its codes are good once, and its secret is kept encrypted."""

import time
from datetime import UTC, datetime

import asyncpg
import pyotp
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from chassis.porch import Role
from chassis.testing import running
from directory.codes import Safe, step_of
from directory.commands import account
from directory.main import create_frame, found

CREDENTIALS = {"account": "quan-tri", "password": "đúng mật khẩu"}
MACHINE = {"account": "notify", "password": "secret-of-a-machine"}


@pytest.fixture
async def superuser(empty_database):
    connection = await asyncpg.connect(empty_database)
    yield connection
    await connection.close()


@pytest.fixture
async def careful(settings):
    """A client of a directory that asks administrators for a second factor."""
    await found(settings)
    told = settings.model_copy(update={"totp_required_for": frozenset({"administrators"})})
    frame = create_frame(told, frozenset({Role.API}))
    async with running(frame) as client:
        yield client


async def sign_in(client, code=None, **headers):
    body = CREDENTIALS if code is None else {**CREDENTIALS, "code": code}
    return await client.post("/sessions", json=body, headers=headers)


def bearer(answer):
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def enrol(client, session):
    """Enrol, and return the secret, the recovery codes, and the code that was used up."""
    given = (await client.post("/me/totp", headers=bearer(session))).json()
    code = pyotp.TOTP(given["secret"]).now()
    confirmed = await client.post("/me/totp/confirm", json={"code": code}, headers=bearer(session))
    assert confirmed.status_code == 200, confirmed.text
    return given["secret"], confirmed.json()["recovery_codes"], code


async def forget_steps(superuser):
    await superuser.execute("UPDATE second_factors SET last_step = 0")


async def test_an_administrator_may_nothing_until_a_second_factor_is_enrolled(careful):
    session = await sign_in(careful)
    assert (session.json()["needs"], session.json()["posts"]) == (["totp-enrolment"], [])
    refused = await careful.get("/people?unit_id=*", headers=bearer(session))
    assert refused.status_code == 403

    await enrol(careful, session)

    renewed = await careful.post("/sessions/refresh", json={"refresh_token": session.json()["refresh_token"]})
    assert (renewed.json()["needs"], renewed.json()["posts"]) == ([], [{"unit_id": "*", "role": "administrator"}])


async def test_a_machine_signs_in_as_before(careful):
    assert (await careful.post("/sessions", json=MACHINE)).json()["needs"] == []


async def test_once_enrolled_a_code_is_asked_for_and_each_is_good_once(careful, superuser):
    secret, _, code = await enrol(careful, await sign_in(careful))
    asked = await sign_in(careful)
    assert (asked.status_code, asked.json()["code"]) == (401, "second-factor-needed")
    wrong_password = await careful.post("/sessions", json={**CREDENTIALS, "password": "x"})
    assert wrong_password.json()["code"] == "wrong-credentials"

    replayed = await sign_in(careful, code)  # it was used to confirm
    assert (replayed.status_code, replayed.json()["code"]) == (401, "wrong-credentials")
    await forget_steps(superuser)
    now = int(time.time()) // 30
    accepted = await sign_in(careful, pyotp.TOTP(secret).generate_otp(now))
    assert (accepted.status_code, accepted.json()["needs"]) == (201, [])
    assert (await sign_in(careful, pyotp.TOTP(secret).generate_otp(now))).status_code == 401


async def test_wrong_codes_count_like_wrong_passwords(careful):
    await enrol(careful, await sign_in(careful))
    wrong = ("000000", "mã sai", "٠٠٠٠٠٠", "x" * 40, "-", "000000")
    statuses = [(await sign_in(careful, each)).status_code for each in wrong]

    assert statuses == [401] * 5 + [429]


async def test_a_recovery_code_stands_in_once(careful):
    _, codes, _ = await enrol(careful, await sign_in(careful))
    assert len(set(codes)) == 10

    assert (await sign_in(careful, codes[0].upper())).json()["needs"] == []
    assert (await sign_in(careful, codes[0])).status_code == 401
    assert (await sign_in(careful, codes[1])).status_code == 201


async def test_neither_secret_nor_recovery_codes_are_kept_as_they_are(careful, superuser):
    secret, codes, _ = await enrol(careful, await sign_in(careful))
    kept = await superuser.fetchval("SELECT string_agg(second_factors::text, ' ') FROM second_factors")
    kept += await superuser.fetchval("SELECT string_agg(recovery_codes::text, ' ') FROM recovery_codes")

    for each in (secret, *codes):
        assert each not in kept
        assert each.encode().hex() not in kept


async def test_outside_of_the_office_a_second_factor_is_asked_for(settings, superuser):
    await found(settings)
    told = {
        "totp_required_for": frozenset({"outside_office"}),
        "office_networks": ("192.0.2.0/24",),
        "trusted_proxies": ("127.0.0.0/8",),
    }
    frame = create_frame(type(settings)(**settings.model_dump() | told), frozenset({Role.API}))
    async with running(frame) as client:
        inside = await sign_in(client, **{"X-Forwarded-For": "192.0.2.7"})
        outside = await sign_in(client, **{"X-Forwarded-For": "192.0.2.7, 203.0.113.9"})
        assert inside.json()["needs"] == []
        assert outside.json()["needs"] == ["totp-enrolment"]
        # A session of the office is not enough elsewhere.
        taken_home = await client.post(
            "/sessions/refresh",
            json={"refresh_token": inside.json()["refresh_token"]},
            headers={"X-Forwarded-For": "203.0.113.9"},
        )
        assert (taken_home.json()["needs"], taken_home.json()["posts"]) == (["totp-enrolment"], [])


async def test_a_confirmed_second_factor_is_not_replaced_by_whoever_holds_a_session(careful, rows_of):
    session = await sign_in(careful)
    await enrol(careful, session)

    again = await careful.post("/me/totp", headers=bearer(session))
    confirm = await careful.post("/me/totp/confirm", json={"code": "123456"}, headers=bearer(session))

    assert [(each.status_code, each.json()["code"]) for each in (again, confirm)] == [(409, "enrolled-already")] * 2


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", None, 123456])
async def test_a_code_that_is_none_confirms_nothing(careful, code):
    session = await sign_in(careful)
    before = await careful.post("/me/totp/confirm", json={"code": "123456"}, headers=bearer(session))
    assert (before.status_code, before.json()["code"]) == (404, "not-found")
    secret = (await careful.post("/me/totp", headers=bearer(session))).json()["secret"]

    malformed = await careful.post("/me/totp/confirm", json={"code": code}, headers=bearer(session))
    assert malformed.status_code == 422
    wrong = f"{(int(pyotp.TOTP(secret).now()) + 1) % 1_000_000:06}"
    answer = await careful.post("/me/totp/confirm", json={"code": wrong}, headers=bearer(session))
    if answer.status_code != 200:  # one in three hundred thousand is the code of the step before or after
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong-code")
        assert (await sign_in(careful)).status_code == 201


async def test_a_lost_second_factor_is_reset_by_an_administrator_or_from_inside(careful, signer, client, settings):
    session = await sign_in(careful)
    await enrol(careful, session)
    person_id = session.json()["person_id"]
    for stranger in (("leader", "*"), ("administrator", "U-SCH-001")):
        assert (await client.delete(f"/people/{person_id}/totp", headers=signer.bearer(stranger))).status_code == 404
    assert (await sign_in(careful)).status_code == 401

    headers = signer.bearer(("administrator", "*"))
    for _ in range(2):
        assert (await client.delete(f"/people/{person_id}/totp", headers=headers)).status_code == 204
    refreshed = await careful.post("/sessions/refresh", json={"refresh_token": session.json()["refresh_token"]})
    assert refreshed.status_code == 401
    session = await sign_in(careful)
    assert session.json()["needs"] == ["totp-enrolment"]
    await enrol(careful, session)
    assert await account(settings, ["forget-second-factor", "quan-tri"]) == 0
    assert (await sign_in(careful)).json()["needs"] == ["totp-enrolment"]


async def test_an_installation_without_a_key_enrols_nobody(settings):
    await found(settings)
    frame = create_frame(settings.model_copy(update={"secrets_keys": ()}), frozenset({Role.API}))
    async with running(frame) as client:
        answer = await client.post("/me/totp", headers=bearer(await sign_in(client)))

    assert (answer.status_code, answer.json()["code"]) == (409, "no-second-factors")


def test_the_key_of_the_safe_can_change():
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    kept = Safe([old]).locked("secret")

    assert Safe([new, old]).unlocked(kept) == "secret"
    with pytest.raises(LookupError):
        Safe([new]).unlocked(kept)
    assert SecretStr(old).get_secret_value() not in repr(Safe([old]))


def test_a_code_of_a_step_too_far_off_is_none():
    # RFC 6238, appendix B, SHA-1: at second 59 the code is 94287082, of which six digits are used here.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    at = [datetime.fromtimestamp(second, UTC) for second in (30, 59, 60, 89, 90, 120)]

    assert [step_of(secret, "287082", now, after=None) for now in at] == [1, 1, 1, 1, None, None]
    assert step_of(secret, "287082", at[0], after=0) == 1
    assert step_of(secret, "287082", at[0], after=1) is None
