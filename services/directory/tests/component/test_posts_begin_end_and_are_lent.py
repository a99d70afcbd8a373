"""A post begins and ends on its days; its holder may lend it; the token and the event say the same."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from chassis.clock import today
from chassis.testing import waiting_events
from directory.main import found

GOOD = "Mật-khẩu-1"
TODAY = today(datetime.now(UTC))
YESTERDAY, TOMORROW, LATER = (TODAY + timedelta(days=days) for days in (-1, 1, 30))
SCHOOL = "U-SCH-001"


@pytest.fixture
async def enrol(own_client, settings, province):
    await found(settings)
    session = (await own_client.post("/sessions", json={"account": "quan-tri", "password": "đúng mật khẩu"})).json()
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    assert (await own_client.post("/imports", files=province, headers=bearer)).status_code == 200

    async def give(account, *posts, **more):
        spans = [
            {"role": role, "unit_id": unit, "valid_from": str(first), "valid_to": str(last) if last else None}
            for role, unit, first, last in posts
        ]
        person = {"account": account, "full_name": "B", "email": "b@x", "password": GOOD, "posts": spans}
        answer = await own_client.post(
            "/people", json={**person, "must_change_password": False, **more}, headers=bearer
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["person_id"]

    give.bearer = bearer
    return give


async def signed_in(client, account):
    answer = await client.post("/sessions", json={"account": account, "password": GOOD})
    assert answer.status_code == 201
    return answer.json()


def bearer(session):
    return {"Authorization": f"Bearer {session['access_token']}"}


async def held(client, account):
    return [(post["role"], post["unit_id"]) for post in (await signed_in(client, account))["posts"]]


def span(role="leader", unit=SCHOOL, first=YESTERDAY, last=None):
    return {"role": role, "unit_id": unit, "valid_from": str(first), "valid_to": str(last) if last else None}


async def set_post(client, headers, person_id, **what):
    return await client.put(f"/people/{person_id}/posts", json=span(**what), headers=headers)


async def told_of(frame, person_id):
    return [event["data"] for event in await waiting_events(frame) if event["subject"] == person_id]


async def test_a_post_is_given_and_ended_and_tokens_made_before_are_taken_back(own_client, enrol, frame):
    person_id = await enrol("a1", ("viewer", SCHOOL, YESTERDAY, None))
    for _ in range(2):
        assert (await set_post(own_client, enrol.bearer, person_id)).status_code == 204
    assert await held(own_client, "a1") == [("leader", SCHOOL), ("viewer", SCHOOL)]

    assert (await set_post(own_client, enrol.bearer, person_id, last=TODAY)).status_code == 204
    assert await held(own_client, "a1") == [("leader", SCHOOL), ("viewer", SCHOOL)]
    assert (await set_post(own_client, enrol.bearer, person_id, last=YESTERDAY)).status_code == 204
    assert await held(own_client, "a1") == [("viewer", SCHOOL)]

    told = await told_of(frame, person_id)
    assert [each["version"] for each in told] == [1, 2, 3, 4]  # the repetition told nothing
    assert [post["valid_to"] for post in told[-1]["posts"]] == [str(YESTERDAY), None]
    revoked = (await own_client.get("/.well-known/revocations.json")).json()["people"]
    assert revoked == [{"person_id": person_id, "version": 4}]


@pytest.mark.parametrize(
    ("what", "status", "code"),
    [
        ({"role": "king"}, 422, "unknown-role"),
        ({"unit": "NOBODY"}, 422, "unknown-unit"),
        ({"first": TOMORROW, "last": TODAY}, 422, "malformed"),
        ({"role": "viewer", "first": TODAY}, 409, "posts-overlap"),
        ({"role": "viewer", "first": TODAY - timedelta(days=9), "last": YESTERDAY}, 409, "posts-overlap"),
    ],
)
async def test_a_wrong_post_changes_nothing(own_client, enrol, rows_of, what, status, code):
    person_id = await enrol("a1", ("viewer", SCHOOL, YESTERDAY, None))
    before = await rows_of()

    answer = await set_post(own_client, enrol.bearer, person_id, **what)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await rows_of() == before


async def test_only_an_administrator_of_the_unit_gives_its_posts(own_client, client, signer, enrol, rows_of):
    person_id = await enrol("a1", ("viewer", SCHOOL, YESTERDAY, None))
    before = await rows_of()
    for stranger in (("leader", "*"), ("administrator", "U-SCH-003"), ("unit_head", SCHOOL)):
        answer = await set_post(client, signer.bearer(stranger), person_id)
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert (await set_post(client, signer.bearer(("administrator", SCHOOL)), person_id, unit="*")).status_code == 403
    assert (await set_post(own_client, enrol.bearer, uuid4())).status_code == 404
    assert await rows_of() == before

    local = signer.bearer(("administrator", SCHOOL))
    assert (await set_post(client, local, person_id)).status_code == 204


async def lend(client, headers, to="b1", first=TODAY, last=LATER, role="leader", unit=SCHOOL):
    body = {"to_account": to, "role": role, "unit_id": unit, "valid_from": str(first), "valid_to": str(last)}
    return await client.post("/delegations", json=body, headers=headers)


@pytest.fixture
async def two(own_client, enrol):
    """Somebody who leads a school for a while, and somebody who only looks."""
    lender = await enrol("a1", ("leader", SCHOOL, YESTERDAY, LATER))
    borrower = await enrol("b1", ("viewer", SCHOOL, YESTERDAY, None))
    return lender, borrower


async def test_a_lent_post_is_in_the_token_and_in_the_event_until_either_ends(own_client, enrol, frame, two):
    lender, borrower = two
    headers = bearer(await signed_in(own_client, "a1"))
    first = await lend(own_client, headers, last=LATER + timedelta(days=9))
    again = await lend(own_client, headers, last=LATER + timedelta(days=9))

    assert (first.status_code, again.json()) == (201, first.json())
    assert await held(own_client, "b1") == [("leader", SCHOOL), ("viewer", SCHOOL)]
    assert await held(own_client, "a1") == [("leader", SCHOOL)]
    told = await told_of(frame, borrower)
    # No longer than the post itself, although the loan is.
    assert told[-1]["posts"][0] == span(first=TODAY, last=LATER)
    assert [each["version"] for each in told] == [1, 2]
    for account in ("a1", "b1"):
        shown = await own_client.get("/delegations", headers=bearer(await signed_in(own_client, account)))
        assert shown.json()["delegations"] == [first.json()]

    await set_post(own_client, enrol.bearer, lender, last=YESTERDAY)
    assert await held(own_client, "b1") == [("viewer", SCHOOL)]
    assert [post["role"] for post in (await told_of(frame, borrower))[-1]["posts"]] == ["viewer"]
    revoked = (await own_client.get("/.well-known/revocations.json")).json()["people"]
    assert {"person_id": borrower, "version": 3} in revoked


async def test_a_loan_ends_with_its_span_and_begins_with_it(own_client, two):
    headers = bearer(await signed_in(own_client, "a1"))
    assert (await lend(own_client, headers, first=TOMORROW)).status_code == 201
    assert await held(own_client, "b1") == [("viewer", SCHOOL)]
    assert (await lend(own_client, headers, first=TODAY - timedelta(days=9), last=TODAY)).status_code == 201
    assert await held(own_client, "b1") == [("leader", SCHOOL), ("viewer", SCHOOL)]


async def test_a_loan_ends_when_its_lender_is_shut_out_and_comes_back_with_them(own_client, enrol, frame, two):
    lender, borrower = two
    await lend(own_client, bearer(await signed_in(own_client, "a1")))

    await own_client.post(f"/people/{lender}/disable", json={"why": "x"}, headers=enrol.bearer)
    assert await held(own_client, "b1") == [("viewer", SCHOOL)]
    assert [post["role"] for post in (await told_of(frame, borrower))[-1]["posts"]] == ["viewer"]
    await own_client.post(f"/people/{lender}/enable", headers=enrol.bearer)
    assert await held(own_client, "b1") == [("leader", SCHOOL), ("viewer", SCHOOL)]


@pytest.mark.parametrize("who", ["lender", "borrower", "administrator"])
async def test_a_loan_is_ended_by_either_side_or_an_administrator_and_by_nobody_else(
    own_client, client, signer, enrol, frame, two, who
):
    delegation = (await lend(own_client, bearer(await signed_in(own_client, "a1")))).json()
    place = f"/delegations/{delegation['delegation_id']}"
    stranger = signer.bearer(("leader", SCHOOL), person=uuid4())
    assert (await client.delete(place, headers=stranger)).status_code == 404
    assert (await client.delete(f"/delegations/{uuid4()}", headers=stranger)).status_code == 404
    headers = {
        "lender": signer.bearer(person=UUID(two[0])),
        "borrower": signer.bearer(person=UUID(two[1])),
        "administrator": signer.bearer(("administrator", SCHOOL)),
    }[who]

    assert (await client.delete(place, headers=headers)).status_code == 204

    assert (await client.delete(place, headers=headers)).status_code == 404
    assert await held(own_client, "b1") == [("viewer", SCHOOL)]
    assert len(await told_of(frame, two[1])) == 3


@pytest.mark.parametrize(
    ("what", "status", "code"),
    [
        ({"role": "viewer"}, 409, "nothing-to-lend"),
        ({"unit": "U-SCH-003"}, 409, "nothing-to-lend"),
        ({"first": LATER + timedelta(days=1), "last": LATER + timedelta(days=2)}, 409, "nothing-to-lend"),
        ({"first": YESTERDAY, "last": YESTERDAY}, 409, "nothing-to-lend"),
        ({"first": LATER, "last": TODAY}, 422, "malformed"),
        ({"to": "nobody"}, 404, "not-found"),
        ({"to": "a1"}, 404, "not-found"),
        ({"to": "notify"}, 404, "not-found"),
    ],
)
async def test_what_one_does_not_hold_cannot_be_lent(own_client, two, rows_of, what, status, code):
    headers = bearer(await signed_in(own_client, "a1"))
    before = await rows_of()

    answer = await lend(own_client, headers, **what)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await rows_of() == before


async def test_what_was_borrowed_is_not_lent_on_and_rights_over_others_are_not_lent(own_client, enrol, two):
    await lend(own_client, bearer(await signed_in(own_client, "a1")))
    await enrol("c1", ("administrator", SCHOOL, YESTERDAY, None))
    borrower, administrator = await signed_in(own_client, "b1"), await signed_in(own_client, "c1")

    assert (await lend(own_client, bearer(borrower), to="c1")).json()["code"] == "nothing-to-lend"
    assert (await lend(own_client, bearer(administrator), role="administrator")).json()["code"] == "nothing-to-lend"


async def test_who_has_yet_to_choose_a_password_lends_nothing(own_client, enrol, two):
    await enrol("d1", ("leader", SCHOOL, YESTERDAY, None), must_change_password=True)

    assert (await lend(own_client, bearer(await signed_in(own_client, "d1")))).json()["code"] == "nothing-to-lend"


async def test_two_who_lend_to_each_other_and_are_shut_out_at_once_do_not_lock_up(own_client, enrol, two):
    lender, borrower = two
    await lend(own_client, bearer(await signed_in(own_client, "a1")))
    await lend(own_client, bearer(await signed_in(own_client, "b1")), to="a1", role="viewer")

    answers = await asyncio.gather(
        *(
            own_client.post(f"/people/{each}/disable", json={"why": "x"}, headers=enrol.bearer)
            for each in (lender, borrower) * 3
        )
    )

    assert {answer.status_code for answer in answers} == {204}
