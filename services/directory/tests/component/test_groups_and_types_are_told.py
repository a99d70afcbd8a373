"""Others hear of every group and every type there is, of what becomes of them, and of each only once."""

import pytest

from chassis.testing import waiting_events
from contracts.directory import GroupChanged, UnitTypeChanged
from directory.main import found
from unit_tree.selectors import Selector

COAST = {"any_of": [{"types": ["thcs"], "under": [{"unit_id": "U-VHXH-99001"}]}], "exclude": ["U-SCH-002"]}


@pytest.fixture
def told(frame):
    """Read what waits to go out of groups and types, in order."""

    async def read():
        return [event for event in await waiting_events(frame) if event["type"].split(".")[1] in {"group", "type"}]

    return read


async def test_types_that_came_with_a_migration_are_told_once(settings, frame, told, ask):
    await found(settings)
    first = await told()
    await found(settings)

    assert await told() == first
    assert {each["subject"] for each in first} == {
        each["code"] for each in (await ask("GET", "/unit-types"))["unit_types"]
    }
    assert all(UnitTypeChanged.model_validate(each["data"]).version > 0 for each in first)


async def test_a_type_that_is_removed_and_added_again_is_told_each_time_as_something_newer(told, ask):
    await ask("PUT", "/unit-types/mam_non", json={"name": "Trường mầm non", "levels": []})
    await ask("DELETE", "/unit-types/mam_non", 204)
    await ask("PUT", "/unit-types/mam_non", json={"name": "Mầm non", "levels": []})
    await ask("DELETE", "/unit-types/mam_non", 204)

    events = [UnitTypeChanged.model_validate(each["data"]) for each in await told()]

    assert [(each.name, each.is_removed) for each in events] == [
        ("Trường mầm non", False), ("Trường mầm non", True), ("Mầm non", False), ("Mầm non", True),
    ]  # fmt: skip
    assert [each.version for each in events] == sorted({each.version for each in events})


async def test_a_group_is_told_whole_and_its_end_too(told, ask):
    body = {"name": "Ven biển", "selector": COAST}
    for _ in range(2):
        await ask("PUT", "/groups/ven-bien", json=body)
    await ask("PUT", "/groups/ven-bien", json=body | {"name": "Vùng biển"})
    await ask("DELETE", "/groups/ven-bien", 204)
    again = await ask("PUT", "/groups/ven-bien", json=body)

    events = [GroupChanged.model_validate(each["data"]) for each in await told()]

    assert [each.name for each in events] == ["Ven biển", "Vùng biển", "Vùng biển", "Ven biển"]
    assert [each.selector is None for each in events] == [False, False, True, False]
    assert [each.version for each in events] == sorted({each.version for each in events})
    assert events[-1].version == again["version"]
    assert Selector.model_validate(events[0].selector.model_dump()) == Selector.model_validate(COAST)


async def test_groups_nobody_was_told_of_are_told_once(settings, frame, told, ask, empty_database):
    made = await ask("PUT", "/groups/ven-bien", json={"name": "Ven biển", "selector": COAST})
    async with frame.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE unit_groups SET version = 0")
    await found(settings)
    await found(settings)

    events = [each for each in await told() if each["subject"] == "ven-bien"]

    assert len(events) == 2
    assert events[1]["data"]["version"] > made["version"]
    assert events[1]["data"]["selector"] == events[0]["data"]["selector"]


async def test_a_person_who_is_disabled_and_a_machine_hold_no_role_a_selector_goes_by(ask, registered):
    post = {"role": "unit_head", "valid_from": "2026-01-01"}
    person = {"full_name": "A", "email": "a@example.com", "password": "Mật khẩu dài 1!"}
    there, gone = [
        (await ask("POST", "/people", 201, json=person | {"account": unit_id, "posts": [post | {"unit_id": unit_id}]}))
        for unit_id in ("U-SCH-001", "U-SCH-002")
    ]
    machine = {"account": "may", "full_name": "M", "email": "m@example.com"}
    await ask("POST", "/service-accounts", 201, json=machine | {"posts": [post | {"unit_id": "U-SCH-003"}]})
    await ask("POST", f"/people/{gone['person_id']}/disable", 204, json={"why": "Nghỉ việc"})

    body = {"selector": {"any_of": [{"held_role": "unit_head"}]}, "on": "2026-11-22"}
    found_units = (await ask("POST", "/selector-previews", json=body))["units"]

    assert [each["unit_id"] for each in found_units] == ["U-SCH-001"]
    assert there["person_id"] != gone["person_id"]
