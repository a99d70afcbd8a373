"""Behind every total: the units that are counted in it, one step away, for those who may read what units submit."""

import pytest

from chassis.testing import running, tell

YEAR = "2025-2026"


@pytest.fixture
async def story(frame, story):
    schools = ("anew", "blank", "exempt", "late", "missing", "nothing", "returned")
    await tell(
        frame,
        story.unit("department", "so_gddt"),
        story.unit("commune", "phong_vhxh", reporting="department"),
        *(story.unit(school, reporting="commune", administrative="committee") for school in schools),
        story.unit("elsewhere", reporting="department"),
        story.issued(),
        *(story.opened(school) for school in (*schools, "elsewhere")),
        story.submitted("anew", True, 12),
        story.submitted("anew", True, 13, version=2, number=2),
        story.submitted("blank", True),
        story.submitted("late", True, 0, is_late=True),
        story.submitted("nothing", is_nil=True),
        story.submitted("returned", True, 5),
        story.returned("returned"),
        story.changed("exempt", "exempt"),
        story.submitted("elsewhere", True, 100),
    )
    return story


@pytest.fixture
async def client(frame):
    async with running(frame) as client:
        yield client


@pytest.fixture
def ask(client, story, signer):
    async def read(unit_id="commune", post=("desk_officer", "department"), **asked):
        query = "&".join(f"{name}={value}" for name, value in ({"period": YEAR} | asked).items())
        path = f"/requirements/{story.requirement_id}/aggregates/{unit_id}/behind?{query}"
        return await client.get(path, headers=signer.bearer(post))

    return read


def units(answer):
    return [each["unit_id"] for each in answer.json()["units"]]


async def test_each_count_beside_a_total_has_its_list(client, story, signer, ask):
    address = f"/requirements/{story.requirement_id}/aggregates"
    [total] = [
        each
        for each in (await client.get(address, headers=signer.bearer(("viewer", "department")))).json()["aggregates"]
        if each["unit_id"] == "commune"
    ]
    assert {
        which: (units(await ask(which=which)), total[f"units_{which}"])
        for which in ("due", "reported", "nil", "late", "returned", "exempt")
    } == {
        "due": (["anew", "blank", "late", "missing", "nothing", "returned"], 6),
        "reported": (["anew", "blank", "late", "nothing"], 4),
        "nil": (["nothing"], 1),
        "late": (["late"], 1),
        "returned": (["returned"], 1),
        "exempt": (["exempt"], 1),
    }
    assert units(await ask(which="missing")) == ["missing", "returned"]
    assert total["totals"] == {"stem.implementing": 3, "stem.lessons": 13}


async def test_it_says_which_version_counts_and_what_that_states(ask):
    found = {each["unit_id"]: each for each in (await ask()).json()["units"]}
    assert {name: (each["state"], each["number"], each["values"]["stem.lessons"]) for name, each in found.items()} == {
        "anew": ("submitted", 2, 13),
        "blank": ("submitted", 1, None),
        "exempt": ("exempt", None, None),
        "late": ("submitted", 1, 0),
        "missing": ("none", None, None),
        "nothing": ("submitted", 1, None),
        "returned": ("returned", None, None),
    }
    assert found["blank"]["marks"] == {"stem.lessons": "blank"}
    assert found["nothing"]["marks"] == {"stem.implementing": "nil", "stem.lessons": "nil"}
    assert found["late"]["marks"] == {}


async def test_it_is_read_page_by_page(ask):
    first = await ask(limit=3)
    assert (units(first), first.json()["after"]) == (["anew", "blank", "exempt"], "exempt")
    assert units(await ask(limit=3, after="exempt")) == ["late", "missing", "nothing"]
    last = await ask(limit=3, after="nothing")
    assert (units(last), last.json()["after"]) == (["returned"], None)


async def test_each_relation_has_its_own(ask):
    assert len(units(await ask("committee", relation="administrative"))) == 7
    assert units(await ask("committee")) == []
    assert "elsewhere" in units(await ask("department"))


async def test_behind_what_a_commune_states_are_its_schools(frame, story, new_story, ask):
    passed_on = new_story(issuer="commune", indicators=("stem.lessons",))
    other = new_story(issuer="commune", indicators=("books.read",))
    await tell(
        frame,
        story.opened("commune"),
        story.submitted("commune", True, 30),
        passed_on.issued(),
        passed_on.opened("anew"),
        passed_on.submitted("anew", 30),
        other.issued(),
        other.opened("anew"),
    )
    [commune] = [each for each in (await ask("department")).json()["units"] if each["unit_id"] == "commune"]
    assert commune["passed_on"] == [str(passed_on.requirement_id)]


@pytest.mark.parametrize(
    "post",
    [("subscriber", "*"), ("viewer", "department"), ("commune_officer", "other"), ("reporter", "anew"), ("clerk", "*")],
    ids=["the city", "who may read totals", "another commune", "a school", "a clerk"],
)
async def test_who_may_not_read_what_units_submit_is_told_nothing(ask, post):
    answer = await ask(post=post)
    assert answer.status_code == 404
    assert "anew" not in answer.text


async def test_a_commune_reads_its_own_and_not_the_province(ask):
    assert len(units(await ask(post=("commune_officer", "commune")))) == 7
    assert (await ask("department", post=("commune_officer", "commune"))).status_code == 404


@pytest.mark.parametrize("asked", [{"period": "2019-2020"}, {"period": "-"}], ids=str)
async def test_a_period_that_is_not_asked_for_has_nobody_behind_it(ask, asked):
    assert (await ask(**asked)).status_code == 404


@pytest.mark.parametrize(
    "asked", [{"which": "all"}, {"limit": 0}, {"limit": 501}, {"relation": "cousin"}, {"after": "%27"}], ids=str
)
async def test_what_makes_no_sense_is_malformed(ask, asked):
    assert (await ask(**asked)).status_code == 422
