"""Which units? Asked in the words of the field, of any day, with reasons; and selections that have a name."""

import pytest

OFFICE = "Phòng Văn hóa - Xã hội phường Minh Giang (U-VHXH-99001)"
THCS = {"any_of": [{"levels": ["lower_secondary"]}]}


@pytest.fixture
def ask(client, administrator):
    async def ask(method, path, status=200, *, headers=administrator, **body):
        answer = await client.request(method, path, headers=headers, json=body or None)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    return ask


@pytest.fixture
def meant(ask, registered):
    async def meant(*any_of, on="2026-11-22", **more):
        found = await ask("POST", "/selector-previews", selector={"any_of": any_of, **more}, on=on)
        assert found["count"] == len(found["units"])
        return {each["unit_id"] for each in found["units"]}

    return meant


async def test_schools_are_chosen_by_the_levels_they_teach_on_the_day(meant):
    # 20 THCS and 4 TH&THCS, 2 THCS&THPT, 1 of several levels, 1 boarding school; two were merged into one.
    before, after = [await meant(*THCS["any_of"], on=day) for day in ("2026-08-14", "2026-08-15")]

    assert (len(before), len(after)) == (28, 27)
    assert before - after == {"U-SCH-011", "U-SCH-012"}
    assert after - before == {"U-SCH-025"}
    assert len(await meant({"types": ["thcs"]}, on="2026-08-14")) == 20


async def test_everyone_below_at_any_depth_or_directly(meant):
    everyone = await meant({"under": [{"unit_id": "U-SGD-MG"}]})
    directly = await meant({"under": [{"unit_id": "U-SGD-MG", "direct": True}]})

    assert "U-SCH-001" in everyone - directly
    assert {"U-VHXH-99001", "U-THPT-01"} <= directly
    assert await meant({"under": [{"unit_id": "U-VHXH-99016"}]}) == {"U-SCH-025"}
    assert len(await meant({"under": [{"unit_id": "U-PGD-D03"}]}, on="2025-06-30")) == 4
    assert await meant({"under": [{"unit_id": "U-PGD-D03"}]}) == set()
    assert await meant(
        {"levels": ["lower_secondary"], "under": [{"unit_id": "U-UBND-99016", "kind": "administrative"}]}
    ) == {"U-SCH-025"}


async def test_members_and_leads_of_clusters(meant, ask):
    lead = {"school_id": "U-THPT-01", "valid_from": "2026-01-01"}
    await ask("PUT", "/clusters/U-CUM-1/lead", **lead)

    assert await meant({"leads_a_cluster": True}) == {"U-THPT-01"}
    assert await meant({"leads_a_cluster": True}, on="2025-12-31") == set()
    members = await meant({"clusters": ["U-CUM-1"]})
    assert "U-THPT-01" in members
    assert len(members) == 7


async def test_by_who_holds_a_post_and_how_many_do(meant, ask):
    posts = [("U-SCH-001", "2026-01-01", None), ("U-SCH-002", "2026-01-01", "2026-06-30")]
    for number, (unit_id, since, until) in enumerate(posts):
        post = {"unit_id": unit_id, "role": "unit_head", "valid_from": since, "valid_to": until}
        body = {"account": f"hieu-truong-{number}", "full_name": "A", "email": "a@example.com"}
        await ask("POST", "/people", 201, **body, password="Mật khẩu dài 1!", posts=[post])

    assert await meant({"held_role": "unit_head"}) == {"U-SCH-001"}
    assert await meant({"held_role": "unit_head"}, on="2026-06-30") == {"U-SCH-001", "U-SCH-002"}
    found = await ask(
        "POST",
        "/selector-previews",
        selector={"include": ["U-SCH-001", "U-SCH-002", "U-SCH-011", "NOBODY"]},
        role="unit_head",
        on="2026-11-22",
    )
    assert {each["unit_id"]: each["holders"] for each in found["units"]} == {"U-SCH-001": 1, "U-SCH-002": 0}
    assert found["unknown_units"] == ["NOBODY", "U-SCH-011"]


async def test_some_more_by_name_and_some_less(meant):
    found = await meant(
        {"types": ["thcs"]}, include=["U-THPT-01", "U-SCH-001"], except_for=[{"under": [{"unit_id": "U-VHXH-99001"}]}],
        exclude=["U-SCH-003"],
    )  # fmt: skip

    assert "U-THPT-01" in found
    assert not found & {"U-SCH-001", "U-SCH-002", "U-SCH-003"}
    assert len(found) == 19 - 3 + 1


async def test_the_tree_follows_what_is_imported_meanwhile(meant, ask, client, administrator, province):
    before = await meant({"types": ["thcs"]})
    files = province | {"units": province["units"].replace(b"U-SCH-001,thcs,", b"U-SCH-001,th_thcs,")}
    await client.post("/imports", files=files, headers=administrator)

    assert before - await meant({"types": ["thcs"]}) == {"U-SCH-001"}
    await ask("PUT", "/unit-types/thcs", name="Trường trung học cơ sở", levels=["primary"])
    assert "U-SCH-002" in await meant({"levels": ["primary"]})
    await ask("PUT", "/unit-types/thcs", name="Trường trung học cơ sở", levels=["lower_secondary"])


