"""Accounts are given once, by those who may, and nobody's name leaves in an event."""

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import text

from chassis.testing import until, waiting_events


def person(account="hieu-truong-1", **more):
    return {
        "account": account,
        "full_name": "Trần Văn B",
        "email": "b@example.com",
        "password": "mật khẩu dài",
        "posts": [{"unit_id": "U-SCH-001", "role": "unit_head", "valid_from": "2026-01-01"}],
        **more,
    }


def post(**more):
    return {"unit_id": "U-SCH-001", "role": "unit_head", "valid_from": "2026-01-01", **more}


async def test_a_person_gets_an_account_and_posts_and_is_told_without_a_name(client, administrator, registered, frame):
    answer = await client.post("/people", json=person(), headers=administrator)

    assert answer.status_code == 201
    person_id = answer.json()["person_id"]
    event = (await waiting_events(frame))[-1]
    assert (event["type"], event["subject"]) == ("directory.person.changed.v1", person_id)
    assert event["data"]["posts"] == [{**post(), "valid_to": None}]
    assert (event["data"]["version"], event["data"]["is_active"]) == (1, True)
    assert "Trần" not in str(event)
    assert "b@example.com" not in str(event)


async def test_a_password_is_kept_as_a_costly_hash_only(client, administrator, registered, frame):
    await client.post("/people", json=person(), headers=administrator)

    async with frame.engine.connect() as connection:
        [kept] = (await connection.execute(text("SELECT password_hash FROM people"))).scalars()
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("account", ["hieu-truong-1", "Hieu-Truong-1"])
async def test_an_account_is_given_once_whatever_its_capital_letters(
    client, administrator, registered, rows_of, account
):
    await client.post("/people", json=person(), headers=administrator)
    before = await rows_of()

    answer = await client.post("/people", json=person(account, full_name="Somebody Else"), headers=administrator)

    assert (answer.status_code, answer.json()["code"]) == (409, "account-taken")
    assert await rows_of() == before


