"""An answer becomes one version, one event and one receipt; a correction replaces it until it is accepted."""

import asyncio
from datetime import UTC, datetime, timedelta

from chassis.testing import tell


async def test_an_answer_its_event_and_its_receipt_say_the_same(desk, record, reporter, asked) -> None:
    answer = await desk.submit(reporter)

    receipt = answer.json()
    assert answer.status_code == 201
    assert (receipt["number"], receipt["version"], receipt["state"]) == (1, 1, "submitted")
    assert receipt["is_late"] is False
    assert len(receipt["receipt_code"]) == 11
    [(kind, told)] = await record.events()
    assert kind == "submissions.submission.submitted.v1"
    [version] = await record.rows("submission_versions")
    assert told == {
        "occurred_at": receipt["submitted_at"],
        "submission_id": receipt["submission_id"],
        "version": 1,
        "obligation_id": str(desk.obligation_id),
        "directive_id": told["directive_id"],
        "requirement_id": told["requirement_id"],
        "unit_id": asked.school,
        "answering_unit_id": asked.school,
        "number": 1,
        "submitted_by": str(version["submitted_by"]),
        "is_late": False,
        "is_nil": False,
        "values": [{**each, "level": None} for each in asked.answer()["values"]],
        "media_ids": [],
        "documents": [],
        "carried": None,
        "media_awaited_until": None,
        "is_media_late": False,
    }
    assert version["narrative"] == asked.answer()["narrative"]


async def test_what_was_sent_can_be_read_again(desk, reporter, officer, asked) -> None:
    receipt = (await desk.submit(reporter)).json()

    by_obligation = await desk.read(reporter)
    by_submission = await desk.ask("GET", f"/submissions/{receipt['submission_id']}", officer)

    assert by_obligation.status_code == by_submission.status_code == 200
    shown = by_obligation.json()
    assert shown == by_submission.json()
    assert (shown["state"], shown["number"], shown["unit_id"]) == ("submitted", 1, asked.school)
    [version] = shown["versions"]
    assert version["values"] == [{**each, "level": None} for each in asked.answer()["values"]]
    assert [type(each["value"]) for each in version["values"]] == [bool, int, int, int]
    assert version["narrative"] == asked.answer()["narrative"]
    assert version["receipt_code"] == receipt["receipt_code"]
    assert version["review"] is None


async def test_a_correction_is_a_new_version_of_the_same_submission(desk, record, reporter, asked) -> None:
    first = (await desk.submit(reporter)).json()
    second = (await desk.submit(reporter, asked.answer(lessons=20))).json()

    assert second["submission_id"] == first["submission_id"]
    assert (second["number"], second["version"]) == (2, 2)
    assert second["receipt_code"] != first["receipt_code"]
    assert [told["number"] for _, told in await record.events()] == [1, 2]
    assert len(await record.rows("submissions")) == 1
    assert len(await record.rows("submission_versions")) == 2


async def test_a_nil_report_is_an_answer(desk, record, reporter) -> None:
    answer = await desk.submit(reporter, {"nil": True})

    assert answer.status_code == 201
    [(_, told)] = await record.events()
    assert (told["is_nil"], told["values"]) == (True, [])


async def test_a_late_answer_is_taken_and_marked(owe, asked, record, reporter) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    desk = await owe(asked.report(due_at=yesterday))

    receipt = (await desk.submit(reporter)).json()

    assert receipt["is_late"] is True
    [(_, told)] = await record.events()
    assert told["is_late"] is True


async def test_an_extension_of_the_obligation_makes_the_answer_timely(frame, owe, asked, reporter, record) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    desk = await owe(asked.report(due_at=yesterday))
    [row] = await record.rows("obligations")
    extended = asked.obligation(
        asked.directive(asked.report()),
        **{**row, "version": 2, "due_at": yesterday + timedelta(days=5)},
    )
    await tell(frame, extended)

    assert (await desk.submit(reporter)).json()["is_late"] is False


async def test_a_cluster_is_answered_for_by_its_lead_only(owe, signer, asked, record) -> None:
    desk = await owe(unit_id="CUM-1", answering_unit_id="THPT-LEAD")

    by_member = await desk.submit(signer.bearer(("reporter", "CUM-1")))
    by_lead = await desk.submit(signer.bearer(("reporter", "THPT-LEAD")))

    assert by_member.status_code == 403
    assert by_lead.status_code == 201
    [(_, told)] = await record.events()
    assert (told["unit_id"], told["answering_unit_id"]) == ("CUM-1", "THPT-LEAD")


async def test_answers_at_the_same_moment_all_count_one_after_the_other(desk, record, signer, asked) -> None:
    people = [signer.bearer(("reporter", asked.school)) for _ in range(8)]

    answers = await asyncio.gather(*(desk.submit(who, asked.answer(lessons=n)) for n, who in enumerate(people)))

    taken = [answer.json() for answer in answers if answer.status_code == 201]
    turned_away = [answer for answer in answers if answer.status_code != 201]
    assert sorted(receipt["number"] for receipt in taken) == list(range(1, len(taken) + 1))
    assert all(answer.status_code == 503 for answer in turned_away)
    assert len(taken) >= 5
    [submission] = await record.rows("submissions")
    assert submission["number"] == submission["version"] == len(taken)
    assert sorted(told["version"] for _, told in await record.events()) == list(range(1, len(taken) + 1))
    versions = {row["number"]: row["stated"] for row in await record.rows("submission_versions")}
    for _, told in await record.events():
        assert [[each["indicator"], each["period"], each["value"]] for each in told["values"]] == versions[
            told["number"]
        ]
