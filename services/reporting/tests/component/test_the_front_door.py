"""Totals and coverage over HTTP: what is shown, to whom, and what is refused."""

from datetime import UTC, date, datetime

import pytest

from chassis.testing import Signer, running, tell
from chassis.transaction import new_id

YEAR = "2025-2026"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
async def client(frame):
    async with running(frame) as client:
        yield client


@pytest.fixture
async def story(frame, story):
    await tell(
        frame,
        story.unit("province", "ubnd_tinh"),
        story.unit("department", "so_gddt"),
        story.unit("commune", "phong_vhxh", reporting="department"),
        story.unit("other", "phong_vhxh", reporting="department"),
        story.unit("school", reporting="commune", cluster="cluster"),
        story.unit("neighbour", reporting="other"),
        story.unit("lead", "thpt", reporting="department", cluster="cluster"),
        story.unit("cluster", "cum_chuyen_mon", cluster_lead="lead"),
        story.issued(),
        story.opened("school"),
        story.opened("lead"),
        story.opened("neighbour", due_at=LONG_AGO),
        story.submitted("school", True, 12, is_late=True),
        story.submitted("lead", True, 5),
        story.returned("lead"),
    )
    return story


def units_of(answer):
    return {each["unit_id"] for each in answer.json()["aggregates"]}


async def test_the_department_that_asked_reads_all_totals(client, story, signer):
    answer = await client.get(
        f"/requirements/{story.requirement_id}/aggregates?period={YEAR}",
        headers=signer.bearer(("viewer", "department")),
    )

    assert answer.status_code == 200
    body = answer.json()
    assert {key: body[key] for key in ("requirement_id", "directive_id", "as_of", "restated_on", "units_unplaced")} == {
        "requirement_id": str(story.requirement_id),
        "directive_id": str(story.directive_id),
        "as_of": "2026-05-31",
        "restated_on": None,
        "units_unplaced": 0,
    }
    assert [each["unit_id"] for each in body["aggregates"]] == ["commune", "department", "other", "cluster"]
    assert body["aggregates"][0] == {
        "unit_id": "commune",
        "name": "Đơn vị commune",
        "unit_type": "phong_vhxh",
        "relation": "reporting",
        "period": YEAR,
        "version": 2,
        "totals": {"stem.implementing": 1, "stem.lessons": 12},
        "ratios": {},
        "targets": [],
        "marks": {},
        "units_reported": 1,
        "units_due": 1,
        "units_nil": 0,
        "units_late": 1,
        "units_returned": 0,
        "units_exempt": 0,
        "levels": {
            "lower_secondary": {
                "totals": {"stem.implementing": 1, "stem.lessons": 12},
                "ratios": {},
                "targets": [],
                "marks": {},
                "units_reported": 1,
                "units_due": 1,
                "units_nil": 0,
                "units_late": 1,
                "units_returned": 0,
                "units_exempt": 0,
            }
        },
    }
    assert body["aggregates"][2]["totals"] == {"stem.implementing": None, "stem.lessons": None}
    assert body["aggregates"][2]["marks"] == {"stem.implementing": "blank", "stem.lessons": "blank"}
    assert body["aggregates"][1]["units_returned"] == 1
    assert body["programmes"] == ["stem"]


async def test_totals_are_read_at_some_units_by_one_relation_for_one_programme(client, story, signer):
    async def at(query):
        answer = await client.get(
            f"/requirements/{story.requirement_id}/aggregates?{query}", headers=signer.bearer(("viewer", "department"))
        )
        return units_of(answer) if answer.status_code == 200 else answer.status_code

    assert await at("unit_id=commune&unit_id=cluster&unit_id=nowhere") == {"commune", "cluster"}
    assert await at("unit_id=commune&restated_on=2026-06-30") == {"commune"}
    assert await at("relation=cluster") == {"cluster"}
    assert await at("relation=territory") == 404
    assert "commune" in await at("programme=stem")
    assert await at("programme=other") == 404
    assert [await at(each) for each in ("relation=cousin", "programme=STEM", "unit_id=%27")] == [422, 422, 422]


@pytest.mark.parametrize(
    ("post", "readable"),
    [
        (("leader", "department"), {"commune", "other", "department", "cluster"}),
        (("desk_officer", "*"), {"commune", "other", "department", "cluster"}),
        (("commune_officer", "commune"), {"commune"}),
        (("viewer", "cluster"), {"cluster"}),
    ],
)
async def test_everybody_reads_the_totals_below_their_post_and_no_others(client, story, signer, post, readable):
    answer = await client.get(f"/requirements/{story.requirement_id}/aggregates", headers=signer.bearer(post))

    assert units_of(answer) == readable


async def test_the_division_that_reviews_reads_all_totals_and_another_reads_none(client, frame, new_story, signer):
    story = new_story(reviewer="division")
    await tell(
        frame,
        story.unit("department", "so_gddt"),
        story.unit("school", reporting="department"),
        story.issued(),
        story.opened("school"),
        story.submitted("school", True, 12),
    )
    path = f"/requirements/{story.requirement_id}/aggregates"
    whole = await client.get(path, headers=signer.bearer(("leader", "department")))

    assert units_of(await client.get(path, headers=signer.bearer(("desk_officer", "division")))) == units_of(whole)
    assert (await client.get(path, headers=signer.bearer(("desk_officer", "another")))).status_code == 404


