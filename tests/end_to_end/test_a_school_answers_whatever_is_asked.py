"""A school answers what is more than figures: an official report, people by name, what its head approves first."""

import re

from asking import appoint, issue
from person import PHONE, broken_rules, sign_in
from playwright.async_api import expect

SCHOOL = "U-SCH-008"
REPORT, PEOPLE, PLAN = "Báo cáo của trường", "Cử người dự hội thảo", "Kế hoạch của trường"
FIGURE = {"code": "stem.clubs", "name": "Số câu lạc bộ", "type": "int", "unit_of_measure": "câu lạc bộ"}


async def test_an_official_report_people_and_what_the_head_approves(staged, open_page) -> None:
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
    await page.get_by_role("button", name="Gửi bản sửa").click()
    await expect(page.get_by_role("heading", name="Đã nhận báo cáo")).to_be_visible()

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


async def test_what_is_awaited_is_asked_for_and_what_nobody_has_read_is_taken_back(staged, open_page) -> None:
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
    await page.get_by_text("Rút lại bản đã gửi").click()
    await page.get_by_role("button", name="Rút lại bản nộp lần 1").click()
    await expect(page.get_by_text("Đã rút lại")).to_be_visible()
    await expect(page.get_by_label("I. Kết quả")).to_have_value("Tốt.")
    assert window.complaints == []


async def _units(staged) -> list[dict]:
    officer = await staged.play.visitor("chuyen-vien")
    return (await officer.get("directory", "/units"))["units"]
