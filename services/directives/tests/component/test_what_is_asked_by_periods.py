"""What is asked by a calendar of periods: once per unit and period, as each begins, as long as the directive stands."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.clock import today
from chassis.testing import tell, tell_together, until, waiting_events
from directives.domain.periods import DueRule, Frequency
from directives.domain.requirement import Requirement, check_deadlines
from directives.operations.periods import directives_to_look_at, open_periods
from directives.problems import PeriodsUnfit
from directives.requests import UNDATED
from unit_tree.projection import TreeReader
from unit_tree.selectors import Selector

TODAY = today(datetime.now(UTC))
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
ADDRESS = "/period-calendars/U-SO/hang-thang"
OPENED = "directives.obligation.opened.v1"
SCHOOLS = {"U-THCS-1", "U-THCS-2", "U-NEW", "U-THPT-1", "U-THPT-2"}


def _calendar(*periods, version=0, kind="custom"):
    rows = [
        {"code": code, "name": f"Kỳ {code}", "starts_on": str(first), "ends_on": str(last)}
        for code, first, last in periods
    ]
    return {"version": version, "name": "Hằng tháng", "kind": kind, "periods": rows}


@pytest.fixture
def keep(client, officer):
    async def put(calendar, headers=officer, address=ADDRESS):
        return await client.put(address, json=calendar, headers=headers)

    return put


@pytest.fixture
async def calendar(keep):
    """Keep a calendar of three periods: one that began ten days ago, one that begins tomorrow, a later one."""
    month = timedelta(days=30)
    said = _calendar(
        ("ky-1", TODAY - timedelta(days=10), TODAY),
        ("ky-2", TOMORROW, TOMORROW + month),
        ("ky-3", TOMORROW + month + timedelta(days=1), TOMORROW + 2 * month),
    )
    assert (await keep(said)).status_code == 200
    return said


@pytest.fixture
def monthly(letter):
    """Ask for the report by the calendar: due before the fifth working day after each period has ended."""
    report = letter["requirements"][0]
    for name in ("periods", "due_at", "cut_off_at", "closes_at"):
        report.pop(name)
    due = {"kind": "working_days_after", "count": 5}
    report["frequency"] = {"calendar": "hang-thang", "due": due, "grace": 3}
    letter["requirements"] = [report]
    return letter


@pytest.fixture
def look(frame):
    """Open what is to be opened, as if the clock of the house stood so many days later."""

    async def at(days=0):
        opened = 0
        async with frame.transactions.begin() as tx:
            tx.now += timedelta(days=days)
            waiting = await directives_to_look_at(tx)
        for directive_id in waiting:
            async with frame.transactions.begin() as tx:
                tx.now += timedelta(days=days)
                tree = await TreeReader().tree(tx.connection)
                opened += await open_periods(tx, directive_id=directive_id, tree=tree)
        return opened

    return at


@pytest.fixture
def issue(desk):
    async def out(letter):
        directive_id = await desk.signed(letter)
        assert (await desk.number(directive_id, year=TODAY.year)).status_code == 200
        answer = await desk.issue(directive_id, str(TODAY))
        assert answer.status_code == 200, answer.text
        return answer.json()

    return out


@pytest.fixture
def owing(desk):
    async def of(issued):
        found = await desk.obligations(issued["directive_id"])
        return sorted((each["period"], each["unit_id"]) for each in found)

    return of


async def test_what_has_begun_is_asked_at_issue_and_the_rest_when_it_begins(
    frame, calendar, monthly, issue, owing, look
) -> None:
    issued = await issue(monthly)

    assert await owing(issued) == [("ky-1", each) for each in sorted(SCHOOLS)]
    [told] = [each["data"] for each in await waiting_events(frame) if each["type"].endswith("directive.issued.v1")]
    assert [each["code"] for each in told["requirements"][0]["calendar"]] == ["ky-1", "ky-2", "ky-3"]
    assert await look() == 0

    assert await look(days=1) == len(SCHOOLS)
    assert await owing(issued) == sorted((code, each) for code in ("ky-1", "ky-2") for each in SCHOOLS)
    opened = [each["data"] for each in await waiting_events(frame) if each["type"] == OPENED]
    assert {(each["period"], each["as_of"]) for each in opened} == {
        ("ky-1", str(TODAY - timedelta(days=10))),
        ("ky-2", str(TOMORROW)),
    }


async def test_what_begins_later_is_sent_now_and_asked_then_and_issuing_again_says_the_same(
    frame, keep, desk, monthly, issue, look
) -> None:
    later = TOMORROW + timedelta(days=30)
    assert (await keep(_calendar(("ky-9", TOMORROW, later)))).status_code == 200
    issued = await issue(monthly)

    assert list(issued["obligation_counts"].values()) == [0]
    again = await desk.issue(issued["directive_id"], str(TODAY))
    assert again.json()["obligation_counts"] == issued["obligation_counts"]
    [told] = [each["data"] for each in await waiting_events(frame)]
    assert {each["unit_id"] for each in told["copies"] if each["purpose"] == "execute"} == SCHOOLS | {"U-NEW"}
    assert await look(days=1) == len(SCHOOLS)


async def test_each_period_has_its_own_cut_off_deadline_and_closing(client, calendar, monthly, issue, officer) -> None:
    issued = await issue(monthly)

    shown = await client.get(f"/directives/{issued['directive_id']}/periods", headers=officer)
    first, second, _ = shown.json()["periods"]
    assert (first["opened_at"] is None, second["opened_at"] is None) == (False, True)
    owed = (await client.get("/obligations", params={"unit_id": "U-THCS-1"}, headers=officer)).json()["obligations"]
    [mine] = owed
    assert (mine["period"], mine["period_name"]) == ("ky-1", "Kỳ ky-1")
    for name in ("cut_off_at", "due_at", "closes_at"):
        assert datetime.fromisoformat(mine[name]) == datetime.fromisoformat(first[name])
    assert datetime.fromisoformat(first["cut_off_at"]) < datetime.fromisoformat(first["due_at"])
    assert datetime.fromisoformat(first["due_at"]) < datetime.fromisoformat(first["closes_at"])
    assert datetime.fromisoformat(issued["requirements"][0]["due_at"]) == datetime.fromisoformat(first["due_at"])


async def test_nobody_is_asked_twice_whoever_looks_at_once(frame, calendar, monthly, issue, owing, look) -> None:
    issued = await issue(monthly)

    async def waits():
        query = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        async with frame.engine.connect() as connection:
            return (await connection.execute(text(query))).first() is not None

    async with frame.transactions.begin() as tx:
        tx.now += timedelta(days=1)
        tree = await TreeReader().tree(tx.connection)
        assert await open_periods(tx, directive_id=UUID(issued["directive_id"]), tree=tree) == len(SCHOOLS)
        second = asyncio.create_task(look(days=1))
        await until(waits)

    assert await second == 0
    assert len(await owing(issued)) == 2 * len(SCHOOLS)


async def test_a_look_that_comes_late_opens_what_it_missed(calendar, monthly, issue, owing, look) -> None:
    issued = await issue(monthly)

    assert await look(days=70) == 2 * len(SCHOOLS)
    assert {code for code, _ in await owing(issued)} == {"ky-1", "ky-2", "ky-3"}


async def test_a_school_that_opens_in_a_period_is_asked_from_then_on(
    frame, unit, calendar, monthly, issue, owing, look
) -> None:
    issued = await issue(monthly)
    await tell(frame, unit("U-LATE", "thcs", since=TOMORROW + timedelta(days=5)))

    await look(days=1)
    assert ("ky-2", "U-LATE") not in await owing(issued)
    assert await look(days=6) == 1
    assert await look(days=7) == 0
    assert [code for code, unit_id in await owing(issued) if unit_id == "U-LATE"] == ["ky-2"]


async def test_a_school_that_has_ended_is_not_asked_and_who_came_after_it_is_asked_once(
    frame, unit, calendar, monthly, issue, owing, look
) -> None:
    issued = await issue(monthly)
    last = TOMORROW + timedelta(days=3)
    after = last + timedelta(days=1)
    became = (("merged_into", "U-AFTER", after),)
    await tell_together(
        frame,
        [
            unit("U-THCS-1", "thcs", until=last, became=became, version=2),
            unit("U-THCS-2", "thcs", until=last, became=became, version=2),
            unit("U-AFTER", "thcs", since=after),
        ],
    )

    await look(days=1)
    # It answers what the two owe of this period, and owes the next one itself.
    assert await look(days=6) == 0
    await look(days=40)
    found = await owing(issued)
    assert ("ky-2", "U-THCS-1") in found
    assert ("ky-2", "U-AFTER") not in found
    assert {unit_id for code, unit_id in found if code == "ky-3"} == SCHOOLS - {"U-THCS-1", "U-THCS-2"} | {"U-AFTER"}


async def test_a_directive_that_was_recalled_asks_for_nothing_further(
    frame, client, leader, calendar, monthly, issue, owing, look
) -> None:
    issued = await issue(monthly)
    recalled = await client.post(
        f"/directives/{issued['directive_id']}/recall", json={"reason": "Nhầm"}, headers=leader
    )
    assert recalled.status_code == 200, recalled.text

    assert await look(days=1) == 0
    # Nor when it was recalled after somebody has begun to look.
    async with frame.transactions.begin() as tx:
        tx.now += timedelta(days=1)
        tree = await TreeReader().tree(tx.connection)
        assert await open_periods(tx, directive_id=UUID(issued["directive_id"]), tree=tree) == 0
    assert {code for code, _ in await owing(issued)} == {"ky-1"}


async def test_one_that_replaces_it_goes_on_period_by_period(
    frame, desk, calendar, monthly, issue, owing, look
) -> None:
    before = await issue(monthly)
    old = await desk.obligations(before["directive_id"])
    relation = {"kind": "replaces", "directive_id": before["directive_id"]}
    report = {**monthly["requirements"][0], "same_as": before["requirements"][0]["requirement_id"]}
    after = await issue({**monthly, "relations": [relation], "requirements": [report]})

    goes_on = {
        (each["period"], each["unit_id"]): each["continues"] for each in await desk.obligations(after["directive_id"])
    }
    assert goes_on == {(each["period"], each["unit_id"]): each["obligation_id"] for each in old}
    assert await look(days=1) == len(SCHOOLS)
    assert {code for code, _ in await owing(before)} == {"ky-1"}


async def test_what_was_issued_stays_as_its_calendar_was(calendar, keep, monthly, issue, owing, look) -> None:
    issued = await issue(monthly)
    moved = _calendar(("ky-1", TODAY - timedelta(days=10), TODAY), ("khac", TOMORROW, TOMORROW), version=1)
    assert (await keep(moved)).json()["version"] == 2

    await look(days=1)
    assert {code for code, _ in await owing(issued)} == {"ky-1", "ky-2"}


async def test_a_preview_lists_the_dates_and_what_is_asked_at_once(client, calendar, monthly, officer, rows) -> None:
    before = await rows()
    asked = {"issuer_unit_id": "U-SO", "frequency": monthly["requirements"][0]["frequency"], "issued_on": str(TODAY)}
    answer = await client.post("/period-previews", json=asked, headers=officer)

    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert [each["code"] for each in shown["periods"]] == ["ky-1", "ky-2", "ky-3"]
    assert shown["asked_at_issue"] == ["ky-1"]
    assert shown["years_not_entered"][0] == TODAY.year
    assert all(each["is_last_day_worked"] and each["due_words_vi"].startswith("Hạn: ") for each in shown["periods"])
    assert await rows() == before


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"due_at": "2026-12-14T00:00:00+07:00"}, 422),
        ({"periods": ["2025-2026"]}, 422),
        ({"closes_at": "2027-12-14T00:00:00+07:00"}, 422),
        ({"frequency": {"calendar": "khong-co", "due": {"kind": "days_after", "count": 1}}}, 422),
        ({"frequency": {"calendar": "hang-thang", "due": {"kind": "before_day", "count": 29}}}, 422),
        ({"frequency": {"calendar": "hang-thang", "due": {"kind": "days_after", "count": 1}, "first": "ky-9"}}, 422),
        ({"frequency": None}, 422),
    ],
)
async def test_what_cannot_be_asked_by_a_calendar_is_not_drafted(
    client, calendar, monthly, officer, rows, change, status
) -> None:
    before = await rows()
    monthly["requirements"][0] |= change

    answer = await client.post("/directives", json=monthly, headers=officer)

    assert answer.status_code == status, answer.text
    assert await rows() == before


def test_people_are_registered_once() -> None:
    frequency = Frequency("hang-thang", DueRule("days_after", 1))
    registered = Requirement(
        id=UUID(int=1), kind="registration", title="Cử đại biểu", as_of=TODAY, periods=(), indicators=(), sections=(),
        media=None, audience=Selector(include=("U-SO",)), due_phrase="", due_at=UNDATED, cut_off_at=None,
        closes_at=None, frequency=frequency,
    )  # fmt: skip
    with pytest.raises(PeriodsUnfit, match="asked once"):
        check_deadlines(registered, "requirements.0")


async def test_calendars_are_kept_in_versions_by_who_writes_for_the_issuer(
    client, keep, calendar, signer, rows
) -> None:
    before = await rows()
    assert (await keep({**calendar, "version": 1})).json()["version"] == 1
    overlapping = _calendar(("ky-1", YESTERDAY, TODAY), ("ky-2", TODAY, TOMORROW), version=1)
    refused = await keep(overlapping)
    assert (refused.status_code, refused.json()["code"]) == (422, "periods-unfit")
    unseen = await keep(_calendar(("ky-1", YESTERDAY, TODAY)))
    assert (unseen.status_code, unseen.json()["code"], unseen.json()["version"]) == (409, "period-calendar-changed", 1)
    stranger = signer.bearer(("desk_officer", "U-SO-X"))
    assert (await keep(calendar, headers=stranger)).status_code == 403
    assert (await client.get("/period-calendars/U-SO", headers=stranger)).status_code == 403
    assert await rows() == before


async def test_regular_calendars_are_suggested(client, officer) -> None:
    asked = {"kind": "month_15_14", "first_on": "2026-12-01", "last_on": "2027-01-31"}
    answer = await client.get("/period-suggestions", params=asked, headers=officer)

    assert [(each["name"], each["starts_on"]) for each in answer.json()["periods"]] == [
        ("Tháng 12/2026", "2026-11-15"),
        ("Tháng 1/2027", "2026-12-15"),
    ]
