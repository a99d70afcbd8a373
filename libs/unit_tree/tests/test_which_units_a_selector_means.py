"""A selector means what its words say: held against the plainest evaluation there is, on random trees."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.directory import UnitChanged, UnitRelation, UnitVersion
from unit_tree.selectors import Evaluation, GroupsInCircle, Rule, Selector, circle_of
from unit_tree.tree import Tree

DAYS = [date(2026, 1, day) for day in (1, 2, 3, 4)]
IDS = [f"u{number}" for number in range(8)]
TYPES, LEVELS = ["thcs", "thpt", "phong_vhxh"], ["lower_secondary", "upper_secondary"]
KINDS = ["administrative", "professional", "reporting", "territory", "cluster"]
ROLES, GROUPS = ["unit_head", "reporter"], ["g1", "g2"]

spans = st.tuples(st.sampled_from(DAYS), st.none() | st.sampled_from(DAYS)).filter(
    lambda s: s[1] is None or s[0] <= s[1]
)
version = st.builds(
    lambda span, kind, levels: UnitVersion(
        valid_from=span[0], valid_to=span[1], unit_type=kind, name="A", short_name="A", levels=tuple(sorted(levels))
    ),
    spans,
    st.sampled_from(TYPES),
    st.sets(st.sampled_from(LEVELS)),
)
relation = st.builds(
    lambda span, kind, parent: UnitRelation(kind=kind, parent_id=parent, valid_from=span[0], valid_to=span[1]),
    spans,
    st.sampled_from([*KINDS, "cluster_lead"]),
    st.sampled_from(IDS),
)


def unit(unit_id, versions, relations):
    return UnitChanged(
        occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
        unit_id=unit_id,
        version=1,
        versions=tuple(versions),
        relations=tuple(relations),
        lineage=(),
    )


trees = st.fixed_dictionaries(
    {unit_id: st.tuples(st.lists(version, max_size=1), st.lists(relation, max_size=4)) for unit_id in IDS}
).map(lambda made: Tree(unit(unit_id, *parts) for unit_id, parts in made.items() if any(parts)))
some_ids = st.lists(st.sampled_from([*IDS, "nobody"]), max_size=2)
under = st.fixed_dictionaries(
    {"unit_id": st.sampled_from(IDS), "kind": st.sampled_from(KINDS), "direct": st.booleans()}
)


def rules(groups):
    return st.fixed_dictionaries(
        {},
        optional={
            "types": st.lists(st.sampled_from(TYPES), min_size=1, max_size=2),
            "levels": st.lists(st.sampled_from(LEVELS), min_size=1, max_size=2),
            "territories": st.lists(st.sampled_from([*IDS, "nobody"]), min_size=1, max_size=2),
            "clusters": st.lists(st.sampled_from([*IDS, "nobody"]), min_size=1, max_size=2),
            "under": st.lists(under, min_size=1, max_size=2),
            "leads_a_cluster": st.just(True),
            "held_role": st.sampled_from(ROLES),
            **({"groups": st.lists(st.sampled_from(groups), min_size=1, max_size=2)} if groups else {}),
        },
    ).filter(bool)


def selectors(groups=()):
    return st.fixed_dictionaries(
        {
            "any_of": st.lists(rules(groups), max_size=2),
            "include": some_ids,
            "except_for": st.lists(rules(groups), max_size=1),
            "exclude": some_ids,
        }
    ).map(Selector.model_validate)


def plainly_below(tree, unit_id, parent_id, kind, day, direct=False):
    above = tree.parents(unit_id, kind, day) if direct else tree.ancestors(unit_id, kind, day)
    return parent_id in above and parent_id != unit_id


def plainly(tree, rule, unit_id, day, groups, holding):
    version = tree.version(unit_id, day)

    def leads():
        return any(unit_id in tree.parents(each, "cluster_lead", day) for each, _ in tree.on(day))

    return all(
        [
            not rule.types or version.unit_type in rule.types,
            not rule.levels or bool(set(rule.levels) & set(version.levels)),
            not rule.territories
            or any(plainly_below(tree, unit_id, each, "territory", day) for each in rule.territories),
            not rule.clusters
            or any(plainly_below(tree, unit_id, each, "cluster", day, direct=True) for each in rule.clusters),
            not rule.under
            or any(
                plainly_below(tree, unit_id, each.unit_id, each.kind, day, direct=each.direct) for each in rule.under
            ),
            not rule.leads_a_cluster or leads(),
            rule.held_role is None or unit_id in holding.get(rule.held_role, ()),
            not rule.groups
            or any(
                each in groups and plainly_meant(tree, groups[each], unit_id, day, groups, holding)
                for each in rule.groups
            ),
        ]
    )


def plainly_meant(tree, selector, unit_id, day, groups, holding):
    if tree.version(unit_id, day) is None or unit_id in selector.exclude:
        return False
    if any(plainly(tree, rule, unit_id, day, groups, holding) for rule in selector.except_for):
        return False
    return unit_id in selector.include or any(
        plainly(tree, rule, unit_id, day, groups, holding) for rule in selector.any_of
    )


@settings(deadline=None, max_examples=400)
@given(
    trees,
    selectors(GROUPS),
    st.fixed_dictionaries({}, optional={"g1": selectors(), "g2": selectors(["g1"])}),
    st.fixed_dictionaries({}, optional={role: st.sets(st.sampled_from(IDS)) for role in ROLES}),
    st.sampled_from(DAYS),
)
def test_a_selector_means_what_the_plainest_evaluation_finds_and_says_so_of_each_unit(
    tree, selector, groups, holding, day
):
    evaluation = Evaluation(selector, tree, day, groups=groups, holding=holding)
    selection = evaluation.selection()

    assert set(selection.units) == {
        unit_id for unit_id in IDS if plainly_meant(tree, selector, unit_id, day, groups, holding)
    }
    assert list(selection.units) == sorted(selection.units)
    assert set(selection.unknown_groups) == selector.groups - groups.keys()
    assert ("nobody" in selection.unknown_units) == ("nobody" in str(selector))
    for unit_id in [*IDS, "nobody"]:
        why = evaluation.why(unit_id)
        assert why.is_in == (unit_id in selection.units)
        assert len(why.reasons_vi) == len(why.reasons_en) >= 1
        assert all(why.reasons_vi)


@settings(deadline=None, max_examples=200)
@given(trees, st.sampled_from(DAYS), st.sampled_from(KINDS))
def test_the_tree_of_one_day_is_the_dated_tree_on_that_day(tree, day, kind):
    on = tree.as_of(day)

    assert dict(on.units) == dict(tree.on(day))
    assert list(on.units) == [unit_id for unit_id, _ in tree.on(day)]
    for parent_id in IDS:
        for direct in (False, True):
            assert on.below(parent_id, kind, direct=direct) == {
                unit_id for unit_id in IDS if plainly_below(tree, unit_id, parent_id, kind, day, direct=direct)
            }


OLD, NEW = date(2025, 6, 30), date(2025, 7, 1)


def school(unit_id, office_before, office_after):
    return unit(
        unit_id,
        [UnitVersion(valid_from=date(2005, 1, 1), valid_to=None, unit_type="thcs", name="A", short_name="A",
                     levels=("lower_secondary",))],
        [
            UnitRelation(kind="reporting", parent_id=office_before, valid_from=date(2005, 1, 1), valid_to=OLD),
            UnitRelation(kind="reporting", parent_id=office_after, valid_from=NEW, valid_to=None),
        ],
    )  # fmt: skip


TREE = Tree([school("s1", "district", "commune1"), school("s2", "district", "commune2")])


def test_the_same_words_mean_other_units_on_another_day():
    below = {office: Selector(any_of=(Rule(under=({"unit_id": office},)),)) for office in ("district", "commune1")}

    assert Evaluation(below["district"], TREE, OLD).selection().units == ("s1", "s2")
    assert Evaluation(below["district"], TREE, NEW).selection().units == ()
    assert Evaluation(below["commune1"], TREE, NEW).selection().units == ("s1",)


def test_the_reasons_are_told_in_two_languages():
    selector = Selector(any_of=(Rule(types=("thcs",), under=({"unit_id": "commune1"},)),), exclude=("s9",))
    evaluation = Evaluation(selector, TREE, NEW)

    assert evaluation.why("s1").reasons_vi == (
        "đúng quy tắc 1", "thuộc loại đơn vị «thcs»", "dưới commune1 (tuyến báo cáo)",
    )  # fmt: skip
    assert evaluation.why("s2").reasons_en == ("rule 1: not so: below commune1 (reporting)",)
    assert evaluation.why("s9").reasons_en == ("does not exist on 2025-07-01",)


def test_reasons_call_things_by_their_names_where_there_are_any():
    selector = Selector(any_of=(Rule(types=("thcs", "thpt"), levels=("lower_secondary",), groups=("g1",)),))
    evaluation = Evaluation(
        selector,
        TREE,
        NEW,
        groups={"g1": Selector(any_of=(Rule(under=({"unit_id": "s2"}, {"unit_id": "commune1"})),))},
        type_names={"thcs": "Trường THCS"},
        group_names={"g1": "Vùng cao"},
    )

    why = evaluation.why("s1")

    assert why.rule == selector.any_of[0]
    assert why.reasons_vi[1:] == (
        "thuộc loại đơn vị «Trường THCS», «thpt»", "dạy cấp học trung học cơ sở", "thuộc nhóm «Vùng cao»",
    )  # fmt: skip
    under = Evaluation(Selector(any_of=(Rule(under=({"unit_id": "s2"},)),)), TREE, NEW)
    assert under.why("s1").reasons_en == ("rule 1: not so: below A (s2) (reporting)",)
    assert under.why("s1").rule is None


@pytest.mark.parametrize("rule", [{}, {"levels": ["kindergarten"]}, {"types": ["Thcs"]}, {"colour": "red"}])
def test_a_rule_that_says_nothing_or_nonsense_is_none(rule):
    with pytest.raises(ValidationError):
        Rule.model_validate(rule)


def test_groups_that_go_by_each_other_are_noticed():
    groups = {code: Selector(any_of=(Rule(groups=(to,)),)) for code, to in (("a", "b"), ("b", "c"), ("c", "b"))}

    assert circle_of("a", groups) is None
    assert circle_of("b", groups) == ["b", "c", "b"]
    with pytest.raises(GroupsInCircle):
        Evaluation(groups["a"], TREE, NEW, groups=groups).selection()
    assert circle_of("d", groups) is None
