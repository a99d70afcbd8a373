"""Who may do what: the unit answers, the issuer reviews, both read; to everyone else there is nothing here."""

import time

import pytest

from chassis.testing import Signer
from chassis.transaction import new_id

NOT_FOUND = (404, "not-found")


def told(answer) -> tuple:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
async def submission_id(desk, reporter) -> str:
    return (await desk.submit(reporter)).json()["submission_id"]


async def test_to_a_stranger_a_foreign_obligation_looks_like_none(desk, record, stranger, submission_id) -> None:
    before = await record.everything()

    foreign = await desk.submit(stranger)
    unknown_desk_answer = await desk.ask(
        "POST",
        f"/obligations/{new_id()}/submissions",
        stranger,
        json=desk.asked.answer(),
        headers={"Idempotency-Key": "k" * 8},
    )

    without_trace = [{**answer.json(), "trace_id": None} for answer in (foreign, unknown_desk_answer)]
    assert without_trace[0] == without_trace[1]
    for answer in (
        foreign,
        await desk.read(stranger),
        await desk.ask("GET", f"/submissions/{submission_id}", stranger),
        await desk.accept(stranger, submission_id, 1),
        await desk.return_(stranger, submission_id, 1),
    ):
        assert told(answer) == NOT_FOUND
    assert await record.everything() == before


async def test_who_may_see_may_not_therefore_do(desk, record, reporter, officer, signer, asked, submission_id) -> None:
    before = await record.everything()

    assert told(await desk.submit(officer)) == (403, "not-allowed")
    assert told(await desk.accept(reporter, submission_id, 1)) == (403, "not-allowed")
    assert told(await desk.return_(reporter, submission_id, 1)) == (403, "not-allowed")
    leader = signer.bearer(("leader", asked.department))
    assert told(await desk.accept(leader, submission_id, 1)) == (403, "not-allowed")
    assert (await desk.read(leader)).status_code == 200
    assert await record.everything() == before


@pytest.mark.parametrize(
    ("role", "unit", "status"),
    [
        ("unit_head", "THCS-BEN-DA", 200),
        ("reporter", "THCS-BEN-DA", 200),
        ("desk_officer", "SGD", 200),
        ("leader", "*", 200),
        ("desk_officer", "*", 200),
        ("clerk", "SGD", 404),
        ("viewer", "SGD", 404),
        ("administrator", "*", 404),
        ("desk_officer", "SGD-KHAC", 404),
        ("no-such-role", "*", 404),
    ],
)
async def test_reading_takes_a_post_that_reads(desk, signer, submission_id, role, unit, status) -> None:
    assert (await desk.read(signer.bearer((role, unit)))).status_code == status


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic eDp5"},
        {"Authorization": "Bearer not.a.token"},
        Signer().bearer(("reporter", "THCS-BEN-DA")),
        Signer(kid="other").bearer(("reporter", "THCS-BEN-DA")),
    ],
    ids=["none", "empty", "basic", "nonsense", "forged", "unknown-key"],
)
async def test_without_a_valid_token_nothing_is_answered(desk, record, submission_id, header) -> None:
    before = await record.everything()

    for answer in (
        await desk.submit(header),
        await desk.read(header),
        await desk.accept(header, submission_id, 1),
        await desk.ask("POST", "/uploads", header, json={}),
        await desk.ask("GET", f"/media/{new_id()}", header),
    ):
        assert told(answer) == (401, "not-signed-in")
        assert answer.headers["www-authenticate"] == "Bearer"
    assert await record.everything() == before


@pytest.mark.parametrize("claim", [{"exp": int(time.time()) - 60}, {"aud": "another"}, {"iss": "another"}])
async def test_a_token_for_another_time_or_place_is_none(desk, signer, asked, claim) -> None:
    assert told(await desk.submit(signer.bearer(("reporter", asked.school), **claim))) == (401, "not-signed-in")
