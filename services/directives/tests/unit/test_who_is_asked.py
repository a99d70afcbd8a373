"""The audience is resolved on the tree of one day; who answers is decided by the day of issue."""

import csv
import io
from collections import Counter
from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.directory import UnitChanged, UnitLineage, UnitRelation, UnitVersion
from directives.domain.audience import Addressed, of_types, resolve
from unit_tree.succession import living_successor
from unit_tree.tree import Tree

AS_OF, ISSUED_ON = date(2026, 5, 31), date(2026, 11, 20)
DAY = timedelta(days=1)


def asked(audience, tree: Tree, *, as_of=AS_OF, issued_on=ISSUED_ON) -> dict[str, str]:
    return {
        each.unit_id: each.answering_unit_id for each in resolve(audience, tree, as_of=as_of, issued_on=issued_on).units
    }


def test_units_of_the_types_on_that_day_are_asked(tree) -> None:
    assert asked(of_types(("thpt", "phong_vhxh")), tree) == {
        each: each for each in ("U-THPT-1", "U-THPT-2", "U-XA-1", "U-XA-2")
    }
    assert asked(of_types(("thpt", "phong_vhxh")), tree, as_of=date(2025, 6, 30)) == {
        "U-THPT-1": "U-THPT-1",
        "U-THPT-2": "U-THPT-2",
    }


def test_named_units_come_in_and_left_out_units_stay_out(tree) -> None:
    audience = of_types(("thpt",), include=("U-THCS-1", "U-THCS-2"), exclude=("U-THPT-2", "U-THCS-2"))

    assert asked(audience, tree) == {"U-THPT-1": "U-THPT-1", "U-THCS-1": "U-THCS-1"}


def test_a_unit_that_is_both_named_and_of_the_type_is_asked_once(tree) -> None:
    resolution = resolve(of_types(("thpt",), include=("U-THPT-1",)), tree, as_of=AS_OF, issued_on=ISSUED_ON)

    assert [each.unit_id for each in resolution.units] == ["U-THPT-1", "U-THPT-2"]


def test_a_merged_school_owes_its_own_answer_and_its_successor_gives_it(tree) -> None:
    assert asked(of_types(("th_thcs",), include=("U-OLD-A",)), tree) == {"U-OLD-A": "U-NEW", "U-OLD-B": "U-NEW"}
    assert asked(of_types(("th_thcs",)), tree, issued_on=date(2026, 8, 14)) == {"U-OLD-B": "U-OLD-B"}


def test_a_cluster_answers_through_its_lead_of_the_day_of_issue(tree) -> None:
    assert asked(of_types((), include=("U-CUM-1",)), tree) == {"U-CUM-1": "U-THPT-1"}
    early = resolve(of_types(("cum_chuyen_mon",)), tree, as_of=AS_OF, issued_on=date(2026, 8, 31))
    assert (early.units, early.without_lead) == ((), ("U-CUM-1", "U-CUM-2"))


def test_a_cluster_whose_lead_was_merged_answers_through_the_school_that_came_after(unit) -> None:
    tree = Tree(
        [
            unit("CUM", "cum_chuyen_mon", parents=(("cluster_lead", "OLD", date(2026, 1, 1)),)),
            unit("OLD", "thpt", until=date(2026, 6, 30), became=(("merged_into", "NEW", date(2026, 7, 1)),)),
            unit("NEW", "thpt"),
        ]
    )

    assert asked(of_types((), include=("CUM",)), tree) == {"CUM": "NEW"}


def test_a_cluster_whose_lead_closed_has_no_lead(unit) -> None:
    tree = Tree(
        [
            unit("CUM", "cum_chuyen_mon", parents=(("cluster_lead", "OLD", date(2026, 1, 1)),)),
            unit("OLD", "thpt", until=date(2026, 6, 30)),
        ]
    )

    assert resolve(of_types(("cum_chuyen_mon",)), tree, as_of=AS_OF, issued_on=ISSUED_ON).without_lead == ("CUM",)


def test_a_renamed_cluster_answers_through_the_lead_of_its_new_self(unit) -> None:
    became = (("renamed_to", "CUM-B", date(2026, 7, 1)),)
    tree = Tree(
        [
            unit("CUM-A", "cum_chuyen_mon", until=date(2026, 6, 30), became=became),
            unit("CUM-B", "cum_chuyen_mon", parents=(("cluster_lead", "THPT", date(2026, 7, 1)),)),
            unit("THPT", "thpt"),
        ]
    )

    assert asked(of_types((), include=("CUM-A",)), tree) == {"CUM-A": "THPT"}


def test_named_units_nobody_knows_or_that_did_not_exist_yet_are_reported(tree) -> None:
    audience = of_types(("thpt",), include=("U-NOBODY", "U-NEW"), exclude=("U-GHOST", "U-OLD-A"))

    assert resolve(audience, tree, as_of=AS_OF, issued_on=ISSUED_ON).unknown == ("U-GHOST", "U-NEW", "U-NOBODY")


