"""The desk officer's way through the portal, in a real browser: follow a directive, return an answer, accept one."""

import re

from person import DESKTOP, PHONE, sign_in
from playwright.async_api import expect
from test_a_school_answers_in_its_browser import broken_rules

SCHOOL, WRONG = "U-SCH-005", "U-SCH-006"


async def test_what_came_in_is_found_on_the_board_returned_and_accepted(staged, open_page) -> None:
    await staged.play.submit_reports([SCHOOL, WRONG], send_back_first=False, repeat_first=False)
    window = await open_page(size=DESKTOP)
    page = window.page
    await sign_in(page, staged, "chuyen-vien")

    await page.get_by_role("link").filter(has_text=staged.play.outcome.code).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Giáo dục STEM")
    assert await broken_rules(page) == []
    for form, begin in (("Word", b"PK"), ("PDF", b"%PDF")):
        link = page.get_by_role("link", name=re.compile(f"Báo cáo tổng hợp: .*, {form}$")).first
        report = await page.context.request.get(staged.portal + (await link.get_attribute("href")))
        assert (report.status, (await report.body())[: len(begin)]) == (200, begin)
    names = {unit["unit_id"]: unit["name"] for unit in await _units(staged)}
    await page.get_by_label("Tìm đơn vị").fill(_without_marks(names[WRONG]))
    await page.get_by_role("button", name="Lọc").click()
    await expect(page.get_by_role("row")).to_have_count(2)  # the heading, and the one unit
    await page.get_by_role("row").get_by_role("link", name=re.compile("Đã gửi")).click()

    await expect(page.get_by_role("heading", level=1)).to_have_text(names[WRONG])
    assert await broken_rules(page) == []
    await page.get_by_label("Viết cho bên kia").fill("Trường xem lại giúp.")
    await page.get_by_role("button", name="Gửi lời nhắn").click()
    await expect(page.get_by_text("Trường xem lại giúp.")).to_be_visible()
    await page.get_by_label("Lý do trả lại").fill("Số bài học chưa khớp.")
    await page.get_by_text("Nêu lý do theo từng mục").click()
    await page.get_by_label("Số bài học STEM đã thực hiện", exact=True).fill("Đếm cả tiết ôn tập?")
    await page.get_by_role("button", name="Trả lại để sửa").click()
    # The next one that waits is shown at once, whoever's it is.
    await expect(page).to_have_url(re.compile(r"/review(/[0-9a-f-]{36})?$"))
    await expect(page.get_by_role("heading", level=1)).not_to_have_text(names[WRONG])
    await page.goto(f"{staged.portal}/review/{staged.obligation(SCHOOL)}")
    await page.get_by_role("button", name="Duyệt", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).not_to_have_text(names[SCHOOL])

    officer = await staged.play.visitor("chuyen-vien")
    states = {
        unit: (await officer.get("submissions", f"/obligations/{staged.obligation(unit)}/submission"))["state"]
        for unit in (SCHOOL, WRONG)
    }
    assert states == {SCHOOL: "accepted", WRONG: "returned"}
    told = await officer.get("submissions", f"/obligations/{staged.obligation(WRONG)}/submission")
    [field] = told["versions"][-1]["review"]["fields"]
    assert (field["field"].split("/")[1], field["reason"]) == ("stem.lessons", "Đếm cả tiết ôn tập?")
    assert window.complaints == []


async def test_an_office_sees_its_own_schools_and_no_others(staged, open_page) -> None:
    units = await _units(staged)
    mine = {unit["name"] for unit in units if unit["reporting_parent_id"] == "U-VHXH-99001"}
    window = await open_page(size=PHONE)
    await sign_in(window.page, staged, "u-vhxh-99001")
    await window.page.get_by_role("link", name="Các trường").last.click()

    await expect(window.page.get_by_role("heading", level=1)).to_have_text("Trường trên địa bàn")
    assert set(await window.page.locator("main li .t").all_inner_texts()) == mine
    assert mine
    assert await broken_rules(window.page) == []


async def test_a_school_sees_no_board_and_reviews_nothing(staged, open_page) -> None:
    window = await open_page(size=PHONE)
    await sign_in(window.page, staged, "u-sch-007")

    await window.page.goto(f"{staged.portal}/review/{staged.obligation(SCHOOL)}")
    await expect(window.page.get_by_role("heading", name="Không có trang này")).to_be_visible()
    await window.page.goto(f"{staged.portal}/owed/{staged.obligation(SCHOOL)}")
    await expect(window.page.get_by_role("heading", name="Không có trang này")).to_be_visible()
    await window.page.goto(f"{staged.portal}/board")
    await expect(window.page.get_by_text("Chưa có văn bản nào.")).to_be_visible()
    await expect(window.page.get_by_role("link", name="Văn bản", exact=True)).to_have_count(0)


async def _units(staged) -> list[dict]:
    officer = await staged.play.visitor("chuyen-vien")
    return (await officer.get("directory", "/units"))["units"]


def _without_marks(name: str) -> str:
    from portal.tracking import folded

    return folded(name)
