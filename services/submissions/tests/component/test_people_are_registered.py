"""Units register people: their names stay here, their numbers are told, and a hall is never filled twice."""

import asyncio
from datetime import UTC, datetime

import pytest

from chassis.testing import tell
from chassis.transaction import new_id
from contracts.directives import ObligationChanged, RequirementIssued
from contracts.registration import QuotaAsked, RegistrationAsked, RoleAsked, SeatsAsked, SubjectAsked, figures_of
from submissions.operations.retaining import erase_names

SEATS = (SeatsAsked(role="leader", count=1), SeatsAsked(role="head", count=1, subjects=("math",)))
PEOPLE = [
    {"full_name": "Trần Thị Mẫu", "role": "leader"},
    {"full_name": "Nguyễn Văn Thử", "role": "head", "subject": "math"},
]
ANSWER = {"delegates": PEOPLE}


@pytest.fixture
def hall(asked, frame, owe):
    """Open obligations to register two people each, of a requirement for so many places."""

    async def open_hall(*units, capacity):
        registration = RegistrationAsked(
            roles=(RoleAsked(code="leader", name="Lãnh đạo"), RoleAsked(code="head", name="Tổ trưởng")),
            subjects=(SubjectAsked(code="math", name="Toán"),),
            quotas=(QuotaAsked(unit_types=("thpt",), seats=SEATS),),
            capacity=capacity,
        )
        requirement = asked.report(
            kind="registration",
            registration=registration,
            indicators=figures_of(registration),
            sections=(),
            periods=(),
        )
        return [
            await owe(requirement, unit_id=unit, answering_unit_id=unit, seats=SEATS, from_units=()) for unit in units
        ]

    return open_hall


async def test_names_stay_and_numbers_are_told(hall, asked, record, reporter, officer) -> None:
    [desk] = await hall(asked.school, capacity=5)

    answer = await desk.submit(reporter, ANSWER)

    assert (answer.status_code, answer.json()["places_left"]) == (201, 3)
    [(_, told)] = await record.events()
    assert {each["indicator"]: each["value"] for each in told["values"]} == {
        "delegates.all": 2, "delegates.leader": 1, "delegates.head": 1, "delegates.head.math": 1,
    }  # fmt: skip
    assert "Mẫu" not in str(await record.rows("outbox"))
    [version] = (await desk.read(officer)).json()["versions"]
    unsaid = {"subject": None, "unit_id": None, "erased_at": None}
    assert version["delegates"] == [unsaid | each for each in PEOPLE]


async def test_a_wrong_line_is_told_and_nothing_is_kept(hall, asked, record, reporter) -> None:
    [desk] = await hall(asked.school, capacity=5)
    before = await record.everything()
    wrong = [PEOPLE[0], {**PEOPLE[1], "subject": "chess"}]

    answer = await desk.submit(reporter, {"delegates": wrong})

    assert (answer.status_code, answer.json()["code"]) == (422, "values-not-valid")
    assert [each["where"] for each in answer.json()["errors"]] == ["delegates[1].subject"]
    assert await record.everything() == before


async def test_the_last_places_go_to_one_of_two_who_come_at_once(hall, record, signer) -> None:
    units = [f"THPT-{number}" for number in range(4)]
    desks = await hall(*units, capacity=5)
    people = [signer.bearer(("reporter", unit)) for unit in units]

    answers = await asyncio.gather(*(desk.submit(who, ANSWER) for desk, who in zip(desks, people, strict=True)))

    assert sorted(each.status_code for each in answers) == [201, 201, 409, 409]
    refused = [each.json() for each in answers if each.status_code == 409]
    assert {(each["code"], each["places_left"], each["wanted"]) for each in refused} == {("places-taken", 1, 2)}
    assert len(await record.rows("delegates")) == 4


async def test_a_repeated_request_takes_no_second_place(hall, asked, record, reporter) -> None:
    [desk] = await hall(asked.school, capacity=2)
    first = await desk.submit(reporter, ANSWER, key="dang-ky-dai-bieu")

    again, otherwise = (
        await desk.submit(reporter, ANSWER, key="dang-ky-dai-bieu"),
        await desk.submit(reporter, {"nil": True}, key="dang-ky-dai-bieu"),
    )

    assert (again.json(), again.headers["idempotent-replay"]) == (first.json(), "true")
    assert (otherwise.status_code, otherwise.json()["code"]) == (409, "key-reused")
    assert len(await record.rows("delegates")) == 2


async def test_who_sends_another_list_or_nobody_keeps_no_place(hall, asked, frame, record, reporter, signer) -> None:
    ours, theirs, last = await hall(asked.school, "THPT-X", "THPT-Y", capacity=2)
    other, another = (signer.bearer(("reporter", unit)) for unit in ("THPT-X", "THPT-Y"))

    first = await ours.submit(reporter, ANSWER)
    corrected = await ours.submit(reporter, {"delegates": [{**PEOPLE[0], "full_name": "Phạm Văn Thay"}, PEOPLE[1]]})
    full = await theirs.submit(other, ANSWER)
    nobody = await ours.submit(reporter, {"nil": True})
    now_free = await theirs.submit(other, ANSWER)

    assert [each.status_code for each in (first, corrected, full, nobody, now_free)] == [201, 201, 409, 201, 201]
    [theirs_owed] = [each for each in await record.rows("obligations") if each["unit_id"] == "THPT-X"]
    known = {name: value for name, value in theirs_owed.items() if name in ObligationChanged.model_fields}
    ended = {"occurred_at": datetime.now(UTC), "version": 2, "state": "exempt", "change": "exempted"}
    exempt = ObligationChanged(**known | ended)
    assert (await last.submit(another, ANSWER)).status_code == 409
    await tell(frame, exempt)
    assert (await last.submit(another, ANSWER)).status_code == 201


