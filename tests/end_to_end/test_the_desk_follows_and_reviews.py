"""The desk officer's way through the portal, in a real browser: follow a directive, return an answer, accept one."""

import io
import re
import zipfile
from datetime import datetime, timedelta
from urllib.parse import quote

from person import DESKTOP, PHONE, broken_rules, sign_in
from playwright.async_api import expect

from chassis.clock import VIETNAM

SCHOOL, WRONG = "U-SCH-005", "U-SCH-006"


async def test_what_came_in_is_found_on_the_board_returned_and_accepted(staged, open_page) -> None:
    await staged.play.submit_reports([SCHOOL, WRONG], send_back_first=False, repeat_first=False)
    window = await open_page(size=DESKTOP)
    page = window.page
    await sign_in(page, staged, "chuyen-vien")

    await page.get_by_role("link").filter(has_text=staged.play.outcome.code).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Giáo dục STEM")
    assert await broken_rules(page) == []
    names = {unit["unit_id"]: unit["name"] for unit in await _units(staged)}
    for form, begin in (("docx", b"PK"), ("pdf", b"%PDF")):
        await expect(page.locator(f"a[href$='/report/{form}']").first).to_have_accessible_name(
            re.compile("Báo cáo tổng hợp: .*, (Word|PDF)$")
        )
        path = f"/totals/{staged.play.outcome.report_id}/report/{form}"
        report = await page.context.request.get(staged.portal + path)
        assert (report.status, (await report.body())[: len(begin)]) == (200, begin)
        if form == "docx":
            with zipfile.ZipFile(io.BytesIO(await report.body())) as document:
                laid_out = document.read("word/document.xml").decode()
            assert f"{names[SCHOOL]}: Đề nghị Sở tổ chức tập huấn theo cụm." in laid_out
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
    await accepted_by_keys(page, staged)
    await expect(page.get_by_role("heading", level=1)).not_to_have_text(names[SCHOOL])

    await granted(page, staged)

    # From a number to the list behind it, and from the list to a word to exactly those.
    await page.goto(
        f"{staged.portal}/board/{staged.play.outcome.directive_id}?state=none&q={quote(names['U-SCH-010'])}"
    )
    await page.get_by_role("link", name=re.compile("Nhắc các đơn vị chưa xong")).first.click()
    await expect(page.locator("main ul.bare li").first).to_contain_text(names["U-SCH-010"])
    assert await broken_rules(page) == []
    await page.get_by_role("button", name="Gửi lời nhắc").click()
    await expect(page.get_by_role("status")).to_have_text(re.compile(r"Đã nhắc \d+ đơn vị"))

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


async def accepted_by_keys(page, staged) -> None:
    """Find the answer of the school in the queue and accept it, with nothing but the keyboard."""
    await page.goto(f"{staged.portal}/review")
    await expect(page.get_by_role("button", name="Phím tắt")).to_be_visible()
    rows = page.locator("[data-row]")
    await page.keyboard.press("j")
    await expect(rows.first).to_be_focused()
    for _ in range(await rows.count()):
        await page.keyboard.press("j")
    await expect(rows.last).to_be_focused()
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_contain_text("Xuống bài dưới")
    assert await broken_rules(page) == []
    await page.keyboard.press("Escape")
    await rows.first.focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/review/[0-9a-f-]{36}$"))
    await page.goto(f"{staged.portal}/review/{staged.obligation(SCHOOL)}")
    await expect(page.get_by_role("button", name="Phím tắt")).to_be_visible()
    # Who types means letters, and who switched the keys off too.
    await page.keyboard.press("r")
    await expect(page.get_by_label("Lý do trả lại")).to_be_focused()
    await page.keyboard.type("aj?")
    await expect(page.get_by_label("Lý do trả lại")).to_have_value("aj?")
    await page.get_by_label("Lý do trả lại").evaluate("field => field.blur()")
    await page.evaluate("localStorage.setItem('congvan-keys-off', 'yes')")
    await page.reload()
    await page.get_by_role("button", name="Phím tắt").click()
    await page.get_by_role("button", name="Đóng").click()
    await page.keyboard.press("a")
    await expect(page.get_by_role("button", name="Duyệt", exact=True)).not_to_be_focused()
    await page.keyboard.press("?")
    await page.get_by_label("Dùng phím tắt").check()
    await page.keyboard.press("Escape")
    await page.keyboard.press("a")
    await expect(page.get_by_role("button", name="Duyệt", exact=True)).to_be_focused()
    await page.keyboard.press("Enter")


