"""A directive reaches units for a purpose; they take or refuse it, and their heads say who sees to the answer."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from sqlalchemy import delete

from chassis.testing import tell, tell_together, waiting_events
from chassis.transaction import new_id
from contracts.directory import PersonChanged, Post
from contracts.submissions import SubmissionReturned
from unit_tree.tables import known_people

ISSUED, REFUSED = "directives.directive.issued.v1", "directives.delivery.refused.v1"
ASSIGNED = "directives.obligation.assigned.v1"
WHY = "Văn bản gửi nhầm đơn vị."
TEACHER = new_id()


@pytest.fixture
def letter(letter):
    """A letter that goes to a cluster's school to act on, and to two units to know."""
    letter["requirements"].pop()
    letter["requirements"][0]["audience"] = {"include": ["U-THCS-1", "U-THCS-2"]}
    letter["recipients"] = [
        {"name": "Cụm trưởng", "purpose": "execute", "audience": {"include": ["U-CUM-1"]}},
        {"name": "Phòng VH-XH", "purpose": "inform", "audience": {"unit_types": ["phong_vhxh"]}},
        {"name": "Lưu: VT", "purpose": "archive"},
    ]
    return letter


@pytest.fixture
async def issued(desk, letter):
    return await desk.issued(letter)


@pytest.fixture
def head(signer):
    return signer.bearer(("unit_head", "U-THCS-1"))


@pytest.fixture
def received(client, issued):
    """Ask for what became of the directive, or let a unit do something with it."""

    async def ask(who, verb=None, unit="U-THCS-1", **body):
        path = f"/directives/{issued['directive_id']}/deliveries"
        if verb is None:
            return await client.get(path, headers=who)
        return await client.post(f"{path}/{unit}/{verb}", json=body or None, headers=who)

    return ask


@pytest.fixture
def told(frame):
    async def read(kind):
        return [each["data"] for each in await waiting_events(frame) if each["type"] == kind]

    return read


def states(answer):
    return {each["unit_id"]: (each["purpose"], each["state"], each["is_awaited"]) for each in answer["deliveries"]}


async def test_it_goes_to_whoever_answers_and_to_whoever_is_named(received, issued, officer, told) -> None:
    found = (await received(officer)).json()
    execute, inform = ("execute", "delivered", True), ("inform", "delivered", False)
    assert states(found) == {
        "U-THCS-1": execute,
        "U-THCS-2": execute,
        "U-THPT-1": execute,
        "U-XA-1": inform,
        "U-XA-2": inform,
    }
    assert found["awaited"] == 3
    assert found["acknowledge_by"] is not None
    [event] = await told(ISSUED)
    assert {each["unit_id"]: each["purpose"] for each in event["copies"]} == {
        "U-THPT-1": "execute",
        "U-XA-1": "inform",
        "U-XA-2": "inform",
    }
    assert issued["recipients"][1]["audience"]["unit_types"] == ["phong_vhxh"]


async def test_who_gets_it_to_know_reads_it_and_owes_nothing(received, issued, client, signer) -> None:
    clerk_of_commune = signer.bearer(("commune_officer", "U-XA-1"))
    assert (await client.get(f"/directives/{issued['directive_id']}", headers=clerk_of_commune)).status_code == 200
    owed = await client.get("/obligations", params={"unit_id": "U-XA-1"}, headers=clerk_of_commune)
    assert owed.json()["obligations"] == []
    # With it what was sent below: U-THCS-1 reports through this commune.
    assert set(states((await received(clerk_of_commune)).json())) == {"U-XA-1", "U-THCS-1"}


async def test_a_unit_takes_it_once_and_is_waited_for_no_more(received, head, officer, rows) -> None:
    first, second = await asyncio.gather(*(received(head, "acknowledge") for _ in range(2)))
    before = await rows()
    again = await received(head, "acknowledge")
    assert first.status_code == 200
    assert first.json() == second.json() == again.json()
    assert await rows() == before
    refused = await received(head, "refuse", reason=WHY)
    assert (refused.status_code, refused.json()["code"]) == (409, "received-already")
    assert refused.json()["state"] == "acknowledged"
    assert (await received(officer)).json()["awaited"] == 2
    assert await rows() == before


