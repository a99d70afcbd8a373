"""From draft to issue: obligations for exactly the units that owe something, and everyone is told once."""

import unicodedata
from datetime import date, datetime

import pytest
from sqlalchemy import event

from chassis.testing import tell, tell_together, waiting_events
from contracts.catalogue import BY_TYPE
from contracts.directives import ObligationOpened

EVERY_STEP = ("sign", "number", "issue")


async def test_a_draft_says_what_was_written(client, desk, officer, letter) -> None:
    directive_id = await desk.draft(letter)

    shown = (await client.get(f"/directives/{directive_id}", headers=officer)).json()

    assert shown["state"] == "draft"
    assert shown["code"] is None
    for name in ("issuer_unit_id", "document_type", "subject", "body", "addressees", "replaces_code"):
        assert shown[name] == letter[name]
    assert shown["recipients"] == [{**each, "audience": None} for each in letter["recipients"]]
    report, video = shown["requirements"]
    assert report["indicators"][1]["only_if"] == "stem.school_implementing"
    assert report["sections"] == [{**each, "evidence": None} for each in letter["requirements"][0]["sections"]]
    bounds = {"count": 1, "max_seconds": 60, "max_bytes": 300 * 1024 * 1024}
    assert video["media"] == {**bounds, "formats": [], "least_pixels": None}
    assert datetime.fromisoformat(report["due_at"]) == datetime.fromisoformat("2026-12-14T00:00:00+07:00")
    assert video["audience"] == {
        "selector": {"any_of": [{"types": ["phong_vhxh"]}], "include": ["U-CUM-1"]},
        "unit_types": ["phong_vhxh"],
        "include": ["U-CUM-1"],
        "exclude": [],
    }


async def test_text_is_kept_composed(client, desk, officer, letter) -> None:
    composed = letter["subject"]
    letter["subject"] = unicodedata.normalize("NFD", composed)
    assert letter["subject"] != composed

    directive_id = await desk.draft(letter)

    assert (await client.get(f"/directives/{directive_id}", headers=officer)).json()["subject"] == composed


async def test_an_issued_directive_opens_one_obligation_per_unit_that_owes(client, desk, letter) -> None:
    directive_id = await desk.numbered(letter)

    answer = await desk.issue(directive_id)

    issued = answer.json()
    assert (answer.status_code, issued["state"], issued["code"]) == (200, "issued", "01/SGDĐT-GDPT")
    report, video = (each["requirement_id"] for each in issued["requirements"])
    assert issued["obligation_counts"] == {report: 6, video: 3}
    opened = await desk.obligations(directive_id)
    assert [
        (each["requirement_id"], each["unit_id"], each["answering_unit_id"], each["answers_as"]) for each in opened
    ] == [
        (video, "U-CUM-1", "U-THPT-1", "lead"),
        (video, "U-XA-1", "U-XA-1", "itself"),
        (video, "U-XA-2", "U-XA-2", "itself"),
        (report, "U-OLD-A", "U-NEW", "successor"),
        (report, "U-OLD-B", "U-NEW", "successor"),
        (report, "U-THCS-1", "U-THCS-1", "itself"),
        (report, "U-THCS-2", "U-THCS-2", "itself"),
        (report, "U-THPT-1", "U-THPT-1", "itself"),
        (report, "U-THPT-2", "U-THPT-2", "itself"),
    ]
    assert {each["answer_state"] for each in opened} == {"none"}
    assert (opened[3]["name"], opened[3]["answering_name"]) == ("Đơn vị U-OLD-A", "Đơn vị U-NEW")


