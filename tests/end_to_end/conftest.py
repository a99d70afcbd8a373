"""A browser that is driven as a person would, and people of the demo province to be."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from person import PHONE, Staged, Window
from playwright.async_api import Playwright, async_playwright

from congvan import web
from congvan.browser import FLAGS, Browser, NoBrowser, find
from congvan.demo import province
from congvan.demo.people import Passwords
from congvan.demo.play import Play


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say of every test that needs a browser why it does not run, where none can be had."""
    _skip_what_asks_about_all(items)
    driven = [item for item in items if "open_page" in getattr(item, "fixturenames", ())]
    if not driven:
        return
    try:
        find()
        web.build()
    except (NoBrowser, web.NotBuilt) as error:
        for item in driven:
            item.add_marker(pytest.mark.skip(reason=str(error)))


def _skip_what_asks_about_all(items: list[pytest.Item]) -> None:
    """Leave out the question whether axe saw every page, where not all run that look."""
    looking = [each for each in Path(__file__).parent.glob("test_*.py") if "broken_rules(" in each.read_text("utf-8")]
    for item in items:
        if item.path.name == "test_with_axe_on_every_page.py" and not {each.path for each in items}.issuperset(looking):
            item.add_marker(pytest.mark.skip(reason="only some of the tests run"))


@pytest.fixture(scope="session")
async def playing() -> AsyncIterator[Playwright]:
    async with async_playwright() as playwright:
        yield playwright


OpenWindow = Callable[..., Awaitable[Window]]


@pytest.fixture
async def open_page(playing: Playwright) -> AsyncIterator[OpenWindow]:
    """Open a browser window; every test has its own browsers, and nothing of them is left."""
    found: Browser = find()
    async with AsyncExitStack() as stack:

        async def open_window(*, size: dict[str, int] | None = None, flags: tuple[str, ...] = (), **how: Any) -> Window:
            browser = await playing.chromium.launch(
                executable_path=found.path, args=[*FLAGS, *flags], env={**os.environ, **found.environment}
            )
            stack.push_async_callback(browser.close)
            context = await browser.new_context(viewport=size or PHONE, locale="vi-VN", **how)
            context.set_default_timeout(15_000)
            window = Window(context, await context.new_page())
            window.listen(window.page)
            return window

        yield open_window


@pytest.fixture(scope="module")
async def staged(stage, silent) -> AsyncIterator[Staged]:
    async with Play(stage.platform, province.demo(), silent) as play:
        await play.load_province()
        await play.appoint_people()
        await play.issue_letter()
        passwords = Passwords(stage.addresses.home / "demo-people.json")
        yield Staged(play, passwords, stage.addresses.portal, stage.addresses.store)
