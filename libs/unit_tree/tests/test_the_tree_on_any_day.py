"""The tree is dated: the same question on two days may have two answers."""

from datetime import UTC, date, datetime

from contracts.directory import UnitChanged, UnitRelation, UnitVersion
from unit_tree.tree import Tree

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)


def relation(kind, parent, valid_from, valid_to=None):
    return UnitRelation(kind=kind, parent_id=parent, valid_from=valid_from, valid_to=valid_to)


def unit(unit_id, unit_type, *relations, valid_from=date(2005, 1, 1), valid_to=None):
    version = UnitVersion(
        valid_from=valid_from, valid_to=valid_to, unit_type=unit_type, name=unit_id, short_name=unit_id, levels=()
    )
    return UnitChanged(
        occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
        unit_id=unit_id,
        version=1,
        versions=(version,),
        relations=relations,
        lineage=(),
    )


TREE = Tree(
    [
        unit("province", "ubnd_tinh"),
        unit("department", "so_gddt", relation("administrative", "province", AFTER)),
        unit("district", "phong_gddt", relation("reporting", "department", BEFORE, BEFORE), valid_to=BEFORE),
        unit("commune", "phong_vhxh", relation("reporting", "department", AFTER), valid_from=AFTER),
        unit(
            "school",
            "thcs",
            relation("reporting", "district", date(2005, 1, 1), BEFORE),
            relation("reporting", "commune", AFTER),
            relation("cluster", "cluster", date(2022, 9, 1)),
        ),
        unit("cluster", "cum_chuyen_mon", relation("cluster_lead", "school", AFTER), valid_from=date(2022, 9, 1)),
    ]
)


def test_a_school_reports_through_the_district_until_its_last_day_and_through_the_commune_after() -> None:
    assert TREE.ancestors("school", "reporting", BEFORE) == ("district", "department")
    assert TREE.ancestors("school", "reporting", AFTER) == ("commune", "department")


def test_kinds_of_relation_do_not_mix() -> None:
    assert TREE.ancestors("school", "cluster", AFTER) == ("cluster",)
    assert TREE.ancestors("department", "reporting", AFTER) == ()


def test_units_exist_from_their_first_to_their_last_day() -> None:
    assert [unit_id for unit_id, _ in TREE.on(BEFORE)] == ["cluster", "department", "district", "province", "school"]
    assert [unit_id for unit_id, _ in TREE.on(AFTER)] == ["cluster", "commune", "department", "province", "school"]


def test_a_cluster_has_a_lead_only_from_the_day_of_appointment() -> None:
    assert TREE.lead_of("cluster", BEFORE) is None
    assert TREE.lead_of("cluster", AFTER) == "school"


def test_a_cycle_ends_the_walk() -> None:
    ring = Tree([unit("a", "x", relation("reporting", "b", AFTER)), unit("b", "x", relation("reporting", "a", AFTER))])

    assert ring.ancestors("a", "reporting", AFTER) == ("b",)


def test_an_unknown_unit_has_no_version_no_parents_and_no_successor() -> None:
    assert TREE.version("nobody", AFTER) is None
    assert TREE.ancestors("nobody", "reporting", AFTER) == ()
    assert TREE.lineage("nobody") == ()
