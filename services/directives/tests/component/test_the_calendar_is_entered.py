"""An administrator of the province enters which days are worked; everybody counts by it, and nothing is lost."""

import asyncio
from importlib.util import module_from_spec, spec_from_file_location

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations

from chassis.testing import waiting_events
from directives.main import MIGRATIONS

CULTURE_DAY = {"day": "2026-11-24", "kind": "holiday", "name": "Ngày Văn hóa Việt Nam"}
NATIONAL_DAY = {"day": "2026-09-02", "kind": "holiday", "name": "Quốc khánh"}
WORKED = {"day": "2026-11-28", "kind": "working", "name": "làm bù"}


@pytest.fixture(scope="session")
def administrator(signer):
    return signer.bearer(("administrator", "*"))


@pytest.fixture(scope="session")
def reporter(signer):
    return signer.bearer(("reporter", "U-THCS-1"))


@pytest.fixture
def enter(client, administrator):
    async def put(*days, version=0, year=2026, headers=administrator):
        return await client.put(f"/calendars/{year}", json={"version": version, "days": days}, headers=headers)

    return put


@pytest.fixture
def second_working_day(client, reporter):
    async def ask():
        asked = {"start": "2026-11-20", "days": 2}
        return (await client.get("/working-days", params=asked, headers=reporter)).json()

    return ask


async def test_the_new_holiday_counts_once_it_is_entered(client, enter, reporter, second_working_day) -> None:
    assert await second_working_day() == {"day": "2026-11-24", "years_not_entered": [2026]}

    answer = await enter(CULTURE_DAY, NATIONAL_DAY)

    assert answer.status_code == 200, answer.text
    shown = (await client.get("/calendars/2026", headers=reporter)).json()
    assert shown == answer.json() == {"year": 2026, "version": 1, "days": [NATIONAL_DAY, CULTURE_DAY]}
    assert await second_working_day() == {"day": "2026-11-25", "years_not_entered": []}


async def test_a_year_nobody_entered_shows_the_holidays_that_never_move(client, reporter) -> None:
    shown = (await client.get("/calendars/2027", headers=reporter)).json()
    assert shown["version"] == 0
    assert [each["day"] for each in shown["days"]] == ["2027-01-01", "2027-04-30", "2027-05-01", "2027-09-02"]


async def test_entering_it_again_writes_nothing(enter, rows) -> None:
    first = (await enter(CULTURE_DAY)).json()
    before = await rows()

    assert (await enter(CULTURE_DAY)).json() == first
    assert await rows() == before


async def test_every_version_stays_with_who_and_when(enter, rows) -> None:
    await enter(CULTURE_DAY)
    await enter(version=1)

    first, second = (await rows())["calendars"]
    assert (first[1], first[2], second[1], second[2]) == (1, [CULTURE_DAY], 2, [])
    assert None not in (*first, *second)


async def test_two_who_change_one_year_do_not_overwrite_each_other(enter, rows) -> None:
    answers = await asyncio.gather(enter(CULTURE_DAY), enter(WORKED))

    assert sorted(each.status_code for each in answers) == [200, 409]
    [lost] = [each.json() for each in answers if each.status_code == 409]
    assert (lost["code"], lost["version"]) == ("calendar-changed", 1)
    assert len((await rows())["calendars"]) == 1


async def test_a_change_of_what_is_no_longer_there_is_refused(enter, rows) -> None:
    await enter(CULTURE_DAY)
    await enter(CULTURE_DAY, NATIONAL_DAY, version=1)
    before = await rows()

    for seen in (0, 1, 3):
        answer = await enter(WORKED, version=seen)
        assert (answer.status_code, answer.json()["code"]) == (409, "calendar-changed")
    assert await rows() == before


@pytest.mark.parametrize("post", [("administrator", "U-SO"), ("desk_officer", "*"), ("reporter", "U-THCS-1")])
async def test_only_an_administrator_of_the_province_enters_it(enter, signer, rows, post) -> None:
    before = await rows()
    answer = await enter(CULTURE_DAY, headers=signer.bearer(post))
    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert await rows() == before


