"""A one-time password is good for choosing another; who is shut out is out everywhere; who stays away is shut out."""

import asyncio
from itertools import pairwise
from uuid import UUID

import asyncpg
import pytest

from chassis.testing import waiting_events
from directory.commands import account
from directory.domain.passwords import missing
from directory.main import found
from directory.operations.accounts import disable_dormant

GOOD, BETTER = "Mật-khẩu-1", "Mật-khẩu-2"
ADMINISTRATOR = {"account": "quan-tri", "password": "đúng mật khẩu"}


@pytest.fixture
async def superuser(empty_database):
    connection = await asyncpg.connect(empty_database)
    yield connection
    await connection.close()


@pytest.fixture
async def enrol(own_client, settings, province):
    """Give people accounts as the founding administrator would."""
    await found(settings)
    session = (await own_client.post("/sessions", json=ADMINISTRATOR)).json()
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    assert (await own_client.post("/imports", files=province, headers=bearer)).status_code == 200

    async def give(account, *posts, **more):
        person = {
            "account": account,
            "full_name": "Trần Văn B",
            "email": "b@example.com",
            "password": GOOD,
            "posts": [{"unit_id": unit, "role": role, "valid_from": "2026-01-01"} for role, unit in posts],
            "must_change_password": False,
            **more,
        }
        answer = await own_client.post("/people", json=person, headers=bearer)
        assert answer.status_code == 201, answer.text
        return answer.json()["person_id"]

    give.bearer = bearer
    return give


async def sign_in(client, account, password=GOOD):
    return await client.post("/sessions", json={"account": account, "password": password})


def bearer(answer):
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def change(client, headers, current, new):
    return await client.put("/me/password", json={"current_password": current, "new_password": new}, headers=headers)


async def test_a_one_time_password_gives_no_post_until_another_one_was_chosen(own_client, enrol):
    await enrol("a1", ("unit_head", "U-SCH-001"), must_change_password=True, password="một lần thôi")
    first = await sign_in(own_client, "a1", "một lần thôi")

    assert (first.status_code, first.json()["needs"], first.json()["posts"]) == (201, ["password-change"], [])
    renewed = await own_client.post("/sessions/refresh", json={"refresh_token": first.json()["refresh_token"]})
    assert (renewed.json()["needs"], renewed.json()["posts"]) == (["password-change"], [])
    assert (await change(own_client, bearer(first), "một lần thôi", GOOD)).status_code == 204

    after = await own_client.post("/sessions/refresh", json={"refresh_token": renewed.json()["refresh_token"]})
    assert (after.json()["needs"], after.json()["posts"]) == ([], [{"unit_id": "U-SCH-001", "role": "unit_head"}])
    assert (await sign_in(own_client, "a1", "một lần thôi")).status_code == 401
    assert (await sign_in(own_client, "a1")).json()["needs"] == []


async def test_a_password_that_is_to_be_kept_must_be_good_enough(own_client, enrol, rows_of):
    posts = [{"unit_id": "U-SCH-001", "role": "reporter", "valid_from": "2026-01-01"}]
    person = {"account": "a1", "full_name": "A", "email": "a@b", "posts": posts, "must_change_password": False}
    before = await rows_of()

    answer = await own_client.post("/people", json={**person, "password": "mật khẩu dài"}, headers=enrol.bearer)

    assert (answer.status_code, answer.json()["code"]) == (422, "weak-password")
    assert answer.json()["missing"] == ["upper", "digit"]
    assert await rows_of() == before


@pytest.mark.parametrize(
    ("current", "new", "status", "code"),
    [
        (GOOD, "short-A1", 204, None),
        (GOOD, "Sh-rt1", 422, "weak-password"),
        (GOOD, "no-capital-1", 422, "weak-password"),
        (GOOD, "NO-SMALL-1", 422, "weak-password"),
        (GOOD, "No-Digit", 422, "weak-password"),
        (GOOD, "NothingSpecial1", 422, "weak-password"),
        (GOOD, GOOD, 409, "password-used-before"),
        ("wrong", BETTER, 401, "wrong-credentials"),
        ("", BETTER, 422, "malformed"),
        (GOOD, "A1-" + "x" * 198, 422, "malformed"),
    ],
)
async def test_another_password_is_taken_only_when_it_is_good_enough(own_client, enrol, current, new, status, code):
    await enrol("a1", ("reporter", "U-SCH-001"))
    answer = await change(own_client, bearer(await sign_in(own_client, "a1")), current, new)

    assert answer.status_code == status
    if code is not None:
        assert answer.json()["code"] == code
    assert (await sign_in(own_client, "a1", new if status == 204 else GOOD)).status_code == 201


