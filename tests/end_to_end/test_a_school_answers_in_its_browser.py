"""A school's way through the portal, in a real browser: what is owed, the outline, the receipt, a correction."""

import asyncio
import re
from pathlib import Path

import av
import pytest
from person import DESKTOP, PHONE, broken_rules, sign_in
from playwright.async_api import expect

from chassis.testing import until
from congvan.demo import videos

SCHOOL, OTHER_SCHOOL, OFFICE = "U-SCH-001", "U-SCH-002", "U-VHXH-99001"
FIGURES = {
    "Số bài học STEM đã thực hiện": "1.012",
    "Số dự án KHKT học sinh đã thực hiện": "2",
    "Số dự án dự thi KHKT cấp tỉnh": "3",
}


def record(path: Path, *, seconds: int) -> None:
    """Write a grey film every browser can read, a picture each second."""
    with av.open(str(path), "w", format="webm") as recording:
        pictures = recording.add_stream("libvpx", rate=1)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 36, "yuv420p"
        for _ in range(seconds):
            recording.mux(pictures.encode(av.VideoFrame(64, 36, "yuv420p")))
        recording.mux(pictures.encode(None))


async def test_a_report_is_filled_in_corrected_sent_returned_and_sent_again(staged, open_page) -> None:
    window = await open_page(size=PHONE)
    page = window.page
    await sign_in(page, staged, SCHOOL.lower())

    await expect(page.get_by_role("heading", name="Việc cần làm")).to_be_visible()
    await page.get_by_role("link").filter(has_text=staged.play.outcome.code).click()
    await page.get_by_role("radio", name="Có").check()
    for label, typed in FIGURES.items():
        await page.get_by_label(label, exact=True).fill(typed)
    await page.get_by_label("I.1. Các văn bản chỉ đạo").fill("Kế hoạch năm học\nKế hoạch của tổ")
    await page.get_by_role("button", name="Gửi báo cáo").click()

    # One figure may not exceed another: the service's own words stand beside the field, and nothing typed is lost.
    await expect(page.get_by_role("alert")).to_contain_text("Số dự án dự thi KHKT cấp tỉnh")
    wrong = page.get_by_label("Số dự án dự thi KHKT cấp tỉnh", exact=True)
    await expect(wrong).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("Số bài học STEM đã thực hiện", exact=True)).to_have_value("1.012")
    await expect(page.get_by_label("I.1. Các văn bản chỉ đạo")).to_have_value("Kế hoạch năm học\nKế hoạch của tổ")
    await wrong.fill("1")
    await page.get_by_role("button", name="Gửi báo cáo").click()

    await expect(page.get_by_role("heading", name="Đã nhận báo cáo")).to_be_visible()
    await expect(page.get_by_text("1.012 bài")).to_be_visible()
    obligation = staged.obligation(SCHOOL)
    officer = await staged.play.visitor("chuyen-vien")
    told = await officer.get("submissions", f"/obligations/{obligation}/submission")
    assert told["versions"][-1]["narrative"] == {"I.1": ["Kế hoạch năm học", "Kế hoạch của tổ"]}
    await expect(page.locator(".receipt")).to_contain_text(told["versions"][-1]["receipt_code"])

    await officer.post(
        "submissions", f"/submissions/{told['submission_id']}/return", {"number": 1, "reason": "Thiếu <b>mục</b> II."}
    )
    await page.goto(f"{staged.portal}/owed/{obligation}")
    await expect(page.get_by_role("heading", name="trả lại")).to_be_visible()
    await expect(page.locator("blockquote")).to_have_text("Thiếu <b>mục</b> II.")

    async def the_letter_says_why() -> bool:
        await page.goto(f"{staged.portal}/inbox")
        return await page.locator("blockquote").all_text_contents() == ["Thiếu <b>mục</b> II."]

    await until(the_letter_says_why, within=20)
    assert await broken_rules(page) == []
    await page.goto(f"{staged.portal}/owed/{obligation}")
    await page.get_by_label("II. Giải pháp").fill("Dùng chung phòng thực hành.")
    await page.get_by_role("button", name="Gửi bản sửa").click()
    await expect(page.locator(".receipt")).to_contain_text("2")

    told = await officer.get("submissions", f"/obligations/{obligation}/submission")
    assert [len(told["versions"]), told["state"]] == [2, "submitted"]
    for form, begins in (("docx", b"PK"), ("pdf", b"%PDF")):
        paper = await page.context.request.get(f"{staged.portal}/owed/{obligation}/paper/{form}")
        assert (paper.status, (await paper.body())[: len(begins)]) == (200, begins)
    assert window.complaints == []


