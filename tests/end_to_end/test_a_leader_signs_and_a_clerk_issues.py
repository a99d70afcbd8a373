"""What waits for a leader and for a clerk, on the screen they begin with, until a letter is on its way."""

from asking import drafted_of
from person import DESKTOP, PHONE, sign_in
from playwright.async_api import expect
from test_a_school_answers_in_its_browser import broken_rules

SUBJECT = "V/v kiểm kê thiết bị dạy học"


async def test_a_draft_goes_back_once_is_signed_numbered_issued_and_stands_in_the_register(staged, open_page) -> None:
    officer = await staged.play.visitor("chuyen-vien")
    asked = {"kind": "acknowledgement", "title": "Xác nhận đã nhận"}
    body = drafted_of(staged, (asked,), SUBJECT, "U-SCH-011")
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
    await officer.post("directives", f"{path}/submit", {})
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
    await clerk.get_by_role("button", name="Ban hành").click()
    await expect(clerk.get_by_role("link", name="Theo dõi")).to_be_visible()
    await clerk.goto(f"{staged.portal}/board")
    assert await broken_rules(clerk) == []
    async with clerk.expect_download() as downloading:
        await clerk.get_by_role("link", name="Văn bản đi").click()
    book = await (await downloading.value).path()
    assert book.read_bytes()[:2] == b"PK"
    assert leads.complaints + keeps.complaints == []