async def test_a_refusal_is_told_once_without_its_reason_and_may_be_taken_back(received, head, officer, told) -> None:
    answers = [await received(head, "refuse", reason=WHY) for _ in range(2)]
    assert [each.json()["reason"] for each in answers] == [WHY, WHY]
    [event] = await told(REFUSED)
    assert (event["unit_id"], event["issuer_unit_id"]) == ("U-THCS-1", "U-SO")
    assert WHY not in str(event)
    assert states((await received(officer)).json())["U-THCS-1"] == ("execute", "refused", False)
    taken = (await received(head, "acknowledge")).json()
    assert (taken["state"], taken["reason"]) == ("acknowledged", None)


async def test_who_has_answered_is_not_waited_for_and_does_not_refuse(frame, received, desk, issued, head) -> None:
    owed = {each["unit_id"]: each for each in await desk.obligations(issued["directive_id"])}
    about = dict.fromkeys(("submission_id", "directive_id", "requirement_id", "reviewed_by"), uuid4())
    units = dict.fromkeys(("unit_id", "answering_unit_id"), "U-THCS-1")
    given = {"obligation_id": owed["U-THCS-1"]["obligation_id"], "version": 2, "number": 1}
    await tell(frame, SubmissionReturned(occurred_at=datetime.now(UTC), **given, **about, **units))
    assert states((await received(head)).json()) == {"U-THCS-1": ("execute", "delivered", False)}
    assert (await received(head, "refuse", reason=WHY)).json()["state"] == "answered"


async def test_nobody_takes_or_refuses_for_another_unit(received, issued, signer, officer, rows, client) -> None:
    before = await rows()
    for who, status in (
        (signer.bearer(("reporter", "U-THCS-2")), 404),
        (signer.bearer(("reporter", "U-NOBODY")), 404),
        (signer.bearer(("commune_officer", "U-XA-1")), 403),
        (officer, 403),
    ):
        assert (await received(who, "acknowledge")).status_code == status
        assert (await received(who, "refuse", reason=WHY)).status_code == status
    assert (await received(officer, "acknowledge", "U-CUM-1")).status_code == 404
    for reason in ("", " ", 7, "x" * 2001):
        assert (await received(signer.bearer(("reporter", "U-THCS-1")), "refuse", reason=reason)).status_code == 422
    assert await rows() == before


async def test_who_owed_nothing_hears_of_a_recall_by_it_alone(issued, client, leader, told) -> None:
    recall = f"/directives/{issued['directive_id']}/recall"
    for _ in range(2):
        assert (await client.post(recall, json={"reason": "Nhầm."}, headers=leader)).status_code == 200
    [event] = await told("directives.directive.recalled.v1")
    assert event["unit_ids"] == ["U-THPT-1", "U-XA-1", "U-XA-2"]
    assert len(await told("directives.obligation.changed.v1")) == 2


async def test_what_is_not_in_force_is_not_taken(received, issued, client, leader, head, rows) -> None:
    recall = f"/directives/{issued['directive_id']}/recall"
    await client.post(recall, json={"reason": "Nhầm."}, headers=leader)
    before = await rows()
    assert (await received(head, "acknowledge")).json()["code"] == "not-in-force"
    assert await rows() == before


@pytest.mark.parametrize(
    ("recipient", "code"),
    [
        ({"purpose": "inform", "audience": {"include": ["U-THCS-1"]}}, "informed-only"),
        ({"purpose": "inform", "audience": {"include": ["U-OLD-A"]}}, "unknown-units"),
        ({"purpose": "execute", "audience": {"include": ["U-CUM-2"]}}, "cluster-without-lead"),
    ],
)
async def test_what_could_not_be_sent_so_is_not_issued(desk, letter, rows, recipient, code) -> None:
    letter["recipients"].append({"name": "Một nơi nhận", **recipient})
    numbered = await desk.numbered(letter)
    before = await rows()
    answer = await desk.issue(numbered)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert await rows() == before