@pytest.mark.parametrize(
    ("lineage", "answers"),
    [
        ({}, None),
        ({"A": [("merged_into", "B", 3)]}, "B"),
        ({"A": [("converted_to", "B", 3)]}, "B"),
        ({"A": [("renamed_to", "C", 3)], "C": [("merged_into", "B", 5)]}, "B"),
        ({"A": [("split_into", "B", 3)]}, None),
        ({"A": [("split_into", "B", 3), ("merged_into", "B", 3)]}, None),
        ({"A": [("merged_into", "B", 3), ("merged_into", "E", 3)]}, None),
        ({"A": [("split_into", "C", 1), ("merged_into", "B", 3)]}, "B"),
        ({"A": [("function_transferred_to", "B", 3)]}, None),
        ({"A": [("merged_into", "C", 3)], "C": [("merged_into", "A", 5)]}, None),
        ({"A": [("merged_into", "A", 3)]}, None),
        ({"A": [("merged_into", "C", 3)]}, None),
        ({"A": [("merged_into", "B", 20)]}, None),
        ({"A": [("merged_into", "NOBODY", 3)]}, None),
    ],
)
def test_the_chain_of_successors_ends_at_one_living_unit_or_nowhere(unit, lineage, answers) -> None:
    start = date(2026, 6, 1)
    tree = Tree(
        unit(
            each,
            "thcs",
            until=start if each in "AC" else None,
            became=[(kind, to, start + after * DAY) for kind, to, after in lineage.get(each, ())],
        )
        for each in "ABCE"
    )

    assert living_successor(tree, "A", start + 10 * DAY) == answers
    assert asked(of_types((), include=("A",)), tree, issued_on=start + 10 * DAY) == {"A": answers or "A"}


def test_a_preview_says_why_in_two_languages(tree) -> None:
    audience = of_types(("th_thcs",), include=("U-CUM-1", "U-THCS-1"))
    resolution = resolve(audience, tree, as_of=AS_OF, issued_on=ISSUED_ON)

    said = {each.unit_id: (each.why_vi, each.why_en) for each in resolution.units}

    assert said == {
        "U-CUM-1": (
            "Được nêu đích danh, tồn tại ngày 31/05/2026; cụm trưởng ngày 20/11/2026 là Đơn vị U-THPT-1.",
            "Is named, and exists on 2026-05-31; led by Đơn vị U-THPT-1 on 2026-11-20.",
        ),
        "U-OLD-B": (
            "Thuộc loại đơn vị «th_thcs» ngày 31/05/2026; ngày 20/11/2026 không còn, đơn vị kế thừa là Đơn vị U-NEW.",
            "Is of type «th_thcs» on 2026-05-31; gone by 2026-11-20, succeeded by Đơn vị U-NEW.",
        ),
        "U-THCS-1": (
            "Được nêu đích danh, tồn tại ngày 31/05/2026; tự trả lời.",
            "Is named, and exists on 2026-05-31; answers itself.",
        ),
    }


# Against a plain model: random provinces, written down as tables and not as a tree.

DAYS = st.integers(0, 6).map(lambda after: date(2026, 1, 1) + after * DAY)
NAMES = [f"U{place}" for place in range(6)]
TYPES = ["thcs", "thpt", "cum_chuyen_mon"]
UNIT = st.fixed_dictionaries(
    {
        "type": st.sampled_from(TYPES),
        "from": DAYS,
        "to": st.none() | DAYS,
        "lead": st.none() | st.tuples(st.sampled_from(NAMES), DAYS),
        "became": st.lists(
            st.tuples(
                st.sampled_from(["merged_into", "converted_to", "renamed_to", "split_into", "function_transferred_to"]),
                st.sampled_from(NAMES),
                DAYS,
            ),
            max_size=3,
        ),
    }
)


def lives(rows, name, day) -> bool:
    row = rows[name]
    return row["from"] <= day and (row["to"] is None or day <= row["to"])


def heir(rows, name, day, walked=()):
    """Walk by recursion where the domain walks by loop."""
    if lives(rows, name, day):
        return name
    told = [each for each in rows[name]["became"] if each[2] <= day and each[0] != "function_transferred_to"]
    newest = [each for each in told if all(each[2] >= other[2] for other in told)]
    targets = {each[1] for each in newest}
    if len(targets) != 1 or "split_into" in {each[0] for each in newest} or targets & {*walked, name}:
        return None
    return heir(rows, targets.pop(), day, (*walked, name))


def model(rows, types, include, exclude, as_of, issued_on):
    units, leaderless = {}, []
    for name in NAMES:
        chosen = name in include or rows[name]["type"] in types
        if not chosen or name in exclude or not lives(rows, name, as_of):
            continue
        after = heir(rows, name, issued_on)
        standing = after or name
        if rows[standing]["type"] != "cum_chuyen_mon":
            units[name] = standing
            continue
        lead = rows[standing]["lead"]
        who = heir(rows, lead[0], issued_on) if lead is not None and lead[1] <= issued_on else None
        if who is None:
            leaderless.append(name)
        else:
            units[name] = who
    unknown = sorted(name for name in include if not lives(rows, name, as_of))
    return units, leaderless, unknown


