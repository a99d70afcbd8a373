"""`congvan screenshots`: the portal's main pages as pictures, at the size of a phone and of a desktop."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from congvan import browser, places, web
from congvan.house import House
from congvan.programs import NotReady
from congvan.progress import Progress

SIZES = {"phone": (390, 844, 2), "desktop": (1280, 800, 1)}
"""Width, height and pixels to a point."""
OFFICE, OFFICER = "u-vhxh-99001", "chuyen-vien"


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--dark", is_flag=True, help="Giao diện tối. / The dark look.")
def screenshots(*, folder: Path, dark: bool) -> None:
    """Chụp các trang chính của cổng. / Write pictures of the portal's main pages.

    Plays the beginning of the demo on a platform of its own that is thrown away, signs in as the people of the demo,
    and writes one PNG for each main page and size.

    \b
    Examples:
      ./congvan screenshots pictures
      ./congvan screenshots pictures --dark
    """
    console = Console(highlight=False)
    try:
        found = browser.find()
        web.build()
        with _house(console) as house:
            written = asyncio.run(_shoot(house, found, folder, "dark" if dark else "light"))
    except (browser.NoBrowser, web.NotBuilt, NotReady, ImportError) as error:
        console.print(Text(f"Không chụp được. / No pictures could be taken.\n{error}", "red"), soft_wrap=True)
        sys.exit(1)
    for file in written:
        click.echo(file)


@contextmanager
def _house(console: Console) -> Iterator[House]:
    places.default_home().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pictures-", dir=places.default_home()) as folder:
        progress = Progress(console, Path(folder) / "logs" / "house.log")
        house = House(Path(folder), tell=progress.tell, durable=False)
        with progress:
            house.start()
        try:
            yield house
        finally:
            house.stop()


async def _shoot(house: House, found: browser.Browser, folder: Path, scheme: Any) -> list[Path]:
    from playwright.async_api import async_playwright

    from congvan.demo.people import Passwords

    pages = await _played(house)
    passwords = Passwords(house.home / "demo-people.json")
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240  a local folder, made once
    written = []
    async with async_playwright() as playing:
        chromium = await playing.chromium.launch(
            executable_path=found.path, args=list(browser.FLAGS), env={**os.environ, **found.environment}
        )
        for size, (width, height, pixels) in SIZES.items():
            for account, named in pages.items():
                context = await chromium.new_context(
                    viewport={"width": width, "height": height}, device_scale_factor=pixels, locale="vi-VN",
                    color_scheme=scheme,
                )  # fmt: skip
                page = await context.new_page()
                if account:
                    await page.goto(f"{house.addresses.portal}/sign-in")
                    await page.fill("#account", account)
                    await page.fill("#password", passwords.of(account))
                    await page.click("button[type=submit]")
                    await page.wait_for_url(lambda url: "/sign-in" not in url)
                for name, path in named.items():
                    # A page that is told how many letters wait is never done with its network.
                    await page.goto(house.addresses.portal + path, wait_until="load")
                    await page.evaluate("document.fonts.ready")
                    file = folder / f"{name}-{size}.png"
                    await page.screenshot(path=file)
                    written.append(file)
                await context.close()
        await chromium.close()
    return written


async def _played(house: House) -> dict[str, dict[str, str]]:
    """Play the beginning of the demo; return the pages to look at, by who looks: name → path."""
    from congvan.demo import province
    from congvan.demo.performance import Stage
    from congvan.demo.play import Play

    class Silent:
        def step(self, vi: str, en: str) -> None:
            """Say nothing."""

        def done(self, vi: str, en: str) -> None:
            """Say nothing."""

        def bytes_total(self, count: int) -> None:
            """Say nothing."""

        def bytes_sent(self, count: int) -> None:
            """Say nothing."""

    stage = Stage(house.addresses, house.secrets)
    async with Play(stage.platform, province.demo(), Silent()) as play:
        await play.load_province()
        await play.appoint_people()
        await play.issue_letter()
        schools = play.province.reporting_schools
        await play.submit_reports(schools[2:24], send_back_first=False, repeat_first=False)
        await play.submit_reports(schools[:1], send_back_first=False, repeat_first=False)
        officer = await play.visitor("chuyen-vien")
        for index, (submission, number) in enumerate(list(play.outcome.receipts.items())):
            if index < 9:
                await officer.post("submissions", f"/submissions/{submission}/accept", {"number": number})
            elif index < 12:
                await officer.post(
                    "submissions",
                    f"/submissions/{submission}/return",
                    {"number": number, "reason": "Số bài học STEM chưa khớp với sổ đầu bài; đề nghị rà soát."},
                )
        first, directive = play.outcome, play.outcome.directive_id
        owed = play.obligation(first.report_id, schools[1])
        reviewed = play.obligation(first.report_id, schools[20])
        video = play.obligation(first.video_id, OFFICE.upper())
        await play.issue_letter()
    school = owed["answering_unit_id"].lower()
    return {
        "": {"sign-in": "/sign-in", "first": "/", "components": "/components"},
        school: {
            "owed": "/owed",
            "answer": f"/owed/{owed['obligation_id']}",
            "letter": f"/directives/{directive}",
            "inbox": "/inbox",
        },
        OFFICE: {"film": f"/owed/{video['obligation_id']}", "below": "/below"},
        OFFICER: {
            "directives": "/board",
            "board": f"/board/{directive}",
            "totals": f"/totals/{directive}",
            "compose": "/drafts/blank",
            "queue": "/review",
            "review": f"/review/{reviewed['obligation_id']}",
        },
    }
