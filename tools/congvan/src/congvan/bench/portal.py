"""`bench portal`: fifty people at once on a province of seven hundred units with twenty directives, page by page.

Each is signed in at the portal as a browser is, opens a page of theirs, looks at it for some seconds and opens another.
The portal says of every page how long it took from the request to the answer and whom it asked (`Server-Timing`); what
the reader waits is measured beside it, with the way through the sockets and the queue in front of the portal.
"""

import asyncio
import random
import re
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from chassis.clock import today
from congvan.bench import generated
from congvan.bench.ground import SEED
from congvan.bench.outcome import Aim, Outcome, Sheet, spread
from congvan.bench.processors import Meter
from congvan.demo import letter, people, province
from congvan.demo.performance import Stage
from congvan.demo.play import Play, Told, WrongOutcome
from congvan.demo.province import SCHOOL_TYPES
from congvan.demo.visit import Visitor
from congvan.house import House

SIZE = generated.Size(lower_secondary=600, communes=60, upper_secondary=40, clusters=4)
DIRECTIVES = 20
READERS = 50
COMMUNES, OFFICERS = 8, 9
"""Of the readers; three more are the leader, the clerk and the administrator, all others report for schools."""
THINKING_S = (2.0, 6.0)
"""How long somebody looks at a page before they open the next one."""
PRESSED_SHARE = 0.25
"""So much of the time they do not look, and all ask as fast as they are answered."""
ALONE = 10
ANSWERED = 3
"""So many directives each reporter has answered."""
AIMS = {
    "server_p95_ms": Aim(at_most=100),
    "worst_page_p95_ms": Aim(at_most=100),
    "board_ms": Aim(at_most=300),
    "most_calls": Aim(at_most=12),
    "most_turns": Aim(at_most=5),
}
_TOKEN = re.compile(r'name="form" value="([0-9a-f]+)"')
_TIMING = re.compile(r'page;dur=([\d.]+), services;dur=([\d.]+);desc="(\d+)/(\d+)"')
_WARM = 2
"""Each reader's first pages are not counted: names are asked for once."""


@dataclass(frozen=True)
class Page:
    """A page somebody looks at, and what it is called in the table."""

    name: str
    path: str


@dataclass
class Seen:
    """What was measured of one page."""

    server_ms: list[float] = field(default_factory=list)
    services_ms: list[float] = field(default_factory=list)
    reader_ms: list[float] = field(default_factory=list)
    calls: int = 0
    turns: int = 0
    byte_count: int = 0


class Tally:
    """What was measured, by page."""

    def __init__(self) -> None:
        self.pages: dict[str, Seen] = {}

    def take(self, name: str, answer: httpx.Response, reader_ms: float) -> None:
        """Note one page; raises `WrongOutcome` when it is none."""
        timing = _TIMING.fullmatch(answer.headers.get("server-timing", ""))
        if answer.status_code != httpx.codes.OK or timing is None:
            raise WrongOutcome(f"{answer.request.url.path}: {answer.status_code} {answer.text[:300]}")
        seen = self.pages.setdefault(name, Seen())
        seen.server_ms.append(float(timing[1]))
        seen.services_ms.append(float(timing[2]))
        seen.reader_ms.append(reader_ms)
        seen.calls, seen.turns = max(seen.calls, int(timing[3])), max(seen.turns, int(timing[4]))
        seen.byte_count = max(seen.byte_count, len(answer.content))

    def all(self, kind: str) -> list[float]:
        """Return every time of one kind."""
        return [each for seen in self.pages.values() for each in getattr(seen, kind)]


