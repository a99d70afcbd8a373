"""What leaves with an edition tells nothing of what was kept back: no digest of it, and no sum along an old tree."""

from datetime import date

import pytest

from chassis.testing import running, tell, waiting_events
from contracts.asked import PeriodAsked
from contracts.directives import IndicatorAsked
from reporting import store

LEADER = ("leader", "department")
OUT = "pupils.out"
OCTOBER = "2026-10"
SENSITIVE = IndicatorAsked(code=OUT, name="HS bỏ học", type="int", unit_of_measure="học sinh", is_sensitive=True)


@pytest.fixture
async def client(frame):
    async with running(frame) as client:
        yield client


@pytest.fixture
def asked(new_story):
    """A requirement for one sensitive figure; `calendar` says by which periods."""

    def ask(**changes):
        story = new_story(indicators=())
        issued = story.issued()
        [requirement] = issued.requirements
        told = requirement.model_copy(update={"indicators": (SENSITIVE,)} | changes)
        story.indicators = (OUT,)
        story.told = issued.model_copy(update={"requirements": (told,)})
        return story

    return ask


@pytest.fixture
def publish(client, signer):
    async def send(story):
        path = f"/requirements/{story.requirement_id}/editions"
        answer = await client.post(path, json={"note": "1"}, headers=signer.bearer(LEADER))
        assert answer.status_code == 201, answer.text
        number = answer.json()["number"]
        figures = (await client.get(f"{path}/{number}", headers=signer.bearer(LEADER))).json()["figures"]
        return answer.json(), {each["unit_id"]: each["totals"][OUT] for each in figures}

    return send


async def test_the_digest_of_an_edition_is_of_what_leaves(frame, client, signer, asked, publish):
    story, schools = asked(), {"north": 72, "south": 3, "west": 8, "east": 30}
    await tell(
        frame,
        story.unit("department", "so_gddt"),
        *(story.unit(each, "phong_vhxh", reporting="department") for each in schools),
        *(story.unit(f"{each}1", reporting=each) for each in schools),
        story.told,
        *(story.opened(f"{each}1") for each in schools),
        *(story.submitted(f"{each}1", value) for each, value in schools.items()),
    )
    first, shown = await publish(story)
    assert shown == {"department": 113, "north": 72, "south": None, "west": None, "east": 30}

    # Three here and eight there, or four and seven: whoever tries them all finds out by a digest of them.
    for each, value in (("south1", 4), ("west1", 7)):
        await tell(frame, story.submitted(each, value, version=2, number=2))
    second, still = await publish(story)

    assert (second["number"], still) == (2, shown)
    assert second["digest"] == first["digest"]
    told = [each["data"] for each in await waiting_events(frame) if each["type"] == "reporting.edition.published.v1"]
    assert [each["digest"] for each in told] == [first["digest"]] * 2
    await tell(frame, story.submitted("east1", 60, version=2, number=2))
    third, _ = await publish(story)
    assert third["digest"] != first["digest"]


async def test_what_is_kept_back_goes_by_the_ways_the_figures_were_added_up(frame, asked, publish):
    periods = [PeriodAsked(code=OCTOBER, name="", starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 31))]
    story = asked(periods=(OCTOBER,), calendar=tuple(periods))
    moved = [("north", date(2005, 1, 1), date(2026, 8, 31)), ("south", date(2026, 9, 1), None)]
    communes = {
        "big": (30, "north"),
        "bigger": (40, "north"),
        "few": (3, moved),
        "some": (8, moved),
        "own": (20, "south"),
    }

    def owed(school):
        return story.opened(school).model_copy(update={"period": OCTOBER, "as_of": date(2026, 10, 1)})

    await tell(
        frame,
        story.unit("department", "so_gddt"),
        *(story.unit(each, "phong_so", reporting="department") for each in ("north", "south")),
        *(story.unit(each, "phong_vhxh", reporting=above) for each, (_, above) in communes.items()),
        *(story.unit(f"{each}1", reporting=each) for each in communes),
        story.told,
        *(owed(f"{each}1") for each in communes),
        *(story.submitted(f"{each}1", value, period=OCTOBER) for each, (value, _) in communes.items()),
    )
    _, shown = await publish(story)

    # Of the south there must be two unknowns, whoever stood below it when the letter was written.
    assert shown == {
        "department": 101,
        "north": 70,
        "big": 30,
        "bigger": 40,
        "south": 31,
        "few": None,
        "some": None,
        "own": 20,
    }


async def test_what_became_sensitive_a_moment_before_is_kept_back(frame, asked, publish, monkeypatch):
    story, schools = asked(), {"north": 72, "south": 3, "west": 8, "east": 30}
    [requirement] = story.told.requirements
    in_the_open = requirement.model_copy(update={"indicators": (SENSITIVE.model_copy(update={"is_sensitive": False}),)})
    corrected = story.told.model_copy(update={"version": story.told.version + 1})
    await tell(
        frame,
        story.unit("department", "so_gddt"),
        *(story.unit(each, "phong_vhxh", reporting="department") for each in schools),
        *(story.unit(f"{each}1", reporting=each) for each in schools),
        story.told.model_copy(update={"requirements": (in_the_open,)}),
        *(story.opened(f"{each}1") for each in schools),
        *(story.submitted(f"{each}1", value) for each, value in schools.items()),
    )
    take_ground, waiting = store.take_ground, [corrected]

    async def told_just_before(tx):
        while waiting:
            await tell(frame, waiting.pop())
        await take_ground(tx)

    monkeypatch.setattr(store, "take_ground", told_just_before)
    _, shown = await publish(story)

    assert (waiting, shown["south"], shown["west"]) == ([], None, None)