async def granted(page, staged) -> None:
    """Let the school correct what was accepted."""
    school, until = await staged.play.visitor(SCHOOL.lower()), datetime.now(VIETNAM) + timedelta(days=30)
    path = f"/obligations/{staged.obligation(SCHOOL)}/submission"
    sent = await school.get("submissions", path)
    await school.post("submissions", f"/submissions/{sent['submission_id']}/corrections", {"reason": "Đếm thiếu."})
    await page.goto(f"{staged.portal}/review")
    await page.get_by_role("link", name="1 đề nghị đính chính").click()
    wish = page.get_by_role("listitem").filter(has_text="Đếm thiếu.")
    assert await broken_rules(page) == []
    await wish.get_by_label("Được sửa đến hết ngày").fill(f"{until:%Y-%m-%d}")
    await wish.get_by_role("button", name="Đồng ý cho đính chính").click()
    await expect(page.get_by_text("Đếm thiếu.")).to_have_count(0)
    await page.goto(f"{staged.portal}/review/{staged.obligation(SCHOOL)}")
    await expect(page.locator("#corrections")).to_contain_text(f"{until:%d/%m/%Y}")
    # What was written is found by its words, and leads to the answer.
    await page.goto(f"{staged.portal}/search?q=tap huan theo cum")
    await page.locator(f"a[href='/review/{staged.obligation(SCHOOL)}']").click()
    await expect(page.get_by_text("Đề nghị Sở tổ chức tập huấn theo cụm.")).to_be_visible()


async def test_totals_are_looked_at_taken_away_and_published(staged, open_page) -> None:
    officer, outcome = await staged.play.visitor("chuyen-vien"), staged.play.outcome
    await staged.play.submit_reports(["U-SCH-008"], send_back_first=False, repeat_first=False)
    await staged.play.settle()
    period = staged.play.province.period
    told = await officer.get("reporting", f"/requirements/{outcome.report_id}/aggregates", period=period)
    window = await open_page(size=DESKTOP)
    page = window.page
    await sign_in(page, staged, "chuyen-vien")
    await page.goto(f"{staged.portal}/board/{outcome.directive_id}")
    await page.get_by_role("link", name="Tổng hợp", exact=True).click()

    await expect(page.get_by_role("heading", name="Tiến độ nộp báo cáo")).to_be_visible()
    # From the picture of the tree to the list behind one of its boxes.
    [parent] = [each["reporting_parent_id"] for each in await _units(staged) if each["unit_id"] == "U-SCH-008"]
    await page.locator(f".map a[href$='under={parent}']").click()
    await expect(page.get_by_role("link", name=re.compile("^Bỏ lọc theo"))).to_be_visible()
    assert 1 < await page.locator("main tbody tr").count() < 30
    assert await broken_rules(page) == []
    await page.go_back()
    await page.get_by_role("link", name="Các đơn vị viết gì").click()
    await expect(page.locator("main details ul .t").first).to_be_visible()
    assert await broken_rules(page) == []
    await page.go_back()
    assert await page.locator("table.totals tbody tr").count() == len(
        [each for each in told["aggregates"] if each["relation"] == "reporting"]
    )
    assert await broken_rules(page) == []
    await page.get_by_role("button", name="Excel").click()
    # Made beside the house, which stands back for everybody else; the page asks again by itself.
    await page.get_by_role("link", name=re.compile("Tải về")).wait_for(timeout=40_000)
    taken = await page.context.request.get(
        staged.portal + await page.get_by_role("link", name=re.compile("Tải về")).get_attribute("href")
    )
    assert (await taken.body())[:2] == b"PK"
    assert await broken_rules(page) == []

    leader = (await open_page(size=PHONE)).page
    await sign_in(leader, staged, "lanh-dao")
    await leader.goto(f"{staged.portal}/totals/{outcome.directive_id}")
    await leader.get_by_label("Lời ghi cho bản công bố").fill("Số liệu đợt một")
    await leader.get_by_role("button", name="Công bố số liệu").click()
    await expect(leader.get_by_text("Bản 1: Số liệu đợt một")).to_be_visible()
    assert await broken_rules(leader) == []
    assert not await leader.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert window.complaints == []


