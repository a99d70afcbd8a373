"""A hundred megabytes go up from a real browser over a line that is cut five times, and the tab is closed once."""

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from person import sign_in
from playwright.async_api import expect

from chassis.testing import until
from congvan.bench.cutting import CutLine

pytestmark = pytest.mark.alone

BYTES = 100_000_000
OFFICE = "U-VHXH-99004"
CUTS = 5


@pytest.fixture
async def line(staged) -> AsyncIterator[CutLine]:
    there = urlsplit(staged.store)
    line = CutLine(there.hostname, there.port)
    await line.open()
    yield line
    await line.aclose()


async def test_it_arrives_whole_and_each_cut_costs_a_part_at_most(staged, open_page, line, tmp_path: Path) -> None:
    film = tmp_path / "ngay-hoi.mp4"
    film.write_bytes(os.urandom(1 << 20) * (BYTES >> 20) + os.urandom(BYTES - (BYTES >> 20 << 20)))
    there = urlsplit(staged.store)
    window = await open_page(flags=(f"--host-resolver-rules=MAP {there.netloc} 127.0.0.1:{line.port}",))
    signed: list[int] = []
    window.context.on(
        "request",
        lambda asked: (
            signed.extend(part["number"] for part in asked.post_data_json["parts"])
            if re.search(r"/upload/parts/", asked.url)
            else None
        ),
    )
    obligation = staged.obligation(OFFICE, video=True)
    address = f"{staged.portal}/owed/{obligation}"
    await sign_in(window.page, staged, OFFICE.lower())
    await window.page.goto(address)
    line.cut_at(*(BYTES * share // 100 for share in (8, 25, 45, 70, 90)))
    # The service is away for a moment as the file is chosen: that is no end either.
    opened = []

    async def away_at_first(route) -> None:
        opened.append(route.request.method)
        await (route.fulfill(status=503, json={}) if len(opened) == 1 else route.continue_())

    await window.page.route(re.compile(rf"/upload/{obligation}$"), away_at_first)
    # However busy the disk is, the file has not gone up before the browser has its copy.
    line.hold_at(BYTES * 55 // 100)
    await window.page.get_by_label("Chọn video").set_input_files(film)

    # The tab is closed once the browser has its copy and half has gone up; nobody chooses the file again.
    async def has_a_copy() -> bool:
        return line.carried > BYTES * 0.5 and await window.page.evaluate(HAS_COPY)

    await until(has_a_copy, within=60)
    await window.page.close()
    line.release()
    page = await window.tab()
    await page.goto(address)

    await expect(page.get_by_text(re.compile("Đã tải xong, đang kiểm tra|Tệp không phải là video"))).to_be_visible(
        timeout=60_000
    )
    assert opened == ["POST", "POST"]
    assert line.cuts == CUTS
    # The store holds every byte, by the digest each part was signed with; what was sent twice was under way when cut.
    part_bytes = 5 << 20
    assert signed, "after a cut a part is signed anew, and so is what a closed tab has forgotten"
    assert set(signed) <= set(range(1, -(-BYTES // part_bytes) + 1))
    assert line.carried < BYTES + (CUTS + 1) * part_bytes, signed
    officer = await staged.play.visitor("chuyen-vien")
    media = (await page.locator("[data-media]").first.get_attribute("data-media")) or ""
    told = await officer.get("submissions", f"/media/{media}")
    assert told["byte_count"] == BYTES
    assert told["received_at"] is not None
    assert window.complaints == []


HAS_COPY = """async () => {
  const database = await new Promise((resolve) => {
    const request = indexedDB.open("congvan", 1);
    request.onsuccess = () => resolve(request.result);
  });
  const all = await new Promise((resolve) => {
    const request = database.transaction("uploads").objectStore("uploads").getAll();
    request.onsuccess = () => resolve(request.result);
  });
  database.close();
  return all.some((each) => each.hasCopy);
}"""
