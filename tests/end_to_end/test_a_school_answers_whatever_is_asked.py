"""A school answers what is more than figures: an official report, people by name, what its head approves first."""

import hashlib
import re
from pathlib import Path

import httpx
from asking import appoint, issue
from person import PHONE, sign_in
from playwright.async_api import expect
from test_a_school_answers_in_its_browser import broken_rules

from chassis.testing import until
from congvan.demo.uploading import begin, inspected, send
from congvan.demo.videos import make_video

SCHOOL = "U-SCH-008"
REPORT, PEOPLE, PLAN = "Báo cáo của trường", "Cử người dự hội thảo", "Kế hoạch của trường"
FIGURE = {"code": "stem.clubs", "name": "Số câu lạc bộ", "type": "int", "unit_of_measure": "câu lạc bộ"}


async def test_an_official_report_people_and_what_the_head_approves(staged, open_page, tmp_path: Path) -> None:
    units = {each["unit_id"]: each for each in await _units(staged)}
    owed = await issue(
        staged,
        {"kind": "report", "title": REPORT, "periods": ["2025-2026"], "indicators": [FIGURE],
         "sections": [{"code": "I", "title": "Kết quả", "kind": "text"}], "answering": {"is_official": True}},
        {"kind": "registration", "title": PEOPLE, "registration": {
            "roles": [{"code": "leader", "name": "Lãnh đạo"}, {"code": "teacher", "name": "Giáo viên"}],
            "subjects": [{"code": "math", "name": "Toán"}, {"code": "physics", "name": "Vật lí"}],
            "quotas": [{"unit_types": [units[SCHOOL]["unit_type"]], "seats": [
                {"role": "leader", "count": 1}, {"role": "teacher", "count": 1, "subjects": ["math", "physics"]}]}],
        }},
        {"kind": "report", "title": PLAN, "sections": [{"code": "I", "title": "Nội dung", "kind": "text"}],
         "answering": {"needs_approval": True}},
        subject="V/v báo cáo và cử người dự hội thảo",
        unit=SCHOOL,
    )  # fmt: skip
    await appoint(staged, "hieu-truong-u8", "Ngô Thị H", ("unit_head", SCHOOL))
    officer = await staged.play.visitor("chuyen-vien")
    window = await open_page(size=PHONE)
    page = window.page
    await sign_in(page, staged, SCHOOL.lower())

    # A report that is a document of the school's own.
    await page.locator(f"a[href='/owed/{owed[REPORT]}']").click()
    await page.get_by_label("Số câu lạc bộ", exact=True).fill("3")
    await page.get_by_label("I. Kết quả").fill("Tốt.")
    await page.get_by_label("Số, ký hiệu").fill("15")
    await page.get_by_label("Trích yếu").fill("Báo cáo giáo dục STEM")
    await page.get_by_label("Ngày ban hành").fill("2026-11-20")
    await page.get_by_label("Người ký").fill("Ngô Thị H")
    assert await broken_rules(page) == []
    await page.get_by_role("button", name="Gửi báo cáo").click()
    await expect(page.get_by_label("Số, ký hiệu")).to_have_attribute("aria-invalid", "true")
    await page.get_by_label("Số, ký hiệu").fill("15/BC-THCSBD")
    await page.get_by_role("button", name="Gửi báo cáo").click()
    await expect(page.get_by_role("heading", name="Đã nhận báo cáo")).to_be_visible()
    await expect(page.get_by_text("15/BC-THCSBD")).to_be_visible()

    # Both sides talk, and the report goes back with a reason beside the field it is about.
    told = await officer.get("submissions", f"/obligations/{owed[REPORT]}/submission")
    await page.get_by_label("Viết cho bên kia").fill("Số liệu đã đối chiếu <ba> lần.")
    await page.get_by_role("button", name="Gửi lời nhắn").click()
    await expect(page.get_by_text("Số liệu đã đối chiếu <ba> lần.")).to_be_visible()
    reason = {"field": "values/stem.clubs/2025-2026", "reason": "Chỉ tính câu lạc bộ có quyết định."}
    await officer.post("submissions", f"/submissions/{told['submission_id']}/return",
                       {"number": 1, "reason": "Xem lại số liệu.", "fields": [reason]})  # fmt: skip
    await page.goto(f"{staged.portal}/owed/{owed[REPORT]}")
    await expect(page.locator(".field", has=page.get_by_label("Số câu lạc bộ", exact=True))).to_contain_text(
        "Chỉ tính câu lạc bộ có quyết định."
    )
    assert await broken_rules(page) == []
    await page.get_by_label("Số câu lạc bộ", exact=True).fill("2")
    signed = await _signed(page, staged, owed[REPORT], tmp_path)
    await page.get_by_label("Chọn tệp").set_input_files(signed)
    await expect(page.get_by_text("Đã kiểm tra, dùng được.")).to_be_visible(timeout=30_000)
    await page.get_by_role("button", name="Gửi bản sửa").click()
    await expect(page.get_by_role("heading", name="Đã nhận báo cáo")).to_be_visible()
    await _kept_byte_for_byte(page, staged, officer, owed[REPORT], signed.read_bytes())

    # People by name; what is missing is told beside the list, and what was typed is kept.
    await page.goto(f"{staged.portal}/owed/{owed[PEOPLE]}")
    leader, teacher = page.locator("[data-seat]").nth(0), page.locator("[data-seat]").nth(1)
    await leader.get_by_label("Họ và tên").fill("Đỗ Văn A")
    await expect(page.get_by_text(re.compile("Đã lưu lúc"))).to_be_visible()
    await page.reload()
    await expect(leader.get_by_label("Họ và tên")).to_have_value("Đỗ Văn A")
    await teacher.get_by_label("Họ và tên").fill("Lê Thị B")
    assert await broken_rules(page) == []
    await page.get_by_role("button", name="Gửi báo cáo").click()
    await expect(teacher.get_by_text("Phải là một trong các môn")).to_be_visible()
    await teacher.get_by_label("Môn").select_option("Toán")
    await page.get_by_role("button", name="Gửi báo cáo").click()
    await expect(page.get_by_role("heading", name="Đã nhận báo cáo")).to_be_visible()
    await expect(page.get_by_text("Lê Thị B")).to_be_visible()

    # What the head approves first: handed up, looked through, sent.
    await page.goto(f"{staged.portal}/owed/{owed[PLAN]}")
    await page.get_by_label("I. Nội dung").fill("Ba chủ đề mỗi khối.")
    await page.get_by_role("button", name="Trình thủ trưởng phê duyệt").click()
    await expect(page.get_by_text("đang chờ phê duyệt")).to_be_visible()
    heads = (await open_page(size=PHONE)).page
    await sign_in(heads, staged, "hieu-truong-u8")
    await heads.goto(f"{staged.portal}/owed/{owed[PLAN]}")
    await expect(heads.get_by_label("I. Nội dung")).to_have_value("Ba chủ đề mỗi khối.")
    await heads.get_by_role("button", name="Phê duyệt để người lập gửi").click()
    await page.reload()
    await expect(page.get_by_text("Thủ trưởng đã phê duyệt")).to_be_visible()
    await page.get_by_role("button", name="Gửi báo cáo").click()
    await expect(page.get_by_role("heading", name="Đã nhận báo cáo")).to_be_visible()

    states = [
        (await officer.get("submissions", f"/obligations/{owed[each]}/submission")) for each in (REPORT, PEOPLE, PLAN)
    ]
    assert [each["state"] for each in states] == ["submitted"] * 3
    assert states[2]["versions"][0]["narrative"] == {"I": "Ba chủ đề mỗi khối."}
    assert window.complaints == []


