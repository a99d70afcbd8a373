"""A commune's report names the schools behind its figures; who reviews it sees them, and why it says otherwise."""

from datetime import UTC, date, datetime

import pytest

from chassis.testing import tell
from chassis.transaction import new_id
from contracts.directives import AnsweringAsked
from contracts.directory import UnitChanged, UnitRelation, UnitVersion

PERIOD = "2025-2026"
PROJECTS = "stem.research_projects"
FIELD = f"consolidates/{PROJECTS}/{PERIOD}"
SENT = str(new_id())
PARTS = [
    {"unit_id": "TH-1", "value": 2, "submission_id": SENT, "number": 1},
    {"unit_id": "TH-2", "value": 1, "submission_id": None, "number": None},
]


def behind(parts=None) -> list[dict]:
    return [{"indicator": PROJECTS, "period": PERIOD, "parts": PARTS if parts is None else parts}]


def said_of(parts) -> list[dict]:
    return [{name: each for name, each in part.items() if each is not None} for part in parts]


def unit(unit_id, above=None) -> UnitChanged:
    since = {"valid_from": date(2025, 7, 1), "valid_to": None}
    named = {"unit_type": "thcs", "name": unit_id, "short_name": unit_id, "levels": ()}
    relations = (UnitRelation(kind="reporting", parent_id=above, **since),) if above else ()
    return UnitChanged(
        occurred_at=datetime.now(UTC),
        unit_id=unit_id,
        version=1,
        versions=(UnitVersion(**since, **named),),
        relations=relations,
        lineage=(),
    )


@pytest.fixture
async def untold(owe, asked):
    """Somebody who adds up what others stated, before it is known here who stands below them."""
    return await owe(asked.report(answering=AnsweringAsked(is_consolidated=True)))


@pytest.fixture
async def desk(untold, frame, asked):
    below = [unit(each, asked.school) for each in ("TH-1", "TH-2", "TH-9")]
    await tell(frame, unit(asked.school), *below, unit("COMMUNE-2"), unit("TH-3", "COMMUNE-2"))
    return untold


async def test_who_stands_behind_a_figure_stands_with_the_version(desk, asked, reporter, officer) -> None:
    sent = await desk.submit(reporter, asked.answer(consolidates=behind(said_of(PARTS))))

    assert sent.status_code == 201
    [version] = (await desk.read(officer)).json()["versions"]
    shown = [part | {"agreement": None} for part in PARTS]
    assert version["consolidates"] == [{"indicator": PROJECTS, "period": PERIOD, "total": 3, "parts": shown}]
    assert version["remarks"] == []


async def test_a_figure_that_is_not_the_sum_is_sent_with_a_reason_and_not_without(
    desk, asked, record, reporter, officer
) -> None:
    body = asked.answer(consolidates=behind(said_of(PARTS[:1])))
    before = await record.everything()

    refused = await desk.submit(reporter, body)
    assert (refused.status_code, refused.json()["code"]) == (422, "explanation-needed")
    assert "khác tổng của 1 đơn vị (2)" in refused.json()["errors"][0]["what_vi"]
    assert await record.everything() == before

    why = [{"indicator": PROJECTS, "period": PERIOD, "words": "Một trường chưa nộp."}]
    assert (await desk.submit(reporter, body | {"explanations": why})).status_code == 201
    [version] = (await desk.read(officer)).json()["versions"]
    assert (version["explanations"], len(version["remarks"])) == (why, 1)


async def test_nothing_instead_of_the_sum_is_sent_with_a_reason_too(desk, asked, record, reporter) -> None:
    nothing = {"nil": True, "consolidates": behind(said_of(PARTS))}
    before = await record.everything()

    refused = await desk.submit(reporter, nothing)
    assert (refused.status_code, refused.json()["code"]) == (422, "explanation-needed")
    [error] = refused.json()["errors"]
    assert (error["where"], "khác tổng của 2 đơn vị (3)" in error["what_vi"]) == ("nil", True)
    assert await record.everything() == before

    why = [{"indicator": PROJECTS, "period": PERIOD, "words": "Hai trường báo nhầm."}]
    assert (await desk.submit(reporter, nothing | {"explanations": why})).status_code == 201
    noughts = behind([{"unit_id": "TH-1", "value": 0}])
    assert (await desk.submit(reporter, {"nil": True, "consolidates": noughts})).status_code == 201


@pytest.fixture
async def school(owe, asked, signer):
    """What a school below has sent, and the part of the commune's figure that is taken from it."""
    desk = await owe(asked.report(), unit_id="TH-1", answering_unit_id="TH-1")
    who = signer.bearer(("reporter", "TH-1"))
    sent = (await desk.submit(who, asked.answer())).json()
    return desk, who, {"unit_id": "TH-1", "value": 3, "submission_id": sent["submission_id"], "number": 1}


