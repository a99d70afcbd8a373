"""What waits for a leader and for a clerk, on the screen they begin with, until a letter is on its way."""

from asking import drafted_of
from person import DESKTOP, PHONE, broken_rules, sign_in
from playwright.async_api import expect

SUBJECT = "V/v kiểm kê thiết bị dạy học"
ACKNOWLEDGED = {"kind": "acknowledgement", "title": "Xác nhận đã nhận"}
RICH = {
    "kind": "report",
    "title": "Báo cáo thiết bị",
    "periods": ["2025-2026"],
    "indicators": [
        {"code": "kit.all", "name": "Số bộ", "type": "int", "unit_of_measure": "bộ", "per_level": True},
        {"code": "kit.good", "name": "Số bộ tốt", "type": "int", "unit_of_measure": "bộ", "of_which": "kit.all",
         "per_level": True, "previous_percent": 50, "needs_explanation": True},
        {"code": "kit.share", "name": "Tỷ lệ", "type": "ratio", "unit_of_measure": "%", "numerator": "kit.good",
         "denominator": "kit.all"},
    ],
    "sections": [
        {"code": "I", "title": "Kết quả", "kind": "list"},
        {"code": "II", "title": "Minh chứng", "kind": "evidence",
         "evidence": {"at_least": 1, "at_most": 3, "formats": ["jpg", "pdf"]}},
    ],
    "rules": [{"code": "q1", "left": [{"indicator": "kit.good"}], "holds": "at_most", "right": [{"times": 500}],
               "message_vi": "Quá nhiều.", "message_en": "Too many.", "only_warns": True}],
    "targets": [{"indicator": "kit.all", "kind": "assigned"},
                {"indicator": "kit.share", "kind": "policy", "value": 8000}],
    "assigned": [{"indicator": "kit.all", "unit_id": "U-SCH-011", "value": 12}],
    "answering": {"needs_approval": True, "revision_days": 3, "revision_in_working_days": True},
    "cut_off_at": "2026-11-01T00:00:00+07:00",
    "condition": {"kind": "answer_accepted", "of": 0, "working_days": 5},
}  # fmt: skip
BY_RULE = {
    "kind": "document",
    "title": "Kế hoạch kiểm kê",
    "document": {"at_most": 2, "formats": ["pdf", "docx"], "is_official": True},
    "audience": {"selector": {"any_of": [{"types": ["thpt"], "levels": ["upper_secondary"]}]}},
}


async def corrected(staged, open_page, officer, path: str) -> None:
    """Change the draft as its writer would, and submit it once more."""
    window = await open_page(size=DESKTOP)
    page = window.page
    await sign_in(page, staged, "chuyen-vien")
    await page.locator(f".waiting a[href='{path}']").click()
    await page.get_by_role("link", name="Sửa dự thảo").click()
    assert await broken_rules(page) == []
    before = await officer.get("directives", path)
    # Saved as it stands it says what it said, whatever of it the form has no field for.
    await page.get_by_role("button", name="Lưu dự thảo").click()
    await expect(page.get_by_role("heading", name="Nội dung văn bản")).to_be_visible()
    assert await officer.get("directives", path) == before

    await page.get_by_role("link", name="Sửa dự thảo").click()
    await page.get_by_role("textbox", name="Kính gửi").fill("Các đơn vị\nTrung tâm thiết bị")
    other = await window.tab()
    await other.goto(f"{staged.portal}/drafts/{before['directive_id']}")
    await other.get_by_label("Trích yếu").fill(f"{SUBJECT} năm học 2026-2027")
    await other.get_by_role("button", name="Lưu dự thảo").click()
    await expect(other.get_by_role("heading", level=1)).to_have_text(f"{SUBJECT} năm học 2026-2027")
    # As it will stand on paper.
    await expect(other.locator(".paper .about")).to_have_text(f"{SUBJECT} năm học 2026-2027")
    await expect(other.get_by_text("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")).to_be_visible()
    # Meanwhile a colleague has changed it: nothing of theirs is overwritten, nothing typed here is lost.
    await page.get_by_role("button", name="Lưu dự thảo").click()
    await expect(page.get_by_role("alert")).to_contain_text("người khác sửa")
    await expect(page.get_by_role("textbox", name="Kính gửi")).to_have_value("Các đơn vị\nTrung tâm thiết bị")
    assert (await officer.get("directives", path))["subject"] == f"{SUBJECT} năm học 2026-2027"
    await other.get_by_role("button", name="Trình ký").click()
    await expect(other.get_by_role("button", name="Trình ký")).to_have_count(0)
    await page.goto(f"{staged.portal}/drafts/{before['directive_id']}")
    await expect(page.get_by_role("heading", name="Không có trang này")).to_be_visible()
    assert window.complaints == []


async def test_a_draft_goes_back_once_is_signed_numbered_issued_and_stands_in_the_register(staged, open_page) -> None:
    officer = await staged.play.visitor("chuyen-vien")
    body = drafted_of(staged, (ACKNOWLEDGED, RICH, BY_RULE), SUBJECT, "U-SCH-011")
    drafted = await officer.post("directives", "/directives", body)
    path = f"/directives/{drafted['directive_id']}"
    await officer.post("directives", f"{path}/submit", {})
    leads, keeps = await open_page(size=PHONE), await open_page(size=DESKTOP)
    leader, clerk = leads.page, keeps.page
    await sign_in(leader, staged, "lanh-dao")
    waiting = leader.locator(f".waiting a[href='{path}']")

    await waiting.click()
    await leader.get_by_text("Trả lại dự thảo").first.click()
    await leader.get_by_label("Cần sửa gì").fill("Bổ sung nơi nhận <b>.")
    await leader.get_by_role("button", name="Trả lại dự thảo").click()
    await expect(leader.locator("blockquote")).to_have_text("Bổ sung nơi nhận <b>.")
    await corrected(staged, open_page, officer, path)
    await leader.goto(f"{staged.portal}/board")
    assert await broken_rules(leader) == []
    await waiting.click()
    assert await broken_rules(leader) == []
    await leader.get_by_role("button", name="Ký", exact=True).click()
    await expect(leader.get_by_text("Đã ký")).to_be_visible()
    await leader.goto(f"{staged.portal}/board")
    await expect(waiting).to_have_count(0)

    await sign_in(clerk, staged, "van-thu")
    await clerk.locator(f".waiting a[href='{path}']").click()
    await clerk.get_by_label("Ký hiệu").fill("SGDĐT-GDPT")
    await clerk.get_by_role("button", name="Cấp số").click()
    await clerk.get_by_label("gửi đến các đơn vị ngay").check()
    await clerk.get_by_role("button", name="Ban hành").click()
    await expect(clerk.get_by_role("link", name="Theo dõi")).to_be_visible()
    await clerk.goto(f"{staged.portal}/board")
    assert await broken_rules(clerk) == []
    async with clerk.expect_download() as downloading:
        await clerk.get_by_role("link", name="Văn bản đi").click()
    book = await (await downloading.value).path()
    assert book.read_bytes()[:2] == b"PK"
    assert leads.complaints + keeps.complaints == []
