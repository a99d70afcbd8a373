"""Open data: nothing is open until a leader says so; then anybody reads what was published, and nothing else."""

import csv
import io
import re

import pytest
from jsonschema_rs import Draft202012Validator

from chassis.testing import running, tell
from reporting.opendata import operations

LEADER = ("leader", "department")


@pytest.fixture
async def client(frame):
    async with running(frame) as client:
        yield client


@pytest.fixture
async def story(frame, story):
    await tell(
        frame,
        story.unit("department", "so_gddt"),
        *(story.unit(each, "phong_vhxh", reporting="department", administrative="department") for each in ("n", "s")),
        story.unit("n1", reporting="n"),
        story.unit("s1", reporting="s"),
        story.issued(),
        *(story.opened(each) for each in ("n1", "s1")),
        story.submitted("n1", True, 12),
    )
    return story


@pytest.fixture
def publish(client, signer, story):
    async def send():
        path = f"/requirements/{story.requirement_id}/editions"
        return await client.post(path, json={"note": "1"}, headers=signer.bearer(LEADER))

    return send


@pytest.fixture
def switch(client, signer, story):
    async def send(is_open, post=LEADER):
        path = f"/requirements/{story.requirement_id}/open-data"
        return await client.put(path, json={"is_open": is_open}, headers=signer.bearer(post))

    return send


async def listed(client):
    return (await client.get("/open-data")).json()["datasets"]


async def test_nothing_is_open_until_a_leader_opens_it_and_after_they_close_it(client, story, publish, switch):
    await publish()
    path = f"/open-data/{story.requirement_id}/1/figures.json"
    assert (await listed(client), (await client.get(path)).status_code) == ([], 404)

    assert (await switch(True)).json()["is_open"] is True
    first = (await switch(True)).json()["changed_at"]
    [dataset] = await listed(client)
    assert (await switch(True)).json()["changed_at"] == first
    assert (dataset["code"], [each["json"] for each in dataset["editions"]]) == ("761/SGDĐT-GDPT", [path])
    assert (await client.get(path)).status_code == 200

    await switch(False)
    assert (await listed(client), (await client.get(path)).status_code) == ([], 404)


async def test_anybody_reads_what_was_published_and_nothing_that_was_not(
    frame, client, story, publish, switch, monkeypatch
):
    monkeypatch.setattr(operations, "AT_ONCE", 2)  # so that there are several pages
    await switch(True)
    assert await listed(client) == []  # there is no edition yet
    await publish()
    await tell(frame, story.submitted("s1", True, 700))
    [dataset] = await listed(client)
    [edition] = dataset["editions"]

    told = await client.get(edition["json"])
    text = await client.get(edition["csv"])

    Draft202012Validator((await client.get("/open-data/schema.json")).json()).validate(told.json())
    lessons = [each for each in told.json()["figures"] if each["indicator"] == "stem.lessons" and not each["level"]]
    assert [(each["unit_id"], each["value"], each["status"]) for each in lessons] == [
        ("department", 12, "stated"),
        ("n", 12, "stated"),
        ("s", None, "blank"),
    ]
    # By reporting only: who governs whom is told inside.
    assert {each["relation"] for each in told.json()["figures"]} == {"reporting"}
    lines = list(csv.DictReader(io.StringIO(text.text, newline="")))
    assert [
        {**each, "value": "" if each["value"] is None else str(each["value"])} for each in told.json()["figures"]
    ] == [
        {**each, "units_reported": int(each["units_reported"]), "units_due": int(each["units_due"])} for each in lines
    ]
    assert re.search(rb"\b700\b", told.content) is None
    assert (await client.get(f"/open-data/{story.requirement_id}/2/figures.csv")).status_code == 404
    again = await client.get(edition["csv"], headers={"If-None-Match": text.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("post", "status"),
    [
        (("desk_officer", "department"), 403),
        (("leader", "n"), 404),
        (("reporter", "n1"), 404),
        (("subscriber", "*"), 404),
    ],
    ids=["its desk", "a leader elsewhere", "a school", "the city"],
)
async def test_only_a_leader_of_who_issued_it_opens_it(client, publish, switch, post, status):
    await publish()

    assert (await switch(True, post)).status_code == status
    assert await listed(client) == []


async def test_a_leader_of_the_division_that_reviews_neither_publishes_nor_opens(frame, client, signer, new_story):
    story = new_story(reviewer="division")
    await tell(
        frame,
        story.unit("department", "so_gddt"),
        story.unit("division", "phong_so", reporting="department"),
        story.unit("n1", reporting="department"),
        story.issued(),
        story.opened("n1"),
        story.submitted("n1", True, 12),
    )
    theirs = signer.bearer(("leader", "division"))
    path = f"/requirements/{story.requirement_id}"

    assert (await client.get(f"{path}/report", headers=theirs)).status_code == 200
    assert (await client.post(f"{path}/editions", json={"note": "1"}, headers=theirs)).status_code == 403
    assert (await client.put(f"{path}/open-data", json={"is_open": True}, headers=theirs)).status_code == 403
