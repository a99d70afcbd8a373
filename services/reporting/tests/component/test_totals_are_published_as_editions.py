"""Editions: numbered, frozen, each figure with the submissions behind it, small sensitive ones kept back."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chassis.testing import running, tell, waiting_events
from contracts.directives import IndicatorAsked

YEAR = "2025-2026"
LEADER = ("leader", "department")
OFFICER = ("desk_officer", "department")
COMMUNES = {"north": (("n1", 40), ("n2", 2)), "south": (("s1", 3),), "west": (("w1", 8),), "east": (("e1", 30),)}


@pytest.fixture
async def client(frame):
    async with running(frame) as client:
        yield client


async def lay_out(frame, story, *more):
    await tell(
        frame,
        story.unit("department", "so_gddt"),
        *(story.unit(commune, "phong_vhxh", reporting="department") for commune in COMMUNES),
        *(story.unit(school, reporting=commune) for commune, schools in COMMUNES.items() for school, _ in schools),
        story.issued(),
        *(story.opened(school) for schools in COMMUNES.values() for school, _ in schools),
        *(story.submitted(school, True, value) for schools in COMMUNES.values() for school, value in schools),
        *more,
    )


@pytest.fixture
async def told(frame, story):
    await lay_out(frame, story)
    return story


@pytest.fixture
def ask(client, signer):
    async def send(story, path="", *, post=OFFICER, publish=None):
        address = f"/requirements/{story.requirement_id}/editions{path}"
        headers = signer.bearer(post)
        if publish is not None:
            return await client.post(address, json={"note": publish}, headers=headers)
        return await client.get(address, headers=headers)

    return send


def lessons(answer):
    return {each["unit_id"]: each["totals"]["stem.lessons"] for each in answer.json()["figures"]}


async def test_an_edition_stays_what_later_corrections_change(frame, told, ask):
    first = await ask(told, publish="Số liệu lần đầu", post=LEADER)
    assert (first.status_code, first.json()["number"], first.json()["units_reported"]) == (201, 1, 5)
    published = lessons(await ask(told, "/1"))
    assert published == {"department": 83, "north": 42, "south": 3, "west": 8, "east": 30}

    await tell(frame, told.submitted("s1", True, 9, version=2, number=2))
    assert lessons(await ask(told, "/1")) == published
    second = await ask(told, publish="Đính chính", post=LEADER)
    assert (second.json()["number"], second.json()["changed_figures"]) == (2, 2)
    assert lessons(await ask(told, "/2")) == published | {"department": 89, "south": 9}
    assert (await ask(told, "/2/differences")).json()["differences"] == [
        {
            "unit_id": unit_id,
            "period": YEAR,
            "relation": "reporting",
            "indicator": "stem.lessons",
            "before": before,
            "after": after,
        }
        for unit_id, before, after in (("department", 83, 89), ("south", 3, 9))
    ]
    assert [each["number"] for each in (await ask(told)).json()["editions"]] == [2, 1]


async def test_it_names_the_version_behind_each_figure(frame, told, ask):
    await ask(told, publish="1", post=LEADER)
    await tell(frame, told.submitted("s1", True, 9, version=2, number=2))
    await ask(told, publish="2", post=LEADER)
    behind = [(await ask(told, f"/{number}/figures/south/behind?period={YEAR}")).json()["sources"] for number in (1, 2)]
    assert [
        [(each["unit_id"], each["submission_number"], each["stated"]["stem.lessons"]) for each in one] for one in behind
    ] == [
        [("s1", 1, 3)],
        [("s1", 2, 9)],
    ]
    page = (await ask(told, f"/1/figures/department/behind?period={YEAR}&limit=2&after=e1")).json()
    assert ([each["unit_id"] for each in page["sources"]], page["after"]) == (["n1", "n2"], "n2")


async def test_unchanged_totals_stay_the_edition_they_are_however_often_it_is_asked_for(frame, told, ask):
    answers = await asyncio.gather(*(ask(told, publish=f"{time}", post=LEADER) for time in range(4)))
    assert sorted(each.status_code for each in answers) == [200, 200, 200, 201]
    assert {each.json()["number"] for each in answers} == {1}
    events = [each["data"] for each in await waiting_events(frame) if each["type"] == "reporting.edition.published.v1"]
    assert [(each["number"], each["units_due"]) for each in events] == [(1, 5)]
    # Accepted is not changed.
    await tell(frame, told.accepted("s1"))
    assert (await ask(told, publish="nữa", post=LEADER)).status_code == 200


@pytest.mark.parametrize("table", ["editions", "edition_figures", "edition_sources"])
@pytest.mark.parametrize("touched", ["UPDATE {} SET number = 7", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
async def test_the_database_lets_nobody_change_one(frame, told, ask, table, touched):
    await ask(told, publish="1", post=LEADER)
    with pytest.raises(DBAPIError, match="stays as it was published"):
        async with frame.engine.begin() as connection:
            await connection.execute(text(touched.format(table)))


@pytest.mark.parametrize(
    ("post", "status"),
    [
        (OFFICER, 403),
        (("viewer", "department"), 403),
        (("leader", "north"), 403),
        (("clerk", "department"), 404),
        (("reporter", "n1"), 404),
    ],
    ids=["its desk", "a viewer", "a leader elsewhere", "a clerk", "a school"],
)
async def test_only_a_leader_of_who_issued_it_publishes(frame, told, ask, post, status):
    assert (await ask(told, publish="1", post=post)).status_code == status
    assert (await ask(told)).json()["editions"] == []


async def test_who_may_not_read_is_told_nothing(told, ask):
    await ask(told, publish="1", post=LEADER)
    for path in ("", "/1", "/1/differences", f"/1/figures/north/behind?period={YEAR}"):
        assert (await ask(told, path, post=("reporter", "n1"))).status_code == 404
    assert set(lessons(await ask(told, "/1", post=("commune_officer", "north")))) == {"north"}
    assert (
        await ask(told, f"/1/figures/south/behind?period={YEAR}", post=("commune_officer", "north"))
    ).status_code == 404
    assert (await ask(told, f"/1/figures/north/behind?period={YEAR}", post=("viewer", "department"))).status_code == 404
    for path in ("/2", "/2/differences", "/1/differences?against=3", f"/2/figures/north/behind?period={YEAR}"):
        assert (await ask(told, path)).status_code == 404


@pytest.fixture
async def sensitive(frame, new_story):
    figure = IndicatorAsked(
        code="pupils.out", name="HS bỏ học", type="int", unit_of_measure="học sinh", is_sensitive=True
    )
    share = IndicatorAsked(
        code="pupils.rate",
        name="Tỉ lệ",
        type="ratio",
        unit_of_measure="%",
        numerator="pupils.out",
        denominator="pupils.all",
    )
    story = new_story(indicators=("pupils.all",), ratios=(figure, share))
    story.indicators = ("pupils.all", "pupils.out")
    issued = story.issued()
    [asked] = issued.requirements
    kept = (asked.indicators[0], figure, share)
    told = issued.model_copy(update={"requirements": (asked.model_copy(update={"indicators": kept}),)})
    story.issued = lambda: told
    await lay_out(frame, story)
    return story


async def test_small_sensitive_figures_are_kept_back_with_what_would_give_them_away(sensitive, ask):
    await ask(sensitive, publish="1", post=LEADER)
    figures = {each["unit_id"]: each for each in (await ask(sensitive, "/1")).json()["figures"]}
    assert {unit: each["totals"]["pupils.out"] for unit, each in figures.items()} == {
        "department": 83,
        "north": 42,
        "south": None,
        "west": None,
        "east": 30,
    }
    assert figures["south"]["withheld"] == ["pupils.out", "pupils.rate"]
    assert (figures["south"]["ratios"], figures["south"]["totals"]["pupils.all"]) == ({}, 1)
    # By level they would be one sum more.
    assert {each["totals"]["pupils.out"] for unit in figures.values() for each in unit["levels"].values()} == {None}
    inside = {each["unit_id"]: each for each in (await ask(sensitive, "/1?as_published=false")).json()["figures"]}
    assert inside["south"]["totals"]["pupils.out"] == 3


async def test_two_editions_side_by_side_give_away_no_more_than_one(frame, sensitive, ask):
    await ask(sensitive, publish="1", post=LEADER)
    await tell(frame, sensitive.submitted("n1", True, 43, version=2, number=2))
    await ask(sensitive, publish="2", post=LEADER)
    figures = {each["unit_id"]: each["totals"]["pupils.out"] for each in (await ask(sensitive, "/2")).json()["figures"]}
    # 86 and 45 would say that three came at one school; the smallest but one would say what was kept back before.
    assert figures == {"department": None, "north": None, "south": None, "west": None, "east": 30}


async def test_they_are_not_told_one_change_after_the_other(frame, sensitive):
    told = [each["data"] for each in await waiting_events(frame) if each["type"] == "reporting.aggregate.updated.v1"]
    values = [
        total
        for each in told
        for total in (*each["totals"], *(one for level in each["levels"] for one in level["totals"]))
    ]
    assert {(each["value"], each["withheld"]) for each in values if each["indicator"] == "pupils.out"} == {(None, True)}
    assert not any(each["ratios"] for each in told)
    assert any(each["value"] for each in values if each["indicator"] == "pupils.all")