def agreements(answer) -> list[str | None]:
    [*_, version] = answer.json()["versions"]
    return [part["agreement"] for part in version["consolidates"][0]["parts"]]


async def test_a_part_is_held_against_its_version_by_who_may_see_both(
    desk, school, asked, record, reporter, officer
) -> None:
    below, who, part = school
    assert (await desk.submit(reporter, asked.answer(consolidates=behind([part])))).status_code == 201

    assert agreements(await desk.read(officer)) == ["agrees"]
    assert agreements(await desk.read(reporter)) == [None], "to the commune's reporter the school's answer is not shown"
    changed = asked.answer()
    changed["values"][2]["value"] = 5
    assert (await below.submit(who, changed)).json()["number"] == 2
    assert agreements(await desk.read(officer)) == ["replaced"]
    for wrong in ({"value": 4}, {"unit_id": "TH-2"}, {"number": 2}):
        said = behind([part | wrong, {"unit_id": "TH-9", "value": 3 - (part | wrong)["value"]}])
        # Nobody learns by trying what another unit stated.
        assert (await desk.submit(reporter, asked.answer(consolidates=said))).status_code == 201
        assert agreements(await desk.read(officer)) == ["differs", None]


async def test_a_wrong_part_is_a_fault_to_a_sender_who_may_see_its_version(
    desk, school, asked, client, record, signer
) -> None:
    _, _, part = school
    both = signer.bearer(("reporter", asked.school), ("reporter", "TH-1"))
    said = asked.answer(consolidates=behind([part | {"value": 4}]))
    before = await record.everything()

    refused = await desk.submit(both, said)
    checked = await client.post(f"/obligations/{desk.obligation_id}/checks", json=said, headers=both)

    assert (refused.status_code, refused.json()["code"]) == (422, "values-not-valid")
    for errors in (refused.json()["errors"], checked.json()["errors"]):
        assert [each["where"] for each in errors] == ["consolidates[0].parts[0]"]
    assert await record.everything() == before
    lines = {FIELD: [f"TH-1 = 4 ({part['submission_id']} 1)"]}
    path = f"/obligations/{desk.obligation_id}/draft"
    saved = await client.patch(path, json={"fields": lines}, headers={**both, "If-Match": '"0"'})
    assert FIELD in [each["field"] for each in saved.json()["errors"]]
    assert (await desk.submit(both, asked.answer(consolidates=behind([part])))).status_code == 201


async def test_nobody_adds_up_the_units_of_others(desk, asked, client, record, reporter) -> None:
    before = await record.everything()

    for foreign in ("TH-3", "COMMUNE-2", "NOBODY"):
        said = asked.answer(consolidates=behind([*said_of(PARTS), {"unit_id": foreign, "value": 0}]))
        refused = await desk.submit(reporter, said)
        checked = await client.post(f"/obligations/{desk.obligation_id}/checks", json=said, headers=reporter)
        assert refused.status_code == 422
        for errors in (refused.json()["errors"], checked.json()["errors"]):
            assert [(each["where"], foreign in each["what_vi"]) for each in errors] == [
                ("consolidates[0].parts[2]", True)
            ]
    assert await record.everything() == before
    lines = {FIELD: ["TH-1 = 3", "TH-3 = 0"]}
    path = f"/obligations/{desk.obligation_id}/draft"
    saved = await client.patch(path, json={"fields": lines}, headers={**reporter, "If-Match": '"0"'})
    assert FIELD in [each["field"] for each in saved.json()["errors"]]


async def test_before_it_is_known_who_stands_below_nothing_is_taken_and_drafts_are_kept(
    untold, asked, client, record, reporter
) -> None:
    before = await record.everything()

    refused = await untold.submit(reporter, asked.answer(consolidates=behind(said_of(PARTS))))

    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert await record.everything() == before
    path = f"/obligations/{untold.obligation_id}/draft"
    fields = {"fields": {FIELD: ["TH-1 = 3"]}}
    assert (await client.patch(path, json=fields, headers={**reporter, "If-Match": '"0"'})).status_code == 200


async def test_who_reads_all_below_them_is_told_of_a_wrong_part(desk, school, asked, signer) -> None:
    _, _, part = school
    officer = signer.bearer(("commune_officer", asked.school))
    wrong = behind([part | {"value": 2}, {"unit_id": "TH-2", "value": 1}])

    refused = await desk.submit(officer, asked.answer(consolidates=wrong))

    assert [each["where"] for each in refused.json()["errors"]] == ["consolidates[0].parts[0]"]
    assert (await desk.submit(officer, asked.answer(consolidates=behind([part])))).status_code == 201
    assert agreements(await desk.read(officer)) == ["agrees"]


