"""A hundred megabytes go up from a real browser over a line that is cut five times, and the tab is closed once."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from person import sign_in
from playwright.async_api import expect

from chassis.testing import until

pytestmark = pytest.mark.alone

BYTES = 100_000_000
OFFICE = "U-VHXH-99004"
CUTS = 5


class Line:
    """A line to the store that can be cut: whoever is on it then loses what was under way."""

    def __init__(self, host: str, port: int) -> None:
        self._there = (host, port)
        self._held: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.carried = 0
        self.cuts = 0
        self._cut_at: list[int] = []

    def cut_at(self, *carried: int) -> None:
        """Cut the line whenever it has carried so many bytes."""
        self._cut_at = sorted(carried)

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        self._cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def _cut(self) -> None:
        for writer in self._held:
            writer.transport.abort()
        self._held.clear()

    async def _carry(self, here: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            answers, there = await asyncio.open_connection(*self._there)
        except OSError:
            back.close()
            return
        self._held |= {back, there}
        try:
            await asyncio.gather(self._pump(here, there, counts=True), self._pump(answers, back, counts=False))
        except OSError:
            pass  # cut
        finally:
            for writer in (back, there):
                writer.transport.abort()
                self._held.discard(writer)
            self._tasks.discard(task)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, counts: bool) -> None:
        while piece := await source.read(1 << 16):
            target.write(piece)
            await target.drain()
            if counts:
                self.carried += len(piece)
                if self._cut_at and self.carried >= self._cut_at[0]:
                    self._cut_at.pop(0)
                    self.cuts += 1
                    self._cut()
        target.close()


@pytest.fixture
async def line(staged) -> AsyncIterator[Line]:
    there = urlsplit(staged.store)
    line = Line(there.hostname, there.port)
    await line.open()
    yield line
    await line.close()


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
    await window.page.get_by_label("Chọn video").set_input_files(film)

    # The tab is closed once the browser has its copy and half has gone up; nobody chooses the file again.
    async def has_a_copy() -> bool:
        return line.carried > BYTES * 0.5 and await window.page.evaluate(HAS_COPY)

    await until(has_a_copy, within=30)
    await window.page.close()
    page = await window.tab()
    await page.goto(address)

    await expect(page.get_by_text(re.compile("Đã tải xong, đang kiểm tra|không dùng được"))).to_be_visible(
        timeout=40_000
    )
    assert line.cuts == CUTS
    # The store holds every byte, by the digest each part was signed with; what was sent twice was under way when cut.
    part_bytes = 5 << 20
    assert set(signed) == set(range(1, -(-BYTES // part_bytes) + 1))
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
