"""The first page on a telephone: little to load, and something to see soon."""

import time
from typing import Any

import pytest
from person import PHONE, sign_in

pytestmark = pytest.mark.alone
KILOBYTES = 300
PAINTED_MS = 1_500
TRIED_FOR_S = 60.0
"""The machine may be busy with something else at one moment; a page that is slow is slow at all of them."""
THIRD_GENERATION = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
"""What browsers call fast 3G."""
PAINTED = """() => new Promise(done => new PerformanceObserver(list => {
    const first = list.getEntriesByName("first-contentful-paint")[0];
    if (first) done(first.startTime);
}).observe({type: "paint", buffered: true}))"""


@pytest.mark.parametrize("who", ["nobody", "school"])
async def test_the_first_page_is_light_and_soon_there_on_a_slow_telephone(staged, open_page, who) -> None:
    window = await open_page(size=PHONE)
    page = window.page
    if who == "school":
        await sign_in(page, staged, "u-sch-003")
    line = await window.context.new_cdp_session(page)
    received: list[float] = []
    hosts: set[str] = set()
    line.on("Network.loadingFinished", lambda told: received.append(told["encodedDataLength"]))
    page.on("request", lambda asked: hosts.add(asked.url.split("/")[2]))
    await line.send("Network.enable")
    await line.send("Network.emulateNetworkConditions", THIRD_GENERATION)
    await line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    painted: list[float] = []

    began = time.monotonic()
    while not painted or (painted[-1] > PAINTED_MS and time.monotonic() - began < TRIED_FOR_S):
        received.clear()
        await line.send("Network.clearBrowserCache")
        painted.append(await _first_paint(page, f"{staged.portal}/{'owed' if who == 'school' else ''}"))

    assert sum(received) <= KILOBYTES * 1_000
    assert min(painted) <= PAINTED_MS
    assert hosts == {staged.portal.split("/")[2]}  # nothing is had from anybody else


async def _first_paint(page: Any, address: str) -> float:
    await page.goto(address, wait_until="load")
    return float(await page.evaluate(PAINTED))