@given(
    rows=st.fixed_dictionaries(dict.fromkeys(NAMES, UNIT)),
    types=st.sets(st.sampled_from(TYPES)),
    include=st.sets(st.sampled_from(NAMES)),
    exclude=st.sets(st.sampled_from(NAMES)),
    as_of=DAYS,
    issued_on=DAYS,
)
def test_resolution_agrees_with_a_plain_model(rows, types, include, exclude, as_of, issued_on) -> None:
    tree = Tree(
        UnitChanged(
            occurred_at="2026-01-01T00:00:00Z",
            unit_id=name,
            version=1,
            versions=[
                UnitVersion(
                    valid_from=row["from"],
                    valid_to=row["to"],
                    unit_type=row["type"],
                    name=name,
                    short_name=name,
                    levels=(),
                )
            ],
            relations=[
                UnitRelation(kind="cluster_lead", parent_id=lead, valid_from=day, valid_to=None)
                for lead, day in [row["lead"]]
            ]
            if row["lead"]
            else [],
            lineage=[UnitLineage(kind=kind, to_unit_id=to, effective_date=day) for kind, to, day in row["became"]],
        )
        for name, row in rows.items()
    )
    audience = of_types(tuple(types), tuple(include), tuple(exclude))

    resolution = resolve(audience, tree, as_of=as_of, issued_on=issued_on)

    units, leaderless, unknown = model(rows, types, include, exclude, as_of, issued_on)
    assert {each.unit_id: each.answering_unit_id for each in resolution.units} == units
    assert list(resolution.without_lead) == leaderless
    assert list(resolution.unknown) == unknown
    assert all(isinstance(each, Addressed) and each.unit_id in NAMES for each in resolution.units)


# The demo province.


@pytest.fixture(scope="module")
def demo() -> Tree:
    """The demo province with the lead of each cluster appointed in November 2026."""
    folder = files("congvan.demo") / "province"
    rows = {
        name: list(csv.DictReader(io.StringIO((folder / f"{name}.csv").read_text(encoding="utf-8"))))
        for name in ("units", "unit_relations", "unit_links")
    }
    leads = [
        {
            "unit_id": f"U-CUM-{place}",
            "relation": "cluster_lead",
            "parent_id": lead,
            "valid_from": "2026-11-01",
            "valid_to": "",
        }
        for place, lead in enumerate(("U-THPT-01", "U-THPT-04", "U-THPT-07"), start=1)
    ]
    return Tree(
        UnitChanged(
            occurred_at="2026-11-01T00:00:00Z",
            unit_id=unit["unit_id"],
            version=1,
            versions=[
                UnitVersion(
                    valid_from=unit["valid_from"],
                    valid_to=unit["valid_to"] or None,
                    unit_type=unit["unit_type"],
                    name=unit["name_vi"],
                    short_name=unit["short_name"],
                    levels=(),
                )
            ],
            relations=[
                UnitRelation(
                    kind=each["relation"],
                    parent_id=each["parent_id"],
                    valid_from=each["valid_from"],
                    valid_to=each["valid_to"] or None,
                )
                for each in (*rows["unit_relations"], *leads)
                if each["unit_id"] == unit["unit_id"]
            ],
            lineage=[
                UnitLineage(kind=each["kind"], to_unit_id=each["to_unit"], effective_date=each["effective_date"])
                for each in rows["unit_links"]
                if each["from_unit"] == unit["unit_id"]
            ],
        )
        for unit in rows["units"]
    )


def test_in_the_demo_province_37_schools_owe_the_report(demo) -> None:
    schools = of_types(("thcs", "th_thcs", "thpt", "thpt_chuyen", "thcs_thpt", "pt_nhieu_cap", "ptdtnt"))

    owing = asked(schools, demo)

    assert len(owing) == 37
    assert {unit: by for unit, by in owing.items() if unit != by} == {
        "U-SCH-011": "U-SCH-025",
        "U-SCH-012": "U-SCH-025",
    }


def test_in_the_demo_province_12_communes_and_3_clusters_owe_the_video(demo) -> None:
    resolution = resolve(of_types(("phong_vhxh", "cum_chuyen_mon")), demo, as_of=AS_OF, issued_on=ISSUED_ON)

    assert Counter(each.answers_as for each in resolution.units) == {"itself": 12, "lead": 3}
    assert {each.unit_id: each.answering_unit_id for each in resolution.units if each.answers_as == "lead"} == {
        "U-CUM-1": "U-THPT-01",
        "U-CUM-2": "U-THPT-04",
        "U-CUM-3": "U-THPT-07",
    }