async def test_what_is_awaited_is_asked_for_and_what_nobody_has_read_is_taken_back(
    staged, open_page, tmp_path: Path
) -> None:
    title = "Báo cáo kèm phim nộp sau"
    asked = {
        "kind": "report",
        "title": title,
        "sections": [{"code": "I", "title": "Kết quả", "kind": "text"}],
        "media": {"count": 1, "max_seconds": 60, "max_bytes": 100_000_000},
        "answering": {"files_follow_days": 5},
    }
    owed = await issue(staged, asked, subject="V/v báo cáo kèm phim", unit=SCHOOL)
    window = await open_page(size=PHONE)
    page = window.page
    await sign_in(page, staged, SCHOOL.lower())

    await page.goto(f"{staged.portal}/owed/{owed[title]}")
    await page.get_by_label("I. Kết quả").fill("Tốt.")
    await page.get_by_role("button", name="Gửi báo cáo").click()
    await expect(page.get_by_text(re.compile("Đang chờ tệp, đến"))).to_be_visible()
    await expect(page.get_by_text("Chọn video")).to_be_visible()
    assert await broken_rules(page) == []
    officer = await staged.play.visitor("chuyen-vien")
    assert await _awaited(officer, owed) is not None
    await page.get_by_text("Rút lại bản đã gửi").click()
    await page.get_by_role("button", name="Rút lại bản nộp lần 1").click()
    await expect(page.get_by_text("Đã rút lại")).to_be_visible()
    await expect(page.get_by_label("I. Kết quả")).to_have_value("Tốt.")

    # Sent again, its film follows as a version of its own, and nothing is awaited any more.
    await page.get_by_role("button", name="Gửi bản sửa").click()
    await expect(page.get_by_text(re.compile("Đang chờ tệp, đến"))).to_be_visible()
    school, film = await staged.play.visitor(SCHOOL.lower()), tmp_path / "ngay-hoi.mp4"
    make_video(film, seconds=2, megabytes=0.2, seed=2, width=320, height=180)
    upload = await begin(school, owed[title], film)
    await send(school, upload, film)
    assert (await inspected(school, upload["media_id"], within_s=30))["state"] == "ready"
    sent = await school.get("submissions", f"/obligations/{owed[title]}/submission")
    path, key = f"/submissions/{sent['submission_id']}/media", {"Idempotency-Key": f"phim-{owed[title]}"}
    await school.post("submissions", path, {"number": 2, "media_ids": [upload["media_id"]]}, headers=key)

    async def is_complete() -> bool:
        return await _awaited(officer, owed) is None

    await until(is_complete, within=20)
    told = await officer.get("submissions", f"/obligations/{owed[title]}/submission")
    assert [each["media_awaited_until"] is None for each in told["versions"]] == [False, False, True]
    assert [each["media_id"] for each in told["versions"][-1]["media"]] == [upload["media_id"]]
    assert window.complaints == []


