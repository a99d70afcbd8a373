"""A person at the portal: their browser, their account, and how they sign in."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Page

from congvan import web
from congvan.demo.people import Passwords
from congvan.demo.play import Play

LOOKED_AT: set[str] = set()
"""The paths of the pages axe has looked at in this process."""
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}


@dataclass
class Window:
    """A browser of one person, with one tab to begin with; remembers what the pages complained of."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    async def tab(self) -> Page:
        """Open another tab, and look at that from now on."""
        self.page = await self.context.new_page()
        self.listen(self.page)
        return self.page

    def listen(self, page: Page) -> None:
        def heard(told: ConsoleMessage) -> None:
            # What the server refuses, or a line that is cut on purpose, is no fault of the page's.
            if told.type == "error" and not told.text.startswith("Failed to load resource"):
                self.complaints.append(told.text)

        page.on("console", heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))


@dataclass(frozen=True)
class Staged:
    """The demo province with a letter that was sent out and nothing of it answered yet."""

    play: Play
    passwords: Passwords
    portal: str
    store: str

    def obligation(self, unit_id: str, *, video: bool = False) -> str:
        """Return the id of what a unit owes."""
        outcome = self.play.outcome
        return str(self.play.obligation(outcome.video_id if video else outcome.report_id, unit_id)["obligation_id"])


async def sign_in(page: Page, staged: Staged, account: str) -> None:
    """Sign in as somebody would."""
    await page.goto(f"{staged.portal}/sign-in")
    await page.get_by_label("Tài khoản").fill(account)
    await page.get_by_label("Mật khẩu").fill(staged.passwords.of(account))
    await page.get_by_role("button", name="Đăng nhập").click()
    await page.wait_for_url(lambda url: "/sign-in" not in url)


async def broken_rules(page: Page) -> list[str]:
    """Return what axe finds wrong with the page as it stands: WCAG 2.2 A and AA."""
    LOOKED_AT.add(urlsplit(page.url).path)
    axe = (web.modules() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    await page.evaluate(axe)
    found = await page.evaluate(
        "() => axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
        ".then(({violations}) => violations.map(each => each.id + ': ' + each.nodes.map(node => node.html).join(' ')))"
    )
    return list(found)
