"""Whom a requirement asks is said by a selector: tried out, worked out on its day, and kept with the reasons."""

import pytest

from chassis.testing import tell

AS_OF, ISSUED_ON = "2026-05-31", "2026-11-20"
UPLAND = {"any_of": [{"under": [{"unit_id": "U-XA-2", "kind": "reporting", "direct": False}]}]}


@pytest.fixture
def preview(client, officer):
    """Try an audience out."""

    async def preview(audience, status=200):
        body = {"audience": audience, "as_of": AS_OF, "issued_on": ISSUED_ON}
        answer = await client.post("/audience-previews", json=body, headers=officer)
        assert answer.status_code == status, answer.text
        return answer.json()

    return preview


@pytest.mark.parametrize(
    ("selector", "meant", "chosen_by"),
    [
        ({"any_of": [{"types": ["thpt", "phong_vhxh"]}]}, "U-THPT-1 U-THPT-2 U-XA-1 U-XA-2", "unit_type"),
        ({"any_of": [{"types": ["thcs"], "groups": ["upland"]}]}, "U-OLD-A U-THCS-2", "rule"),
        ({"any_of": [{"held_role": "unit_head"}]}, "U-THCS-1", "rule"),
        ({"any_of": [{"groups": ["heads"]}]}, "U-THCS-1", "rule"),
        ({"any_of": [{"clusters": ["U-CUM-1"]}], "include": ["U-THCS-2"]}, "U-THCS-2 U-THPT-1", None),
        (
            {"any_of": [{"types": ["thcs", "th_thcs"]}], "except_for": [{"groups": ["upland"]}]},
            "U-THCS-1",
            "unit_type",
        ),
    ],
)
async def test_any_selector_is_an_audience(frame, desk, letter, preview, group, person, selector, meant, chosen_by):
    heads = {"any_of": [{"held_role": "unit_head"}], "exclude": ["U-THCS-2"]}
    await tell(frame, group("upland", "Vùng cao", UPLAND), group("heads", "Hiệu trưởng", heads))
    await tell(frame, person(("unit_head", "U-THCS-1")), person(("unit_head", "U-THPT-1"), is_active=False))
    audience = {"selector": selector}

    previewed = (await preview(audience))["units"]

    assert " ".join(each["unit_id"] for each in previewed) == meant
    if chosen_by:
        assert {each["chosen_by"] for each in previewed} == {chosen_by}
    letter["requirements"] = [letter["requirements"][0] | {"audience": audience}]
    issued = await desk.issued(letter)
    assert issued["requirements"][0]["audience"]["selector"] == selector
    opened = await desk.obligations(issued["directive_id"])
    said = ("unit_id", "answering_unit_id", "answers_as", "why_vi", "why_en")
    assert [[each[name] for name in said] for each in opened] == [[each[name] for name in said] for each in previewed]


async def test_why_a_school_is_asked_stays_as_it_was_when_the_directive_was_issued(
    frame, desk, letter, group, unit_type
) -> None:
    await tell(frame, group("upland", "Vùng cao", UPLAND), unit_type("thcs", "Trường THCS"))
    selector = {"any_of": [{"types": ["thcs"], "groups": ["upland"]}]}
    letter["requirements"] = [letter["requirements"][0] | {"audience": {"selector": selector}}]
    issued = await desk.issued(letter)

    await tell(frame, group("upland", "Vùng cao", None, version=2), unit_type("thcs", "Cấp hai", version=2))

    opened = await desk.obligations(issued["directive_id"])
    assert {each["unit_id"]: (each["why_vi"], each["why_en"]) for each in opened} == {
        "U-OLD-A": (
            "Thuộc loại đơn vị «Trường THCS», thuộc nhóm «Vùng cao» ngày 31/05/2026;"
            " ngày 20/11/2026 không còn, đơn vị kế thừa là Đơn vị U-NEW.",
            "Is of type «Trường THCS», belongs to the group «Vùng cao» on 2026-05-31;"
            " gone by 2026-11-20, succeeded by Đơn vị U-NEW.",
        ),
        "U-THCS-2": (
            "Thuộc loại đơn vị «Trường THCS», thuộc nhóm «Vùng cao» ngày 31/05/2026; tự trả lời.",
            "Is of type «Trường THCS», belongs to the group «Vùng cao» on 2026-05-31; answers itself.",
        ),
    }  # fmt: skip


async def test_what_the_short_form_cannot_say_is_shown_as_a_selector_alone(frame, desk, letter, group) -> None:
    await tell(frame, group("upland", "Vùng cao", UPLAND))
    selector = {"any_of": [{"groups": ["upland"]}], "exclude": ["U-THCS-2"]}
    letter["requirements"][0]["audience"] = {"selector": selector}

    shown = (await desk.issued(letter))["requirements"]

    assert shown[0]["audience"] == {
        "selector": selector,
        "unit_types": None,
        "include": [],
        "exclude": ["U-THCS-2"],
    }


UNHEARD_OF = [
    ({"include": ["U-NOBODY"]}, {"units": ["U-NOBODY"]}),
    ({"unit_types": ["thcs"], "exclude": ["U-NOBODY"]}, {"units": ["U-NOBODY"]}),
    ({"unit_types": ["thcs", "thsc"]}, {"unit_types": ["thsc"]}),
    ({"selector": {"any_of": [{"under": [{"unit_id": "U-NOBODY"}]}]}}, {"units": ["U-NOBODY"]}),
    ({"selector": {"any_of": [{"territories": ["U-NOBODY"], "types": ["gone"]}]}}, {"unit_types": ["gone"]}),
    ({"selector": {"any_of": [{"groups": ["nobodys", "removed"]}]}}, {"groups": ["nobodys", "removed"]}),
    ({"selector": {"include": ["U-SO"], "except_for": [{"held_role": "king"}]}}, {"roles": ["king"]}),
]


