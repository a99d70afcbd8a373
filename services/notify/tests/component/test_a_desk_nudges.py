"""A desk nudges exactly who is behind a number, sees before whom it will reach, and cannot do so all day."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from chassis.clock import VIETNAM
from chassis.porch import Role
from chassis.testing import running, tell
from chassis.transaction import new_id
from notify.reminding.commands import COMMANDS
from notify.tables import deliveries, letters

ISSUER, OTHER_SCHOOL, THIRD = "U-SGD-MG", "U-THPT-BENDA", "U-THCS-CAYDA"
REPORTER, OTHER, DESK = (new_id() for _ in range(3))
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=VIETNAM)


@pytest.fixture
async def desk(make_frame, frame, case, appointed, signer):
    """Three units owe an answer: one has sent nothing, one got it back, one has answered; the front door is open."""
    case.at = MONDAY - timedelta(days=2)
    front = make_frame(Role.API)
    front.transactions.clock = frame.transactions.clock = lambda: MONDAY.astimezone(UTC)
    back, done = (case.opened(unit).model_copy(update={"obligation_id": new_id()}) for unit in (OTHER_SCHOOL, THIRD))

    def of(obligation, event):
        about = {"obligation_id": obligation.obligation_id, "unit_id": obligation.unit_id, "submission_id": new_id()}
        return event.model_copy(update={**about, "answering_unit_id": obligation.unit_id})

    await tell(
        frame, appointed(REPORTER), appointed(OTHER, "reporter", OTHER_SCHOOL), case.issued(), case.opened(),
        back, done, of(back, case.submitted(OTHER)), of(back, case.returned()), of(done, case.submitted(new_id())),
    )  # fmt: skip
    async with running(front) as client:
        client.headers.update(signer.bearer(("desk_officer", ISSUER), person=DESK))
        client.front = front
        yield client


@pytest.fixture
def nudged(frame):
    """Return who was nudged, by the words they got."""

    async def read():
        async with frame.engine.connect() as connection:
            rows = await connection.execute(select(letters).where(letters.c.kind == "nudge"))
            return {row.person_id: row.body_vi for row in rows}

    return read


def path(case, *more):
    return "/".join([f"/requirements/{case.requirement_id}/nudges", *more])


async def test_exactly_those_behind_a_number_are_nudged(desk, case, nudged) -> None:
    answer = await desk.post(path(case), json={"states": ["returned"], "message": "Đề nghị nộp trong tuần này."})

    assert answer.status_code == 201, answer.text
    assert [(each["unit_id"], each["state"], each["people"]) for each in answer.json()["units"]] == [
        (OTHER_SCHOOL, "returned", 1)
    ]
    told = await nudged()
    assert list(told) == [OTHER]
    assert "BỊ TRẢ LẠI" in told[OTHER]
    assert "Ý kiến của Sở: Đề nghị nộp trong tuần này." in told[OTHER]


async def test_a_preview_says_whom_and_tells_nobody(desk, case, nudged) -> None:
    answer = await desk.post(path(case, "preview"), json={"states": ["none", "returned"]})

    assert answer.status_code == 200
    assert {each["unit_id"] for each in answer.json()["units"]} == {"U-THCS-SONGHAC", OTHER_SCHOOL}
    assert answer.json()["people"] == 2
    assert answer.json()["nudge_id"] is None
    assert await nudged() == {}


async def test_of_those_only_the_named_units_are_meant(desk, case, nudged) -> None:
    asked = {"states": ["none", "returned"], "unit_ids": [OTHER_SCHOOL, THIRD]}
    answer = await desk.post(path(case), json=asked)

    assert [each["unit_id"] for each in answer.json()["units"]] == [OTHER_SCHOOL]
    assert list(await nudged()) == [OTHER]


async def test_nobody_is_nudged_twice_a_day(desk, case, nudged) -> None:
    assert (await desk.post(path(case), json={"states": ["returned"]})).status_code == 201
    again = await desk.post(path(case), json={"states": ["returned"]})
    both = await desk.post(path(case), json={"states": ["none", "returned"]})

    assert (again.status_code, again.json()["code"]) == (429, "nudged-already")
    assert again.json()["retry_after_seconds"] == 20 * 3600
    assert [each["unit_id"] for each in both.json()["units"]] == ["U-THCS-SONGHAC"]
    assert [each["unit_id"] for each in both.json()["left_out"]] == [OTHER_SCHOOL]
    assert len(await nudged()) == 2
    desk.front.transactions.clock = lambda: (MONDAY + timedelta(days=1)).astimezone(UTC)
    assert (await desk.post(path(case), json={"states": ["returned"]})).status_code == 201


async def test_a_nudge_by_night_leaves_in_the_morning(desk, case, frame) -> None:
    desk.front.transactions.clock = lambda: MONDAY.replace(hour=22).astimezone(UTC)
    answer = await desk.post(path(case), json={"states": ["none"]})

    morning = datetime(2026, 11, 24, 7, 0, tzinfo=VIETNAM)
    assert datetime.fromisoformat(answer.json()["leaves_at"]) == morning
    async with frame.engine.connect() as connection:
        query = select(deliveries.c.next_attempt_at).join(letters).where(letters.c.kind == "nudge")
        assert (await connection.execute(query)).scalars().all() == [morning]


async def test_only_the_desk_nudges(desk, case, signer, nudged) -> None:
    for post, status in (
        (("desk_officer", "U-SGD-KHAC"), 404),
        (("reporter", OTHER_SCHOOL), 403),
        (("leader", ISSUER), 403),
        (("reporter", "U-KHAC"), 404),
    ):
        for tail in ((), ("preview",)):
            answer = await desk.post(path(case, *tail), json={"states": ["none"]}, headers=signer.bearer(post))
            assert answer.status_code == status, post
    assert await nudged() == {}


async def test_a_nudge_that_makes_no_sense_is_refused(desk, case, nudged) -> None:
    for body in (
        {"states": []},
        {"states": ["accepted"]},
        {"states": ["none"], "unit_ids": []},
        {"states": ["none"], "message": "Gọi 0912 345 678"},
        {"states": ["none"], "message": "thu.ha@truong.example"},
        {"states": ["none"], "more": 1},
    ):
        assert (await desk.post(path(case), json=body)).status_code == 422, body
    assert await nudged() == {}


async def test_the_ladder_is_the_provinces_to_edit(desk, signer) -> None:
    steps = {"steps": [{"days": -2, "at": "09:30", "to": ["unit", "head"]}]}
    refused = await desk.put("/reminder-ladder/answer", json=steps)
    administrator = signer.bearer(("administrator", "*"))
    answer = await desk.put("/reminder-ladder/answer", json=steps, headers=administrator)
    quiet = {"steps": [{"days": -2, "at": "06:00", "to": ["unit"]}]}
    unfit = await desk.put("/reminder-ladder/answer", json=quiet, headers=administrator)

    assert refused.status_code == 403
    assert answer.json()["answer"] == steps["steps"]
    assert (unfit.status_code, unfit.json()["code"]) == (422, "ladder-unfit")
    assert (await desk.get("/reminder-ladder")).json() == answer.json()


async def test_who_would_be_told_what_and_why(desk, case, signer) -> None:
    async def entries(at):
        answer = await desk.get(f"/directives/{case.directive_id}/reminders", params={"at": at})
        return {each["unit_id"]: each for each in answer.json()["entries"]}

    day = await entries("2026-12-09T12:00+07:00")
    assert {unit: [(each["days"], each["audience"]) for each in entry["told"]] for unit, entry in day.items()} == {
        "U-THCS-SONGHAC": [(-3, "unit")],
        OTHER_SCHOOL: [(-3, "unit")],
        THIRD: [],
    }
    assert day["U-THCS-SONGHAC"]["told"][0]["person_ids"] == [str(REPORTER)]
    assert {unit: entry["why_en"] for unit, entry in day.items()} == {
        "U-THCS-SONGHAC": "not sent",
        OTHER_SCHOOL: "returned, not sent again",
        THIRD: "answered",
    }
    sunday = await entries("2026-12-13T12:00+07:00")
    assert sunday[OTHER_SCHOOL]["told"] == []
    assert sunday[OTHER_SCHOOL]["why_en"] == "outside working days and hours"
    stranger = signer.bearer(("desk_officer", "U-SGD-KHAC"))
    refused = await desk.get(f"/directives/{case.directive_id}/reminders", headers=stranger)
    assert refused.status_code == 404


async def test_the_command_line_says_it_too(make_frame, frame, case, appointed, capsys) -> None:
    await tell(frame, appointed(REPORTER), case.issued(), case.opened())
    told = make_frame(Role.API).settings

    status = await COMMANDS["preview"].run(told, ["761/SGDĐT-GDPT", "2026-12-09T08:00"])
    entries = {each["awaited"]: each for each in json.loads(capsys.readouterr().out)["entries"]}

    assert status == 0
    assert [(each["days"], each["at"], each["person_ids"]) for each in entries["answer"]["told"]] == [
        (-3, "2026-12-09T08:00+07:00", [str(REPORTER)])
    ]
    assert await COMMANDS["preview"].run(told, ["999/SGDĐT", "2026-12-09T08:00"]) == 1
    assert await COMMANDS["preview"].run(told, ["761/SGDĐT-GDPT", "khi nào"]) == 2


async def test_a_nudge_is_in_the_words_of_the_province(desk, case, nudged, signer) -> None:
    words = {"body_vi": "Kính gửi nhà trường,\n{{ details }}\n{% if message %}Sở nhắn: {{ message }}{% endif %}"}
    administrator = signer.bearer(("administrator", "*"))
    kept = await desk.put("/letter-templates/nudge", json=words, headers=administrator)
    answer = await desk.post(path(case), json={"states": ["returned"], "message": "Đề nghị nộp trong tuần này."})

    assert (kept.status_code, answer.status_code) == (200, 201), kept.text
    [body] = (await nudged()).values()
    assert body.startswith("Kính gửi nhà trường,\n- 761/SGDĐT-GDPT")
    assert body.endswith("\nSở nhắn: Đề nghị nộp trong tuần này.")
