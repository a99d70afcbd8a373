"""A commune passes a directive on to its schools, due no later than its own answer; the issuer sees how far it came."""

import copy
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from chassis.testing import tell
from contracts.submissions import Carried, SubmissionSubmitted

LATEST, EARLIER, LATER = (f"2026-12-{day}T00:00:00+07:00" for day in (14, 10, 15))


@pytest.fixture
def parent(letter):
    """A letter that asks both communes for a report, and sends one school a copy to know."""
    letter["requirements"].pop()
    letter["requirements"][0]["audience"] = {"unit_types": ["phong_vhxh"]}
    letter["requirements"][0]["cut_off_at"] = None
    letter["recipients"] = [{"name": "Trường", "purpose": "inform", "audience": {"include": ["U-THPT-1"]}}]
    return letter


@pytest.fixture
async def issued(desk, parent):
    return await desk.issued(parent)


@pytest.fixture
def commune(desk, signer):
    """The desk of the commune U-XA-1."""
    other = copy.copy(desk)
    other.officer, other.leader, other.clerk = (
        signer.bearer((role, "U-XA-1")) for role in ("desk_officer", "leader", "clerk")
    )
    return other


@pytest.fixture
def passed_on(parent):
    """Write what a commune makes of the letter: the same for its schools, earlier, and something of its own."""

    def write(issued, *, unit="U-XA-1", due_at=EARLIER, audience=None, **changes):
        new = copy.deepcopy(parent)
        new |= {"issuer_unit_id": unit, "document_type": "plan", "recipients": [], **changes}
        [report] = new["requirements"]
        report |= {"audience": audience or {"include": ["U-THCS-1"]}, "due_at": due_at}
        report["passes_on"] = issued["requirements"][0]["requirement_id"]
        addition = {**copy.deepcopy(report), "title": "Phần bổ sung của xã", "due_at": LATER}
        del addition["passes_on"]
        new["requirements"].append(addition)
        new["relations"] = [{"kind": "cascades", "directive_id": issued["directive_id"]}]
        return new

    return write


@pytest.fixture
def cascade(client, issued):
    async def read(who):
        answer = await client.get(f"/directives/{issued['directive_id']}/cascade", headers=who)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return read


def seen(answer):
    return {
        each["unit_id"]: (len(each["documents"]), each["below"], each["reached"], each["answered"], each["not_reached"])
        for each in answer["units"]
    }


async def test_the_issuer_sees_who_passed_it_on_and_whom_it_reached(
    frame, issued, commune, passed_on, cascade, officer, client, signer
) -> None:
    before = await cascade(officer)
    assert seen(before) == {
        "U-XA-1": (0, 1, 0, 0, ["U-THCS-1"]),
        "U-XA-2": (0, 2, 0, 0, ["U-NEW", "U-THCS-2"]),
    }
    assert (before["with_document"], before["below"], before["reached"]) == (0, 3, 0)

    below = await commune.issued(passed_on(issued))

    after = await cascade(officer)
    assert seen(after)["U-XA-1"] == (1, 1, 1, 0, [])
    assert seen(after)["U-XA-2"] == seen(before)["U-XA-2"]
    [document] = after["units"][0]["documents"]
    assert (document["directive_id"], document["code"]) == (below["directive_id"], below["code"])
    owed = await commune.obligations(below["directive_id"])
    assert [(each["unit_id"], datetime.fromisoformat(each["due_at"]).day) for each in owed] == [
        ("U-THCS-1", 9),
        ("U-THCS-1", 14),
    ]
    about = dict.fromkeys(("submission_id", "directive_id", "requirement_id", "submitted_by"), uuid4())
    units = dict.fromkeys(("unit_id", "answering_unit_id"), "U-THCS-1")
    given = {"obligation_id": owed[0]["obligation_id"], "version": 1, "number": 1, "is_late": False, "is_nil": True}
    await tell(
        frame, SubmissionSubmitted(occurred_at=datetime.now(UTC), **given, **about, **units, values=(), media_ids=())
    )
    assert seen(await cascade(officer))["U-XA-1"] == (1, 1, 1, 1, [])
    assert set(seen(await cascade(signer.bearer(("commune_officer", "U-XA-2"))))) == {"U-XA-2"}

    recall = f"/directives/{below['directive_id']}/recall"
    assert (await client.post(recall, json={"reason": "Nhầm."}, headers=commune.leader)).status_code == 200
    assert seen(await cascade(officer)) == seen(before)