@pytest.mark.parametrize(
    ("days", "code"),
    [
        ([{**CULTURE_DAY, "day": "2027-11-24"}], "day-unfit"),
        ([CULTURE_DAY, CULTURE_DAY], "day-unfit"),
        ([{**CULTURE_DAY, "kind": "working"}], "day-unfit"),
        ([{**WORKED, "kind": "day_off"}], "day-unfit"),
        ([{**CULTURE_DAY, "kind": "feast"}], "malformed"),
        ([{**CULTURE_DAY, "day": "2026-02-30"}], "malformed"),
        ([{**CULTURE_DAY, "name": ""}], "malformed"),
        ([{**CULTURE_DAY, "name": "x" * 501}], "malformed"),
        ([CULTURE_DAY] * 367, "malformed"),
    ],
)
async def test_days_that_make_no_sense_are_refused(enter, rows, days, code) -> None:
    before = await rows()
    answer = await enter(*days)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await rows() == before


async def test_a_deadline_is_suggested_with_the_words_people_are_shown(client, enter, reporter) -> None:
    await enter(CULTURE_DAY)
    asked = {"due_phrase": "trước ngày 14/12/2026", "issued_on": "2026-11-20"}

    shown = (await client.post("/deadline-suggestions", json=asked, headers=reporter)).json()

    assert shown == {
        "due_phrase": "trước ngày 14/12/2026",
        "semantics": "before_date",
        "due_at": "2026-12-14T00:00:00+07:00",
        "words_vi": "Hạn: 24:00 ngày 13/12/2026",
        "words_en": "Due: 24:00 on 13/12/2026 (Viet Nam time)",
        "last_day": "2026-12-13",
        "is_last_day_worked": False,
        "is_year_assumed": False,
        "other_reading": {
            "semantics": "by_end_of_date",
            "due_at": "2026-12-15T00:00:00+07:00",
            "words_vi": "Hạn: 24:00 ngày 14/12/2026",
            "words_en": "Due: 24:00 on 14/12/2026 (Viet Nam time)",
        },
        "years_not_entered": [],
    }


async def test_a_deadline_over_the_turn_of_the_year_names_the_year_nobody_entered(client, enter, reporter) -> None:
    await enter(CULTURE_DAY)
    asked = {"due_phrase": "30 ngày làm việc kể từ ngày ký", "issued_on": "2026-12-01"}

    shown = (await client.post("/deadline-suggestions", json=asked, headers=reporter)).json()
    assert (shown["last_day"], shown["other_reading"], shown["years_not_entered"]) == ("2027-01-13", None, [2027])


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        ("càng sớm càng tốt", "due-phrase-unreadable"),
        ("trước ngày 31/2/2026", "due-phrase-unreadable"),
        ("", "malformed"),
    ],
)
async def test_what_is_no_deadline_is_refused(client, reporter, phrase, code) -> None:
    answer = await client.post("/deadline-suggestions", json={"due_phrase": phrase}, headers=reporter)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_nobody_counts_uninvited(client) -> None:
    for method, path in (
        ("GET", "/calendars/2026"),
        ("GET", "/working-days?start=2026-11-20&days=1"),
        ("POST", "/deadline-suggestions"),
    ):
        assert (await client.request(method, path)).status_code == 401


async def test_a_year_is_told_whole_when_it_changes_and_those_entered_before_when_the_house_is_renewed(
    enter, frame
) -> None:
    await enter(CULTURE_DAY)
    await enter(CULTURE_DAY)
    await enter(CULTURE_DAY, WORKED, version=1)

    told = [each["data"] for each in await waiting_events(frame)]
    assert [(each["year"], each["version"]) for each in told] == [(2026, 1), (2026, 2)]
    assert told[1]["days"] == [
        {"day": "2026-11-24", "kind": "holiday"},
        {"day": "2026-11-28", "kind": "working"},
    ]

    revision = _revision("20261124_4050_calendars_are_told")
    async with frame.engine.begin() as connection:
        await connection.run_sync(_run, revision)
    assert [each["data"]["version"] for each in await waiting_events(frame)] == [1, 2, 2]


def _revision(name):
    """Return a revision as Alembic reads it: from its file, for it is in no package."""
    spec = spec_from_file_location(name, MIGRATIONS.folder / "versions" / f"{name}.py")
    revision = module_from_spec(spec)
    spec.loader.exec_module(revision)
    return revision


def _run(connection, revision) -> None:
    with Operations.context(MigrationContext.configure(connection)):
        revision.upgrade()
