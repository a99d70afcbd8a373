"""A draft is changed, submitted, given back and signed; two people who change it at once are told of each other."""

import copy

import pytest

from chassis.testing import waiting_events

FORM = {
    "division": "GDPT",
    "place": "Minh Giang",
    "priority": "express",
    "citations": [
        {"text": "Thông tư số 32/2018/TT-BGDĐT ngày 26/12/2018", "relation": "basis", "code": "32/2018/TT-BGDĐT"},
        {"text": "Công văn số 01/SGDĐT-GDPT", "relation": "refers_to", "code": "01/SGDĐT-GDPT", "dated": "2026-11-20"},
    ],
    "signer": {
        "capacities": [{"competence": "KT.", "of": "Giám đốc"}],
        "position": "Phó Giám đốc",
        "name": "Lê Thị Mẫu",
    },
    "contact": "Phòng Giáo dục Phổ thông",
}


@pytest.fixture
def put(client, officer):
    async def edit(directive_id, letter, revision, headers=officer):
        return await client.put(f"/directives/{directive_id}", json={**letter, "revision": revision}, headers=headers)

    return edit


@pytest.fixture
def step(client):
    async def take(directive_id, name, headers, **body):
        return await client.post(f"/directives/{directive_id}/{name}", json=body, headers=headers)

    return take


async def test_everything_a_directive_says_is_kept(client, desk, officer, letter) -> None:
    directive_id = await desk.draft({**letter, "form": FORM})

    kept = (await client.get(f"/directives/{directive_id}", headers=officer)).json()["form"]

    assert (kept["division"], kept["place"], kept["priority"]) == ("GDPT", "Minh Giang", "express")
    assert kept["signer"]["lines"] == ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]
    assert [each["text"] for each in kept["citations"]] == [each["text"] for each in FORM["citations"]]
    assert kept["contact"] == FORM["contact"]


async def test_what_is_cited_is_found_where_it_was_issued_here(client, desk, officer, letter) -> None:
    cited = await desk.issued(letter)
    known = await desk.draft({**letter, "form": FORM})
    other_day = copy.deepcopy(FORM)
    other_day["citations"][1]["dated"] = "2026-11-19"
    unknown = await desk.draft({**letter, "form": other_day})

    links = []
    for each in (known, unknown):
        form = (await client.get(f"/directives/{each}", headers=officer)).json()["form"]
        links.append([citation["directive_id"] for citation in form["citations"]])

    assert links == [[None, cited["directive_id"]], [None, None]]


async def test_what_is_cited_before_it_is_out_is_linked_when_the_citing_one_goes_out(
    client, desk, officer, letter
) -> None:
    first = await desk.numbered(letter)
    citing = await desk.numbered({**letter, "form": FORM})
    await desk.issue(first)

    await desk.issue(citing)

    form = (await client.get(f"/directives/{citing}", headers=officer)).json()["form"]
    assert form["citations"][1]["directive_id"] == first


async def test_a_draft_says_what_it_was_last_changed_to(client, desk, put, letter, officer) -> None:
    directive_id = await desk.draft(letter)
    letter["subject"], letter["requirements"] = "V/v khác", letter["requirements"][1:]

    answer = await put(directive_id, letter, 1)

    assert (answer.status_code, answer.json()["revision"], answer.json()["edited"] is None) == (200, 2, False)
    read = (await client.get(f"/directives/{directive_id}", headers=officer)).json()
    assert (read["subject"], [each["kind"] for each in read["requirements"]]) == ("V/v khác", ["video"])
    assert {**read, "requirements": []} == {**answer.json(), "requirements": []}


async def test_saying_the_same_again_changes_nothing(desk, put, letter, rows) -> None:
    directive_id = await desk.draft(letter)
    await put(directive_id, {**letter, "subject": "V/v khác"}, 1)
    before = await rows()

    again = await put(directive_id, {**letter, "subject": "V/v khác"}, 1)

    assert (again.status_code, again.json()["revision"]) == (200, 2)
    assert await rows() == before


