"""Answers are found by what was written in them, by those who may open them and by nobody else."""

import pytest

DIVISION, ANOTHER = "SGD-GDPT", "SGD-GDTX"


@pytest.fixture
def found(client):
    async def search(headers, words, **more):
        answer = await client.get("/answer-search", params={"words": words, **more}, headers=headers)
        assert answer.status_code == 200, answer.text
        return [each["submission_id"] for each in answer.json()["answers"]]

    return search


async def test_words_are_found_in_what_one_may_open(
    client, owe, asked, signer, reporter, officer, stranger, found
) -> None:
    written = {"documents": ["Kế hoạch 12/KH", 'Tổng kết "Ngày hội" 100%'], "solutions": "Sinh hoạt cụm xanh_sạch."}
    reviewed = await owe(asked.report(reviewing_unit_id=DIVISION))
    theirs = (await reviewed.submit(reporter, asked.answer(narrative=written))).json()["submission_id"]
    own = (await (await owe()).submit(reporter, asked.answer(narrative=written))).json()["submission_id"]
    elsewhere = await owe(unit_id="THCS-CAY-DA", answering_unit_id="THCS-CAY-DA")
    other = (await elsewhere.submit(stranger, asked.answer(narrative=written))).json()["submission_id"]
    division, leader = signer.bearer(("desk_officer", DIVISION)), signer.bearer(("leader", DIVISION))

    assert await found(officer, "ngay hoi XANH") == [other, own, theirs]
    assert await found(officer, "Ngày hội", limit=1) == [other]
    assert await found(reporter, "ngay hoi") == [own, theirs]
    assert await found(stranger, "ngay hoi") == [other]
    for who in (division, leader):
        assert await found(who, "ngay hoi") == [theirs]
    for role, unit in (("desk_officer", ANOTHER), ("viewer", "SGD"), ("clerk", "SGD"), ("reporter", "U-NOWHERE")):
        assert await found(signer.bearer((role, unit)), "ngay hoi") == []
    # All the words, as they are; how a heading is called nobody wrote, and quotes are quotes.
    for words in ("ngay bep", "10% ngay", "xanh%sach", "xanhAsach", "documents", "solutions"):
        assert await found(officer, words) == []
    assert await found(division, '"ngay hoi" 100% xanh_sach') == [theirs]
    [shown] = (await client.get("/answer-search?words=xanh", headers=division)).json()["answers"]
    assert (shown["section"], shown["excerpt"]) == ("solutions", "Sinh hoạt cụm xanh_sạch.")
    assert (shown["title"], shown["state"]) == ("Báo cáo thực hiện giáo dục STEM", "submitted")

    # It is the newest version that is looked through.
    await reviewed.return_(officer, theirs, 1)
    await reviewed.submit(reporter, asked.answer(narrative={**written, "documents": ["Hội thảo"]}))
    assert (await found(division, "ngay hoi"), await found(division, "hoi thao")) == ([], [theirs])


@pytest.mark.parametrize("words", ["", "x" * 101])
async def test_what_are_no_words_is_refused(client, officer, words) -> None:
    answer = await client.get("/answer-search", params={"words": words}, headers=officer)

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


async def test_what_units_ask_to_correct_waits_with_whoever_may_decide(
    client, owe, asked, signer, reporter, officer, stranger
) -> None:
    async def waiting(who):
        return [each["correction_id"] for each in (await client.get("/corrections", headers=who)).json()["corrections"]]

    wishes = []
    for desk in (await owe(asked.report(reviewing_unit_id=DIVISION)), await owe()):
        sent = (await desk.submit(reporter)).json()["submission_id"]
        await desk.accept(officer, sent, 1)
        path = f"/submissions/{sent}/corrections"
        wishes.append((await desk.ask("POST", path, reporter, json={"reason": "Nhầm."})).json()["correction_id"])
    division = signer.bearer(("desk_officer", DIVISION))

    assert await waiting(officer) == wishes
    assert await waiting(signer.bearer(("desk_officer", "*"))) == wishes
    assert await waiting(division) == wishes[:1]
    for who in (reporter, stranger, signer.bearer(("leader", "SGD")), signer.bearer(("desk_officer", ANOTHER))):
        assert await waiting(who) == []
    await client.post(f"/corrections/{wishes[0]}/refuse", json={"reason": "Đã công bố."}, headers=division)
    assert (await waiting(officer), await waiting(division)) == (wishes[1:], [])