@pytest.mark.parametrize("path", ["aggregates", "aggregates?restated_on=2025-06-30", "coverage"])
@pytest.mark.parametrize(
    "post",
    [
        ("unit_head", "school"),
        ("reporter", "school"),
        ("clerk", "department"),
        ("administrator", "*"),
        ("commune_officer", "elsewhere"),
        ("viewer", "school-that-is-not"),
    ],
)
async def test_who_may_read_nothing_of_it_is_told_the_same_as_of_nothing_at_all(client, story, signer, path, post):
    known = await client.get(f"/requirements/{story.requirement_id}/{path}", headers=signer.bearer(post))
    unknown = await client.get(f"/requirements/{new_id()}/{path}", headers=signer.bearer(post))

    assert known.status_code == unknown.status_code == 404
    assert known.json() | {"trace_id": None} == unknown.json() | {"trace_id": None}
    assert known.json()["code"] == "not-found"
    assert known.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["aggregates", "coverage"])
async def test_a_caller_without_a_valid_token_is_refused(client, story, path, signer):
    url = f"/requirements/{story.requirement_id}/{path}"
    forged = Signer(kid=signer.kid).bearer(("leader", "department"))
    expired = signer.bearer(("leader", "department"), exp=1)
    foreign = signer.bearer(("leader", "department"), aud="another-house")

    for headers in ({}, forged, expired, foreign, {"Authorization": "Bearer nonsense"}):
        answer = await client.get(url, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


SOMEWHERE = "01a203e8-0000-7000-8000-000000000001"
"""The same in every process: tests that run side by side must have the same names."""


@pytest.mark.parametrize(
    "url",
    [
        "/requirements/not-a-uuid/aggregates",
        "/requirements/not-a-uuid/coverage",
        f"/requirements/{SOMEWHERE}/coverage?limit=0",
        f"/requirements/{SOMEWHERE}/aggregates?period=%00",
        f"/requirements/{SOMEWHERE}/aggregates?period=a.b.c.d",
        f"/requirements/{SOMEWHERE}/aggregates?restated_on=30/06/2025",
        f"/requirements/{SOMEWHERE}/aggregates?restated_on=2025-02-30",
    ],
)
async def test_a_malformed_question_is_told_where(client, story, signer, url):
    answer = await client.get(url, headers=signer.bearer(("leader", "department")))

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert answer.json()["errors"]


async def test_a_period_nobody_was_asked_for_has_no_totals(client, story, signer):
    answer = await client.get(
        f"/requirements/{story.requirement_id}/aggregates?period=2024-2025",
        headers=signer.bearer(("leader", "department")),
    )

    assert answer.status_code == 404


async def test_coverage_says_where_every_answer_stands(client, story, signer):
    answer = await client.get(
        f"/requirements/{story.requirement_id}/coverage", headers=signer.bearer(("desk_officer", "department"))
    )

    assert answer.status_code == 200
    assert [(each["unit_id"], each["state"], each["late"]) for each in answer.json()["units"]] == [
        ("lead", "returned", False),
        ("neighbour", "none", True),
        ("school", "submitted", True),
    ]
    assert answer.json()["units"][2] | {"due_at": None, "submitted_at": None} == {
        "unit_id": "school",
        "answering_unit_id": "school",
        "name": "Đơn vị school",
        "unit_type": "thcs",
        "state": "submitted",
        "late": True,
        "due_at": None,
        "submitted_at": None,
        "period": None,
        "media_awaited_until": None,
        "media_late": False,
    }


@pytest.mark.parametrize(
    ("role", "unit", "all_of_them"),
    [("desk_officer", "department", ["lead", "neighbour", "school"]), ("commune_officer", "commune", ["school"])],
)
async def test_coverage_is_read_some_units_at_a_time(client, story, signer, role, unit, all_of_them):
    url, found, after = f"/requirements/{story.requirement_id}/coverage?limit=1", [], ""
    while after is not None:
        answer = await client.get(f"{url}&after={after}" if after else url, headers=signer.bearer((role, unit)))
        [each] = answer.json()["units"]
        found.append(each["unit_id"])
        after = answer.json()["next_after"]

    assert found == all_of_them
    beyond = await client.get(f"{url}&after=zzz", headers=signer.bearer((role, unit)))
    assert (beyond.status_code, beyond.json()["units"], beyond.json()["next_after"]) == (200, [], None)


async def test_a_commune_officer_reads_the_coverage_of_their_own_schools_alone(client, story, signer):
    answer = await client.get(
        f"/requirements/{story.requirement_id}/coverage", headers=signer.bearer(("commune_officer", "commune"))
    )

    assert [each["unit_id"] for each in answer.json()["units"]] == ["school"]


async def test_an_officer_keeps_reading_of_a_school_that_has_merged_into_another(frame, client, story, signer):
    await tell(
        frame,
        story.unit(
            "school",
            version=2,
            reporting="commune",
            valid_to=date(2026, 8, 14),
            became=[("merged_into", "neighbour", date(2026, 8, 15))],
        ),
    )

    answer = await client.get(
        f"/requirements/{story.requirement_id}/coverage", headers=signer.bearer(("commune_officer", "other"))
    )

    assert [each["unit_id"] for each in answer.json()["units"]] == ["neighbour", "school"]
