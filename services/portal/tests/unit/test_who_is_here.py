"""Sessions behind cookies: renewed once for all who ask, over when the directory says so."""

import asyncio

import pytest

from portal.doorkeeping import Door, local
from portal.problems import ForeignForm, Refused, ServiceAway
from portal.sessions import FORMER_SECONDS, IDLE_SECONDS, Idle, Sessions


class Directory:
    """Answers as the directory does; each refresh token is good once, and reuse ends the session."""

    def __init__(self) -> None:
        self.given = 0
        self.asked = 0
        self.good = ""
        self.is_away = False
        self.role = "reporter"
        self.ended = 0

    async def ask(self, method, _service, path, *, body=None, **_more):
        self.asked += 1
        if self.is_away:
            raise ServiceAway("directory")
        if path == "/sessions/refresh" and body["refresh_token"] != self.good:
            self.good = ""
            raise Refused(401, {"code": "session-over"})
        if method == "DELETE":
            self.ended += 1
            return None
        self.given += 1
        self.good = f"r{self.given}"
        return {
            "access_token": f"a{self.given}",
            "expires_in": 900,
            "person_id": "p",
            "posts": [{"unit_id": "U-1", "role": self.role}],
            "refresh_token": self.good,
            "needs": [],
        }


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def directory() -> Directory:
    return Directory()


@pytest.fixture
def sessions(directory, clock) -> Sessions:
    return Sessions(directory, clock=clock)


async def signed_in(sessions):
    return await sessions.sign_in(account="a", password="p", code=None)


async def test_a_fresh_session_asks_nobody(sessions, directory) -> None:
    visit = await signed_in(sessions)

    assert await sessions.find(visit.refresh_token) is visit
    assert directory.asked == 1


async def test_many_requests_at_once_renew_once_and_all_go_on(sessions, directory, clock) -> None:
    visit = await signed_in(sessions)
    clock.now += 600

    found = await asyncio.gather(*(sessions.find(visit.refresh_token) for _ in range(20)))
    later = await sessions.find(visit.refresh_token)  # one that was on its way with the old cookie

    assert {each.refresh_token for each in [*found, later]} == {"r2"}
    assert directory.asked == 2


async def test_an_old_cookie_that_comes_much_later_ends_the_session(sessions, directory, clock) -> None:
    visit = await signed_in(sessions)
    clock.now += 600
    await sessions.find(visit.refresh_token)
    clock.now += FORMER_SECONDS + 1

    assert await sessions.find(visit.refresh_token) is None
    assert directory.good == ""


async def test_a_portal_that_was_restarted_renews_at_the_first_request(directory, clock) -> None:
    visit = await signed_in(Sessions(directory, clock=clock))

    found = await Sessions(directory, clock=clock).find(visit.refresh_token)

    assert found is not None
    assert found.posts == (("U-1", "reporter"),)


async def test_a_directory_that_is_away_signs_nobody_out(sessions, directory, clock) -> None:
    visit = await signed_in(sessions)
    clock.now += 600
    directory.is_away = True
    with pytest.raises(ServiceAway):
        await sessions.find(visit.refresh_token)
    directory.is_away = False

    assert (await sessions.find(visit.refresh_token)).refresh_token == "r2"


async def test_who_signed_out_is_not_found_by_any_cookie_they_had(sessions, directory, clock) -> None:
    first = await signed_in(sessions)
    clock.now += 600
    second = await sessions.find(first.refresh_token)
    await sessions.sign_out(second)
    directory.good = ""

    assert await sessions.find(first.refresh_token) is None
    assert await sessions.find(second.refresh_token) is None


async def test_a_form_is_taken_only_from_the_browser_it_was_given_to(sessions) -> None:
    page = Door(sessions, None, "secret-of-this-browser")

    page.check(page.token())
    for forged in ("", Door(sessions, None, "another").token()):
        with pytest.raises(ForeignForm):
            page.check(forged)
    with pytest.raises(ForeignForm):
        Door(sessions, None, None).check(Door(sessions, None, "").token())


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil", "evil", "", "/a\nb", "/x\\y", "/" * 900],
)
def test_nobody_is_sent_on_to_another_house(address) -> None:
    assert local(address) == "/"


def test_a_page_of_ours_is_gone_on_to() -> None:
    assert local("/owed/0190?sent=1") == "/owed/0190?sent=1"


@pytest.mark.parametrize("role", ["desk_officer", "leader", "clerk", "commune_officer", "administrator"])
async def test_an_officer_nobody_has_heard_of_signs_in_again(sessions, directory, clock, role) -> None:
    directory.role = role
    cookie = (await signed_in(sessions)).refresh_token
    clock.now += IDLE_SECONDS
    cookie = (await sessions.find(cookie)).refresh_token
    clock.now += IDLE_SECONDS + 1

    with pytest.raises(Idle):
        await sessions.find(cookie)

    assert directory.ended == 1


async def test_what_a_page_asks_by_itself_is_no_sign_of_anybody(sessions, directory, clock) -> None:
    directory.role = "desk_officer"
    cookie = (await signed_in(sessions)).refresh_token
    for _ in range(4):
        clock.now += IDLE_SECONDS / 4
        cookie = (await sessions.find(cookie, is_work=False)).refresh_token
    clock.now += 1

    with pytest.raises(Idle):
        await sessions.find(cookie, is_work=False)


async def test_a_school_that_waits_for_its_line_is_not_locked_out(sessions, clock) -> None:
    cookie = (await signed_in(sessions)).refresh_token
    clock.now += 10 * IDLE_SECONDS

    assert await sessions.find(cookie) is not None