@pytest.fixture
async def passed_on(frame, client, asked, signer):
    """What the commune asked two of its schools itself, which both answered."""
    letter = asked.directive(asked.report(), issuer_unit_id=asked.school)
    sent = {}
    for school in ("TH-1", "TH-2"):
        owed = asked.obligation(letter, unit_id=school, answering_unit_id=school)
        await tell(frame, letter, owed)
        answer = await client.post(
            f"/obligations/{owed.obligation_id}/submissions",
            json=asked.answer(),
            headers={**signer.bearer(("reporter", school)), "Idempotency-Key": f"lần một của {school}".encode().hex()},
        )
        assert answer.status_code == 201, answer.text
        sent[school] = answer.json()["submission_id"]
    return sent


async def test_who_is_left_out_of_a_sum_is_left_out_with_a_reason(
    desk, passed_on, asked, client, record, reporter, officer
) -> None:
    both = [{"unit_id": each, "value": 3} for each in passed_on]
    whole = [
        {"indicator": code, "period": PERIOD, "parts": [{"unit_id": each, "value": value} for each in passed_on]}
        for code, value in (("stem.lessons", 6), ("stem.research_projects_province", 0))
    ]
    values = asked.answer(lessons=12)
    values["values"][3]["value"] = 0
    before = await record.everything()

    for said in ([*whole, *behind(both[:1])], whole):
        body = values | {"consolidates": said}
        refused = await desk.submit(reporter, body)
        assert (refused.status_code, refused.json()["code"]) == (422, "explanation-needed"), refused.text
        [error] = refused.json()["errors"]
        left = "1 đơn vị" if said is not whole else "2 đơn vị"
        assert (error["where"], f"không cộng số của {left}" in error["what_vi"]) == ("values[2]", True)
        checked = await client.post(f"/obligations/{desk.obligation_id}/checks", json=body, headers=reporter)
        assert [each["where"] for each in checked.json()["warnings"]] == ["values[2]"]
    nothing = await desk.submit(reporter, {"nil": True})
    assert {each["where"] for each in nothing.json()["errors"]} == {"nil"}
    assert len(nothing.json()["errors"]) == 3, "of a yes or no there is no sum"
    assert await record.everything() == before

    why = [{"indicator": PROJECTS, "period": PERIOD, "words": "Hai trường đang sửa số."}]
    assert (await desk.submit(reporter, values | {"consolidates": whole, "explanations": why})).status_code == 201
    summed = values | {"consolidates": [*whole, *behind([*both, {"unit_id": "TH-9", "value": -3}])]}
    assert (await desk.submit(reporter, summed)).status_code == 201


async def test_who_took_an_answer_back_or_owes_nothing_is_no_longer_missed(
    desk, passed_on, asked, record, reporter, signer
) -> None:
    commune = signer.bearer(("desk_officer", asked.school))
    assert (await desk.return_(commune, passed_on["TH-1"], 1)).status_code == 200
    refused = await desk.submit(reporter, asked.answer())
    assert "1 đơn vị" in refused.json()["errors"][0]["what_vi"]
    await record.change("UPDATE obligations SET state = 'exempt' WHERE unit_id = 'TH-2'")

    assert (await desk.submit(reporter, asked.answer())).status_code == 201


async def test_half_a_reference_is_malformed(desk, asked, record, reporter) -> None:
    before = await record.everything()
    half = {"unit_id": "TH-1", "value": 3, "number": 1}

    refused = await desk.submit(reporter, asked.answer(consolidates=behind([half])))

    assert (refused.status_code, refused.json()["code"]) == (422, "malformed")
    assert await record.everything() == before


async def test_a_draft_holds_who_stands_behind_a_figure(desk, client, asked, record, reporter) -> None:
    path = f"/obligations/{desk.obligation_id}/draft"
    stated = {f"values/{each['indicator']}/{each['period']}": each["value"] for each in asked.answer()["values"]}
    lines = [f"TH-1 = 2 ({SENT} 1)", "TH-2 = 1"]

    saved = await client.patch(path, json={"fields": stated | {FIELD: lines}}, headers={**reporter, "If-Match": '"0"'})
    headers = {**reporter, "If-Match": '"1"', "Idempotency-Key": "nop-ban-nhap"}

    assert (saved.json()["errors"], saved.json()["warnings"]) == ([], [])
    assert (await client.post(f"{path}/submission", headers=headers)).status_code == 201
    [version] = await record.rows("submission_versions")
    assert version["consolidates"] == [[PROJECTS, PERIOD, [["TH-1", 2, SENT, 1], ["TH-2", 1, None, None]]]]