async def test_wrong_present_passwords_count_like_wrong_sign_ins(own_client, enrol):
    await enrol("a1", ("reporter", "U-SCH-001"))
    headers = bearer(await sign_in(own_client, "a1"))
    statuses = [(await change(own_client, headers, "wrong", BETTER)).status_code for _ in range(6)]

    assert statuses == [401] * 5 + [429]
    assert (await sign_in(own_client, "a1")).status_code == 429
    assert (await change(own_client, headers, GOOD, BETTER)).status_code == 429


async def test_another_password_ends_the_other_sessions_and_keeps_this_one(own_client, enrol):
    await enrol("a1", ("reporter", "U-SCH-001"))
    mine, other = await sign_in(own_client, "a1"), await sign_in(own_client, "a1")
    await change(own_client, bearer(mine), GOOD, BETTER)

    async def renewed(answer):
        body = {"refresh_token": answer.json()["refresh_token"]}
        return (await own_client.post("/sessions/refresh", json=body)).status_code

    assert [await renewed(mine), await renewed(other)] == [201, 401]


async def test_of_two_who_change_one_password_at_once_one_succeeds(own_client, enrol):
    await enrol("a1", ("reporter", "U-SCH-001"))
    headers = bearer(await sign_in(own_client, "a1"))
    answers = await asyncio.gather(*(change(own_client, headers, GOOD, f"Mật-khẩu-{n}x") for n in range(3)))

    assert sorted(answer.status_code for answer in answers) == [204, 401, 401]


@pytest.mark.parametrize(("role", "status"), [("administrator", 409), ("reporter", 204)])
async def test_an_administrator_does_not_take_one_of_the_last_ten_passwords(own_client, enrol, superuser, role, status):
    await enrol("a1", (role, "U-SCH-001"))
    headers = bearer(await sign_in(own_client, "a1"))
    passwords = [GOOD, *(f"Mật-khẩu-{number}x" for number in range(10))]
    for before, after in pairwise(passwords[:-1]):
        assert (await change(own_client, headers, before, after)).status_code == 204

    assert (await change(own_client, headers, passwords[-2], GOOD)).status_code == status
    if role == "administrator":
        assert (await change(own_client, headers, passwords[-2], passwords[-1])).status_code == 204
        assert (await change(own_client, headers, passwords[-1], GOOD)).status_code == 204  # the eleventh last
        assert await superuser.fetchval("SELECT count(*) FROM past_passwords") == 10


async def test_an_administrator_takes_another_password_every_two_months(own_client, enrol, superuser):
    await enrol("a1", ("administrator", "U-SCH-001"))
    await enrol("r1", ("reporter", "U-SCH-001"))
    await superuser.execute("UPDATE accounts SET password_set_at = now() - interval '61 days'")

    assert (await sign_in(own_client, "a1")).json()["needs"] == ["password-change"]
    assert (await sign_in(own_client, "r1")).json()["needs"] == []


async def test_who_is_disabled_is_out_at_once_and_back_when_enabled(own_client, enrol, rows_of):
    person_id = await enrol("a1", ("reporter", "U-SCH-001"))
    session = await sign_in(own_client, "a1")
    disable, enable = f"/people/{person_id}/disable", f"/people/{person_id}/enable"
    for _ in range(2):
        answer = await own_client.post(disable, json={"why": "chuyển công tác"}, headers=enrol.bearer)
        assert answer.status_code == 204

    refused, wrong = await sign_in(own_client, "a1"), await sign_in(own_client, "a1", "wrong")
    assert (refused.status_code, refused.json()["code"]) == (401, "account-disabled")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong-credentials")
    renewed = await own_client.post("/sessions/refresh", json={"refresh_token": session.json()["refresh_token"]})
    assert renewed.status_code == 401
    told = (await own_client.get("/.well-known/revocations.json")).json()
    assert {"person_id": person_id, "version": 2} in told["people"]
    shown = (await own_client.get(f"/people/{person_id}", headers=enrol.bearer)).json()
    assert (shown["is_active"], shown["disabled_why"]) == (False, "chuyển công tác")

    for _ in range(2):
        assert (await own_client.post(enable, headers=enrol.bearer)).status_code == 204
    assert (await sign_in(own_client, "a1")).json()["posts"] == [{"unit_id": "U-SCH-001", "role": "reporter"}]
    _, events = await rows_of()
    mine = [event["data"] for event in events if event["subject"] == person_id]
    assert [(each["version"], each["is_active"]) for each in mine] == [(1, True), (2, False), (3, True)]


