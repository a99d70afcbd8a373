"""A commune's report names the schools behind its figures; who reviews it sees them, and why it says otherwise."""

import pytest

from chassis.transaction import new_id
from contracts.directives import AnsweringAsked

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


def said(parts) -> list[dict]:
    return [{name: each for name, each in part.items() if each is not None} for part in parts]


@pytest.fixture
async def desk(owe, asked):
    return await owe(asked.report(answering=AnsweringAsked(is_consolidated=True)))


async def test_who_stands_behind_a_figure_stands_with_the_version(desk, asked, reporter, officer) -> None:
    sent = await desk.submit(reporter, asked.answer(consolidates=behind(said(PARTS))))

    assert sent.status_code == 201
    [version] = (await desk.read(officer)).json()["versions"]
    assert version["consolidates"] == [{"indicator": PROJECTS, "period": PERIOD, "total": 3, "parts": PARTS}]
    assert version["remarks"] == []


async def test_a_figure_that_is_not_the_sum_is_sent_with_a_reason_and_not_without(
    desk, asked, record, reporter, officer
) -> None:
    body = asked.answer(consolidates=behind(said(PARTS[:1])))
    before = await record.everything()

    refused = await desk.submit(reporter, body)
    assert (refused.status_code, refused.json()["code"]) == (422, "explanation-needed")
    assert "khác tổng của 1 đơn vị (2)" in refused.json()["errors"][0]["what_vi"]
    assert await record.everything() == before

    why = [{"indicator": PROJECTS, "period": PERIOD, "words": "Một trường chưa nộp."}]
    assert (await desk.submit(reporter, body | {"explanations": why})).status_code == 201
    [version] = (await desk.read(officer)).json()["versions"]
    assert (version["explanations"], len(version["remarks"])) == (why, 1)


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