@pytest.mark.parametrize(("audience", "named"), UNHEARD_OF)
async def test_an_audience_that_names_what_nobody_has_heard_of_is_refused_by_name(
    frame, client, officer, letter, rows, preview, group, unit_type, audience, named
) -> None:
    await tell(frame, group("removed", "Đã bỏ", None, version=2), unit_type("gone", "Đã bỏ", is_removed=True))
    before = await rows()
    letter["requirements"][1]["audience"] = audience

    drafted = await client.post("/directives", json=letter, headers=officer)

    for problem, where in ((drafted.json(), "requirements.1.audience"), (await preview(audience, 422), "audience")):
        assert (problem["status"], problem["code"], problem["where"]) == (422, "audience-unheard-of", where)
        assert named.items() <= problem.items()
        assert problem["detail"] != problem["detail_en"]
        assert all(name in problem["detail"] for names in named.values() for name in names)
    assert await rows() == before


async def test_a_type_of_the_catalogue_has_been_heard_of_before_any_unit_is_of_it(frame, preview, unit_type) -> None:
    await tell(frame, unit_type("mam_non", "Trường mầm non"))

    assert (await preview({"unit_types": ["mam_non"]}))["units"] == []


async def test_a_directive_is_not_issued_to_a_group_that_was_removed_meanwhile(
    frame, desk, letter, rows, group
) -> None:
    await tell(frame, group("upland", "Vùng cao", UPLAND))
    letter["requirements"][1]["audience"] = {"selector": {"any_of": [{"groups": ["upland"]}], "include": ["U-SO"]}}
    directive_id = await desk.numbered(letter)
    await tell(frame, group("upland", "Vùng cao", None, version=2))
    before = await rows()

    answer = await desk.issue(directive_id)

    assert (answer.status_code, answer.json()["code"]) == (422, "audience-unheard-of")
    assert (answer.json()["groups"], answer.json()["where"]) == (["upland"], "requirements.1.audience")
    assert await rows() == before


async def test_groups_whose_change_has_arrived_by_half_are_to_be_asked_for_again(frame, preview, group) -> None:
    await tell(
        frame, group("a", "A", {"any_of": [{"groups": ["b"]}]}), group("b", "B", {"any_of": [{"groups": ["a"]}]})
    )

    problem = await preview({"selector": {"any_of": [{"groups": ["a"]}]}}, 409)

    assert problem["code"] == "groups-unsettled"


@pytest.mark.parametrize(
    "audience",
    [
        {"selector": {"any_of": [{}]}},
        {"selector": {"any_of": [{"colour": "red"}]}},
        {"selector": {"any_of": [{"types": ["thcs"]}]}, "unit_types": ["thcs"]},
        {"selector": {"include": ["U-SO"]}, "exclude": ["U-XA-1"]},
        {"selector": []},
    ],
)
async def test_a_selector_that_makes_no_sense_is_refused(client, officer, letter, rows, preview, audience) -> None:
    before = await rows()
    letter["requirements"][0]["audience"] = audience

    drafted = await client.post("/directives", json=letter, headers=officer)

    assert (drafted.status_code, drafted.json()["code"]) == (422, "malformed")
    assert (await preview(audience, 422))["code"] == "malformed"
    assert await rows() == before


async def test_a_selector_that_means_nobody_by_itself_is_no_audience(client, officer, letter) -> None:
    letter["requirements"][0]["audience"] = {"selector": {"exclude": ["U-SO"]}}

    answer = await client.post("/directives", json=letter, headers=officer)

    assert (answer.status_code, answer.json()["code"]) == (422, "audience-unsaid")


async def test_a_preview_counts_by_type_and_names_who_has_nobody_to_receive(frame, preview, person, unit_type) -> None:
    await tell(frame, unit_type("thcs", "trường THCS"), unit_type("phong_vhxh", "phòng VHXH"))
    gone = person(("reporter", "U-THCS-1"))
    await tell(
        frame,
        person(("commune_officer", "U-XA-1"), ("unit_head", "U-NEW")),
        person(("viewer", "U-XA-2"), ("administrator", "U-THCS-2")),
        gone,
        person(("reporter", "U-THCS-1"), person_id=gone.person_id, version=2, is_active=False),
    )

    shown = await preview({"unit_types": ["thcs", "phong_vhxh"]})

    assert shown["counts"] == [
        {"unit_type": "thcs", "name": "trường THCS", "units": 3},
        {"unit_type": "phong_vhxh", "name": "phòng VHXH", "units": 2},
    ]
    assert [each["unit_id"] for each in shown["nobody_receives"]] == ["U-THCS-1", "U-THCS-2", "U-XA-2"]
    assert shown["summary_vi"] == "3 trường THCS, 2 phòng VHXH; 3 đơn vị chưa có người nhận"
    await tell(frame, person(("reporter", "U-XA-2"), ("reporter", "U-THCS-1"), ("unit_head", "U-THCS-2")))
    assert (await preview({"unit_types": ["thcs", "phong_vhxh"]}))["nobody_receives"] == []
