"""The report of the unit that asked: by an edition or as the totals are, to those who read all of them."""

import pytest

from chassis.testing import running, tell
from contracts.directives import SectionAsked

YEAR = "2025-2026"
OFFICER = ("desk_officer", "department")


@pytest.fixture
async def client(frame):
    async with running(frame) as client:
        yield client


@pytest.fixture
async def story(frame, story):
    issued = story.issued()
    [asked] = issued.requirements
    outline = asked.model_copy(update={"sections": (SectionAsked(code="I", title="CÔNG TÁC CHỈ ĐẠO", kind="text"),)})
    await tell(
        frame,
        story.unit("province", "ubnd"),
        story.unit("department", "so_gddt", administrative="province"),
        story.unit("north", "phong_vhxh", reporting="department"),
        story.unit("south", "phong_vhxh", reporting="department"),
        story.unit("n1", reporting="north"),
        story.unit("s1", reporting="south"),
        story.unit("own", "thpt", reporting="department"),
        issued.model_copy(update={"requirements": (outline,)}),
        *(story.opened(each) for each in ("n1", "s1", "own")),
        story.submitted("n1", True, 12),
        story.submitted("own", True, 5),
    )
    return story


@pytest.fixture
def report(client, signer, story):
    async def read(post=OFFICER, **query):
        path = f"/requirements/{story.requirement_id}/report"
        return await client.get(path, headers=signer.bearer(post), params=query)

    return read


def rows(answer):
    return [row[1:] for row in answer.json()["sections"][-1]["tables"][0]["rows"]]


async def test_it_is_by_an_edition_or_by_the_totals_as_they_are(frame, client, signer, story, report):
    published = await client.post(
        f"/requirements/{story.requirement_id}/editions",
        json={"note": "1"},
        headers=signer.bearer(("leader", "department")),
    )
    assert published.status_code == 201
    before = await report(edition=1)
    await tell(frame, story.submitted("s1", True, 7))

    now, still = await report(), await report(edition=1, period=YEAR)

    assert still.content == before.content
    assert rows(before)[0] == ["Tổng số", "2/3", "2", "17"]
    assert rows(now) == [
        ["Tổng số", "3/3", "3", "24"],
        ["Đơn vị north", "1/1", "1", "12"],
        ["Đơn vị south", "1/1", "1", "7"],
        ["Các đơn vị trực thuộc khác", "1/1", "1", "5"],
    ]
    told = now.json()
    assert [told[each] for each in ("unit", "parent", "addressee", "subject")] == [
        "Đơn vị department",
        "Đơn vị province",
        "Đơn vị province",
        "Báo cáo",
    ]
    assert told["sections"][1]["title"] == "I. CÔNG TÁC CHỈ ĐẠO"

    # South was never right below: the tree is corrected, also for the day the edition stands on.
    await tell(frame, story.unit("south", "phong_vhxh", reporting="north", version=2))
    assert (await report(edition=1)).content == before.content
    assert rows(await report())[1] == ["Đơn vị north", "2/2", "2", "19"]


@pytest.mark.parametrize("post", [("commune_officer", "north"), ("reporter", "n1"), ("desk_officer", "elsewhere")])
async def test_whoever_reads_less_than_all_of_it_is_told_nothing(report, post):
    assert (await report(post)).status_code == 404


@pytest.mark.parametrize("asked", [{"edition": 2}, {"period": "1999-2000"}])
async def test_what_there_is_not_is_not_found(report, asked):
    assert (await report(**asked)).status_code == 404