async def test_a_letter_is_read_checked_beside_itself_and_sent_for_signature(staged, open_page, tmp_path) -> None:
    officer = await staged.play.visitor("chuyen-vien")
    letter = tmp_path / "công văn.docx"
    written = await officer.ask("GET", "directives", f"/directives/{staged.play.outcome.directive_id}/paper/docx")
    letter.write_bytes(written.content)
    window = await open_page(size=DESKTOP)
    page = window.page
    await sign_in(page, staged, "chuyen-vien")
    await page.goto(f"{staged.portal}/drafts/blank")
    assert await broken_rules(page) == []
    await page.goto(f"{staged.portal}/drafts/new")
    empty = {"form": await page.locator("main [name=form]").get_attribute("value")}
    headers = {"Origin": staged.portal, "Accept": "text/html"}
    unchosen = await window.context.request.post(f"{staged.portal}/drafts/new", multipart=empty, headers=headers)
    assert (unchosen.status, "Hãy chọn tệp văn bản." in await unchosen.text()) == (422, True)
    await page.get_by_label("Tệp văn bản").set_input_files(letter)
    await page.get_by_role("button", name="Đọc văn bản").click()
    foreign = {"form": "guessed", "document": {"name": "a.txt", "mimeType": "text/plain", "buffer": b"x"}}
    refused = await window.context.request.post(f"{staged.portal}/drafts/new", multipart=foreign)
    assert refused.status == 403

    # What was read stands in its field, and a number beside it leads to where it was read.
    await expect(page.get_by_label("Trích yếu")).to_have_value(re.compile("Giáo dục STEM"))
    assert await broken_rules(page) == []
    source = page.locator("label[for=subject] .src")
    await source.click()
    await expect(page.locator(".source mark:target")).to_contain_text("Giáo dục STEM")

    asked = page.locator("section.card", has=page.get_by_role("heading", name="Yêu cầu 1"))
    for other in await page.get_by_label("Giao việc này").all():
        await other.uncheck()
    await asked.get_by_label("Giao việc này").check()
    for kind in await asked.locator("[name='r0:type']").all():
        await kind.uncheck()
    await asked.locator("[name='r0:type'][value=thpt]").check()
    # Whom that reaches is shown while it is chosen.
    units = [unit for unit in await _units(staged) if unit["unit_type"] == "thpt"]
    await expect(asked.locator("[data-preview]")).to_contain_text(f"{len(units)} đơn vị")
    # One more, found by its name without marks and taken with the keyboard; the preview has it at once.
    [also] = [unit for unit in await _units(staged) if unit["unit_id"] == SCHOOL]
    also_asked = asked.get_by_role("combobox", name="Thêm đơn vị")
    await also_asked.press_sequentially(_without_marks(also["name"]))
    await expect(asked.locator("[role=option][aria-selected=true]")).to_contain_text(also["name"])
    assert await broken_rules(page) == []
    await also_asked.press("Enter")
    await expect(asked.locator("[data-preview]")).to_contain_text(f"{len(units) + 1} đơn vị")
    await asked.get_by_label("Thủ trưởng đơn vị duyệt").check()
    await asked.get_by_label("Số ngày sửa").fill("5")
    await page.get_by_role("button", name="Lưu dự thảo").click()
    # What the letter does not say and nobody decided is named, and nothing typed is lost.
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(asked.locator("[name='r0:type'][value=thpt]")).to_be_checked()
    await asked.get_by_label("Thời hạn").fill("2030-12-14T00:00")
    await asked.get_by_label("Ghi trong văn bản").fill("trước ngày 14/12/2030")
    await asked.get_by_label("Mục 1", exact=True).fill("Kết quả")
    await asked.get_by_label("Mã 1", exact=True).first.fill("I")
    for choice in await page.locator(".receiver select").all():
        await choice.select_option("inform")
    await page.get_by_role("button", name="Lưu dự thảo").click()

    await expect(page).to_have_url(re.compile("/directives/"))
    draft = page.url.rsplit("/", 1)[1]
    await page.get_by_role("button", name="Trình ký").click()
    await expect(page.get_by_text("Trình ký", exact=True)).to_be_visible()
    told = await officer.get("directives", f"/directives/{draft}")
    assert told["state"] == "submitted"
    [requirement] = told["requirements"]
    assert requirement["audience"]["include"] == [SCHOOL]
    assert (requirement["answering"]["needs_approval"], requirement["answering"]["revision_days"]) == (True, 5)
    paper = await page.context.request.get(f"{staged.portal}/directives/{draft}/paper")
    assert (await paper.body())[:4] == b"%PDF"
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
    from chassis.wording import folded

    return folded(name)