async def test_what_is_typed_is_saved_offline_too_and_two_colleagues_overwrite_nothing(staged, open_page) -> None:
    first, second = await open_page(size=PHONE), await open_page(size=DESKTOP)
    address = f"{staged.portal}/owed/{staged.obligation(OTHER_SCHOOL)}"
    for window in (first, second):
        await sign_in(window.page, staged, OTHER_SCHOOL.lower())
        await window.page.goto(address)
    lessons, projects = "Số bài học STEM đã thực hiện", "Số dự án KHKT học sinh đã thực hiện"

    await first.page.get_by_label(lessons, exact=True).fill("17")
    await expect(first.page.get_by_text(re.compile("Đã lưu lúc"))).to_be_visible()
    await second.page.get_by_label(projects, exact=True).fill("4")
    # What the colleague wrote elsewhere comes in; nothing is asked.
    await expect(second.page.get_by_label(lessons, exact=True)).to_have_value("17")
    await second.page.get_by_label(lessons, exact=True).fill("18")
    await expect(second.page.get_by_text(re.compile("Đã lưu lúc"))).to_be_visible()

    # Typed without a line, in a tab that is closed; meanwhile the colleague has changed the same figure.
    await first.context.set_offline(True)
    await expect(first.page.get_by_text(re.compile("Máy đang mất mạng"))).to_be_visible()
    await first.page.get_by_label(lessons, exact=True).fill("19")
    await expect(first.page.get_by_text(re.compile("giữ trên máy này"))).to_be_visible()
    await first.page.close()
    await first.context.set_offline(False)
    page = await first.tab()
    await page.goto(address)

    await expect(page.get_by_role("alert")).to_contain_text("18")
    await page.get_by_role("button", name="Giữ của tôi").click()
    await expect(page.get_by_text(re.compile("Đã lưu lúc"))).to_be_visible()
    reporter = await staged.play.visitor(OTHER_SCHOOL.lower())
    draft = await reporter.get("submissions", f"/obligations/{staged.obligation(OTHER_SCHOOL)}/draft")
    held = {name.split("/")[1]: each["content"] for name, each in draft["fields"].items()}
    assert (held["stem.lessons"], held["stem.research_projects"]) == (19, 4)