async def test_everyone_is_told_of_the_directive_and_of_each_obligation(frame, desk, letter) -> None:
    issued = await desk.issued(letter)

    directive, *opened = [BY_TYPE[each["type"]].model_validate(each["data"]) for each in await waiting_events(frame)]

    assert (directive.version, directive.code, str(directive.issued_on)) == (1, "01/SGDĐT-GDPT", "2026-11-20")
    assert str(directive.directive_id) == issued["directive_id"]
    assert [str(each.requirement_id) for each in directive.requirements] == list(issued["obligation_counts"])
    assert (
        directive.requirements[0]
        .model_dump(mode="json", exclude={"due_at", "cut_off_at", "closes_at", "calendar", "registration", "document"})
        .items()
        <= {**issued["requirements"][0]}.items()
    )
    assert all(isinstance(each, ObligationOpened) and each.version == 1 for each in opened)
    stored = {each["obligation_id"]: each for each in await desk.obligations(issued["directive_id"])}
    assert {str(each.obligation_id) for each in opened} == set(stored)
    for each in opened:
        kept = stored[str(each.obligation_id)]
        assert (each.unit_id, each.answering_unit_id) == (kept["unit_id"], kept["answering_unit_id"])
        assert each.due_at == datetime.fromisoformat(kept["due_at"])


async def test_body_and_addressees_stay_at_home(frame, desk, letter) -> None:
    await desk.issued(letter)

    told = repr(await waiting_events(frame))

    assert "V/v tổ chức Hội thảo" in told
    for private in ("nội-dung-không-đi", "kính-gửi-không-đi", "Như kính gửi", "745/SGDĐT"):
        assert private not in told


async def test_every_step_asked_for_again_is_answered_as_before_and_tells_nothing(desk, letter, rows) -> None:
    issued = await desk.issued(letter)
    before = await rows()

    again = [await getattr(desk, step)(issued["directive_id"]) for step in EVERY_STEP]

    assert [each.status_code for each in again] == [200, 200, 200]
    assert again[-1].json() == issued
    assert await rows() == before


async def test_twenty_requests_to_issue_at_once_issue_once(frame, desk, letter, all_at_once) -> None:
    directive_id = await desk.numbered(letter)

    answers = await all_at_once(desk.issue(directive_id) for _ in range(20))

    assert {each.status_code for each in answers} == {200}
    assert len({each.text for each in answers}) == 1
    assert len(await desk.obligations(directive_id)) == 9
    assert len(await waiting_events(frame)) == 10


@pytest.mark.parametrize(
    ("done", "step", "state"),
    [("draft", "number", "draft"), ("draft", "issue", "draft"), ("signed", "issue", "signed")],
)
async def test_a_step_before_its_time_names_the_state_and_changes_nothing(
    desk, letter, rows, done, step, state
) -> None:
    directive_id = await getattr(desk, done)(letter)
    before = await rows()

    answer = await getattr(desk, step)(directive_id)

    assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (409, "not-now", state)
    assert await rows() == before


async def test_a_number_is_issued_in_its_own_year(desk, letter, rows) -> None:
    directive_id = await desk.numbered(letter)
    before = await rows()

    answer = await desk.issue(directive_id, "2027-01-04")

    assert (answer.status_code, answer.json()["code"]) == (409, "number-of-another-year")
    assert await rows() == before


@pytest.mark.parametrize(
    ("audience", "code", "more"),
    [
        ({"unit_types": ["mam_non"]}, "audience-empty", {}),
        ({"unit_types": ["thpt"], "exclude": ["U-THPT-1", "U-THPT-2"]}, "audience-empty", {}),
        ({"unit_types": ["thpt", "cum_chuyen_mon"]}, "cluster-without-lead", {"clusters": ["U-CUM-2"]}),
        ({"include": ["U-THCS-1", "U-NEW"]}, "unknown-units", {"units": ["U-NEW"]}),
    ],
)
async def test_a_directive_that_would_not_reach_everyone_is_not_issued(
    frame, desk, letter, rows, unit_type, audience, code, more
) -> None:
    await tell(frame, unit_type("mam_non", "Trường mầm non"))
    letter["requirements"][1]["audience"] = audience
    directive_id = await desk.numbered(letter)
    before = await rows()

    answer = await desk.issue(directive_id)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, code)
    assert problem["detail"] != problem["detail_en"]
    assert more.items() <= problem.items()
    assert await rows() == before


