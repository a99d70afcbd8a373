"""An outline nobody could fill in, or that contradicts itself, is refused while it is a draft."""

import pytest

from contracts.directives import IndicatorAsked, RuleAsked, TermAsked
from directives.domain.outline import check_outline
from directives.problems import CodeTwice, RuleUnfit


def indicator(code, kind="int", **more) -> IndicatorAsked:
    return IndicatorAsked(code=code, name=code, type=kind, unit_of_measure="x", **more)


def rule(left, right, *, code="R1", holds="equals") -> RuleAsked:
    sides = [tuple(TermAsked(indicator=each) for each in side) for side in (left, right)]
    return RuleAsked(code=code, left=sides[0], holds=holds, right=sides[1], message_vi="sai", message_en="wrong")


FIGURES = (indicator("a.yes", "bool"), indicator("a.all"), indicator("a.girls"), indicator("a.fund", "money"))


def refusal(problem, *more: IndicatorAsked, rules=()) -> str:
    with pytest.raises(problem) as refused:
        check_outline(("2026",), (*FIGURES, *more), (), rules, where="q")
    where: str = refused.value.more["where"]
    return where


@pytest.mark.parametrize(
    "more",
    [
        indicator("a.part", of_which="a.all"),
        indicator("a.part", "money", of_which="a.fund", only_if="a.yes"),
        indicator("a.share", "ratio", numerator="a.girls", denominator="a.all"),
        indicator("a.share", "ratio", numerator="a.fund", denominator="a.all"),
    ],
)
def test_a_part_and_a_ratio_are_of_figures_beside_them(more) -> None:
    check_outline(("2026",), (*FIGURES, more), (), (), where="q")


@pytest.mark.parametrize(
    ("more", "place"),
    [
        (indicator("a.part", of_which="a.nowhere"), ".of_which"),
        (indicator("a.part", of_which="a.yes"), ".of_which"),
        (indicator("a.part", of_which="a.part"), ".of_which"),
        (indicator("a.share", "ratio", numerator="a.girls"), ".denominator"),
        (indicator("a.share", "ratio", denominator="a.girls"), ".numerator"),
        (indicator("a.share", "ratio", numerator="a.girls", denominator="a.girls"), ".denominator"),
        (indicator("a.share", "ratio", numerator="a.share", denominator="a.girls"), ".numerator"),
        (indicator("a.share", "ratio", numerator="a.girls", denominator="a.all", at_most="a.all"), ""),
        (indicator("a.part", numerator="a.girls"), ""),
        (indicator("a.part", at_most="a.share"), ".at_most"),
        (indicator("a.open", "bool", previous_percent=10), ".previous_percent"),
        (indicator("a.part", ceiling="a.all"), ".ceiling"),
        (indicator("a.share", "ratio", numerator="a.girls", denominator="a.all", previous_percent=0), ""),
    ],
)
def test_what_fits_no_figure_is_refused_with_its_place(more, place) -> None:
    assert refusal(RuleUnfit, more) == f"q.indicators.4{place}"


def test_a_rule_that_must_hold_cannot_be_explained_away() -> None:
    must_hold = rule(["a.all"], ["a.girls"]).model_copy(update={"needs_explanation": True})

    assert refusal(RuleUnfit, rules=(must_hold,)) == "q.rules.0.needs_explanation"
    check_outline(("2026",), FIGURES, (), (must_hold.model_copy(update={"only_warns": True}),), where="q")


def test_nothing_is_a_part_of_itself_by_way_of_others() -> None:
    around = (indicator("b.1", of_which="b.2"), indicator("b.2", of_which="b.3"), indicator("b.3", of_which="b.1"))

    assert refusal(RuleUnfit, *around) == "q.indicators.4.of_which"


def test_parts_of_parts_are_taken() -> None:
    check_outline(
        ("2026",),
        (*FIGURES, indicator("b.1", of_which="a.all"), indicator("b.2", of_which="b.1")),
        (),
        (rule(["b.1", "b.2"], ["a.all", None], holds="at_most"),),
        where="q",
    )


@pytest.mark.parametrize(
    ("rules", "place"),
    [
        ((rule(["a.nowhere"], ["a.all"]),), "q.rules.0.left.0.indicator"),
        ((rule(["a.all"], [None, "a.share"]),), "q.rules.0.right.1.indicator"),
        ((rule([None], [None]),), "q.rules.0"),
    ],
)
def test_a_rule_speaks_of_figures_that_are_stated(rules, place) -> None:
    share = indicator("a.share", "ratio", numerator="a.girls", denominator="a.all")

    assert refusal(RuleUnfit, share, rules=rules) == place


def test_no_rule_stands_twice() -> None:
    assert refusal(CodeTwice, rules=(rule(["a.all"], ["a.girls"]), rule(["a.girls"], ["a.all"]))) == "q.rules.1"