class Reader:
    """Somebody at the portal, with the cookies of a browser."""

    def __init__(self, client: httpx.AsyncClient, pages: Sequence[Page], chance: random.Random) -> None:
        self._client = client
        self._pages = pages
        self._chance = chance

    @classmethod
    async def come_in(cls, client: httpx.AsyncClient, account: str, password: str) -> None:
        """Sign in as a browser does."""
        form = _TOKEN.search((await client.get("/sign-in")).text)
        fields = {"form": form[1] if form else "", "account": account, "password": password, "then": "/inbox"}
        answer = await client.post("/sign-in", data=fields)
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise WrongOutcome(f"{account} could not sign in: {answer.status_code}")

    async def open(self, page: Page, tally: Tally | None) -> None:
        """Open a page."""
        begun = time.perf_counter()
        answer = await self._client.get(page.path)
        if tally is not None:
            tally.take(page.name, answer, (time.perf_counter() - begun) * 1000)

    async def look_around(self, until: float, tally: Tally, *, thinks_s: tuple[float, float]) -> None:
        """Open one page after the other until then, in an order of one's own."""
        await asyncio.sleep(self._chance.uniform(0, thinks_s[1]))  # nobody begins together with everybody else
        while time.monotonic() < until:
            await self.open(self._chance.choice(self._pages), tally)
            await asyncio.sleep(self._chance.uniform(*thinks_s))

    async def warm_up(self) -> None:
        """Open some pages that are not counted."""
        for page in self._chance.sample(self._pages, min(_WARM, len(self._pages))):
            await self.open(page, None)


async def measure(
    house: House,
    told: Told,
    *,
    seconds: float,
    size: generated.Size = SIZE,
    directives: int = DIRECTIVES,
    readers: int = READERS,
    thinking_s: tuple[float, float] = THINKING_S,
) -> Outcome:
    """Measure on a running house that nobody else uses."""
    folder = house.home / "province"
    generated.write(folder, size, seed=SEED)
    async with AsyncExitStack() as opened:
        play = await opened.enter_async_context(
            Play(Stage(house.addresses, house.secrets).platform, province.read(folder), told)
        )
        ground = await _Ground.lay(play, readers)
        told.step("Phát hành văn bản", "Issuing directives")
        owed = await ground.issue(directives)
        told.done(f"{directives} văn bản, {owed} nghĩa vụ", f"{directives} directives, {owed} obligations")
        told.step("Mở trang", "Opening pages")
        crowd, board = await ground.crowd(opened, house.addresses.portal, readers)
        await asyncio.gather(*(each.warm_up() for each in crowd))
        alone = Tally()
        for _ in range(ALONE):
            await crowd[0].open(board, alone)
        meter = Meter(house)
        calm, pressed = Tally(), Tally()
        before = meter.read()
        used = []
        for tally, share, thinks_s in ((calm, 1 - PRESSED_SHARE, thinking_s), (pressed, PRESSED_SHARE, (0.0, 0.0))):
            until = time.monotonic() + seconds * share
            await asyncio.gather(*(each.look_around(until, tally, thinks_s=thinks_s) for each in crowd))
            after = meter.read()
            used.append(dict(meter.between(before, after).programs))
            before = after
        told.done(f"{len(calm.all('server_ms'))} trang", f"{len(calm.all('server_ms'))} pages")
    return outcome(alone, calm, pressed, used, readers=readers, pressed_s=seconds * PRESSED_SHARE)


