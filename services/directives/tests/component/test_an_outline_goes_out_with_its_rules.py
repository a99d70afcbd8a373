"""What must hold between the figures of an outline stands in the draft and goes out with the directive."""

from chassis.testing import waiting_events

RULE = {
    "code": "tong-cac-khoi",
    "left": [{"indicator": "stem.projects", "times": 2}, {"indicator": None, "times": 5}],
    "holds": "at_least",
    "right": [{"indicator": "stem.lessons", "times": 1}],
    "message_vi": "Số dự án quá ít so với số bài học.",
    "message_en": "Too few projects for so many lessons.",
    "only_warns": False,
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
    report["indicators"].append(SHARE)
    report["rules"] = [RULE]

    issued = await desk.issued(letter)

    shown = (await client.get(f"/directives/{issued['directive_id']}", headers=officer)).json()["requirements"][0]
    [told] = [each["data"] for each in await waiting_events(frame) if each["type"] == "directives.directive.issued.v1"]
    for asked in (shown, told["requirements"][0]):
        assert asked["rules"] == [RULE]
        assert asked["indicators"][3]["of_which"] == "stem.projects"
        assert {key: asked["indicators"][4][key] for key in SHARE} == SHARE
