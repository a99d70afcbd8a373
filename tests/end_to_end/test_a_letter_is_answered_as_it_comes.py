"""A letter is answered in the seconds in which it is still on its way: nothing that was typed or chosen is lost."""

import re
from pathlib import Path

from asking import issue
from person import PHONE, sign_in
from playwright.async_api import expect

from congvan.demo import videos

SCHOOL = "U-SCH-010"
REPORT, FILM = "Báo cáo sân chơi", "Video sân chơi"
CARRIER = "submissions-worker"
"""Who hears for those who take answers that somebody owes one."""


async def test_what_is_sent_before_the_letter_is_there_can_be_sent_again(house, staged, open_page, tmp_path: Path):
    film = tmp_path / "san-choi.mp4"
    videos.make_video(film, seconds=1, megabytes=0.2, seed=11, width=320, height=180)
    window = await open_page(size=PHONE)
    page = window.page
    await sign_in(page, staged, SCHOOL.lower())
    section = {"code": "I", "title": "Sân chơi", "kind": "text"}
    house.pause(CARRIER)
    try:
        owed = await issue(
            staged,
            {"kind": "report", "title": REPORT, "sections": [section]},
            {"kind": "video", "title": FILM, "media": {"count": 1, "max_seconds": 60, "max_bytes": 100 << 20}},
            subject="V/v sân chơi an toàn",
            unit=SCHOOL,
        )
        await page.goto(f"{staged.portal}/owed/{owed[REPORT]}")
        await page.get_by_label("Sân chơi").fill("Hai sân, có bóng cây.")
        await expect(page.get_by_text(re.compile("giữ trên máy này"))).to_be_visible()
        await page.get_by_role("button", name="Gửi báo cáo").click()
        await expect(page.get_by_role("alert")).to_contain_text("đang trên đường")
        await expect(page.get_by_label("Sân chơi")).to_have_value("Hai sân, có bóng cây.")
        sheet = await page.context.request.get(f"{staged.portal}/owed/{owed[REPORT]}/workbook")
        assert sheet.status == 503

        filming = await window.tab()
        await filming.goto(f"{staged.portal}/owed/{owed[FILM]}")
        await filming.get_by_label("Chọn video").set_input_files(film)
        await expect(filming.get_by_text("đang nối lại")).to_be_visible()
    finally:
        house.resume(CARRIER)

    await expect(filming.get_by_text("Đã kiểm tra, dùng được.")).to_be_visible(timeout=30_000)
    await expect(page.get_by_text(re.compile("Đã lưu lúc"))).to_be_visible()
    await page.get_by_role("button", name="Gửi báo cáo").click()
    await expect(page.get_by_role("heading", name="Đã nhận báo cáo")).to_be_visible()
    await expect(page.get_by_text("Hai sân, có bóng cây.")).to_be_visible()
    assert window.complaints == []
    # What nobody owes is not waited for: it is not there.
    nobody = await page.context.request.get(f"{staged.portal}/owed/{owed['']}/workbook")
    assert nobody.status == 404
