"""Totals of what is asked by periods and per education level, compared with what was assigned; in any order."""

from datetime import date
from itertools import permutations
from uuid import uuid5

import pytest

from chassis.testing import running, tell, waiting_events
from contracts.directives import IndicatorAsked, PeriodAsked, TargetAsked, TargetAssigned
from contracts.submissions import StatedValue
from reporting.operations import rebuild

NOVEMBER, DECEMBER = "2026-11", "2026-12"
LEVELS = ("lower_secondary", "upper_secondary")
UPDATED = "reporting.aggregate.updated.v1"


@pytest.fixture
def monthly(story):
    """Tell of a report by the month: lessons per level, and clubs, of which so many are assigned."""

    class Monthly:
        issued = story.issued()
        units = (
            story.unit("so", "so_gddt"),
            story.unit("hai-cap", "thcs_thpt", reporting="so"),
            story.unit("mot-cap", "thcs", reporting="so"),
        )

        @staticmethod
        def opened(unit_id, period, levels, **said):
            opened = story.opened(unit_id)
            own = {"obligation_id": uuid5(opened.obligation_id, period), "period": period, "levels": levels}
            return opened.model_copy(update=own | said)

        @staticmethod
        def stated(unit_id, period, lessons, clubs, *, version=1):
            told = story.submitted(unit_id, version=version, number=version)
            values = [
                StatedValue(indicator="stem.lessons", period=period, value=value, level=level)
                for level, value in lessons.items()
            ]
            values.append(StatedValue(indicator="stem.clubs", period=period, value=clubs))
            own = {"obligation_id": uuid5(told.obligation_id, period), "values": tuple(values)}
            return told.model_copy(update=own)

    [requirement] = Monthly.issued.requirements
    periods = ((NOVEMBER, date(2026, 10, 15), date(2026, 11, 14)), (DECEMBER, date(2026, 11, 15), date(2026, 12, 14)))
    asked = requirement.model_copy(
        update={
            "periods": (),
            "calendar": tuple(
                PeriodAsked(code=code, name=code, starts_on=first, ends_on=last) for code, first, last in periods
            ),
            "indicators": (
                IndicatorAsked(code="stem.lessons", name="", type="int", unit_of_measure="bài", per_level=True),
                IndicatorAsked(code="stem.clubs", name="", type="int", unit_of_measure="CLB"),
            ),
            "targets": (
                TargetAsked(indicator="stem.clubs", kind="assigned"),
                TargetAsked(indicator="stem.lessons", kind="previous"),
            ),
        }
    )
    Monthly.issued = Monthly.issued.model_copy(update={"requirements": (asked,)})
    return Monthly


def ten(period=None):
    return (TargetAssigned(indicator="stem.clubs", value=10, period=period),)


async def shown(client, story, bearer):
    answer = await client.get(f"/requirements/{story.requirement_id}/aggregates", headers=bearer)
    assert answer.status_code == 200, answer.text
    return {(each["unit_id"], each["period"]): each for each in answer.json()["aggregates"]}


