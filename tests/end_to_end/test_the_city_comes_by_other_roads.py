"""By HTTP and by webhook the city gets what it gets by NATS, with programs of its own that import nothing of ours.

And its people see to that at the portal.
"""

import asyncio
import json
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from machine import city_key
from person import DESKTOP
from playwright.async_api import expect
from test_a_school_answers_in_its_browser import broken_rules

from chassis.testing import until
from congvan import web
from congvan.demo import ledger, province
from congvan.demo.people import Passwords
from congvan.demo.performance import perform
from congvan.demo.play import Play
from contracts.reporting import AggregateUpdated, digest_line, digest_of

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
async def key(stage, silent) -> str:
    if not await ledger.rows(stage.stores.databases["reporting"], "SELECT FROM feed LIMIT 1"):
        assert (await perform(stage, province.demo(), silent))["ok"]
    return await city_key(stage, silent)


@pytest.fixture(scope="module")
async def told(stage, key) -> dict[str, dict]:
    """The newest aggregate of each thing, as the feed has it."""
    bodies = await ledger.rows(
        stage.stores.databases["reporting"],
        "SELECT DISTINCT ON (subject) convert_from(body, 'UTF8') AS body FROM feed"
        " WHERE type = 'reporting.aggregate.updated.v1' ORDER BY subject, position DESC",
    )
    envelopes = [json.loads(each["body"]) for each in bodies]
    return {each["subject"]: each["data"] for each in envelopes}