async def test_a_directive_is_issued_as_soon_as_the_cluster_has_a_lead(frame, desk, letter, unit) -> None:
    letter["requirements"][1]["audience"] = {"unit_types": ["cum_chuyen_mon"]}
    directive_id = await desk.numbered(letter)
    assert (await desk.issue(directive_id)).status_code == 409

    lead = (("cluster_lead", "U-THPT-2", date(2026, 10, 1)),)
    await tell(frame, unit("U-CUM-2", "cum_chuyen_mon", parents=lead, version=2))

    assert (await desk.issue(directive_id)).status_code == 200


async def test_issuing_to_700_units_takes_as_many_statements_as_issuing_to_9(frame, desk, letter, unit) -> None:
    await tell_together(frame, [unit(f"U-TH-{place}", "tieu_hoc") for place in range(700)])
    few = await desk.numbered(letter)
    letter["requirements"][0]["audience"] = {"unit_types": ["tieu_hoc"]}
    many = await desk.numbered(letter)
    statements = []
    event.listen(
        frame.engine.sync_engine, "before_cursor_execute", lambda _c, _cursor, sql, *_more: statements.append(sql)
    )

    await desk.issue(few)
    for_few, statements[:] = len(statements), []
    answer = await desk.issue(many)

    assert sum(answer.json()["obligation_counts"].values()) == 703
    assert 0 < len(statements) <= for_few
    assert sum("INSERT INTO obligations" in each for each in statements) == 1


async def test_units_of_one_parent_are_told_of_side_by_side(desk, letter, frame, tree) -> None:
    letter["requirements"] = letter["requirements"][:1]
    await desk.issued(letter)

    _, *opened = await waiting_events(frame)
    told = [each["data"]["unit_id"] for each in opened]
    parents = [tree.parents(unit, "reporting", date(2026, 5, 31)) for unit in told]

    runs = [parent for place, parent in enumerate(parents) if place == 0 or parent != parents[place - 1]]
    assert len(runs) == len(set(runs)) < len(told)


async def test_nothing_is_asked_for_by_a_day_that_has_passed_unless_it_is_meant(desk, letter, rows, client) -> None:
    letter["requirements"][0] |= {"cut_off_at": None, "due_at": "2026-11-20T00:00:00+07:00"}
    numbered = await desk.numbered(letter)
    before = await rows()
    address, body = f"/directives/{numbered}/issue", {"issued_on": "2026-11-20"}

    answer = await client.post(address, json=body, headers=desk.clerk)

    assert (answer.status_code, answer.json()["code"]) == (409, "due-before-issue")
    [overdue] = answer.json()["requirements"]
    assert overdue["due_at"] == "2026-11-19T17:00:00+00:00"
    assert "Báo cáo đánh giá giáo dục STEM" in answer.json()["detail"]
    assert await rows() == before
    meant = await client.post(address, json={**body, "although_overdue": True}, headers=desk.clerk)
    again = await client.post(address, json=body, headers=desk.clerk)
    assert (meant.status_code, again.json()) == (200, meant.json()), "what is issued is issued"


async def test_what_is_due_on_the_day_of_issue_is_not_overdue(desk, letter) -> None:
    letter["requirements"][0] |= {"cut_off_at": None, "due_at": "2026-11-20T17:00:00+07:00"}

    assert (await desk.issued(letter))["state"] == "issued"


async def test_what_was_asked_for_before_may_be_overdue_when_it_is_asked_again(desk, letter, client) -> None:
    del letter["requirements"][1:]
    letter["requirements"][0] |= {"cut_off_at": None, "due_at": "2026-11-21T00:00:00+07:00"}
    old = await desk.issued(letter)
    letter["requirements"][0]["same_as"] = old["requirements"][0]["requirement_id"]
    letter["relations"] = [{"kind": "replaces", "directive_id": old["directive_id"]}]

    assert (await desk.issue(await desk.numbered(letter), "2026-11-22")).status_code == 200
