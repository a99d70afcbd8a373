"""The reform of 1 July 2025 and the school merger of 15 August 2026, again, on what was known before each."""

from collections import Counter

from chassis.testing import waiting_events

REFORM, MERGER = "2025-07-01", "2026-08-15"
# What there is on each day, whatever was loaded when.
COUNTS = {
    "2025-06-30": {"so_gddt": 2, "phong_gddt": 6, "thcs": 20, "th_thcs": 4},
    "2025-07-01": {"so_gddt": 1, "ubnd_xa": 12, "phong_vhxh": 12, "thcs": 20, "th_thcs": 4},
    "2026-06-30": {"so_gddt": 1, "ubnd_xa": 12, "phong_vhxh": 12, "thcs": 20, "th_thcs": 4},
    "2026-08-15": {"so_gddt": 1, "ubnd_xa": 12, "phong_vhxh": 12, "thcs": 19, "th_thcs": 4},
    "2026-11-22": {"so_gddt": 1, "ubnd_xa": 12, "phong_vhxh": 12, "thcs": 19, "th_thcs": 4},
}
SOME_TYPES = {"so_gddt", "phong_gddt", "ubnd_xa", "phong_vhxh", "thcs", "th_thcs"}


def some(counts):
    return {kind: count for kind, count in counts.items() if kind in SOME_TYPES}


async def prepared_from_files(ask, files, day, title="Sắp xếp"):
    form = {"title": title, "legal_basis": "Nghị quyết 202/2025/QH15", "effective_date": day}
    return (await ask("POST", "/reorganisations/files", 201, files=files, data=form))["reorganisation_id"]


async def applied(ask, reorganisation_id):
    run = await ask("GET", f"/reorganisations/{reorganisation_id}/dry-run")
    assert run["errors"] == []
    return run, await ask("POST", f"/reorganisations/{reorganisation_id}/apply", json={"digest": run["digest"]})


async def test_the_reform_and_the_merger_again_on_what_was_known_before(
    ask, province, counts, as_known_before, changes_on, frame
):
    await ask("POST", "/imports", files=as_known_before(REFORM))
    assert some(await counts("2026-11-22")) == COUNTS["2025-06-30"]
    told = len(await waiting_events(frame))

    reform = await prepared_from_files(ask, changes_on(REFORM, MERGER), REFORM, "Bỏ cấp huyện")
    run, _ = await applied(ask, reform)
    plan = run["plan"]
    assert {each["unit_id"] for each in plan["ended"]} == {
        "U-SGD-MGOLD", "U-SGD-TCOLD", *(f"U-PGD-D0{number}" for number in range(1, 7)),
    }  # fmt: skip
    assert Counter(each["unit_type"] for each in plan["registered"]) == {
        "ubnd_tinh": 1, "so_gddt": 1, "phong_thuoc_so": 8, "ubnd_xa": 12, "phong_vhxh": 12,
    }  # fmt: skip
    assert {each["unit_id"]: each["to_unit_id"] for each in plan["obligations_move"]} == {
        "U-SGD-MGOLD": "U-SGD-MG",
        "U-SGD-TCOLD": "U-SGD-MG",
        **{f"U-PGD-D0{number}": None for number in range(1, 7)},  # two commune offices each: a person decides
    }
    assert len(plan["lineage"]) == 14
    assert {each["unit_type"]: (each["before"], each["after"]) for each in plan["unit_counts"]} == {
        "so_gddt": (2, 1), "phong_gddt": (6, 0), "ubnd_tinh": (0, 1), "phong_thuoc_so": (0, 8), "ubnd_xa": (0, 12),
        "phong_vhxh": (0, 12),
    }  # fmt: skip
    assert some(await counts("2026-11-22")) == COUNTS["2025-07-01"]

    merger = await prepared_from_files(ask, changes_on(MERGER), MERGER, "Sáp nhập trường")
    run, _ = await applied(ask, merger)
    assert {each["unit_id"]: each["to_unit_id"] for each in run["plan"]["obligations_move"]} == {
        "U-SCH-011": "U-SCH-025",
        "U-SCH-012": "U-SCH-025",
    }

    for day, expected in COUNTS.items():
        assert some(await counts(day)) == expected
    # It is the register as the files of the sample describe it, to the last relation.
    events = (await waiting_events(frame))[told:]
    assert (await ask("POST", "/imports", files=province))["changed"] == 0
    assert {event["type"] for event in events} == {"directory.unit.changed.v1"}
    changed = {each["unit_id"] for each in plan["registered"]} | {each["unit_id"] for each in plan["ended"]}
    assert changed <= {event["subject"] for event in events}