async def test_of_two_who_ask_for_one_account_at_once_one_gets_it(client, administrator, registered, frame):
    answers = await asyncio.gather(*(client.post("/people", json=person(), headers=administrator) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    told = [event for event in await waiting_events(frame) if event["type"] == "directory.person.changed.v1"]
    assert len(told) == 1


async def test_many_people_at_once_and_again_gives_each_one_account(client, administrator, registered, rows_of):
    people = {"people": [person(f"reporter.U-SCH-{number:03}") for number in range(1, 13)]}

    first = await client.post("/people/bulk", json=people, headers=administrator)
    before = await rows_of()
    people["people"].append(person("one-more"))
    again = await client.post("/people/bulk", json=people, headers=administrator)

    assert (first.status_code, again.status_code) == (201, 201)
    assert len(first.json()["created"]) == 12
    assert first.json()["existing"] == []
    assert again.json()["existing"] == first.json()["created"]
    assert [each["account"] for each in again.json()["created"]] == ["one-more"]
    rows, events = await rows_of()
    assert len(rows["people"]) == len(before[0]["people"]) + 1
    assert len(events) == len(before[1]) + 1


async def test_two_who_enrol_the_same_people_at_once_agree_on_who_they_are(
    client, administrator, registered, frame, empty_database, how_many_wait
):
    accounts = ["first", "middle", "last"]
    blocker = await asyncpg.connect(empty_database)

    async def both_are_waiting():
        return await how_many_wait() == 2

    async def enrol(order):
        people = {"people": [person(each) for each in order]}
        return await client.post("/people/bulk", json=people, headers=administrator)

    # Somebody is about to take the middle account and thinks better of it when both others have come half way.
    attempt = blocker.transaction()
    await attempt.start()
    await blocker.execute(
        "INSERT INTO people (person_id, version, account, kind, full_name, email, password_hash)"
        " VALUES (gen_random_uuid(), 1, 'Middle', 'person', '', '', '')"
    )
    answers = asyncio.gather(enrol(accounts), enrol(accounts[::-1]))
    await until(both_are_waiting, within=30)
    await attempt.rollback()
    await blocker.close()

    known = []
    for answer in await answers:
        assert answer.status_code == 201
        known.append({each["account"]: each["person_id"] for part in answer.json().values() for each in part})
    assert known[0] == known[1]
    assert sorted(known[0]) == sorted(accounts)
    told = [event for event in await waiting_events(frame) if event["type"] == "directory.person.changed.v1"]
    assert sorted(event["subject"] for event in told) == sorted(known[0].values())


WRONG = [
    ({"posts": [post(unit_id="NOBODY")]}, "unknown-unit"),
    ({"posts": [post(role="king")]}, "unknown-role"),
    ({"posts": [post(valid_to="2025-12-31")]}, "malformed"),
    ({"posts": [post(), post(valid_to="2026-12-31")]}, "malformed"),
    ({"posts": [post(unit_id="**")]}, "malformed"),
    ({"posts": []}, "malformed"),
    ({"account": "x y"}, "malformed"),
    ({"account": ""}, "malformed"),
    ({"full_name": " "}, "malformed"),
    ({"full_name": "A\nBcc: everyone@example.com"}, "malformed"),
    ({"full_name": "A\x00"}, "malformed"),
    ({"email": "b at example.com"}, "malformed"),
    ({"email": "b@example.com\r\nBcc: everyone@example.com"}, "malformed"),
    ({"email": "b@example.com,c@example.com"}, "malformed"),
    ({"password": "short"}, "malformed"),
    ({"password": "x" * 201}, "malformed"),
    ({"password": 12345678}, "malformed"),
    ({"is_admin": True}, "malformed"),
]


async def test_a_wrong_request_gets_its_code_and_changes_nothing(client, administrator, registered, rows_of):
    before = await rows_of()
    sound = person("sound-neighbour")

    for wrong, code in WRONG:
        alone = await client.post("/people", json=person(**wrong), headers=administrator)
        among = await client.post("/people/bulk", json={"people": [sound, person(**wrong)]}, headers=administrator)

        assert [(each.status_code, each.json()["code"]) for each in (alone, among)] == [(422, code)] * 2, wrong
        assert "mật khẩu dài" not in alone.text

    assert await rows_of() == before


async def test_one_request_may_not_name_an_account_twice(client, administrator, registered, rows_of):
    before = await rows_of()

    answer = await client.post("/people/bulk", json={"people": [person("A1"), person("a1")]}, headers=administrator)

    assert (answer.status_code, answer.json()["code"]) == (422, "account-twice")
    assert await rows_of() == before


@pytest.mark.parametrize("broken", [b"{", b'{"people": "\xff"}', b'{"people": [{"full_name": "\\ud800"}]}'])
async def test_what_is_no_json_is_refused(client, administrator, broken):
    headers = {**administrator, "Content-Type": "application/json"}

    answer = await client.post("/people/bulk", content=broken, headers=headers)

    assert answer.status_code in {400, 422}
    assert answer.json()["code"] in {"not-readable", "malformed"}


async def test_an_administrator_gives_accounts_in_their_own_subtree_only(client, signer, registered, rows_of):
    local = signer.bearer(("administrator", "U-VHXH-99001"))
    given = await client.post("/people", json=person(), headers=local)
    before = await rows_of()

    elsewhere = [
        await client.post("/people", json=person("b1", posts=[each]), headers=local)
        for each in (
            post(unit_id="U-SCH-003"),
            post(unit_id="U-SGD-MG"),
            post(unit_id="*"),
            post(unit_id="NOBODY"),
        )
    ]
    mixed = {"people": [person("b2"), person("b3", posts=[post(), post(unit_id="*", role="administrator")])]}
    elsewhere.append(await client.post("/people/bulk", json=mixed, headers=local))
    elsewhere += [
        await client.post("/people", json=person("b4"), headers=signer.bearer((role, "*")))
        for role in ("leader", "desk_officer", "unit_head", "postman")
    ]

    assert given.status_code == 201
    assert {(answer.status_code, answer.json()["code"]) for answer in elsewhere} == {(403, "not-allowed")}
    assert await rows_of() == before


async def test_where_letters_go_is_told_to_the_postman_and_to_the_person(client, administrator, signer, registered):
    person_id = (await client.post("/people", json=person(), headers=administrator)).json()["person_id"]
    expected = {"person_id": person_id, "full_name": "Trần Văn B", "email": "b@example.com"}
    postman = signer.bearer(("postman", "*"), kind="machine")
    local = signer.bearer(("postman", "U-VHXH-99001"), kind="machine")
    themselves = signer.bearer(("unit_head", "U-SCH-001"), person=UUID(person_id))

    asked = {"person_ids": [person_id, str(uuid4())]}

    for headers in (postman, local, themselves):
        answer = await client.get(f"/people/{person_id}/contact", headers=headers)
        together = await client.post("/people/contacts", json=asked, headers=headers)
        assert (answer.status_code, answer.json()) == (200, expected)
        assert together.json() == {"contacts": [{"person_id": person_id, "email": "b@example.com"}]}


async def test_who_may_not_know_hears_the_same_as_about_nobody(client, administrator, signer, registered):
    person_id = (await client.post("/people", json=person(), headers=administrator)).json()["person_id"]
    curious = [
        administrator,
        signer.bearer(("leader", "*")),
        signer.bearer(("unit_head", "U-SCH-001")),
        signer.bearer(("postman", "U-VHXH-99004"), kind="machine"),
        signer.bearer(),
    ]

    refused = [await client.get(f"/people/{person_id}/contact", headers=each) for each in curious]
    nobody = await client.get(f"/people/{uuid4()}/contact", headers=signer.bearer(("postman", "*")))
    ids = {"person_ids": [person_id]}
    together = [await client.post("/people/contacts", json=ids, headers=each) for each in curious]

    for answer in refused + together:
        assert answer.status_code == 404
        assert answer.json() | {"trace_id": None} == nobody.json() | {"trace_id": None}


async def test_whom_to_call_is_told_to_those_who_read_what_the_unit_sends(client, administrator, signer, registered):
    def at(account, unit, role, **more):
        held = [post(unit_id=unit, role=role, **more)]
        return person(account, full_name=f"Ông {account}", email=f"{account}@example.com", posts=held)

    head, reporter = at("h1", "U-SCH-001", "unit_head"), at("r1", "U-SCH-001", "reporter")
    viewer, elsewhere = at("v1", "U-SCH-001", "viewer"), at("r2", "U-SCH-002", "reporter")
    ended = at("r3", "U-SCH-001", "reporter", valid_from="2025-07-01", valid_to="2025-07-02")
    everybody = {"people": [reporter, head, viewer, elsewhere, ended]}
    assert (await client.post("/people/bulk", json=everybody, headers=administrator)).status_code == 201
    path = "/units/U-SCH-001/contacts"

    for who in (("commune_officer", "U-VHXH-99001"), ("desk_officer", "*"), ("reporter", "U-SCH-001")):
        told = (await client.get(path, headers=signer.bearer(who))).json()["people"]
        assert [(each["full_name"], each["email"], each["role"]) for each in told] == [
            (head["full_name"], head["email"], "unit_head"),
            (reporter["full_name"], reporter["email"], "reporter"),
        ]
    for who in (("commune_officer", "U-VHXH-99004"), ("reporter", "U-SCH-002"), ("administrator", "*"), ("clerk", "*")):
        assert (await client.get(path, headers=signer.bearer(who))).status_code == 404
