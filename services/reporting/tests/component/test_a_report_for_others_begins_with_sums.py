"""A commune's own report begins with what its schools add up to; what looks odd among them is shown to who reviews."""

import pytest

from chassis.testing import running, tell

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
