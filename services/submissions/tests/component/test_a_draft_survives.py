"""The draft of an obligation lies on the server: shared, saved field by field, sent from there."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chassis.testing import tell
from chassis.transaction import new_id
from contracts.directives import ObligationChanged

LESSONS = "values/stem.lessons/2025-2026"
SOLUTIONS = "narrative/solutions"
WHOLE = {
    "values/stem.school_implementing/2025-2026": True,
    LESSONS: 12,
    "values/stem.research_projects/2025-2026": 3,
    "values/stem.research_projects_province/2025-2026": 1,
    "narrative/documents": ["Kế hoạch 12/KH"],
}


class Drafting:
    def __init__(self, desk) -> None:
        self.desk = desk
        self.path = f"/obligations/{desk.obligation_id}/draft"

    async def read(self, who):
        return await self.desk.ask("GET", self.path, who)

    async def save(self, who, fields: dict, *, seen: int):
        headers = {"If-Match": f'"{seen}"'}
        return await self.desk.ask("PATCH", self.path, who, json={"fields": fields}, headers=headers)

    async def submit(self, who, *, seen: int, key: str | None = None):
        headers = {"If-Match": f'"{seen}"', "Idempotency-Key": key or f"key-{uuid4()}"}
        return await self.desk.ask("POST", f"{self.path}/submission", who, headers=headers)


@pytest.fixture
def drafting(desk) -> Drafting:
    return Drafting(desk)


@pytest.fixture
def colleague(signer, asked):
    return signer.bearer(("reporter", asked.school), person=new_id())


def told(answer) -> tuple:
    return answer.status_code, answer.json().get("code")


async def test_colleagues_write_one_draft_and_one_of_them_sends_it(drafting, record, reporter, colleague) -> None:
    first = await drafting.save(reporter, WHOLE, seen=0)
    second = await drafting.save(colleague, {SOLUTIONS: "Theo cụm."}, seen=0)

    assert (first.status_code, first.headers["etag"]) == (200, '"1"')
    assert second.json()["fields"].keys() == {*WHOLE, SOLUTIONS}  # brought up to date with the others' changes
    assert (second.headers["etag"], second.json()["errors"]) == ('"2"', [])

    receipt = await drafting.submit(colleague, seen=2)

    assert receipt.status_code == 201
    [version] = await record.rows("submission_versions")
    assert version["draft_version"] == 2
    assert version["narrative"] == {"documents": ["Kế hoạch 12/KH"], "solutions": "Theo cụm."}
    assert receipt.json()["digest"] == version["request_digest"].hex()
    assert [kind for kind, _ in await record.events()] == ["submissions.submission.submitted.v1"]


async def test_a_conflict_shows_both_and_changes_nothing(drafting, record, reporter, colleague) -> None:
    await drafting.save(reporter, {LESSONS: 12}, seen=0)
    before = await record.rows("draft_fields")

    refused = await drafting.save(colleague, {LESSONS: 13, SOLUTIONS: "x"}, seen=0)

    assert told(refused) == (412, "draft-conflict")
    [conflict] = refused.json()["conflicts"]
    assert (conflict["field"], conflict["yours"], conflict["theirs"]) == (LESSONS, 13, 12)
    assert await record.rows("draft_fields") == before
    assert (await drafting.save(colleague, {LESSONS: 13}, seen=refused.json()["version"])).status_code == 200


async def test_eight_who_save_at_once_lose_nothing(drafting, record, reporter) -> None:
    names = [name for name in WHOLE if name.startswith("values")]

    answers = await asyncio.gather(
        *(drafting.save(reporter, {name: WHOLE[name]}, seen=0) for name in names for _ in range(2))
    )

    assert {answer.status_code for answer in answers} == {200}
    assert {row["name"]: row["content"] for row in await record.rows("draft_fields")} == {
        name: WHOLE[name] for name in names
    }
    assert [row["version"] for row in await record.rows("drafts")] == [len(names)]


async def test_what_is_sent_is_what_the_sender_saw(drafting, record, reporter, colleague) -> None:
    await drafting.save(reporter, WHOLE, seen=0)
    await drafting.save(colleague, {LESSONS: 20}, seen=1)

    refused = await drafting.submit(reporter, seen=1)

    assert told(refused) == (412, "draft-moved-on")
    assert refused.json()["version"] == 2
    assert await record.rows("submissions") == []


async def test_a_repeated_sending_has_the_first_answer_whatever_became_of_the_draft(
    drafting, record, reporter, colleague
) -> None:
    await drafting.save(reporter, WHOLE, seen=0)
    first = await drafting.submit(reporter, seen=1, key="nop-ban-nhap")
    await drafting.save(colleague, {LESSONS: 20}, seen=1)

    again = await drafting.submit(reporter, seen=1, key="nop-ban-nhap")

    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotent-replay"] == "true"
    assert told(await drafting.submit(reporter, seen=2, key="nop-ban-nhap")) == (409, "key-reused")
    assert len(await record.rows("submission_versions")) == 1


async def test_a_faulty_draft_is_kept_and_not_sent(drafting, record, reporter) -> None:
    saved = await drafting.save(reporter, {**WHOLE, LESSONS: -1}, seen=0)

    assert [each["field"] for each in saved.json()["errors"]] == [LESSONS]
    assert told(await drafting.submit(reporter, seen=1)) == (422, "values-not-valid")
    assert (await drafting.read(reporter)).json()["fields"][LESSONS]["content"] == -1


async def test_after_a_return_the_draft_goes_on_from_what_was_sent(
    drafting, desk, reporter, colleague, officer, asked
) -> None:
    sent = await desk.submit(reporter, asked.answer(lessons=7))
    await desk.return_(officer, sent.json()["submission_id"], 1)

    begun = (await drafting.read(colleague)).json()
    saved = await drafting.save(colleague, {LESSONS: 8}, seen=0)

    assert (begun["version"], begun["fields"][LESSONS]["content"]) == (0, 7)
    assert saved.json()["errors"] == []
    assert (await drafting.submit(colleague, seen=1)).json()["number"] == 2


async def test_a_draft_goes_on_under_the_directive_that_replaces(frame, owe, reporter, asked, record) -> None:
    former = await owe()
    await Drafting(former).save(reporter, {LESSONS: 12}, seen=0)
    going_on = await owe(continues=former.obligation_id)

    assert (await Drafting(going_on).read(reporter)).json()["fields"][LESSONS]["content"] == 12
    assert told(await Drafting(former).save(reporter, {LESSONS: 13}, seen=1)) == (409, "not-owed")


async def test_only_the_units_own_people_see_what_was_not_sent(drafting, reporter, officer, stranger) -> None:
    await drafting.save(reporter, {LESSONS: 12}, seen=0)

    for who, refusal in ((officer, (403, "not-allowed")), (stranger, (404, "not-found"))):
        assert told(await drafting.read(who)) == refusal
        assert told(await drafting.save(who, {LESSONS: 13}, seen=1)) == refusal
        assert told(await drafting.submit(who, seen=1)) == refusal
        assert told(await drafting.submit(who, seen=0)) == refusal


async def test_what_cannot_be_kept_changes_nothing(drafting, record, reporter, desk) -> None:
    before = await record.rows("drafts")

    for refused in (
        await drafting.save(reporter, {"values/stem.nothing/2025-2026": 1}, seen=0),
        await drafting.save(reporter, {}, seen=0),
        await drafting.save(reporter, {LESSONS: 1.5}, seen=0),
        await drafting.save(reporter, {SOLUTIONS: "a\u0000b"}, seen=0),
        await desk.ask("PATCH", drafting.path, reporter, json={"fields": {LESSONS: 1}}),
        await desk.ask("PATCH", drafting.path, reporter, json={"fields": {LESSONS: 1}}, headers={"If-Match": "*"}),
    ):
        assert refused.status_code == 422
    assert await record.rows("drafts") == before == []


async def test_what_is_owed_no_more_is_still_read(drafting, frame, record, reporter) -> None:
    await drafting.save(reporter, {LESSONS: 12}, seen=0)
    [row] = await record.rows("obligations")
    names = ("obligation_id", "directive_id", "requirement_id", "issuer_unit_id", "unit_id", "answering_unit_id")
    exempt = ObligationChanged(
        **{name: row[name] for name in names},
        occurred_at=datetime.now(UTC),
        version=2,
        state="exempt",
        due_at=datetime.now(UTC) + timedelta(days=1),
        closes_at=None,
        change="exempted",
    )
    await tell(frame, exempt)

    assert told(await drafting.save(reporter, {LESSONS: 13}, seen=1)) == (409, "not-owed")
    assert (await drafting.read(reporter)).json()["fields"][LESSONS]["content"] == 12