@pytest.mark.parametrize(("due_at", "status"), [(EARLIER, 201), (LATEST, 201), (LATER, 422)])
async def test_it_is_passed_on_for_no_later_than_ones_own_answer_is_due(
    issued, commune, passed_on, client, due_at, status
) -> None:
    answer = await client.post("/directives", json=passed_on(issued, due_at=due_at), headers=commune.officer)
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["code"] == "later-than-own"
        assert answer.json()["where"] == "requirements.0.due_at"


async def test_a_later_deadline_that_was_granted_to_the_commune_may_be_passed_on(
    desk, issued, commune, passed_on, client
) -> None:
    owed = {each["unit_id"]: each["obligation_id"] for each in await desk.obligations(issued["directive_id"])}
    granted = {"due_at": LATER, "reason": "Sau bão."}
    answer = await client.put(f"/obligations/{owed['U-XA-1']}/deadline", json=granted, headers=desk.officer)
    assert answer.status_code == 200
    await commune.issued(passed_on(issued, due_at=LATER))


async def test_nobody_passes_on_what_is_not_theirs_to_act_on(issued, passed_on, client, signer, rows) -> None:
    before = await rows()
    for unit, code in (("U-THPT-1", "relation-unfit"), ("U-SO", "relation-unfit"), ("U-SO-X", "not-found")):
        who = signer.bearer(("desk_officer", unit))
        answer = await client.post("/directives", json=passed_on(issued, unit=unit), headers=who)
        assert answer.json()["code"] == code, answer.text
    wrong = passed_on(issued)
    wrong["requirements"][0]["passes_on"] = str(uuid4())
    answer = await client.post("/directives", json=wrong, headers=signer.bearer(("desk_officer", "U-XA-1")))
    assert answer.json()["code"] == "passes-on-unfit"
    assert await rows() == before


@pytest.mark.parametrize(
    "changes",
    [
        {"audience": {"include": ["U-THCS-1", "U-THCS-2"]}},
        {"recipients": [{"name": "Sở", "purpose": "report_to", "audience": {"include": ["U-SO"]}}]},
    ],
)
async def test_it_is_passed_on_to_ones_own_subordinates_only(issued, commune, passed_on, rows, changes) -> None:
    numbered = await commune.numbered(passed_on(issued, **changes))
    before = await rows()
    answer = await commune.issue(numbered)
    assert (answer.status_code, answer.json()["code"]) == (409, "not-subordinate")
    assert await rows() == before


async def test_what_was_recalled_meanwhile_is_not_passed_on(desk, issued, commune, passed_on, client, rows) -> None:
    numbered = await commune.numbered(passed_on(issued))
    recall = f"/directives/{issued['directive_id']}/recall"
    await client.post(recall, json={"reason": "Nhầm."}, headers=desk.leader)
    before = await rows()
    assert (await commune.issue(numbered)).json()["code"] == "not-in-force"
    assert await rows() == before


# A document of its own.


@pytest.fixture
def register(client, issued):
    async def put(who, unit="U-XA-2", **changes):
        body = {"code": "12/KH-UBND", "subject": "Kế hoạch triển khai", "issued_on": "2026-11-21", **changes}
        path = f"/directives/{issued['directive_id']}/deliveries/{unit}/document"
        return await client.put(path, json=body, headers=who)

    return put