async def test_the_second_of_two_people_is_told_and_overwrites_nothing(signer, desk, put, letter, rows) -> None:
    directive_id = await desk.draft(letter)
    colleague = signer.bearer(("desk_officer", "U-SO"))
    assert (await put(directive_id, {**letter, "subject": "V/v của tôi"}, 1, colleague)).status_code == 200
    before = await rows()

    answer = await put(directive_id, {**letter, "body": "Của tôi.", "requirements": []}, 1)

    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["revision"]) == (409, "draft-changed", 2)
    assert problem["fields"] == ["subject", "body", "requirements"]
    assert problem["changed_by"]
    assert await rows() == before


async def test_of_people_who_change_a_draft_at_once_one_is_heard(desk, put, letter, all_at_once) -> None:
    directive_id = await desk.draft(letter)

    answers = await all_at_once(put(directive_id, {**letter, "subject": f"V/v {n}"}, 1) for n in range(8))

    assert sorted(each.status_code for each in answers) == [200, *[409] * 7]


async def test_a_leader_signs_what_they_read(desk, put, step, letter, leader, rows) -> None:
    directive_id = await desk.draft(letter)
    await put(directive_id, {**letter, "subject": "V/v khác"}, 1)
    before = await rows()

    unseen = await step(directive_id, "sign", leader, revision=1)

    assert (unseen.status_code, unseen.json()["code"]) == (409, "draft-changed")
    assert await rows() == before
    assert (await step(directive_id, "sign", leader, revision=2)).status_code == 200


async def test_a_draft_goes_to_the_leader_and_back(desk, put, step, letter, officer, leader) -> None:
    directive_id = await desk.draft(letter)
    states = []
    for name, headers, body in [
        ("submit", officer, {"revision": 1}),
        ("submit", officer, {}),
        ("return", leader, {"reason": "Thiếu căn cứ."}),
        ("return", leader, {"reason": "Thiếu căn cứ."}),
    ]:
        answer = await step(directive_id, name, headers, **body)
        states.append((answer.status_code, answer.json()["state"]))
    assert states == [(200, "submitted")] * 2 + [(200, "returned")] * 2
    assert answer.json()["returned"]["reason"] == "Thiếu căn cứ."

    too_early = await step(directive_id, "sign", leader)
    changed = await put(directive_id, {**letter, "form": FORM}, 1)
    again = await step(directive_id, "submit", officer)
    signed = await step(directive_id, "sign", leader)

    assert (too_early.status_code, too_early.json()["state"]) == (409, "returned")
    assert (changed.status_code, again.json()["state"], signed.json()["state"]) == (200, "submitted", "signed")


async def test_what_waits_for_its_signature_is_changed_by_nobody(
    desk, put, step, letter, officer, leader, rows
) -> None:
    submitted, signed = await desk.draft(letter), await desk.signed(letter)
    await step(submitted, "submit", officer)
    before = await rows()

    for directive_id, state in ((submitted, "submitted"), (signed, "signed")):
        answer = await put(directive_id, {**letter, "subject": "V/v khác"}, 1)
        assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (409, "not-now", state)
    back = await step(signed, "return", leader, reason="Thôi.")
    assert (back.status_code, back.json()["code"]) == (409, "not-now")
    assert await rows() == before


async def test_a_draft_stays_with_its_issuer(signer, desk, put, letter, rows) -> None:
    directive_id = await desk.draft(letter)
    before = await rows()

    answer = await put(directive_id, {**letter, "issuer_unit_id": "U-SO-X"}, 1, signer.bearer(("desk_officer", "*")))

    assert (answer.status_code, answer.json()["code"]) == (409, "issuer-fixed")
    assert await rows() == before


async def test_a_directive_that_asks_for_nothing_goes_out(desk, letter, client, officer) -> None:
    issued = await desk.issued({**letter, "document_type": "notice", "requirements": []})

    assert (issued["state"], issued["obligation_counts"]) == ("issued", {})
    assert await desk.obligations(issued["directive_id"]) == []


