"""A commune gets a letter, passes it on to its schools with something added, and reports what they add up to."""

from datetime import datetime

from asking import appoint, issue
from person import PHONE, broken_rules, sign_in
from playwright.async_api import expect

from chassis.testing import until
from congvan.demo.people import account_of
from congvan.demo.province import SCHOOL_TYPES
from congvan.demo.visit import Refused

COMMUNE = "U-VHXH-99001"
TITLE = "Báo cáo câu lạc bộ STEM"
FIGURE = {"code": "stem.clubs", "name": "Số câu lạc bộ", "type": "int", "unit_of_measure": "câu lạc bộ"}


async def test_a_letter_is_passed_on_answered_below_and_added_up(staged, open_page) -> None:
    owed = await issue(
        staged,
        {"kind": "report", "title": TITLE, "periods": ["2025-2026"], "indicators": [FIGURE],
         "sections": [{"code": "I", "title": "Thuận lợi", "kind": "text"}], "answering": {"is_consolidated": True}},
        subject="V/v câu lạc bộ STEM",
        unit=COMMUNE,
    )  # fmt: skip
    roles = ("commune_officer", "desk_officer", "leader", "clerk")
    officer = await appoint(staged, "phong-vhxh-1", "Bùi Thị P", *((role, COMMUNE) for role in roles))
    units = {each["unit_id"]: each for each in (await officer.get("directory", "/units"))["units"]}
    schools = staged.play.province.due(SCHOOL_TYPES)
    school = next(unit for unit in schools if units[unit]["reporting_parent_id"] == COMMUNE)
    window = await open_page(size=PHONE)
    page = window.page
    await sign_in(page, staged, "phong-vhxh-1")

    await page.goto(f"{staged.portal}/directives/{owed['']}")
    await page.get_by_role("link", name="Triển khai đến các trường").click()
    assert await broken_rules(page) == []
    for box in await page.get_by_role("group", name="Gửi đến").get_by_role("checkbox").all():
        await box.uncheck()
    await page.get_by_label(units[school]["name"], exact=True).check()
    await page.get_by_label("Bổ sung của đơn vị").fill("Trường lớn báo thêm ảnh.")
    await page.get_by_role("button", name="Lập dự thảo").click()
    await expect(page.get_by_text("Trường lớn báo thêm ảnh.")).to_be_visible()
    own = page.url.rpartition("/")[2]
    for step in ("submit", "sign"):
        await officer.post("directives", f"/directives/{own}/{step}", {})
    await officer.post("directives", f"/directives/{own}/number", {"notation": "VHXH"})
    await officer.post(
        "directives", f"/directives/{own}/issue", {"issued_on": datetime.now().astimezone().date().isoformat()}
    )

    # The school answers its commune; the commune's own report begins with what came in.
    [asked] = (await officer.get("directives", f"/directives/{own}/obligations"))["obligations"]
    reporter = await staged.play.visitor(account_of(school))
    body = {
        "values": [{"indicator": "stem.clubs", "period": "2025-2026", "value": 4}],
        "narrative": {"I": "Có sân rộng."},
    }
    key = {"Idempotency-Key": f"cau-lac-bo-{asked['obligation_id']}"}

    async def is_sent() -> bool:
        try:
            path = f"/obligations/{asked['obligation_id']}/submissions"
            await reporter.post("submissions", path, body, headers=key)
        except Refused as refused:
            if refused.code not in ("not-found", "unavailable"):
                raise
            return False
        return True

    async def is_added_up() -> bool:
        await page.goto(f"{staged.portal}/owed/{owed[TITLE]}")
        return await page.get_by_label("Số câu lạc bộ", exact=True).input_value() == "4"

    await until(is_sent, within=20)
    await until(is_added_up, within=20)
    await expect(page.get_by_text("Cộng từ 1 đơn vị: 4")).to_be_visible()
    words = page.get_by_label("I. Thuận lợi")
    assert await words.input_value() == f"{units[school]['short_name']}: Có sân rộng."
    await words.fill("Xã có sân rộng.")
    assert await broken_rules(page) == []
    await page.get_by_label("Số câu lạc bộ", exact=True).fill("5")
    await page.get_by_role("button", name="Gửi báo cáo").click()
    # Another figure than the sum is told why.
    await page.get_by_label("Giải trình").fill("Thêm một câu lạc bộ của trung tâm.")
    await page.get_by_role("button", name="Gửi báo cáo").click()
    await expect(page.get_by_role("heading", name="Đã nhận báo cáo")).to_be_visible()
    told = await officer.get("submissions", f"/obligations/{owed[TITLE]}/submission")
    assert told["versions"][0]["consolidates"][0]["parts"][0]["unit_id"] == school
    assert told["versions"][0]["narrative"] == {"I": "Xã có sân rộng."}
    await page.goto(f"{staged.portal}/below")
    await page.get_by_role("link", name=units[school]["name"], exact=True).click()
    await expect(page.get_by_role("link", name=f"{account_of(school)}@congvan.example")).to_be_visible()
    await expect(page.get_by_role("link", name=TITLE).first).to_be_visible()
    assert await broken_rules(page) == []
    assert window.complaints == []

    desk = await open_page(size=PHONE)
    await sign_in(desk.page, staged, "chuyen-vien")
    await desk.page.goto(f"{staged.portal}/review/{owed[TITLE]}")
    await desk.page.get_by_text("Số câu lạc bộ, 2025-2026: 4").click()
    await expect(desk.page.get_by_role("row").filter(has_text=units[school]["name"])).to_contain_text("4")
    assert await broken_rules(desk.page) == []
    assert desk.complaints == []
