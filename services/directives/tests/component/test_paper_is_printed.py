"""Directives, reports and registers are printed for those who may read them."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from directives.documents.proposal import propose

REPORT = {
    "unit": "Trường THPT Bến Đá",
    "subject": "Kết quả năm học",
    "addressee": "Sở Giáo dục và Đào tạo",
    "sections": [{"title": "1. Kết quả", "texts": ["Tốt."]}],
    "periods": ["2025-2026"],
    "figures": [{"name": "Số bài", "unit_of_measure": "bài", "values": [1200]}],
    "signer": {"position": "Hiệu trưởng"},
}
SIGNER = {"capacities": [{"competence": "KT.", "of": "Giám đốc"}], "position": "Phó Giám đốc", "name": "Lê Thị Mẫu"}


@pytest.fixture
def book(client):
    async def get(kind, headers, unit="U-SO", year=2026):
        answer = await client.get(f"/register-books/{unit}/{year}/{kind}", headers=headers)
        if answer.status_code != 200:
            return answer.json()["code"]
        return list(load_workbook(BytesIO(answer.content)).active.iter_rows(min_row=4, values_only=True))

    return get


@pytest.mark.parametrize("form", ["docx", "pdf"])
async def test_a_directive_is_printed_for_whoever_reads_it(client, desk, signer, letter, form) -> None:
    letter["form"] = {"place": "Minh Giang", "signer": SIGNER}
    issued = await desk.issued(letter)
    reader = signer.bearer(("reporter", "U-THCS-1"))

    answers = [await client.get(f"/directives/{issued['directive_id']}/paper/{form}", headers=reader) for _ in range(2)]
    drawn = (await client.get(f"/directives/{issued['directive_id']}/paper", headers=reader)).json()

    proposal = propose(f"a.{form}", answers[0].content)
    assert (answers[0].status_code, answers[0].content) == (200, answers[1].content)
    assert f"{proposal.number.value}/{proposal.notation.value}" == issued["code"]
    assert (proposal.day.on.isoformat(), proposal.signer.name.value) == ("2026-11-20", "Lê Thị Mẫu")
    # What a page draws is what is printed.
    assert (drawn["code_line"], drawn["day_line"]) == (f"Số: {issued['code']}", "Minh Giang, ngày 20 tháng 11 năm 2026")
    assert (drawn["signer_lines"][0], drawn["signer_name"]) == ("KT. GIÁM ĐỐC", "Lê Thị Mẫu")
    assert all(each["text"] in " ".join(proposal.text.split()) for each in drawn["blocks"])


async def test_a_draft_is_printed_for_its_desk_alone(client, desk, signer, officer, letter) -> None:
    path = f"/directives/{await desk.draft(letter)}/paper/pdf"

    assert (await client.get(path, headers=officer)).content.startswith(b"%PDF")
    for headers in (signer.bearer(("reporter", "U-THCS-1")), signer.bearer(("desk_officer", "U-SO-X"))):
        assert (await client.get(path, headers=headers)).status_code == 404
        assert (await client.get(path.removesuffix("/pdf"), headers=headers)).status_code == 404


@pytest.mark.parametrize("form", ["docx", "pdf"])
async def test_a_report_is_printed_and_not_kept(client, signer, rows, form) -> None:
    before = await rows()

    answer = await client.post(f"/report-papers/{form}", json=REPORT, headers=signer.bearer(("reporter", "U-THCS-1")))

    assert answer.status_code == 200
    assert "1.200" in propose(f"a.{form}", answer.content).text
    assert await rows() == before


@pytest.mark.parametrize(
    "change", [{"figures": [{"name": "x", "unit_of_measure": "y", "values": ["5"]}]}, {"unit": ""}, {"seal": 1}]
)
async def test_a_report_that_makes_no_sense_is_not_printed(client, officer, change) -> None:
    answer = await client.post("/report-papers/pdf", json={**REPORT, **change}, headers=officer)

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


async def test_what_went_out_is_in_its_register(desk, letter, book, clerk) -> None:
    letter["subject"], letter["form"] = "=V/v hội thảo", {"signer": SIGNER, "division": "GDPT"}
    await desk.issued(letter)
    await desk.numbered({**letter, "document_type": "plan"})

    head, marks, *rows = await book("outgoing", clerk)

    assert (len(head), marks[0], marks[-1]) == (10, "(1)", "(10)")
    assert [row[0] for row in rows] == ["01/SGDĐT-GDPT", "01/SGDĐT-GDPT"]
    sent, waiting = rows
    assert (sent[1].date().isoformat(), sent[2], sent[3]) == ("2026-11-20", "Công văn: =V/v hội thảo", "Lê Thị Mẫu")
    assert (sent[4], sent[5], waiting[9]) == ("Như kính gửi", "VT, GDPT", "Chưa phát hành")


async def test_what_came_in_and_what_is_owed(desk, letter, book, signer, client, officer) -> None:
    issued = await desk.issued(letter)
    reporter = signer.bearer(("reporter", "U-THPT-1"))
    [owed] = [each for each in await desk.obligations(issued["directive_id"]) if each["unit_id"] == "U-THPT-1"]
    await client.post(f"/obligations/{owed['obligation_id']}/exempt", json={"reason": "Thôi."}, headers=officer)

    arrived = (await book("incoming", reporter, "U-THPT-1"))[2:]
    followed = (await book("follow-up", reporter, "U-THPT-1"))[2:]

    assert [(row[1], row[2], row[3]) for row in arrived] == [(1, "Đơn vị U-SO", "01/SGDĐT-GDPT")]
    assert [(row[0], row[2], row[3], row[4]) for row in followed] == [
        (1, "Đơn vị U-THPT-1", "00:00 14/12/2026", "Được miễn"),
        (1, "Đơn vị U-CUM-1", "00:00 12/12/2026", "Chưa gửi"),
    ]
    assert (await book("incoming", reporter, "U-THPT-1", 2025))[2:] == []


async def test_what_was_only_to_be_known_came_in_and_what_was_replaced_is_marked(desk, letter, book, signer) -> None:
    copies = {"name": "Trường THPT 2", "purpose": "inform", "audience": {"include": ["U-THPT-2"]}}
    letter["requirements"], letter["recipients"] = letter["requirements"][1:], [copies]
    old = await desk.issued(letter)
    await desk.issued({**letter, "relations": [{"kind": "replaces", "directive_id": old["directive_id"]}]})

    arrived = (await book("incoming", signer.bearer(("unit_head", "U-THPT-2")), "U-THPT-2"))[2:]
    sent = (await book("outgoing", desk.clerk))[2:]

    assert [(row[3], row[9]) for row in arrived] == [("01/SGDĐT-GDPT", "Đã được thay thế"), ("02/SGDĐT-GDPT", None)]
    assert [(row[0], row[9]) for row in sent] == [("01/SGDĐT-GDPT", "Đã được thay thế"), ("02/SGDĐT-GDPT", None)]


@pytest.mark.parametrize("kind", ["outgoing", "incoming", "follow-up"])
async def test_a_register_is_read_by_nobody_else(book, signer, kind) -> None:
    assert await book(kind, signer.bearer(("reporter", "U-THCS-1"))) == "not-found"
    assert await book(kind, signer.bearer(("desk_officer", "U-SO-X"))) == "not-found"
    assert await book(kind, signer.bearer(("desk_officer", "*")), "U-NOBODY") == "not-found"