async def test_a_list_that_is_withdrawn_keeps_no_place(hall, asked, reporter, signer) -> None:
    ours, theirs = await hall(asked.school, "THPT-X", capacity=2)
    other = signer.bearer(("reporter", "THPT-X"))
    submission_id = (await ours.submit(reporter, ANSWER)).json()["submission_id"]
    assert (await theirs.submit(other, ANSWER)).status_code == 409

    assert (await ours.ask("POST", f"/submissions/{submission_id}/withdraw", reporter, json={"number": 1})).is_success

    assert (await theirs.submit(other, ANSWER)).json()["places_left"] == 0


async def test_until_its_share_is_known_a_unit_is_asked_to_wait(hall, asked, record, reporter) -> None:
    [desk] = await hall(asked.school, capacity=5)
    await record.change("DELETE FROM shares")

    answer = await desk.submit(reporter, ANSWER)

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_people_are_registered_only_where_that_is_asked(desk, asked, reporter) -> None:
    answer = await desk.submit(reporter, asked.answer(delegates=PEOPLE))

    assert [each["where"] for each in answer.json()["errors"]] == ["delegates"]


async def test_what_is_acknowledged_is_settled_by_that(owe, asked, record, reporter) -> None:
    desk = await owe(asked.report(kind="acknowledgement", indicators=(), sections=(), periods=()))

    wrong = await desk.submit(reporter, {"nil": True})
    answer = await desk.submit(reporter, {}, key="da-nghien-cuu")
    replayed = await desk.submit(reporter, {}, key="da-nghien-cuu")
    again = await desk.submit(reporter, {})

    assert [each["where"] for each in wrong.json()["errors"]] == ["nil"]
    assert (answer.status_code, answer.json()["state"]) == (201, "accepted")
    assert replayed.json() == answer.json()
    assert (again.status_code, again.json()["code"]) == (409, "already-accepted")
    (sent, _), (accepted, last) = await record.events()
    assert (sent, accepted) == ("submissions.submission.submitted.v1", "submissions.submission.accepted.v1")
    assert (last["version"], last["is_unreviewed"]) == (2, True)


async def test_who_was_registered_stays_so_when_the_directive_is_replaced(
    hall, asked, frame, record, reporter, officer
) -> None:
    [old] = await hall(asked.school, capacity=2)
    await old.submit(reporter, ANSWER)
    [requirement] = await record.rows("requirements")
    again = RequirementIssued.model_validate(requirement["rules"] | {"requirement_id": new_id()})
    directive = asked.directive(again)
    opened = asked.obligation(directive, continues=old.obligation_id, seats=SEATS)

    await tell(frame, directive, opened)

    new = type(old)(old.client, opened.obligation_id, asked)
    [version] = (await new.read(officer)).json()["versions"]
    assert [each["full_name"] for each in version["delegates"]] == [each["full_name"] for each in PEOPLE]
    assert (await new.submit(reporter, ANSWER)).json()["places_left"] == 0  # their own places are theirs


async def test_a_draft_holds_who_is_to_be_registered(hall, asked, client, record, reporter) -> None:
    [desk] = await hall(asked.school, capacity=5)
    path = f"/obligations/{desk.obligation_id}/draft"
    lines = ["Trần Thị Mẫu | leader", "Nguyễn Văn Thử | head | math"]

    saved = await client.patch(path, json={"fields": {"delegates": lines}}, headers={**reporter, "If-Match": '"0"'})
    headers = {**reporter, "If-Match": '"1"', "Idempotency-Key": "nop-danh-sach"}
    sent = await client.post(f"{path}/submission", headers=headers)

    assert (saved.json()["errors"], sent.status_code, sent.json()["places_left"]) == ([], 201, 3)
    assert [each["full_name"] for each in await record.rows("delegates", "place")] == [
        "Trần Thị Mẫu",
        "Nguyễn Văn Thử",
    ]
    await record.change("DELETE FROM draft_fields")
    await record.change("DELETE FROM drafts")
    again = (await client.get(path, headers=reporter)).json()
    assert {name: field["content"] for name, field in again["fields"].items()} == {"delegates": lines}


async def test_names_are_erased_by_rule_and_leave_a_proof(hall, asked, record, reporter, officer, archive) -> None:
    [desk] = await hall(asked.school, capacity=5)
    await desk.submit(reporter, ANSWER)
    path, lines = f"/obligations/{desk.obligation_id}/draft", ["Trần Thị Mẫu | leader"]
    await desk.ask("PATCH", path, reporter, json={"fields": {"delegates": lines}}, headers={"If-Match": '"0"'})
    await record.change("UPDATE draft_fields SET saved_at = now() - interval '181 days'")
    await record.change("UPDATE submission_versions SET submitted_at = now() - interval '181 days'")
    assert await erase_names(archive) == 0  # it is not even due
    await record.change("UPDATE obligations SET due_at = now() - interval '179 days'")
    assert await erase_names(archive) == 0
    await record.change("UPDATE obligations SET due_at = now() - interval '181 days'")

    assert await erase_names(archive) == len(PEOPLE)

    [version] = (await desk.read(officer)).json()["versions"]
    assert [(each["full_name"], each["role"]) for each in version["delegates"]] == [("", "leader"), ("", "head")]
    assert all(each["erased_at"] for each in version["delegates"])
    assert "Mẫu" not in str(await record.everything()) + str(await record.rows("draft_fields"))
    assert await erase_names(archive) == 0