async def test_all_it_was_sent_to_hear_that_it_is_replaced(desk, letter, issued, told) -> None:
    relation = {"kind": "replaces", "directive_id": issued["directive_id"]}
    await desk.issued({**letter, "relations": [relation]})
    [event] = await told("directives.directive.replaced.v1")
    assert event["unit_ids"] == ["U-THCS-1", "U-THCS-2", "U-THPT-1", "U-XA-1", "U-XA-2"]


# Who sees to it.


def works(unit="U-THCS-1", role="reporter", *, version=1, is_active=True, until=None):
    post = Post(unit_id=unit, role=role, valid_from=date(2025, 8, 1), valid_to=until)
    at = datetime.now(UTC)
    return PersonChanged(occurred_at=at, person_id=TEACHER, version=version, is_active=is_active, posts=(post,))


@pytest.fixture
async def obligation(desk, issued):
    owed = await desk.obligations(issued["directive_id"])
    return next(each["obligation_id"] for each in owed if each["unit_id"] == "U-THCS-1")


@pytest.fixture
def assign(client, obligation):
    async def ask(who, person=TEACHER):
        body = {"person_id": person and str(person)}
        return await client.put(f"/obligations/{obligation}/assignee", json=body, headers=who)

    return ask


async def test_a_head_says_who_sees_to_it_and_that_person_is_told(frame, assign, head, told, client, rows) -> None:
    await tell(frame, works())
    assert (await assign(head)).json()["assigned_to"] == str(TEACHER)
    before = await rows()
    assert (await assign(head)).status_code == 200
    assert await rows() == before
    owed = (await client.get("/obligations", params={"unit_id": "U-THCS-1"}, headers=head)).json()["obligations"]
    assert [each["assigned_to"] for each in owed] == [str(TEACHER)]
    assert [each["person_id"] for each in await told(ASSIGNED)] == [str(TEACHER)]
    assert (await assign(head, None)).json()["assigned_to"] is None
    assert len(await told(ASSIGNED)) == 1


async def test_whoever_saw_to_it_sees_to_what_goes_on(frame, desk, letter, issued, assign, head) -> None:
    await tell(frame, works())
    await assign(head)
    letter["relations"] = [{"kind": "replaces", "directive_id": issued["directive_id"]}]
    letter["requirements"][0]["same_as"] = issued["requirements"][0]["requirement_id"]
    await desk.issued(letter)
    owed = await desk.client.get("/obligations", params={"unit_id": "U-THCS-1"}, headers=head)
    assert {each["assigned_to"] for each in owed.json()["obligations"]} == {str(TEACHER)}


@pytest.mark.parametrize(
    "known",
    [
        [],
        [works("U-THCS-2")],
        [works(role="viewer")],
        [works(until=datetime.now(UTC).date() - timedelta(days=2))],
        [works(), works(is_active=False, version=2)],
        [works(), works("U-THCS-2", version=2)],
    ],
)
async def test_only_who_may_answer_for_the_unit_today_is_named(frame, assign, head, rows, known) -> None:
    await tell(frame, *known)
    before = await rows()
    answer = await assign(head)
    assert (answer.status_code, answer.json()["code"]) == (422, "not-of-the-unit")
    assert await rows() == before


async def test_in_every_order_the_newest_word_on_a_person_counts(frame, assign, head) -> None:
    told = [works("U-THCS-2"), works(is_active=False, version=2), works(version=3)]
    for order in permutations(told):
        for take_in in (lambda order: tell(frame, *order), lambda order: tell_together(frame, order)):
            async with frame.engine.begin() as connection:
                await connection.execute(delete(known_people))
            await take_in(order)
            assert (await assign(head, None)).status_code == 200
            assert (await assign(head)).status_code == 200, order


async def test_nobody_assigns_work_but_the_head_of_the_unit(frame, assign, signer, officer, rows) -> None:
    await tell(frame, works())
    before = await rows()
    for who, status in (
        (signer.bearer(("reporter", "U-THCS-1")), 403),
        (officer, 403),
        (signer.bearer(("unit_head", "U-THCS-2")), 404),
    ):
        assert (await assign(who)).status_code == status
    assert await rows() == before
