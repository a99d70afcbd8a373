"""An issuer keeps the outlines it asks for again: versions stay, nobody overwrites what they have not seen."""

import asyncio

import pytest

ADDRESS = "/outline-templates/U-SO/bao-cao-stem"


@pytest.fixture
def outline(letter):
    report = letter["requirements"][0]
    return {
        "version": 0,
        "name": "Báo cáo giáo dục STEM",
        "sections": report["sections"],
        "indicators": report["indicators"],
        "rules": [
            {
                "code": "R1",
                "left": [{"indicator": "stem.projects"}],
                "holds": "at_most",
                "right": [{"indicator": "stem.lessons"}],
                "message_vi": "Số dự án nhiều hơn số bài học?",
                "message_en": "More projects than lessons?",
            }
        ],
    }


@pytest.fixture
def keep(client, officer):
    async def put(outline, headers=officer, address=ADDRESS):
        return await client.put(address, json=outline, headers=headers)

    return put


async def kept(client, headers):
    return (await client.get("/outline-templates/U-SO", headers=headers)).json()["templates"]


async def test_what_is_kept_is_a_requirement_of_the_next_draft(client, keep, outline, letter, desk, officer) -> None:
    answer = await keep(outline)
    assert (answer.status_code, answer.json()["version"]) == (200, 1)

    [found] = await kept(client, officer)
    letter["requirements"][0] |= {name: found[name] for name in ("sections", "indicators", "rules")}
    drafted = (await client.get(f"/directives/{await desk.draft(letter)}", headers=officer)).json()

    for name in ("sections", "indicators", "rules"):
        assert drafted["requirements"][0][name] == found[name]


async def test_targets_and_frequency_are_kept_with_it(client, keep, outline, officer, rows) -> None:
    frequency = {"calendar": "thang-15", "due": {"kind": "days_after", "count": 5, "on_working_day": True}, "grace": 3}
    targets = [{"indicator": "stem.projects", "kind": "policy", "value": 2}]

    answer = await keep({**outline, "targets": targets, "frequency": frequency})

    assert answer.status_code == 200, answer.text
    [found] = await kept(client, officer)
    assert [(each["indicator"], each["kind"], each["value"]) for each in found["targets"]] == [
        ("stem.projects", "policy", 2)
    ]
    assert found["frequency"] == {**frequency, "first": None, "last": None}
    assert (await keep({**outline, "version": 1, "frequency": frequency})).json()["version"] == 2
    before = await rows()
    refused = await keep({**outline, "version": 2, "targets": [{"indicator": "stem.none", "kind": "previous"}]})
    assert (refused.status_code, refused.json()["code"]) == (422, "target-unfit")
    assert await rows() == before


async def test_keeping_the_same_again_is_one_version(client, keep, outline, rows) -> None:
    first = (await keep(outline)).json()
    before = await rows()

    assert (await keep(outline)).json() == first
    assert (await keep({**outline, "version": 1})).json() == first
    assert await rows() == before


async def test_who_saw_an_older_version_overwrites_nothing(client, keep, outline, officer) -> None:
    await keep(outline)
    await keep({**outline, "version": 1, "name": "Báo cáo STEM, có dự án"})

    late = await keep({**outline, "version": 1, "name": "Của người đến sau"})

    assert (late.status_code, late.json()["code"], late.json()["version"]) == (409, "template-changed", 2)
    assert [(each["version"], each["name"]) for each in await kept(client, officer)] == [(2, "Báo cáo STEM, có dự án")]


async def test_of_two_at_once_one_is_told_to_look_first(keep, outline) -> None:
    answers = await asyncio.gather(*(keep({**outline, "name": f"Bản {number}"}) for number in range(8)))

    assert sorted(each.status_code for each in answers) == [200] + 7 * [409]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"sections": [], "indicators": [], "rules": []}, 422, "nothing-asked"),
        ({"indicators": []}, 422, "rule-unfit"),
        ({"name": ""}, 422, "malformed"),
        ({"version": -1}, 422, "malformed"),
        ({"version": 3}, 409, "template-changed"),
    ],
)
async def test_a_wrong_template_is_not_kept(keep, outline, rows, changes, status, code) -> None:
    before = await rows()

    answer = await keep({**outline, **changes})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await rows() == before


async def test_only_who_writes_for_the_issuer_sees_and_only_who_drafts_keeps(
    client, keep, outline, signer, leader
) -> None:
    stranger = signer.bearer(("desk_officer", "U-XA-1"))

    assert (await keep(outline, stranger)).status_code == 403
    assert (await keep(outline, leader)).status_code == 403
    assert (await client.get("/outline-templates/U-SO", headers=stranger)).status_code == 403
    assert (await client.get("/outline-templates/U-SO", headers=leader)).status_code == 200
    unknown = signer.bearer(("desk_officer", "U-NOWHERE"))
    answer = await keep(outline, unknown, "/outline-templates/U-NOWHERE/bao-cao")
    assert (answer.status_code, answer.json()["code"]) == (409, "unknown-units")