async def _units(staged) -> list[dict]:
    officer = await staged.play.visitor("chuyen-vien")
    return (await officer.get("directory", "/units"))["units"]


async def _signed(page, staged, obligation_id: str, folder: Path) -> Path:
    """Return the report as the platform lays it out, with something behind it, as a signing tool writes it."""
    answer = await page.context.request.get(f"{staged.portal}/owed/{obligation_id}/paper/pdf")
    paper, file = await answer.body(), folder / "15-BC-THCSBD.signed.pdf"
    [*_, index] = re.findall(rb"startxref\s+(\d+)", paper)
    file.write_bytes(paper + b"% signed outside\nstartxref\n" + index + b"\n%%EOF\n")
    return file


async def _kept_byte_for_byte(page, staged, officer, obligation_id: str, sent: bytes) -> None:
    told = await officer.get("submissions", f"/obligations/{obligation_id}/submission")
    kept = told["versions"][-1]["signed_file"]
    assert kept["sha256"] == hashlib.sha256(sent).hexdigest()
    link = await officer.get("submissions", f"/media/{kept['media_id']}/original")
    async with httpx.AsyncClient() as web:
        assert (await web.get(link["url"])).content == sent
    # Whoever asks for the paper of the report is given what was signed, not what would be laid out anew.
    paper = await page.context.request.get(f"{staged.portal}/owed/{obligation_id}/paper/pdf")
    assert await paper.body() == sent


async def _awaited(officer, owed: dict[str, str]) -> str | None:
    """Return until when files of the school may follow, as whoever looks at completeness is told; null: not awaited."""
    obligations = (await officer.get("directives", f"/directives/{owed['']}/obligations"))["obligations"]
    [requirement_id] = {each["requirement_id"] for each in obligations}
    told: list[dict] = []

    async def is_counted() -> bool:
        told[:] = (await officer.get("reporting", f"/requirements/{requirement_id}/coverage"))["units"]
        return [each["state"] for each in told] == ["submitted"]

    await until(is_counted, within=20)
    return told[0]["media_awaited_until"]
