"""What must hold between the figures of an outline stands in the draft and goes out with the directive."""

from datetime import date

import pytest

from chassis.testing import tell, waiting_events

RULE = {
    "code": "tong-cac-khoi",
    "left": [{"indicator": "stem.projects", "times": 2}, {"indicator": None, "times": 5}],
    "holds": "at_least",
    "right": [{"indicator": "stem.lessons", "times": 1}],
    "message_vi": "Số dự án quá ít so với số bài học.",
    "message_en": "Too few projects for so many lessons.",
    "only_warns": True,
    "needs_explanation": True,
}
SHARE = {
    "code": "stem.share",
    "name": "Tỉ lệ dự án dự thi cấp tỉnh",
    "type": "ratio",
    "unit_of_measure": "%",
    "numerator": "stem.projects_province",
    "denominator": "stem.projects",
}


async def test_rules_ratios_and_parts_are_told_as_they_were_drafted(client, frame, letter, desk, officer) -> None:
    report = letter["requirements"][0]
    report["indicators"][3] = {**report["indicators"][3], "at_most": None, "of_which": "stem.projects"}
    compared = {"previous_percent": 30, "ceiling": "school.pupils", "needs_explanation": True}
    report["indicators"][2] |= compared
    report["indicators"].append(SHARE)
    report["rules"] = [RULE]

    issued = await desk.issued(letter)

    shown = (await client.get(f"/directives/{issued['directive_id']}", headers=officer)).json()["requirements"][0]
    [told] = [each["data"] for each in await waiting_events(frame) if each["type"] == "directives.directive.issued.v1"]
    for asked in (shown, told["requirements"][0]):
        assert asked["rules"] == [RULE]
        assert {key: asked["indicators"][2][key] for key in compared} == compared
        assert asked["indicators"][3]["of_which"] == "stem.projects"
        assert {key: asked["indicators"][4][key] for key in SHARE} == SHARE


async def test_levels_go_out_with_what_is_asked_per_level_and_with_nothing_else(frame, unit, letter, desk) -> None:
    school = unit("U-THPT-1", "thpt", version=2, parents=(("reporting", "U-SO", date(2005, 1, 1)),))
    [version] = school.versions
    both = version.model_copy(update={"levels": ("lower_secondary", "upper_secondary")})
    await tell(frame, school.model_copy(update={"versions": (both,)}))
    letter["requirements"] = letter["requirements"][:1]
    report = letter["requirements"][0]
    report["indicators"][2] |= {"per_level": True, "levels": ["upper_secondary"]}

    await desk.issued(letter)

    told = [each["data"] for each in await waiting_events(frame)]
    assert told[0]["requirements"][0]["indicators"][2]["levels"] == ["upper_secondary"]
    levels = {each["unit_id"]: each["levels"] for each in told[1:]}
    assert (levels["U-THPT-1"], levels["U-THPT-2"]) == (["lower_secondary", "upper_secondary"], [])


@pytest.mark.parametrize(
    "change",
    [
        {"levels": ["upper_secondary"]},
        {"per_level": True, "levels": ["upper_secondary", "upper_secondary"]},
        {"per_level": True, "levels": ["dai_hoc"]},
        {"per_level": True, "type": "ratio", "numerator": "stem.projects", "denominator": "stem.lessons"},
    ],
)
async def test_levels_nobody_could_answer_for_are_not_drafted(client, officer, letter, change) -> None:
    letter["requirements"][0]["indicators"][1] |= {"only_if": None} | change
    answer = await client.post("/directives", json=letter, headers=officer)
    assert answer.status_code == 422, answer.text
