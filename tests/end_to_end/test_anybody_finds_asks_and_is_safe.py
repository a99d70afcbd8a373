"""What anybody does at the portal: find something, ask about it, keep their account to themselves."""

import base64
import hashlib
import hmac
import re
import struct
import time

from asking import appoint, issue
from person import DESKTOP, PHONE, broken_rules, sign_in
from playwright.async_api import expect

SCHOOL = "U-SCH-009"
TITLE = "Báo cáo thư viện xanh"


def code_of(secret: str) -> str:
    """Return the one-time code of now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1)
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


async def test_a_question_and_more_time_are_asked_for_and_answered(staged, open_page) -> None:
    section = {"code": "I", "title": "Kết quả", "kind": "text"}
    owed = await issue(staged, {"kind": "report", "title": TITLE, "sections": [section]},
                       subject="V/v xây dựng thư viện xanh", unit=SCHOOL)  # fmt: skip
    school = await open_page(size=PHONE)
    page = school.page
    await sign_in(page, staged, SCHOOL.lower())

    # Found without its marks; what is another school's is not.
    await page.get_by_role("link", name="Tìm kiếm").last.click()
    await page.get_by_role("searchbox").fill("thu vien XANH")
    await page.get_by_role("button", name="Tìm").click()
    assert await broken_rules(page) == []
    await page.locator(f"a[href='/owed/{owed[TITLE]}']").click()
    await page.get_by_text("Xin gia hạn", exact=True).click()
    await page.get_by_label("Xin gia hạn đến hết ngày").fill("2027-01-15")
    await page.get_by_label("Lý do").fill("Thư viện đang sửa.")
    await page.get_by_role("button", name="Gửi đề nghị gia hạn").click()
    await expect(page.get_by_role("status").filter(has_text="hạn cũ vẫn giữ")).to_be_visible()
    await page.get_by_role("link", name="Hỏi về văn bản này").click()
    await page.get_by_text("Đặt câu hỏi").click()
    await page.get_by_label("Câu hỏi", exact=True).fill("Tủ sách lớp có tính không?")
    await page.get_by_role("button", name="Gửi câu hỏi").click()
    await expect(page.get_by_text("Đang chờ phòng phụ trách trả lời.")).to_be_visible()
    assert await broken_rules(page) == []

    await expect(page.locator(".top .dot")).to_be_visible()
    waiting = int(await page.locator(".top .dot").inner_text())
    desk = await open_page(size=DESKTOP)
    await sign_in(desk.page, staged, "chuyen-vien")
    await desk.page.get_by_role("link", name="Hỏi đáp").first.click()
    await desk.page.wait_for_url("**/questions")
    assert await broken_rules(desk.page) == []
    asked = desk.page.get_by_role("listitem").filter(has_text="Tủ sách lớp có tính không?")
    await asked.get_by_label("Trả lời").fill("Có tính.")
    await asked.get_by_role("button", name="Gửi câu trả lời").click()
    wish = desk.page.get_by_role("listitem").filter(has_text="Thư viện đang sửa.")
    await expect(wish.get_by_label("Đồng ý đến hết ngày")).to_have_value("2027-01-15")
    await wish.get_by_role("button", name="Đồng ý", exact=True).click()
    await expect(desk.page.get_by_text("Thư viện đang sửa.")).to_have_count(0)
    # The page that lies open at the school has heard of both.
    await expect(page.locator(".top .dot")).to_have_text(str(waiting + 2), timeout=15_000)
    # Whoever reads what units send finds it by the name of the unit.
    await desk.page.goto(f"{staged.portal}/search?q=thu vien xanh")
    await expect(desk.page.locator(f"a[href='/directives/{owed['']}']").first).to_be_visible()

    await page.reload()
    await expect(page.get_by_text("Có tính.")).to_be_visible()
    await page.goto(f"{staged.portal}/owed/{owed[TITLE]}")
    await expect(page.get_by_text("24h00 Thứ Sáu, 15/01/2027").first).to_be_visible()
    other = (await open_page(size=PHONE)).page
    await sign_in(other, staged, "u-sch-010")
    await other.goto(f"{staged.portal}/search?q=thu vien xanh")
    await expect(other.get_by_role("heading", name=re.compile("Không thấy gì"))).to_be_visible()
    assert school.complaints + desk.complaints == []


async def test_a_second_factor_is_switched_on_and_asked_for(staged, open_page) -> None:
    await appoint(staged, "hai-lop", "Vũ Thị K", ("reporter", SCHOOL))
    window = await open_page(size=PHONE)
    page = window.page
    await sign_in(page, staged, "hai-lop")
    await page.get_by_role("link", name="Tài khoản của tôi").last.click()
    await expect(page.get_by_role("heading", name="Vũ Thị K")).to_be_visible()
    await page.get_by_label("Cách thứ 1").select_option("email")
    await page.get_by_role("button", name="Lưu cách nhận").click()
    await expect(page.get_by_role("status").filter(has_text="Đã lưu cách nhận thư.")).to_be_visible()
    assert await broken_rules(page) == []
    await page.get_by_role("link", name=re.compile("Xác thực hai lớp")).click()
    await page.get_by_role("button", name="Bật xác thực hai lớp").click()
    await expect(page.get_by_role("img", name="Mã QR của khóa")).to_be_visible()
    secret = (await page.locator("code.key").inner_text()).replace(" ", "")
    assert await broken_rules(page) == []
    await page.get_by_label("Mã xác thực").fill(code_of(secret))
    await page.get_by_role("button", name="Xác nhận").click()
    await expect(page.locator(".codes code").first).to_be_visible()
    recovery = await page.locator(".codes code").all_inner_texts()

    await page.goto(f"{staged.portal}/profile?lang=en")
    await expect(page.get_by_role("heading", name="Safety of the account")).to_be_visible()
    await page.get_by_role("button", name="Sign out everywhere").click()
    await expect(page.get_by_text("Signed out everywhere.")).to_be_visible()
    await page.get_by_label("Account").fill("hai-lop")
    await page.get_by_label("Password").fill(staged.passwords.of("hai-lop"))
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_label("Password").fill(staged.passwords.of("hai-lop"))
    await page.get_by_label("Code", exact=False).fill(recovery[0])
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(lambda url: "/sign-in" not in url)
    assert window.complaints == []