class _Ground:
    """The province, its people, and what they have been asked for."""

    def __init__(self, play: Play, department: str) -> None:
        self._play = play
        self._department = department
        self._passwords = people.Passwords(play.platform.folder / "demo-people.json")
        self._today = today(datetime.now(UTC))
        self._drafts: list[dict[str, Any]] = []
        self.reporters: list[str] = []
        self.communes: list[str] = []

    @classmethod
    async def lay(cls, play: Play, readers: int) -> "_Ground":
        await play.load_province()
        ground = cls(play, play.province.department(today(datetime.now(UTC))))
        communes = [
            each["unit_id"] for each in play.province.on(play.province.as_of) if each["unit_type"] == "phong_vhxh"
        ]
        ground.communes = communes[: min(COMMUNES, readers // 5)]
        there = {each["unit_id"] for each in play.province.on(ground._today)}  # others have merged meanwhile
        schools = [each for each in play.province.reporting_schools if each in there]
        ground.reporters = schools[: max(1, readers - len(ground.communes) - OFFICERS - 3)]
        types = dict.fromkeys(ground.communes, "phong_vhxh") | dict.fromkeys(ground.reporters, "thcs")
        accounts = people.office(ground._department, ground._passwords) + people.answering(types, ground._passwords)
        ground._passwords.keep()
        administrator = await play.visitor(*play.platform.administrator)
        await administrator.post("directory", "/people/bulk", {"people": accounts})
        await play.settle()
        return ground

    async def visitor(self, account: str) -> Visitor:
        return await self._play.visitor(account, self._passwords.of(account))

    async def issue(self, count: int) -> int:
        """Issue so many directives, the first of them with four requirements to everybody; return what is owed."""
        officer, leader, clerk = [await self.visitor(account) for account in people.OFFICE]
        owed = 0
        for number in range(count):
            draft = letter.draft(self._play.province, self._department, self._today)
            if number == 0:
                report, film = draft["requirements"]
                everybody = {"unit_types": [*SCHOOL_TYPES, "phong_vhxh"]}
                asked = [report, film, report | {"indicators": []}, report | {"indicators": [], "periods": []}]
                draft["requirements"] = [
                    each | {"audience": everybody, "title": f"{each['title']} ({place})"}
                    for place, each in enumerate(asked, 1)
                ]
            drafted = await officer.post("directives", "/directives", draft)
            path = f"/directives/{drafted['directive_id']}"
            await leader.post("directives", f"{path}/sign")
            await clerk.post("directives", f"{path}/number", {"notation": letter.NOTATION})
            issued = await clerk.post("directives", f"{path}/issue", {"issued_on": self._today.isoformat()})
            owed += sum(issued["obligation_counts"].values())
            self._drafts.append(drafted)
        await self._play.settle()
        for school in self.reporters:
            await self._answer(school)
        await self._play.settle()
        return owed

    async def _answer(self, school: str) -> None:
        reporter = await self.visitor(people.account_of(school))
        told = await reporter.get("directives", "/obligations", unit_id=school)
        wanted = {each["requirements"][0]["requirement_id"] for each in self._drafts[:ANSWERED]}
        for each in told["obligations"]:
            if each["requirement_id"] in wanted and each["unit_id"] == school:
                await reporter.post(
                    "submissions",
                    f"/obligations/{each['obligation_id']}/submissions",
                    letter.report(self._play.province, school),
                    headers={"Idempotency-Key": f"bench-{each['obligation_id']}"},
                )

    async def crowd(self, opened: AsyncExitStack, portal: str, readers: int) -> tuple[list[Reader], Page]:
        """Sign everybody in; return them, an officer first, and the page of the board of four requirements."""
        pages = await self._pages()
        named = [("chuyen-vien", "officer")] * min(OFFICERS, max(1, readers // 5))
        named += [("lanh-dao", "leader"), ("van-thu", "clerk"), (self._play.platform.administrator[0], "administrator")]
        named += [(people.account_of(unit), unit) for unit in (*self.communes, *self.reporters)]
        chance = random.Random(SEED)  # noqa: S311  an order of pages, not a secret
        clients = [
            await opened.enter_async_context(httpx.AsyncClient(base_url=portal, timeout=60)) for _ in named[:readers]
        ]
        for client, (account, _) in zip(clients, named, strict=False):
            await Reader.come_in(client, account, self._password(account))
        crowd = [
            Reader(client, pages[kind], random.Random(chance.random()))  # noqa: S311  as above
            for client, (_, kind) in zip(clients, named, strict=False)
        ]
        return crowd, pages["officer"][1]

    def _password(self, account: str) -> str:
        name, password = self._play.platform.administrator
        return password if account == name else self._passwords.of(account)

    async def _pages(self) -> dict[str, list[Page]]:
        """Return what each reader looks at."""
        everybody = [Page("inbox", "/inbox"), Page("profile", "/profile"), Page("search", "/search?q=giao+duc+stem")]
        first = f"/directives/{self._drafts[0]['directive_id']}"
        board = Page("board", "/board")
        of_one = f"/board/{self._drafts[0]['directive_id']}"
        school = await self.visitor(people.account_of(self.reporters[0]))
        owed = (await school.get("directives", "/obligations", unit_id=self.reporters[0]))["obligations"]
        wanted = self._drafts[0]["requirements"][0]["requirement_id"]
        answered = next(each["obligation_id"] for each in owed if each["requirement_id"] == wanted)
        pages = {
            "officer": [
                board,
                Page("tracking board", of_one),
                Page("tracking board, searched", f"{of_one}?q=truong+1&state=none"),
                Page("review queue", "/review"),
                Page("one review", f"/review/{answered}"),
                Page("totals", f"/totals/{self._drafts[0]['directive_id']}"),
                Page("questions", "/questions"),
                Page("letter", first),
                *everybody,
            ],
            "leader": [board, Page("letter", first), *everybody],
            "clerk": [board, Page("letter", first), *everybody],
            "administrator": [
                Page("people", "/people"),
                Page("calendar", "/calendar"),
                Page("reorganisations", "/reorganisations"),
                Page("subscriptions", "/subscriptions"),
                Page("events", "/events"),
                *everybody[:2],
            ],
        }
        for unit in (*self.communes, *self.reporters):
            person = await self.visitor(people.account_of(unit))
            mine = (await person.get("directives", "/obligations", unit_id=unit))["obligations"]
            pages[unit] = [
                Page("owed", "/owed"),
                *(Page("one answer", f"/owed/{each['obligation_id']}") for each in mine[:4]),
                *everybody,
                *([Page("below", "/below")] * 3 if unit in self.communes else []),
            ]
        return pages


def outcome(
    alone: Tally, calm: Tally, pressed: Tally, used: list[dict[str, float]], *, readers: int, pressed_s: float
) -> Outcome:
    """Return what was measured: the board alone, everybody looking, everybody pressing."""
    [board] = alone.pages.values()
    by_page: dict[str, dict[str, Any]] = {
        name: {
            "count": len(seen.server_ms),
            "server": spread(seen.server_ms),
            "services": spread(seen.services_ms),
            "reader": spread(seen.reader_ms),
            "calls": seen.calls,
            "turns": seen.turns,
            "bytes": seen.byte_count,
        }
        for name, seen in sorted(calm.pages.items())
    }
    count = len(pressed.all("server_ms"))
    ratios = {
        "server_p95_ms": spread(calm.all("server_ms"))["p95_ms"],
        "reader_p95_ms": spread(calm.all("reader_ms"))["p95_ms"],
        "worst_page_p95_ms": max(spread(seen.server_ms)["p95_ms"] for seen in calm.pages.values()),
        "board_ms": spread(board.reader_ms)["p95_ms"],
        "most_calls": max(seen.calls for seen in calm.pages.values()),
        "most_turns": max(seen.turns for seen in calm.pages.values()),
        "pressed_pages_per_second": round(count / pressed_s, 1),
        "pressed_server_p95_ms": spread(pressed.all("server_ms"))["p95_ms"],
        "processor_ms_per_page": round(sum(used[1].values()) / max(count, 1) * 1000, 1),
    }
    figures = {
        "readers": readers,
        "pages": by_page,
        "all": {kind: spread(calm.all(f"{kind}_ms")) for kind in ("server", "services", "reader")},
        "pressed": {kind: spread(pressed.all(f"{kind}_ms")) for kind in ("server", "services", "reader")},
        "board_alone": {
            "server": spread(board.server_ms),
            "reader": spread(board.reader_ms),
            "bytes": board.byte_count,
        },
        "processor_s": [{name: round(each, 2) for name, each in one.items() if each >= 0.01} for one in used],
    }
    columns = ("", "n", "p50 ms", "p95 ms", "đọc\nreader p95", "gọi\ncalls", "lượt\nturns", "kB")
    rows = [
        (name, f"{each['count']}", f"{each['server']['p50_ms']:.0f}", f"{each['server']['p95_ms']:.0f}",
         f"{each['reader']['p95_ms']:.0f}", f"{each['calls']}", f"{each['turns']}", f"{each['bytes'] / 1000:.0f}")
        for name, each in by_page.items()
    ]  # fmt: skip
    low, high = THINKING_S
    return Outcome(
        name="portal",
        figures=figures,
        ratios=ratios,
        aims=AIMS,
        sheets=[Sheet(f"{readers} người cùng lúc", f"{readers} people at once", columns, rows)],
        notes=[
            (
                f"Mỗi người xem một trang {low:g}–{high:g} s rồi mở trang khác; p50, p95 là thời gian của máy chủ "
                "(Server-Timing), cột đọc là thời gian người xem chờ. Khi ai cũng mở liên tục, không xem: "
                f"{ratios['pressed_pages_per_second']:g} trang/s.",
                f"Each looks at a page for {low:g} to {high:g} s and opens another; p50 and p95 are the server's time "
                "(Server-Timing), the reader's column is what somebody waits. When everybody opens pages without "
                f"looking: {ratios['pressed_pages_per_second']:g} pages/s.",
            ),
        ],
    )
