"""Each requirement names the division of the issuer that reviews it: it decides, is asked, and is told."""

from datetime import date

import pytest

from chassis.testing import tell, waiting_events

ISSUED = "directives.directive.issued.v1"
LATER = "2026-12-18T00:00:00+07:00"


@pytest.fixture
async def divisions(frame, unit):
    """The department has three divisions; another department has one."""
    for unit_id, above in (("U-P-GDPT", "U-SO"), ("U-P-GDTX", "U-SO"), ("U-P-VP", "U-SO"), ("U-P-X", "U-SO-X")):
        await tell(frame, unit(unit_id, "phong_thuoc_so", parents=(("administrative", above, date(2025, 7, 1)),)))


@pytest.fixture
def shared(letter, divisions):
    """A letter one division owns, whose report another one reviews."""
    letter["owning_unit_id"] = "U-P-VP"
    letter["requirements"][0]["reviewing_unit_id"] = "U-P-GDPT"
    return letter


@pytest.fixture
def at(signer):
    """Somebody at the desk of a unit."""
    return lambda unit_id: signer.bearer(("desk_officer", unit_id))


@pytest.fixture
async def owed(desk, shared):
    """Who owes the report, by unit."""
    issued = await desk.issued(shared)
    report, video = (each["requirement_id"] for each in issued["requirements"])
    found = await desk.obligations(issued["directive_id"])
    return issued, {each["unit_id"]: each["obligation_id"] for each in found if each["requirement_id"] == report}, video


async def events(frame, type_):
    return [each["data"] for each in await waiting_events(frame) if each["type"] == type_]


async def test_readers_are_told_which_division_reviews(frame, owed) -> None:
    [issued] = await events(frame, ISSUED)

    assert [each["reviewing_unit_id"] for each in issued["requirements"]] == ["U-P-GDPT", "U-P-VP"]
    assert [each["reviewing_unit_id"] for each in owed[0]["requirements"]] == ["U-P-GDPT", None]


async def test_without_a_division_the_issuer_reviews_and_nobody_else_is_named(frame, desk, letter) -> None:
    await desk.issued(letter)

    [issued] = await events(frame, ISSUED)
    assert [each["reviewing_unit_id"] for each in issued["requirements"]] == [None, None]


@pytest.mark.parametrize("stranger", ["U-P-X", "U-THCS-1", "U-NOWHERE"])
async def test_only_a_division_of_the_issuer_reviews(client, officer, shared, rows, stranger) -> None:
    shared["requirements"][1]["reviewing_unit_id"] = stranger
    before = await rows()
    refused = await client.post("/directives", json=shared, headers=officer)

    assert (refused.status_code, refused.json()["code"]) == (409, "unknown-units")
    assert refused.json()["units"] == [stranger]
    assert await rows() == before


async def test_a_division_that_ends_meanwhile_keeps_the_letter_from_being_issued(frame, desk, shared, unit) -> None:
    directive_id = await desk.numbered(shared)
    above = (("administrative", "U-SO", date(2025, 7, 1)),)
    await tell(frame, unit("U-P-GDPT", "phong_thuoc_so", until=date(2026, 11, 1), parents=above, version=2))

    refused = await desk.issue(directive_id)
    assert (refused.status_code, refused.json()["units"]) == (409, ["U-P-GDPT"])


async def test_an_obstacle_is_for_the_division_that_reviews(frame, client, owed, at, signer) -> None:
    path = f"/obligations/{owed[1]['U-THCS-1']}/obstacles"
    school = signer.bearer(("reporter", "U-THCS-1"))
    raised = await client.post(path, json={"obstacle": "Trường chưa có phòng máy."}, headers=school)

    assert (raised.status_code, raised.json()["owning_unit_id"]) == (201, "U-P-GDPT")
    [told] = await events(frame, "directives.question.asked.v1")
    assert told["owning_unit_id"] == "U-P-GDPT"
    waiting = {}
    for unit_id in ("U-P-GDPT", "U-P-VP", "U-SO"):
        found = await client.get("/questions", params={"owning_unit_id": unit_id}, headers=at(unit_id))
        waiting[unit_id] = len(found.json()["questions"])
    assert waiting == {"U-P-GDPT": 1, "U-P-VP": 0, "U-SO": 1}
    reply = {"answer": "Dùng phòng máy của trường bạn.", "is_shared": False}
    path = f"/questions/{raised.json()['question_id']}/answer"
    assert (await client.post(path, json=reply, headers=at("U-P-GDTX"))).status_code == 404
    assert (await client.post(path, json=reply, headers=at("U-P-GDPT"))).status_code == 200


async def test_a_question_about_one_requirement_is_for_the_division_that_reviews_it(client, owed, signer) -> None:
    issued, _, video = owed
    school = signer.bearer(("reporter", "U-THCS-1"))

    async def ask(requirement_id):
        body = {"unit_id": "U-THCS-1", "question": "Nộp ở đâu?", "requirement_id": requirement_id}
        return await client.post(f"/directives/{issued['directive_id']}/questions", json=body, headers=school)

    report = issued["requirements"][0]["requirement_id"]
    asked = [(await ask(each)).json()["owning_unit_id"] for each in (None, report, video)]
    assert asked == ["U-P-VP", "U-P-GDPT", "U-P-VP"]
    assert (await ask(issued["directive_id"])).status_code == 404


async def test_the_division_decides_about_deadlines_and_no_other_does(frame, client, owed, at, signer) -> None:
    path = f"/obligations/{owed[1]['U-THCS-1']}"
    school = signer.bearer(("reporter", "U-THCS-1"))
    asked = await client.post(f"{path}/extensions", json={"due_at": LATER, "reason": "Mất điện."}, headers=school)
    [told] = await events(frame, "directives.extension.asked.v1")
    assert told["reviewing_unit_id"] == "U-P-GDPT"

    for unit_id, count in (("U-P-GDPT", 1), ("U-P-VP", 0), ("U-SO", 1)):
        found = await client.get("/extensions", params={"issuer_unit_id": unit_id}, headers=at(unit_id))
        assert len(found.json()["extensions"]) == count
    grant, body = f"/extensions/{asked.json()['extension_id']}/grant", {"due_at": LATER}
    # The division that owns the letter reviews the video and not this; a third has nothing to do with any of it.
    assert (await client.post(grant, json=body, headers=at("U-P-VP"))).status_code == 404
    assert (await client.post(grant, json=body, headers=at("U-P-GDTX"))).status_code == 404
    assert (await client.post(grant, json=body, headers=at("U-P-GDPT"))).status_code == 200
    assert (await client.get(path, headers=at("U-P-GDPT"))).json()["due_at"].startswith("2026-12-17T17:00")


async def test_a_division_looks_over_what_it_reviews_or_owns(client, owed, at) -> None:
    found = {}
    for unit_id in ("U-P-GDPT", "U-P-VP", "U-P-GDTX", "U-SO"):
        told = await client.get("/directives", params={"issuer_unit_id": unit_id}, headers=at(unit_id))
        found[unit_id] = [each["directive_id"] for each in told.json()["directives"]]

    this = [owed[0]["directive_id"]]
    assert found == {"U-P-GDPT": this, "U-P-VP": this, "U-P-GDTX": [], "U-SO": this}