async def test_nobody_shuts_out_somebody_they_do_not_administer_everywhere(own_client, client, enrol, signer, rows_of):
    person_id = await enrol("a1", ("reporter", "U-SCH-001"), ("viewer", "U-SGD-MG"))
    partly = signer.bearer(("administrator", "U-SCH-001"))
    strangers = [signer.bearer(("administrator", "U-SCH-003")), signer.bearer(("leader", "*"))]
    before = await rows_of()

    for path, body in (("disable", {"why": "x"}), ("enable", None), ("one-time-password", None)):
        place = f"/people/{person_id}/{path}"
        answer = await client.post(place, json=body, headers=partly)
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
        for stranger in strangers:
            answer = await client.post(place, json=body, headers=stranger)
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert (await client.get(f"/people/{person_id}", headers=partly)).status_code == 200
    for stranger in [*strangers, signer.bearer(("reporter", "U-SCH-001"))]:
        assert (await client.get(f"/people/{person_id}", headers=stranger)).status_code == 404
        assert (await client.get("/people?unit_id=U-SCH-001", headers=stranger)).status_code == 403
    listed = (await client.get("/people?unit_id=U-SCH-001", headers=partly)).json()["people"]
    assert [each["account"] for each in listed] == ["a1"]
    assert await rows_of() == before


async def test_a_new_one_time_password_ends_sessions_and_must_be_changed(own_client, enrol):
    person_id = await enrol("a1", ("reporter", "U-SCH-001"))
    session = await sign_in(own_client, "a1")
    for _ in range(5):
        await sign_in(own_client, "a1", "wrong")

    given = await own_client.post(f"/people/{person_id}/one-time-password", headers=enrol.bearer)

    password = given.json()["one_time_password"]
    assert (given.status_code, given.headers["cache-control"], missing(password)) == (201, "no-store", [])
    assert (await sign_in(own_client, "a1")).status_code == 401
    assert (await sign_in(own_client, "a1", password)).json()["needs"] == ["password-change"]
    renewed = await own_client.post("/sessions/refresh", json={"refresh_token": session.json()["refresh_token"]})
    assert renewed.status_code == 401


async def test_accounts_nobody_uses_for_45_days_are_disabled_but_not_the_last_administrator(
    own_client, enrol, superuser, frame, settings
):
    gone, here = await enrol("gone", ("reporter", "U-SCH-001")), await enrol("here", ("reporter", "U-SCH-001"))
    await superuser.execute(
        "UPDATE accounts SET active_since = now() - interval '400 days', last_signed_in_at = now() - interval '45 days'"
    )
    await sign_in(own_client, "here")

    async with frame.transactions.begin() as tx:
        disabled = await disable_dormant(tx, settings.access_rules())
    async with frame.transactions.begin() as tx:
        assert await disable_dormant(tx, settings.access_rules()) == []

    assert [str(each) for each in disabled] == [gone]
    assert (await sign_in(own_client, "gone")).json()["code"] == "account-disabled"
    assert (await sign_in(own_client, "here")).status_code == 201
    assert (await own_client.post("/sessions", json=ADMINISTRATOR)).status_code == 201
    assert here != gone
    told = [event["data"] for event in await waiting_events(frame) if event["subject"] == gone]
    assert told[-1]["is_active"] is False

    # Enabled again, it is in use from now on, although nobody has signed in yet.
    await own_client.post(f"/people/{gone}/enable", headers=enrol.bearer)
    async with frame.transactions.begin() as tx:
        assert await disable_dormant(tx, settings.access_rules()) == []
        never = settings.model_copy(update={"dormant_after_days": 0}).access_rules()
        await superuser.execute("UPDATE accounts SET active_since = now() - interval '400 days'")
        assert await disable_dormant(tx, never) == ()


async def test_the_door_can_be_opened_from_inside(own_client, enrol, settings, superuser, capsys):
    await superuser.execute("UPDATE accounts SET disabled_at = now(), disabled_why = 'x'")

    assert await account(settings, ["enable", "Quan-tri"]) == 0
    assert (await own_client.post("/sessions", json=ADMINISTRATOR)).status_code == 201
    capsys.readouterr()
    assert await account(settings, ["one-time-password", "quan-tri"]) == 0
    password = capsys.readouterr().out.strip()
    assert (await sign_in(own_client, "quan-tri", password)).json()["needs"] == ["password-change"]
    assert await account(settings, ["enable", "nobody"]) == 1
    assert await account(settings, ["erase", "quan-tri"]) == 2


async def test_a_caller_the_directory_does_not_know_has_no_password_to_change(client, signer):
    answer = await change(client, signer.bearer(person=UUID(int=1)), GOOD, BETTER)

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