async def test_an_office_sends_a_film_with_its_report(staged, open_page, tmp_path: Path) -> None:
    film = tmp_path / "Ngày hội <b>STEM.mp4"
    videos.make_video(film, seconds=1, megabytes=0.2, seed=7, width=320, height=180)
    long = tmp_path / "dai.webm"
    record(long, seconds=75)
    window = await open_page(size=PHONE)
    page = window.page
    await sign_in(page, staged, OFFICE.lower())
    chosen = asyncio.Event()

    async def slowly(route) -> None:
        await chosen.wait()
        await route.continue_()

    # The line is slow and the hand is quick: the file is chosen before the script that sends it is there.
    await page.route(re.compile("/assets/part-"), slowly)
    await page.goto(f"{staged.portal}/owed/{staged.obligation(OFFICE, video=True)}")

    await page.get_by_label("Chọn video").set_input_files(film)
    chosen.set()

    # The inspection stands back for everybody else on the machine.
    await expect(page.get_by_text("Đã kiểm tra, dùng được.")).to_be_visible(timeout=30_000)
    # The same file once more is known by its digest: no byte of it is sent, and it is the same file.
    sent: list[str] = []
    window.context.on("request", lambda asked: sent.append(asked.url) if asked.method == "PUT" else None)
    before = await page.locator('input[name="media"]').get_attribute("value")
    await page.get_by_role("button", name="Bỏ tệp này").click()
    await page.get_by_label("Chọn video").set_input_files(film)
    await expect(page.get_by_text("Đã kiểm tra, dùng được.")).to_be_visible(timeout=10_000)
    assert (sent, await page.locator('input[name="media"]').get_attribute("value")) == ([], before)
    # One that is too long is not sent at all: the browser knows how long it plays.
    await page.get_by_role("button", name="Bỏ tệp này").click()
    await page.get_by_label("Chọn video").set_input_files(long)
    await expect(page.get_by_text("Video dài 75 giây, tối đa 60 giây")).to_be_visible()
    assert sent == []
    # One that was withdrawn meanwhile is not waited for: chosen again it is sent anew.
    await page.get_by_role("button", name="Bỏ tệp này").click()
    await page.get_by_label("Chọn video").set_input_files(film)
    await expect(page.get_by_text("Đã kiểm tra, dùng được.")).to_be_visible(timeout=10_000)
    officer = await staged.play.visitor(OFFICE.lower())
    await officer.post("submissions", f"/media/{before}/withdraw", {"reason": "Gửi nhầm."})
    await page.reload()
    await expect(page.get_by_text("Tệp này đã được thu hồi")).to_be_visible()
    await page.get_by_role("button", name="Bỏ tệp này").click()
    await page.get_by_label("Chọn video").set_input_files(film)
    await expect(page.get_by_text("Đã kiểm tra, dùng được.")).to_be_visible(timeout=30_000)
    await page.get_by_role("button", name="Gửi báo cáo").click()
    await expect(page.get_by_role("heading", name="Đã nhận báo cáo")).to_be_visible()
    await expect(page.get_by_text("Ngày hội <b>STEM.mp4")).to_be_visible()
    assert window.complaints == []

    # Who can be seen in it is declared, and what was missing is named.
    await page.get_by_role("link", name="Khai báo hình ảnh học sinh").click()
    assert await broken_rules(page) == []
    await page.get_by_role("radio", name="Có").check()
    await page.get_by_label("Dùng cho việc gì").select_option("public")
    await page.get_by_label("Học sinh (từ").check()
    await page.get_by_role("button", name="Lưu khai báo").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.get_by_label("Dùng cho việc gì")).to_have_value("public")
    await page.get_by_label("Cha, mẹ").check()
    await page.get_by_label("Ngày có sự đồng ý").fill("2026-09-05")
    await page.get_by_label("Giấy tờ chứng minh").fill("Biên bản họp phụ huynh")
    await page.get_by_role("button", name="Lưu khai báo").click()
    await expect(page.get_by_text(re.compile("Đã khai báo lúc"))).to_be_visible()
    await page.goto(f"{staged.portal}/directives/{staged.play.outcome.directive_id}")
    await page.get_by_role("button", name="Xác nhận đã tiếp nhận").click()
    await expect(page.locator("#deliveries")).to_contain_text("Đã tiếp nhận")
    assert await broken_rules(page) == []

    desk = await open_page(size=PHONE)
    await sign_in(desk.page, staged, "chuyen-vien")
    async with desk.page.expect_response(re.compile("/thumbnails/")) as picture:
        await desk.page.goto(f"{staged.portal}/review/{staged.obligation(OFFICE, video=True)}")
    assert (await picture.value).status == 200
    await expect(desk.page.get_by_label("Ngày hội <b>STEM.mp4")).to_be_visible()
    assert desk.complaints == []


async def test_without_scripts_the_way_is_the_same(staged, open_page) -> None:
    window = await open_page(size=PHONE, java_script_enabled=False)
    page = window.page
    await sign_in(page, staged, "u-sch-003")
    await page.get_by_role("link").filter(has_text=staged.play.outcome.code).click()
    await page.get_by_label("Không phát sinh").check()

    await page.get_by_role("button", name="Gửi báo cáo").click()

    await expect(page.get_by_role("heading", name="Đã nhận báo cáo")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_every_page_can_be_read_by_everybody_and_fits_the_screen(staged, open_page, size) -> None:
    window = await open_page(size=size, color_scheme="dark" if size is PHONE else "light")
    page = window.page
    found: dict[str, list[str]] = {}
    wider: list[str] = []

    async def look(path: str) -> None:
        await page.goto(f"{staged.portal}{path}")
        found[path] = await broken_rules(page)
        if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wider.append(path)

    for path in ("/", "/components", "/sign-in", "/apis/directives", "/no-such-page"):
        await look(path)
    await sign_in(page, staged, "u-sch-004")
    owed = staged.obligation("U-SCH-004")
    for path in (
        "/owed",
        f"/owed/{owed}",
        f"/directives/{staged.play.outcome.directive_id}",
        "/inbox",
        "/password",
        "/profile",
        "/profile/second-factor",
        "/search?q=stem",
    ):
        await look(path)
    assert {path: broken for path, broken in found.items() if broken} == {}
    assert wider == []
