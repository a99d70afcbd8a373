"""A commune's own report begins with what its schools add up to; what looks odd among them is shown to who reviews."""

import pytest

from chassis.testing import running, tell
from contracts.asked import RuleAsked, TermAsked

YEAR, BEFORE = "2025-2026", "2024-2025"
COMMUNE = ("commune_officer", "commune")
SCHOOLS = tuple(f"school-{number}" for number in range(9))


@pytest.fixture
async def client(frame):
    async with running(frame) as client:
        yield client


@pytest.fixture
async def asked(frame, story):
    await tell(
        frame,
        story.unit("department", "so_gddt"),
        story.unit("commune", "phong_vhxh", reporting="department"),
        *(story.unit(school, reporting="commune") for school in SCHOOLS),
        story.issued(),
        story.opened("commune"),
    )
    return story


@pytest.fixture
def read(client, signer):
    async def send(story, path, post=COMMUNE):
        return await client.get(f"/requirements/{story.requirement_id}/{path}", headers=signer.bearer(post))

    return send


async def test_it_begins_with_the_answers_to_what_the_commune_passed_on(frame, asked, new_story, read):
    assert (await read(asked, "consolidations/commune")).json()["periods"] == []
    passed_on = new_story(issuer="commune", indicators=("stem.lessons", "books.read"))
    await tell(
        frame,
        passed_on.issued(),
        *(passed_on.opened(school) for school in SCHOOLS),
        *(passed_on.submitted(school, 10, 5) for school in SCHOOLS[:4]),
    )
    assert (await read(asked, "consolidations/commune")).json()["periods"] == [
        {
            "period": YEAR,
            "source_requirement_id": str(passed_on.requirement_id),
            "totals": {"stem.lessons": 40},
            "marks": {},
            "units_reported": 4,
            "units_due": 9,
        }
    ]


async def test_it_begins_with_their_answers_where_they_were_asked_the_same(frame, asked, read):
    await tell(frame, asked.opened("school-1"), asked.opened("school-2"), asked.submitted("school-1", True))
    [found] = (await read(asked, "consolidations/commune")).json()["periods"]
    assert found["source_requirement_id"] == str(asked.requirement_id)
    assert found["totals"] == {"stem.implementing": 1, "stem.lessons": None}
    assert found["marks"] == {"stem.lessons": "blank"}


async def test_what_is_odd_is_shown_with_what_it_is_held_against(frame, new_story, asked, read):
    story = new_story(periods=(BEFORE, YEAR), indicators=("stem.lessons",))
    values = dict.fromkeys(SCHOOLS, 40) | {"school-0": 400}
    await tell(
        frame,
        story.issued(),
        *(story.opened(school) for school in SCHOOLS),
        *(
            story.submitted(school, 40).model_copy(
                update={
                    "values": story.submitted(school, 40, period=BEFORE).values
                    + story.submitted(school, value, period=YEAR).values
                }
            )
            for school, value in values.items()
        ),
    )
    answer = await read(story, f"aggregates/department/oddities?period={YEAR}", ("desk_officer", "department"))
    assert answer.json()["oddities"] == [
        {"unit_id": "school-0", "indicator": "stem.lessons", "value": 400, "against": against, "expected": 40}
        for against in ("before", "peers")
    ]
    earlier = await read(story, f"aggregates/department/oddities?period={BEFORE}", ("desk_officer", "department"))
    assert earlier.json()["oddities"] == []


async def test_two_sides_of_a_flow_that_do_not_agree_are_shown(frame, new_story, asked, read):
    story = new_story(indicators=("streaming.to_gdnn", "streaming.from_thcs"))
    issued = story.issued()
    sides = [(TermAsked(indicator=code),) for code in story.indicators]
    words = {"message_vi": "Nơi đi và nơi đến không khớp.", "message_en": "Origin and destination differ."}
    rule = RuleAsked(code="flow", left=sides[0], holds="equals", right=sides[1], **words)
    [requirement] = issued.requirements
    issued = issued.model_copy(update={"requirements": (requirement.model_copy(update={"rules": (rule,)}),)})

    def stated(school, indicator, value):
        given = story.submitted(school, *([value] * 2))
        return given.model_copy(update={"values": tuple(each for each in given.values if each.indicator == indicator)})

    await tell(
        frame,
        issued,
        *(story.opened(school) for school in SCHOOLS[:3]),
        stated(SCHOOLS[0], "streaming.to_gdnn", 20),
        stated(SCHOOLS[1], "streaming.to_gdnn", 12),
        stated(SCHOOLS[2], "streaming.from_thcs", 30),
    )
    answer = await read(story, f"aggregates/department/oddities?period={YEAR}", ("desk_officer", "department"))
    [flow] = answer.json()["flows"]
    assert (
        flow == {"rule": "flow", "holds": "equals", "left": 32, "right": 30, "left_units": 2, "right_units": 1} | words
    )
    assert (await read(asked, f"aggregates/commune/oddities?period={YEAR}")).json()["flows"] == []


@pytest.mark.parametrize("path", ["consolidations/commune", f"aggregates/commune/oddities?period={YEAR}"])
@pytest.mark.parametrize(
    "post",
    [("commune_officer", "other"), ("viewer", "department"), ("subscriber", "*"), ("reporter", "school-1")],
    ids=["another commune", "who reads totals", "the city", "a school"],
)
async def test_who_may_not_read_what_units_submit_is_told_nothing(asked, read, path, post):
    assert (await read(asked, path, post)).status_code == 404


async def test_a_period_nobody_asked_for_has_nothing_odd(asked, read):
    assert (await read(asked, "aggregates/commune/oddities?period=2019-2020")).status_code == 404
