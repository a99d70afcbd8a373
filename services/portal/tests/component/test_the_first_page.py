"""The portal's pages, read as a person would: by heading, table and link."""

import re
from html.parser import HTMLParser

import pytest


class Read(HTMLParser):
    """What a page shows: its words, its table rows, and every address it would make a browser ask."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.language: str | None = None
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self._rows: list[list[str]] = []
        self._text: list[str] = []
        self._in_cell = False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        self.tags.add(tag)
        self.language = self.language or (told.get("lang") if tag == "html" else None)
        if tag == "a":
            self.links.append(told["href"])
        elif "href" in told or "src" in told:
            self.loads.append(told.get("href") or told["src"])
        if tag == "tr":
            self._rows.append([])
        if tag in ("td", "th"):
            self._rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, text):
        self._text.append(text)
        if self._in_cell:
            self._rows[-1][-1] += text

    @property
    def text(self) -> str:
        return " ".join("".join(self._text).split())

    @property
    def rows(self) -> list[list[str]]:
        return [[" ".join(cell.split()) for cell in row] for row in self._rows[1:]]


async def test_it_says_what_this_is_and_how_each_service_stands(make_client):
    async with make_client() as client:
        answer = await client.get("/")

    page = Read(answer.text)
    assert (answer.status_code, page.language, answer.headers["content-language"]) == (200, "vi", "vi")
    assert "Sở Giáo dục và Đào tạo giao việc" in page.text
    assert [(row[0].split()[-1], row[1]) for row in page.rows] == [
        (name, "Sẵn sàng") for name in ("directory", "directives", "submissions", "reporting", "notify")
    ]


async def test_it_speaks_english_when_asked_and_vietnamese_to_any_other_wish(make_client):
    async with make_client() as client:
        english = Read((await client.get("/?lang=en")).text)
        other = Read((await client.get("/?lang=<fr>")).text)

    assert english.language == "en"
    assert [row[1] for row in english.rows] == ["Ready"] * 5
    assert "/?lang=vi" in english.links
    assert other.language == "vi"
    assert "/?lang=en" in other.links


async def test_a_service_that_is_away_or_not_ready_is_shown_so(make_client, neighbours):
    checks = {"postgresql": "ConnectionError: 10.1.2.3 port 5432", "nats": "ok", "keys": "no token keys yet"}
    neighbours["reporting"].readiness = (503, {"ready": False, "checks": checks})
    neighbours["directives"].readiness = (200, b"<html>some proxy</html>")

    async with make_client("notify") as client:
        answer = await client.get("/")

    standings = {row[0].split()[-1]: row[1] for row in Read(answer.text).rows}
    assert answer.status_code == 200
    assert standings == {
        "directory": "Sẵn sàng",
        "directives": "Không trả lời",
        "submissions": "Sẵn sàng",
        "reporting": "Chưa sẵn sàng đang chờ: postgresql, keys",
        "notify": "Không trả lời",
    }
    assert "10.1.2.3" not in answer.text


async def test_services_are_asked_at_once_and_nobody_is_waited_for_longer_than_two_seconds(
    make_client, neighbours, stopwatch
):
    for service in neighbours.values():
        service.delay = 30

    async with make_client() as client:
        with stopwatch() as watch:
            page = Read((await client.get("/")).text)

    assert {row[1] for row in page.rows} == {"Không trả lời"}
    assert 1.9 < watch.seconds < 9  # one after the other they would be ten


async def test_many_readers_are_one_question_to_each_service(make_client, neighbours):
    async with make_client() as client:
        for _ in range(5):
            await client.get("/")

    # Two when the clock moved on between them; never five.
    assert {service.asked for service in neighbours.values()} <= {1, 2}


async def test_nothing_a_service_says_becomes_markup(make_client, neighbours):
    evil = "<script>alert(1)</script><img src=//x onerror=alert(1)>\" onmouseover='x"
    neighbours["notify"].readiness = (503, {"ready": False, "checks": {evil: "bad"}})
    neighbours["notify"].description = {"paths": {f"/{evil}": {"get": {"description": evil}}}}

    async with make_client() as client:
        pages = [(await client.get(path)).text for path in ("/", "/apis/notify")]

    for text in pages:
        page = Read(text)
        assert not page.tags & {"script", "img"}
        assert evil in "".join(page._text)


@pytest.mark.parametrize("path", ["/", "/?lang=en", "/apis/notify", "/sign-in", "/components"])
async def test_no_page_runs_what_is_written_into_it_or_asks_anybody_else(make_client, path):
    async with make_client() as client:
        answer = await client.get(path)

    told = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"} <= set(told)
    assert {"base-uri 'none'", "form-action 'self'", "connect-src 'self'", "media-src 'self' blob:"} <= set(told)
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"https?://|url\(|@import| style=|javascript:| on[a-z]+=", answer.text)
    page = Read(answer.text)
    assert all(load.startswith(("/assets/", "#")) for load in page.loads)
    assert not page.tags & {"script", "style", "img", "iframe"}


async def test_every_link_leads_somewhere(make_client):
    async with make_client() as client:
        links = Read((await client.get("/")).text).links
        answers = {link: (await client.get(link)).status_code for link in links if link != "#main"}

    assert len(answers) == 9
    assert set(answers.values()) == {200}


async def test_the_interface_of_a_service_is_listed(make_client, neighbours):
    neighbours["directives"].description = {
        "paths": {
            "/directives": {
                "parameters": [],
                "post": {"summary": "Draft", "description": "Draft a directive.\n\nMore."},
                "get": {"summary": "List directives"},
            },
            "/directives/{directive_id}/sign": {"post": {"summary": "Sign"}},
        }
    }

    async with make_client() as client:
        page = Read((await client.get("/apis/directives?lang=en")).text)

    assert page.rows == [
        ["GET /directives", "List directives"],
        ["POST /directives", "Draft a directive."],
        ["POST /directives/{directive_id}/sign", "Sign"],
    ]


async def test_the_interface_of_a_service_that_is_away_says_so(make_client, neighbours):
    neighbours["reporting"].description = ["nonsense"]

    async with make_client("notify") as client:
        answers = [await client.get(f"/apis/{name}") for name in ("notify", "reporting")]

    for answer in answers:
        assert answer.status_code == 503
        assert "hiện không trả lời" in Read(answer.text).text


async def test_a_service_nobody_knows_is_not_found(make_client):
    async with make_client() as client:
        answer = await client.get("/apis/payroll")

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_the_portal_is_ready_whoever_else_is_away(make_client):
    async with make_client("directory", "directives", "submissions", "reporting", "notify") as client:
        answer = await client.get("/health/ready")
        flow = await client.get("/health/flow")

    assert (answer.status_code, answer.json()) == (200, {"ready": True, "checks": {}})
    assert flow.json() == {"outbox": 0, "parked": 0, "durables": {}}
