"""Where a requirement names a division of the issuer, that division reviews; the issuer's own desk may, no other."""

import pytest

from chassis.testing import tell
from chassis.transaction import new_id

DIVISION, ANOTHER = "SGD-GDPT", "SGD-GDTX"


@pytest.fixture
async def reviewed(owe, asked):
    """An obligation whose answer a division reviews."""
    return await owe(asked.report(reviewing_unit_id=DIVISION))


@pytest.fixture
def at(signer):
    return lambda unit_id, role="desk_officer": signer.bearer((role, unit_id))


@pytest.fixture
async def sent(reviewed, reporter):
    return (await reviewed.submit(reporter)).json()["submission_id"]


@pytest.mark.parametrize("unit_id", [DIVISION, "SGD"])
async def test_the_division_and_the_issuer_accept(reviewed, sent, at, unit_id) -> None:
    accepted = await reviewed.accept(at(unit_id), sent, 1)

    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")


async def test_to_another_division_there_is_nothing(reviewed, sent, at, record, reporter) -> None:
    before = await record.everything()
    stranger = at(ANOTHER)
    answers = [
        await reviewed.accept(stranger, sent, 1),
        await reviewed.return_(stranger, sent, 1),
        await reviewed.read(stranger),
        await reviewed.ask("GET", f"/submissions/{sent}", stranger),
    ]

    assert {each.status_code for each in answers} == {404}
    assert await record.everything() == before


async def test_the_division_reads_what_comes_in_and_only_its_desk_reviews(reviewed, sent, at) -> None:
    for who in (at(DIVISION), at(DIVISION, "leader")):
        assert (await reviewed.read(who)).status_code == 200
    assert (await reviewed.accept(at(DIVISION, "leader"), sent, 1)).status_code == 403


async def test_all_that_answers_a_requirement_is_listed_and_accepted_by_its_division(
    reviewed, sent, at, record
) -> None:
    [row] = await record.rows("requirements")
    listed = f"/requirements/{row['requirement_id']}/submissions"

    assert (await reviewed.ask("GET", listed, at(ANOTHER))).status_code == 404
    found = await reviewed.ask("GET", listed, at(DIVISION))
    assert [each["submission_id"] for each in found.json()["submissions"]] == [sent]


async def test_what_the_unit_says_about_an_answer_is_told_to_the_division(reviewed, sent, record, reporter) -> None:
    body = {"words": "Số liệu đã đối chiếu."}
    said = await reviewed.ask("PUT", f"/submissions/{sent}/comments/{new_id()}", reporter, json=body)

    assert said.status_code in (200, 201), said.text
    [event] = [told for type_, told in await record.events() if type_ == "submissions.comment.added.v1"]
    assert (event["issuer_unit_id"], event["reviewing_unit_id"]) == ("SGD", DIVISION)


async def test_an_obligation_told_before_its_directive_is_reviewed_by_the_division_as_well(
    frame, client, asked, at, reporter
) -> None:
    directive = asked.directive(asked.report(reviewing_unit_id=DIVISION))
    obligation = asked.obligation(directive)
    await tell(frame, obligation)
    path = f"/obligations/{obligation.obligation_id}/submission"
    before = await client.get(path, headers=at(DIVISION))
    await tell(frame, directive)

    assert before.json()["code"] == "not-found"
    assert (await client.get(f"/obligations/{obligation.obligation_id}/form", headers=at(DIVISION))).status_code == 200