async def follow(stage, key, state, *more):
    services = stage.platform.services
    command = ("--directory", services["directory"], "--reporting", services["reporting"], "--state", str(state))
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        str(EXAMPLES / "city_feed.py"),
        *command,
        "--once",
        *more,
        env={"CITY_API_KEY": key, "PYTHONUTF8": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await program.communicate()
    assert (program.returncode, err) == (0, b"")
    return [json.loads(line) for line in out.splitlines()]


async def test_a_program_of_the_standard_library_follows_the_feed(stage, key, told, tmp_path) -> None:
    newcomer, historian = tmp_path / "newcomer.json", tmp_path / "historian.json"

    lines = await follow(stage, key, newcomer, "--newest")
    assert len(lines) == len(told)
    assert len(await follow(stage, key, historian)) >= len(told)
    assert await follow(stage, key, newcomer) == []

    for state in (newcomer, historian):
        assert json.loads(state.read_text(encoding="utf-8"))["newest"] == told


async def test_what_it_holds_it_reckons_as_we_do(told) -> None:
    sys.path.insert(0, str(EXAMPLES))
    try:
        from city_feed import State
    finally:
        sys.path.remove(str(EXAMPLES))
    state = State(None)
    for subject, data in told.items():
        state.take({"type": AggregateUpdated.type, "subject": subject, "id": "x", "data": data})

    assert state.digest() == digest_of(digest_line(AggregateUpdated.model_validate(each)) for each in told.values())
    digest = {"type": "reporting.aggregates.digested.v1", "subject": "d", "id": "y"}
    agreeing = {"day": "2026-11-22", "digest": state.digest()}
    assert state.take(digest | {"data": agreeing})["agrees"] is True
    assert state.take(digest | {"data": agreeing | {"digest": 64 * "0"}})["agrees"] is False


@asynccontextmanager
async def receiver(secret):
    """The program in JavaScript; yields its address and what it printed."""
    program = await asyncio.create_subprocess_exec(
        str(web.node()),
        str(EXAMPLES / "city_webhook.mjs"),
        "0",
        env={"CITY_WEBHOOK_SECRET": secret},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    lines: list[dict] = []

    async def listen() -> None:
        async for line in program.stdout:
            lines.append(json.loads(line))  # noqa: PERF401  others look at them as they come

    listening = asyncio.create_task(listen())
    try:
        said = (await asyncio.wait_for(program.stderr.readline(), 20)).decode()
        yield f"http://127.0.0.1:{int(said.rsplit(' ', 1)[1])}/", lines
    finally:
        if program.returncode is None:
            program.terminate()
        await program.wait()
        await listening


async def test_a_program_in_javascript_takes_webhooks(stage, key, told) -> None:
    services = stage.platform.services
    async with httpx.AsyncClient(timeout=30) as client:
        session = await client.post(services["directory"] + "/sessions", json={"api_key": key})
        headers = {"Authorization": f"Bearer {session.json()['access_token']}"}
        # The secret is known when the subscription is made, the address of the program when it is started.
        path = services["reporting"] + "/subscriptions"
        made = (await client.post(path, json={"url": "http://127.0.0.1:9/"}, headers=headers)).json()
        async with receiver(made["secret"]) as (url, lines):
            one = f"{path}/{made['subscription_id']}"
            assert (await client.patch(one, json={"url": url}, headers=headers)).status_code == 200
            assert (await client.post(f"{one}/replay", json={"after": 0}, headers=headers)).status_code == 200
            newest: dict[str, int] = {}

            async def everything_came() -> bool:
                for each in lines:
                    about = f"{each['requirement_id']}.{each['unit_id']}.{each['period']}"
                    newest[about] = max(newest.get(about, 0), each["version"])
                return newest == {subject: data["version"] for subject, data in told.items()}

            await until(everything_came, within=60)
            forged = await client.post(url, content=b"{}", headers={"webhook-id": "x", "webhook-timestamp": "1"})
            assert forged.status_code == 401
        assert (await client.delete(one, headers=headers)).status_code == 204
    by_version = {(each["requirement_id"], each["unit_id"], each["period"], each["version"]) for each in lines}
    assert len(by_version) == len(lines)


async def enter(page, portal, account, password) -> None:
    await page.goto(f"{portal}/sign-in")
    await page.get_by_label("Tài khoản").fill(account)
    await page.get_by_label("Mật khẩu").fill(password)
    await page.get_by_role("button", name="Đăng nhập").click()
    await page.wait_for_url(lambda url: "/sign-in" not in url)


async def test_the_city_sees_to_its_subscriptions_and_looks_at_what_is_open(stage, silent, told, open_page) -> None:
    account, portal = "thanh-pho-nguoi", stage.addresses.portal
    passwords = Passwords(stage.addresses.home / "demo-people.json")
    person = {"account": account, "full_name": "Lý Thị L", "email": "l@congvan.example", "must_change_password": False,
              "password": passwords.of(account),
              "posts": [{"unit_id": "*", "role": "subscriber", "valid_from": "2025-07-01"}]}  # fmt: skip
    requirement = next(iter(told.values()))["requirement_id"]
    async with Play(stage.platform, province.demo(), silent) as play:
        administrator = await play.visitor(*stage.platform.administrator)
        await administrator.post("directory", "/people/bulk", {"people": [person]})
        leader = await play.visitor("lanh-dao", passwords.of("lanh-dao"))
        await leader.post("reporting", f"/requirements/{requirement}/editions", {"note": "Công bố"})
        await leader.put("reporting", f"/requirements/{requirement}/open-data", {"is_open": True})
        await play.settle()

    window, broken = await open_page(size=DESKTOP), {}
    page = window.page
    await enter(page, portal, account, passwords.of(account))
    # Where they begin: nothing yet, and how to be told by each road.
    await expect(page.get_by_text("reporting.aggregate.updated.v1.>")).to_be_visible()
    await page.get_by_label("Địa chỉ nhận").fill("ftp://127.0.0.1/hook")
    await page.get_by_role("button", name="Đăng ký", exact=True).click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_label("Địa chỉ nhận").fill("http://127.0.0.1:9/hook")
    await page.get_by_role("button", name="Đăng ký", exact=True).click()
    first = await page.get_by_role("status").locator("code").inner_text()
    await page.get_by_role("button", name="Tạm dừng").click()
    await expect(page.locator("main .chip").filter(has_text="Tạm dừng")).to_be_visible()
    await page.get_by_role("button", name="Đổi khóa ký").click()
    second = await page.get_by_role("status").locator("code").inner_text()
    assert first.startswith("whsec_")
    assert second.startswith("whsec_")
    assert first != second
    await page.get_by_text("Đổi địa chỉ, nhận lại").click()
    await page.get_by_label("Nhận lại mọi tin sau vị trí").fill("0")
    await page.get_by_role("button", name="Nhận lại", exact=True).click()
    await expect(page.get_by_text("đã giao đến 0 ")).to_be_visible()
    broken["subscriptions"] = await broken_rules(page)
    await page.get_by_role("link", name="Các lần giao tin").click()
    await expect(page.get_by_text("đã giao đến 0 ")).to_be_visible()
    broken["deliveries"] = await broken_rules(page)
    await page.go_back()
    await page.get_by_text("Chấm dứt", exact=True).click()
    await page.get_by_role("button", name="Chấm dứt đăng ký này").click()
    await expect(page.get_by_role("heading", name="Chưa có nơi nào đăng ký.")).to_be_visible()
    # Keys are given by administrators, and to nobody else is it said that there is such an address.
    await expect(page.get_by_text("Máy và khóa")).to_have_count(0)

    await page.get_by_role("link", name="Số liệu đã công bố").click()
    broken["published"] = await broken_rules(page)
    await page.locator(f"a[href='/published/{requirement}/1']").click()
    await expect(page.locator("main tbody tr").nth(3)).to_be_attached()
    broken["edition"] = await broken_rules(page)
    async with page.expect_download() as file:
        await page.get_by_role("link", name="CSV").click()
    assert (await (await file.value).path()).read_bytes().startswith(b"period,relation,unit_id")

    other = await open_page(size=DESKTOP)
    await enter(other.page, portal, *stage.platform.administrator)
    await other.page.goto(f"{portal}/subscriptions")
    await other.page.get_by_label("Tên máy").fill("Máy chủ thứ hai")
    await other.page.get_by_label("Thư của người phụ trách").fill("may@congvan.example")
    await other.page.locator("#label").fill("thử")
    key = await other.page.locator("[name=key]").get_attribute("value")
    await other.page.get_by_role("button", name="Lập máy và cấp khóa").click()
    given = await other.page.get_by_role("status").locator("code").inner_text()
    # The same form once more, as of somebody who was cut off before they saw the key: no second machine.
    form = {"form": await other.page.locator("main [name=form]").first.get_attribute("value"), "key": key,
            "name": "Máy chủ thứ hai", "email": "may@congvan.example", "label": "lần nữa"}  # fmt: skip
    repeated = await other.context.request.post(f"{portal}/machines", form=form, headers={"Origin": portal})
    assert (repeated.status, (await repeated.text()).count('aria-label="Máy chủ thứ hai"')) == (200, 1)
    broken["machines"] = await broken_rules(other.page)
    async with httpx.AsyncClient(base_url=stage.platform.services["directory"]) as client:
        assert (await client.post("/sessions", json={"api_key": given})).status_code == 201
        await other.page.get_by_label("Máy chủ thứ hai").get_by_role("button", name="Thu hồi thử").click()
        await expect(other.page.get_by_label("Máy chủ thứ hai").get_by_text("Đã thu hồi")).to_be_visible()
        assert (await client.post("/sessions", json={"api_key": given})).status_code == 401
    assert {path: found for path, found in broken.items() if found} == {}
    assert window.complaints + other.complaints == []