async def test_a_document_issued_elsewhere_is_named_and_seen(register, cascade, signer, officer, rows) -> None:
    commune_2 = signer.bearer(("commune_officer", "U-XA-2"))
    assert (await register(commune_2)).status_code == 200
    assert (await register(commune_2, code="13/KH-UBND")).status_code == 200
    found = await cascade(officer)
    assert seen(found)["U-XA-2"] == (1, 2, 0, 0, ["U-NEW", "U-THCS-2"])
    assert found["with_document"] == 1
    assert found["units"][1]["documents"][0]["code"] == "13/KH-UBND"
    before = await rows()
    for who, unit, changes, code in (
        (commune_2, "U-XA-2", {"issued_on": "2026-11-19"}, "document-too-early"),
        (signer.bearer(("reporter", "U-THPT-1")), "U-THPT-1", {}, "not-acting"),
        (signer.bearer(("commune_officer", "U-XA-1")), "U-XA-2", {}, "not-found"),
        (officer, "U-XA-2", {}, "not-allowed"),
        (commune_2, "U-XA-2", {"code": " "}, "malformed"),
    ):
        assert (await register(who, unit, **changes)).json()["code"] == code
        assert await rows() == before


@pytest.mark.parametrize(("days", "late"), [(-1, ["U-XA-1"]), (1, []), (None, [])])
async def test_who_has_none_in_time_is_late(frame, register, issued, cascade, signer, officer, days, late) -> None:
    async with frame.engine.begin() as connection:
        statement = text("UPDATE directives SET implement_by = :moment WHERE directive_id = :id")
        at = None if days is None else datetime.now(UTC) + timedelta(days=days)
        await connection.execute(statement, {"moment": at, "id": issued["directive_id"]})
    await register(signer.bearer(("commune_officer", "U-XA-2")))
    assert [each["unit_id"] for each in (await cascade(officer))["units"] if each["is_late"]] == late


async def test_until_when_it_is_asked_for_is_part_of_the_letter(desk, parent) -> None:
    assert (await desk.issued({**parent, "implement_by": LATER}))["implement_by"] is not None


@pytest.mark.parametrize("is_turned", [False, True])
async def test_a_document_that_was_sent_as_an_answer_is_the_units_own(client, desk, frame, parent, officer, is_turned):
    parent["requirements"][0] |= {"kind": "document", "document": {"is_official": True}}
    for name in ("indicators", "sections", "periods"):
        parent["requirements"][0][name] = []
    issued = await desk.issued(parent)
    [owed] = [each for each in await desk.obligations(issued["directive_id"]) if each["unit_id"] == "U-XA-1"]
    about = {
        "submission_id": uuid4(), "obligation_id": owed["obligation_id"], "directive_id": issued["directive_id"],
        "requirement_id": owed["requirement_id"], "unit_id": "U-XA-1", "answering_unit_id": "U-XA-1",
        "submitted_by": uuid4(), "is_late": False, "is_nil": False, "values": (), "media_ids": (uuid4(),),
    }  # fmt: skip

    def sent(version, code, day):
        at = f"2026-11-25T00:00:0{version}Z"
        document = {"code": code, "issued_on": day}
        return SubmissionSubmitted(**about, occurred_at=at, version=version, number=version, documents=(document,))

    told = [
        sent(1, "15/KH-VHXH", "2026-11-23"),
        sent(2, "16/KH-VHXH", "2026-11-24"),
        sent(3, "9/KH-VHXH", "2026-11-01"),  # older than what it would carry out
    ]

    async def carries_it_out():
        cascade = (await client.get(f"/directives/{issued['directive_id']}/cascade", headers=officer)).json()
        [unit] = [each for each in cascade["units"] if each["unit_id"] == "U-XA-1"]
        assert cascade["with_document"] == 1
        return [(each["code"], each["issued_on"]) for each in unit["documents"]]

    # One that answered the directive this one replaced answers this one, though it is older; what came later stays.
    carried = Carried(obligation_id=uuid4(), submission_id=uuid4(), submitted_at="2026-11-02T00:00:00Z")
    await tell(frame, sent(0, "8/KH-VHXH", "2026-11-01").model_copy(update={"carried": carried}))
    assert await carries_it_out() == [("8/KH-VHXH", "2026-11-01")]
    for event in reversed(told) if is_turned else told:
        await tell(frame, event)
    assert await carries_it_out() == [("16/KH-VHXH", "2026-11-24")]
    await tell(frame, sent(4, "8/KH-VHXH", "2026-11-01").model_copy(update={"carried": carried}))
    assert await carries_it_out() == [("16/KH-VHXH", "2026-11-24")]
