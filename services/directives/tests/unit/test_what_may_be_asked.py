"""A requirement that could not be answered, or not by the rules it states, is refused while it is a draft."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from contracts.directives import AnsweringAsked, IndicatorAsked, MediaAsked, SectionAsked
from directives.domain.audience import of_types
from directives.domain.relation import differences
from directives.domain.requirement import Requirement, check
from directives.problems import (
    AnsweringUnfit,
    AudienceUnsaid,
    CodeTwice,
    DeadlinesOutOfOrder,
    NothingAsked,
    PeriodMissing,
    RuleUnfit,
    VideoWithoutMedia,
)

DUE = datetime(2026, 12, 14, tzinfo=UTC)
DAY = timedelta(days=1)


def indicator(code, kind="int", **rules) -> IndicatorAsked:
    return IndicatorAsked(code=code, name=code, type=kind, unit_of_measure="x", **rules)


REPORT = Requirement(
    id=UUID(int=1),
    kind="report",
    title="Báo cáo",
    as_of=date(2026, 5, 31),
    periods=("2025-2026",),
    indicators=(indicator("a.yes", "bool"), indicator("a.all"), indicator("a.fund", "money")),
    sections=(SectionAsked(code="I", title="I", kind="text"),),
    media=None,
    audience=of_types(("thcs",)),
    due_phrase="trước ngày 14/12/2026",
    due_at=DUE,
    cut_off_at=None,
    closes_at=None,
)
VIDEO = replace(
    REPORT, kind="video", indicators=(), sections=(), periods=(), media=MediaAsked(count=1, max_seconds=60, max_bytes=1)
)


def refusal(requirement: Requirement, problem) -> str:
    with pytest.raises(problem) as refused:
        check(requirement, where="requirements.0")
    where: str = refused.value.more["where"]
    return where


@pytest.mark.parametrize(
    "requirement",
    [
        REPORT,
        VIDEO,
        replace(REPORT, indicators=()),
        replace(REPORT, sections=()),
        replace(REPORT, indicators=(), periods=()),
        replace(REPORT, cut_off_at=DUE, closes_at=DUE),
        replace(REPORT, cut_off_at=DUE - DAY, closes_at=DUE + DAY),
        replace(REPORT, audience=of_types((), include=("U-1",))),
        replace(REPORT, due_at=datetime(2001, 1, 1, tzinfo=UTC)),  # history may be entered
    ],
)
def test_what_can_be_answered_may_be_asked(requirement) -> None:
    check(requirement, where="requirements.0")


def test_a_report_asks_for_a_figure_or_a_text() -> None:
    assert refusal(replace(REPORT, indicators=(), sections=()), NothingAsked) == "requirements.0"


def test_a_video_says_how_many_and_how_long() -> None:
    assert refusal(replace(VIDEO, media=None), VideoWithoutMedia) == "requirements.0.media"


def test_figures_are_of_some_period() -> None:
    assert refusal(replace(REPORT, periods=()), PeriodMissing) == "requirements.0.periods"


def test_no_code_stands_twice() -> None:
    assert refusal(replace(REPORT, indicators=REPORT.indicators * 2), CodeTwice) == "requirements.0.indicators.3"
    assert refusal(replace(REPORT, sections=REPORT.sections * 2), CodeTwice) == "requirements.0.sections.1"
    assert refusal(replace(REPORT, periods=REPORT.periods * 2), CodeTwice) == "requirements.0.periods.1"


@pytest.mark.parametrize(
    ("new", "place"),
    [
        (indicator("a.part", at_most="a.nowhere"), "at_most"),
        (indicator("a.part", at_most="a.part"), "at_most"),
        (indicator("a.part", at_most="a.yes"), "at_most"),
        (indicator("a.part", at_most="a.fund"), "at_most"),
        (indicator("a.part", "bool", at_most="a.yes"), "at_most"),
        (indicator("a.part", only_if="a.nowhere"), "only_if"),
        (indicator("a.part", only_if="a.all"), "only_if"),
        (indicator("a.part", "bool", only_if="a.yes"), "only_if"),
    ],
)
def test_a_rule_names_a_fitting_indicator_of_the_same_requirement(new, place) -> None:
    assert (
        refusal(replace(REPORT, indicators=(*REPORT.indicators, new)), RuleUnfit)
        == f"requirements.0.indicators.3.{place}"
    )


@pytest.mark.parametrize(
    "new",
    [
        indicator("a.part", at_most="a.all"),
        indicator("a.part", "money", at_most="a.fund", only_if="a.yes"),
        indicator("a.part", only_if="a.yes"),
    ],
)
def test_a_fitting_rule_is_taken(new) -> None:
    check(replace(REPORT, indicators=(*REPORT.indicators, new)), where="requirements.0")


def test_figures_are_cut_off_before_they_are_due_and_due_before_closing() -> None:
    assert refusal(replace(REPORT, cut_off_at=DUE + DAY), DeadlinesOutOfOrder) == "requirements.0.cut_off_at"
    assert refusal(replace(REPORT, closes_at=DUE - DAY), DeadlinesOutOfOrder) == "requirements.0.closes_at"


def test_somebody_is_asked() -> None:
    assert (
        refusal(replace(REPORT, audience=of_types((), exclude=("U-1",))), AudienceUnsaid) == "requirements.0.audience"
    )


FOLLOWING = replace(REPORT, media=VIDEO.media, answering=AnsweringAsked(files_follow_days=7))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"media": None}, AnsweringUnfit),
        ({"kind": "video"}, AnsweringUnfit),
        ({"closes_at": DUE + 6 * DAY}, DeadlinesOutOfOrder),
    ],
)
def test_files_follow_a_report_that_asks_for_some_before_it_closes(changes, problem) -> None:
    check(replace(FOLLOWING, closes_at=DUE + 7 * DAY), where="requirements.0")

    assert refusal(replace(FOLLOWING, **changes), problem) == "requirements.0.answering.files_follow_days"


def test_a_report_is_an_official_document_and_nothing_else_becomes_one() -> None:
    official = AnsweringAsked(is_official=True)
    check(replace(REPORT, answering=official), where="requirements.0")

    where = refusal(replace(VIDEO, answering=official), AnsweringUnfit)
    assert where == "requirements.0.answering.is_official"


def test_what_is_added_up_are_figures() -> None:
    added = AnsweringAsked(is_consolidated=True)
    check(replace(REPORT, answering=added), where="requirements.0")

    where = refusal(replace(REPORT, indicators=(), answering=added), AnsweringUnfit)
    assert where == "requirements.0.answering.is_consolidated"


@pytest.mark.parametrize("change", [{"name": "Tên khác"}, {"is_sensitive": True}, {"previous_percent": 20}])
def test_what_does_not_change_how_a_figure_is_answered_lets_earlier_answers_stand(change) -> None:
    [yes, everybody, fund] = REPORT.indicators
    now = replace(REPORT, indicators=(yes, everybody.model_copy(update=change), fund))

    assert differences(REPORT, now) == []
    assert differences(REPORT, replace(now, indicators=(yes, fund))) == ["indicators"]