async def test_why_a_unit_is_meant_and_why_not(ask, registered):
    selector = {"any_of": [{"types": ["thcs"], "under": [{"unit_id": "U-VHXH-99001"}]}], "exclude": ["U-SCH-002"]}

    async def why(unit_id, on="2026-11-22"):
        found = await ask("POST", "/selector-explanations", selector=selector, unit_id=unit_id, on=on)
        return found["is_in"], found["reasons_vi"], found["reasons_en"]

    assert await why("U-SCH-001") == (
        True,
        [
            "đúng quy tắc 1",
            "thuộc loại đơn vị «Trường trung học cơ sở»",
            f"dưới {OFFICE} (tuyến báo cáo)",
        ],
        ["meets rule 1", "is of type «Trường trung học cơ sở»", f"below {OFFICE} (reporting)"],
    )
    assert (await why("U-SCH-002"))[::2] == (False, ["is excluded by name"])
    assert (await why("U-SCH-011"))[::2] == (False, ["does not exist on 2026-11-22"])
    assert (await why("U-THPT-01"))[::2] == (
        False,
        ["rule 1: not so: is of type «Trường trung học cơ sở»", f"rule 1: not so: below {OFFICE} (reporting)"],
    )
    missing = await ask("POST", "/selector-explanations", 404, selector=selector, unit_id="NOBODY")
    assert missing["code"] == "not-found"


async def test_a_selection_gets_a_name_and_others_go_by_it(meant, ask):
    new = await ask("PUT", "/groups/ven-bien", name="Ven biển", selector={"include": ["U-SCH-001", "U-SCH-003"]})
    again = await ask("PUT", "/groups/ven-bien", name="Ven biển", selector={"include": ["U-SCH-001", "U-SCH-003"]})
    assert again == new
    assert await meant({"groups": ["ven-bien"], "types": ["thcs"]}) == {"U-SCH-001", "U-SCH-003"}

    changed = await ask("PUT", "/groups/ven-bien", name="Ven biển", selector={"include": ["U-SCH-001"]})
    assert changed["version"] > new["version"]
    assert await meant({"groups": ["ven-bien"]}) == {"U-SCH-001"}
    found = await ask("POST", "/selector-previews", selector={"any_of": [{"groups": ["ven-bien", "khong-co"]}]})
    assert found["unknown_groups"] == ["khong-co"]

    await ask("PUT", "/groups/xa", name="Vùng xa", selector={"any_of": [{"groups": ["ven-bien"]}]})
    assert [each["code"] for each in (await ask("GET", "/groups"))["groups"]] == ["ven-bien", "xa"]
    assert (await ask("DELETE", "/groups/ven-bien", 409))["code"] == "group-in-use"
    await ask("DELETE", "/groups/xa", 204)
    await ask("DELETE", "/groups/ven-bien", 204)
    assert (await ask("DELETE", "/groups/ven-bien", 404))["code"] == "not-found"


async def test_groups_cannot_go_by_themselves(ask, rows_of):
    await ask("PUT", "/groups/a", name="A", selector={"any_of": [{"groups": ["b"]}]})
    before = await rows_of()

    for selector in ({"any_of": [{"groups": ["a"]}]}, {"except_for": [{"types": ["thcs"], "groups": ["a"]}]}):
        answer = await ask("PUT", "/groups/b", 422, name="B", selector=selector)
        assert answer["code"] == "groups-in-circle"

    assert await rows_of() == before


@pytest.mark.parametrize(
    "selector",
    [
        {"any_of": [{}]},
        {"any_of": [{"types": "thcs"}]},
        {"any_of": [{"levels": ["kindergarten"]}]},
        {"any_of": [{"under": [{"unit_id": "U-1", "kind": "friend"}]}]},
        {"include": ["*"]},
        {"everyone": True},
    ],
)
async def test_a_selector_that_says_nonsense_is_refused(ask, rows_of, selector):
    before = await rows_of()
    for method, path, more in (
        ("POST", "/selector-previews", {}),
        ("POST", "/selector-explanations", {"unit_id": "A"}),
        ("PUT", "/groups/a", {"name": "A"}),
    ):
        assert (await ask(method, path, 422, selector=selector, **more))["code"] == "malformed"
    assert await rows_of() == before


async def test_everyone_signed_in_may_ask_and_only_an_administrator_names(ask, signer, rows_of):
    before = await rows_of()
    for post in (("administrator", "U-SGD-MG"), ("desk_officer", "*"), ("reporter", "U-SCH-001")):
        headers = signer.bearer(post)
        await ask("POST", "/selector-previews", headers=headers, selector=THCS)
        assert (await ask("PUT", "/groups/a", 403, headers=headers, name="A", selector=THCS))["code"] == "not-allowed"
        assert (await ask("DELETE", "/groups/a", 403, headers=headers))["code"] == "not-allowed"
    assert await rows_of() == before