async def test_a_slip_is_put_right_once_and_everyone_who_has_it_is_told(desk, step, letter, clerk, frame) -> None:
    directive_id = (await desk.issued(letter))["directive_id"]
    slip = {"what": "Trang 2: «năm học 2025-2025» đọc là «2025-2026».", "by_code": "780/SGDĐT-GDPT"}

    answers = [await step(directive_id, "corrections", clerk, **slip) for _ in range(2)]

    assert [each.json()["state"] for each in answers] == ["corrected"] * 2
    assert [(each["what"], each["by_code"]) for each in answers[1].json()["corrections"]] == [tuple(slip.values())]
    [told] = [each for each in await waiting_events(frame) if each["type"] == "directives.directive.corrected.v1"]
    assert (told["data"]["number"], told["data"]["by_code"]) == (1, "780/SGDĐT-GDPT")
    assert set(told["data"]["unit_ids"]) == {each["answering_unit_id"] for each in await desk.obligations(directive_id)}
    assert "Trang 2" not in str(told), "what the slip is, is read here"


async def test_a_draft_has_no_slips(desk, step, letter, clerk, rows) -> None:
    directive_id = await desk.numbered(letter)
    before = await rows()

    answer = await step(directive_id, "corrections", clerk, what="Sai chính tả.")

    assert (answer.status_code, answer.json()["code"]) == (409, "not-now")
    assert await rows() == before


async def test_a_directive_is_closed_when_nothing_is_owed(desk, step, letter, officer, rows, client) -> None:
    directive_id = (await desk.issued(letter))["directive_id"]
    before = await rows()

    early = await step(directive_id, "close", officer, reason="Xong.")

    assert (early.status_code, early.json()["code"]) == (409, "obligations-open")
    assert early.json()["open"] == len(await desk.obligations(directive_id)) > 0
    assert await rows() == before

    for each in await desk.obligations(directive_id):
        await client.post(f"/obligations/{each['obligation_id']}/exempt", json={"reason": "Thôi."}, headers=officer)
    closed = [await step(directive_id, "close", officer, reason="Xong.") for _ in range(2)]
    assert [(each.status_code, each.json()["state"]) for each in closed] == [(200, "closed")] * 2


async def test_a_draft_is_not_closed(desk, step, letter, officer) -> None:
    assert (await step(await desk.draft(letter), "close", officer, reason="Thôi.")).json()["code"] == "not-now"


@pytest.mark.parametrize(
    ("name", "role", "body"),
    [
        ("submit", "leader", {}),
        ("submit", "clerk", {}),
        ("return", "desk_officer", {"reason": "Thôi."}),
        ("return", "clerk", {"reason": "Thôi."}),
        ("corrections", "desk_officer", {"what": "Sai."}),
        ("corrections", "leader", {"what": "Sai."}),
        ("close", "leader", {"reason": "Xong."}),
        ("close", "clerk", {"reason": "Xong."}),
    ],
)
async def test_each_step_is_of_one_role(signer, desk, step, letter, rows, name, role, body) -> None:
    directive_id = (await desk.issued(letter))["directive_id"]
    before = await rows()

    mine = await step(directive_id, name, signer.bearer((role, "U-SO")), **body)
    elsewhere = await step(directive_id, name, signer.bearer((role, "U-SO-X")), **body)

    assert (mine.status_code, elsewhere.status_code) == (403, 404)
    assert await rows() == before


@pytest.mark.parametrize("role", ["leader", "clerk"])
async def test_who_does_not_draft_changes_no_draft(signer, desk, put, letter, rows, role) -> None:
    directive_id = await desk.draft(letter)
    before = await rows()

    assert (await put(directive_id, {**letter, "body": "x"}, 1, signer.bearer((role, "U-SO")))).status_code == 403
    assert (await put(directive_id, {**letter, "body": "x"}, 1, signer.bearer((role, "U-SO-X")))).status_code == 404
    assert await rows() == before