async def test_an_administrator_looks_after_people_days_and_what_will_change(staged, open_page) -> None:
    account, password = staged.play.platform.administrator
    administrator = await staged.play.visitor(account, password)
    step = {"do": "change", "unit_id": SCHOOL, "name": "Trường THCS Tên Mới"}
    tried = {"title": "Đổi tên một trường", "legal_basis": "Quyết định 1/QĐ", "effective_date": "2031-01-01"}
    drafted = await administrator.post("directory", "/reorganisations", {**tried, "steps": [step]})
    window = await open_page(size=DESKTOP)
    page = window.page
    await page.goto(f"{staged.portal}/sign-in")
    await page.get_by_label("Tài khoản").fill(account)
    await page.get_by_label("Mật khẩu").fill(password)
    await page.get_by_role("button", name="Đăng nhập").click()
    broken = {}
    await expect(page.get_by_role("heading", name="Người dùng và chức vụ")).to_be_visible()
    await page.locator("#unit").select_option(SCHOOL)
    await page.get_by_role("button", name="Xem").click()
    await expect(page.locator("main li code").first).to_have_text(SCHOOL.lower())
    broken["people"] = await broken_rules(page)

    await page.get_by_role("link", name="Sắp xếp đơn vị").first.click()
    await page.get_by_role("link").filter(has_text="Đổi tên một trường").click()
    await expect(page.get_by_text("Đơn vị đổi tên")).to_be_visible()
    broken["reorganisation"] = await broken_rules(page)
    await page.goto(f"{staged.portal}/calendar?year=2031")
    await page.get_by_label("Các ngày đặc biệt").fill("2031-01-01 holiday Tết Dương lịch")
    await page.get_by_role("button", name="Lưu lịch").click()
    await expect(page.get_by_label("Các ngày đặc biệt")).to_have_value(re.compile("^2031-01-01 holiday"))
    assert (await administrator.get("directives", "/calendars/2031"))["version"] == 1
    broken["calendar"] = await broken_rules(page)
    kinds = (await administrator.get("notify", "/openapi.json"))["components"]["schemas"]["Kind"]["enum"]
    await page.goto(f"{staged.portal}/letter-templates")
    # Each kind that can be worded is offered; what speaks of many things at once cannot.
    worded = {kind for kind in kinds if not kind.startswith("reminder_") and kind != "nudge"}
    offered = await page.locator("main a[href^='/letter-templates/']").evaluate_all(
        "links => links.map(link => link.getAttribute('href').split('/')[2])"
    )
    assert set(offered) == worded
    await page.goto(f"{staged.portal}/letter-templates/obligation_opened")
    await page.get_by_label("Tiêu đề", exact=True).fill("{{ kode }}")
    await page.get_by_role("button", name="Lưu mẫu").click()
    await expect(page.get_by_role("alert")).to_contain_text("kode")
    await page.get_by_label("Tiêu đề", exact=True).fill("Xem thử {{ code }}")
    await page.get_by_role("button", name="Xem thử").click()
    await expect(page.get_by_role("heading", name="Xem thử 761/SGDĐT-GDPT")).to_be_visible()
    broken["letter template"] = await broken_rules(page)
    # Kept, and taken back: whoever is written to later is written to in our own words.
    await page.get_by_role("button", name="Lưu mẫu").click()
    await expect(page.get_by_role("status").filter(has_text="Đã lưu")).to_be_visible()
    await page.get_by_label("Tiêu đề", exact=True).fill("")
    await page.get_by_role("button", name="Lưu mẫu").click()
    await expect(page.get_by_role("listitem").filter(has_text="bản 2")).to_contain_text("lời có sẵn")
    await page.get_by_role("link", name="Tình trạng", exact=True).first.click()
    await expect(page.get_by_text("./congvan parked list")).to_be_visible()
    for path in ("/standing", "/platform", "/reorganisations", "/letter-templates", "/subscriptions", "/events"):
        await page.goto(f"{staged.portal}{path}")
        broken[path] = await broken_rules(page)
    await expect(page.locator("section.event").first).to_be_visible()

    assert {path: found for path, found in broken.items() if found} == {}
    await administrator.ask("DELETE", "directory", f"/reorganisations/{drafted['reorganisation_id']}")
    assert window.complaints == []

    # Signed out in another tab, this one goes by itself: after a quarter of an hour, and not before.
    await page.clock.install()
    await page.goto(f"{staged.portal}/calendar?year=2031")
    other = await window.tab()
    await other.goto(f"{staged.portal}/profile")
    await other.get_by_role("main").get_by_role("button", name="Đăng xuất", exact=True).click()
    await other.wait_for_url("**/sign-in?why=signed_out")
    await page.clock.fast_forward("14:00")
    assert page.url.endswith("/calendar?year=2031")
    await page.clock.fast_forward("01:30")
    await page.wait_for_url("**/sign-in?why=idle*")
    await expect(page.get_by_text("Đã khóa vì lâu không thao tác")).to_be_visible()