async def test_each_period_adds_up_by_itself_and_each_level_too(frame, monthly, story, signer) -> None:
    assigned = {"assigned": ten()}
    november = date(2026, 10, 15)
    await tell(
        frame,
        *monthly.units,
        monthly.issued,
        *(
            monthly.opened(unit_id, period, levels, as_of=november, **assigned)
            for unit_id, levels in (("hai-cap", LEVELS), ("mot-cap", LEVELS[:1]))
            for period in (NOVEMBER, DECEMBER)
        ),
        monthly.stated("hai-cap", NOVEMBER, {"lower_secondary": 3, "upper_secondary": 4}, 6),
        monthly.stated("mot-cap", NOVEMBER, {"lower_secondary": 5}, 7),
        monthly.stated("hai-cap", DECEMBER, {"lower_secondary": 1, "upper_secondary": 0}, 2),
    )

    async with running(frame) as client:
        found = await shown(client, story, signer.bearer(("viewer", "*")))
    before, now = found["so", NOVEMBER], found["so", DECEMBER]

    assert (before["totals"], before["units_reported"], before["units_due"]) == (
        {"stem.lessons": 12, "stem.clubs": 13}, 2, 2
    )  # fmt: skip
    by_level = {
        level: (each["totals"]["stem.lessons"], each["totals"]["stem.clubs"], each["units_due"])
        for level, each in before["levels"].items()
    }
    # What is not divided counts at the highest level of its school.
    assert by_level == {"lower_secondary": (8, 7, 2), "upper_secondary": (4, 6, 1)}
    clubs, lessons = before["targets"]
    assert (clubs["target"], clubs["variance"], clubs["missing"]) == (20, -7, 7)
    assert (lessons["kind"], lessons["target"]) == ("previous", None)
    assert (now["units_reported"], now["units_due"]) == (1, 2)
    clubs, lessons = now["targets"]
    assert (clubs["target"], clubs["missing"]) == (20, 18)
    assert (lessons["target"], lessons["variance"], lessons["missing"]) == (12, -11, 11)

    told = [each["data"] for each in await waiting_events(frame) if each["type"] == UPDATED]
    newest = max((each for each in told if each["period"] == NOVEMBER), key=lambda each: each["version"])
    assert [(each["kind"], each["target"], each["missing"]) for each in newest["targets"]] == [("assigned", 20, 7)]
    assert newest["as_of"] == "2026-10-15"


async def test_any_order_gives_the_same_totals(make_frame, monthly, story, totals_of) -> None:
    events = (
        monthly.issued,
        monthly.opened("hai-cap", NOVEMBER, LEVELS, assigned=ten(NOVEMBER)),
        monthly.stated("hai-cap", NOVEMBER, {"lower_secondary": 3, "upper_secondary": 4}, 6),
        monthly.stated("hai-cap", NOVEMBER, {"lower_secondary": 2, "upper_secondary": 4}, 6, version=2),
    )
    frame = await make_frame()
    await tell(frame, *monthly.units)
    found = []
    for order in permutations(events):
        async with frame.engine.begin() as connection:
            for table in ("requirements", "obligations", "answers", "answer_values", "contributions", "aggregates"):
                await connection.exec_driver_sql(f"DELETE FROM {table}")
        await tell(frame, *order)
        totals = await totals_of(frame, story.requirement_id)
        found.append((totals, await totals_of(frame, story.requirement_id, level="lower_secondary")))
        async with frame.transactions.begin() as tx:
            assert await rebuild(tx) == []

    whole = {("so", NOVEMBER): (1, 1, {"stem.lessons": 6, "stem.clubs": 6})}
    lower = {("so", NOVEMBER): (1, 1, {"stem.lessons": 2})}
    assert all(each == (whole, lower) for each in found)


async def test_a_yes_at_two_levels_is_one_unit_that_says_yes(frame, monthly, story, totals_of) -> None:
    [asked] = monthly.issued.requirements
    taught = IndicatorAsked(code="stem.taught", name="", type="bool", unit_of_measure="trường", per_level=True)
    issued = monthly.issued.model_copy(update={"requirements": (asked.model_copy(update={"indicators": (taught,)}),)})
    told = monthly.stated("hai-cap", NOVEMBER, {}, 0)
    yes = tuple(StatedValue(indicator="stem.taught", period=NOVEMBER, value=True, level=level) for level in LEVELS)
    opened = monthly.opened("hai-cap", NOVEMBER, LEVELS)
    await tell(frame, *monthly.units, issued, opened, told.model_copy(update={"values": yes}))

    assert await totals_of(frame, story.requirement_id) == {("so", NOVEMBER): (1, 1, {"stem.taught": 1})}
    for level in LEVELS:
        assert await totals_of(frame, story.requirement_id, level=level) == {
            ("so", NOVEMBER): (1, 1, {"stem.taught": 1})
        }
