"""One thing a directive asks for, and when asking makes sense."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from contracts.directives import (
    AnsweringAsked,
    IndicatorAsked,
    MediaAsked,
    RequirementKind,
    RuleAsked,
    SectionAsked,
    TargetAsked,
)
from directives.domain.deadline import start_of
from directives.domain.files import check_files
from directives.domain.outline import check_outline
from directives.domain.periods import Frequency
from directives.domain.target import Assigned, check_targets
from directives.domain.terms import NO_TERMS, Terms, check_terms
from directives.problems import (
    AnsweringUnfit,
    AudienceUnsaid,
    DeadlinesOutOfOrder,
    DueBeforeIssue,
    NothingAsked,
    PeriodMissing,
    PeriodsUnfit,
    VideoWithoutMedia,
)
from unit_tree.selectors import Selector

MOST_MEDIA = 20
MOST_SECONDS = 3600
MOST_REVISION_DAYS = 60
MOST_FILES_FOLLOW_DAYS = 90
MOST_BYTES = 300 * 1024 * 1024
"""The largest file a requirement may allow; also what it allows when nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One thing a directive asks for: from whom, by when, in what form."""

    id: UUID
    kind: RequirementKind
    title: str
    as_of: date
    """The audience and the totals stand on the tree of this day."""
    periods: tuple[str, ...]
    indicators: tuple[IndicatorAsked, ...]
    sections: tuple[SectionAsked, ...]
    media: MediaAsked | None
    audience: Selector
    due_phrase: str
    due_at: datetime
    cut_off_at: datetime | None
    closes_at: datetime | None
    rules: tuple[RuleAsked, ...] = ()
    answering: AnsweringAsked = field(default_factory=AnsweringAsked)
    same_as: UUID | None = None
    """The requirement of a replaced directive that asked for the same: its answers stand for this one."""
    passes_on: UUID | None = None
    """The requirement of a cascaded directive that is asked of the units below."""
    terms: Terms = NO_TERMS
    """What only its kind says."""
    frequency: Frequency | None = None
    """By which calendar it is asked again and again; null: once. It is then due with its first period."""
    targets: tuple[TargetAsked, ...] = ()
    assigned: tuple[Assigned, ...] = ()
    """What each unit is to reach of the figures that are assigned."""
    reviewing_unit_id: str | None = None
    """The division of the issuer whose desk reviews what comes in for it; null: the one that owns the directive."""


def check(requirement: Requirement, *, where: str) -> None:
    """Raise the problem that keeps a requirement from being asked; `where` is its place in the request."""
    _check_form(requirement, where)
    check_terms(requirement, where=where)
    check_outline(requirement.periods, requirement.indicators, requirement.sections, requirement.rules, where=where)
    check_targets(requirement.targets, requirement.assigned, requirement.indicators, requirement.periods, where=where)
    check_deadlines(requirement, where)
    if not requirement.audience.any_of and not requirement.audience.include:
        raise AudienceUnsaid(
            f"Yêu cầu «{requirement.title}» chưa nêu loại đơn vị hoặc đơn vị phải thực hiện.",
            f"The requirement “{requirement.title}” says of no unit that it is asked.",
            where=f"{where}.audience",
        )


def _check_form(requirement: Requirement, where: str) -> None:
    title = requirement.title
    if requirement.kind == "report" and not requirement.indicators and not requirement.sections:
        raise NothingAsked(
            f"Báo cáo «{title}» chưa có chỉ tiêu hay đề mục nào.",
            f"The report “{title}” asks for no indicator and no section.",
            where=where,
        )
    if requirement.kind in ("video", "media") and requirement.media is None:
        raise VideoWithoutMedia(
            f"Yêu cầu nộp tệp «{title}» chưa nêu số lượng, thời lượng và dung lượng.",
            f"“{title}” does not say how many files, how long and how large.",
            where=f"{where}.media",
        )
    if requirement.answering.files_follow_days is not None and (requirement.kind != "report" or not requirement.media):
        raise AnsweringUnfit(
            f"«{title}» không phải báo cáo có tệp kèm theo, nên không có tệp nào nộp sau.",
            f"“{title}” is no report with files, so none can follow it.",
            where=f"{where}.answering.files_follow_days",
        )
    if requirement.answering.is_consolidated and not requirement.indicators:
        raise AnsweringUnfit(
            f"«{title}» không có chỉ tiêu nào để tổng hợp.",
            f"“{title}” asks for no figure that could be added up.",
            where=f"{where}.answering.is_consolidated",
        )
    if requirement.answering.is_official and requirement.kind != "report":
        raise AnsweringUnfit(
            f"«{title}» không phải báo cáo; văn bản của đơn vị thì hỏi bằng loại «document».",
            f"“{title}” is no report; a document of the unit's own is asked for by the kind `document`.",
            where=f"{where}.answering.is_official",
        )
    check_files(requirement, where=where)
    if requirement.indicators and not requirement.periods and requirement.frequency is None:
        raise PeriodMissing(
            f"Yêu cầu «{title}» có chỉ tiêu nhưng chưa nêu kỳ báo cáo.",
            f"The requirement “{title}” asks for figures of no period.",
            where=f"{where}.periods",
        )


def refuse_overdue(requirements: Iterable[Requirement], issued_on: date) -> None:
    """Raise when an answer would be overdue on the day of issue; one that was asked for before may be."""
    overdue = [each for each in requirements if each.same_as is None and each.due_at <= start_of(issued_on)]
    if overdue:
        titles = ", ".join(f"«{each.title}»" for each in overdue)
        raise DueBeforeIssue(
            f"Hạn đã qua vào ngày ban hành {issued_on:%d/%m/%Y}: {titles}. Hãy sửa hạn, hoặc xác nhận vẫn ban hành.",
            f"Overdue on the day of issue, {issued_on}: {titles}. Change the deadline, or say that it is meant so.",
            requirements=[{"requirement_id": str(each.id), "due_at": each.due_at.isoformat()} for each in overdue],
        )


def check_deadlines(requirement: Requirement, where: str) -> None:
    """Raise unless the instants of a requirement are in order, or its calendar alone says them."""
    if requirement.frequency is not None and requirement.kind == "registration":
        raise PeriodsUnfit(
            f"«{requirement.title}» là đăng ký người tham dự, chỉ hỏi một lần.",
            f"“{requirement.title}” registers people, which is asked once.",
            where=f"{where}.frequency",
        )
    said = (requirement.periods, requirement.cut_off_at, requirement.closes_at)
    if requirement.frequency is not None and any(said):
        raise PeriodsUnfit(
            f"Yêu cầu «{requirement.title}» định kỳ: kỳ báo cáo, thời điểm chốt và khóa sổ theo lịch, không ghi riêng.",
            f"“{requirement.title}” is asked by a calendar, which says its periods, cut-offs and closings.",
            where=f"{where}.frequency",
        )
    if requirement.cut_off_at is not None and requirement.cut_off_at > requirement.due_at:
        raise DeadlinesOutOfOrder(
            "Thời điểm chốt số liệu phải không muộn hơn hạn nộp.",
            "Figures must be cut off no later than they are due.",
            where=f"{where}.cut_off_at",
        )
    if requirement.closes_at is not None and requirement.due_at > requirement.closes_at:
        raise DeadlinesOutOfOrder(
            "Thời điểm khóa biểu mẫu phải không sớm hơn hạn nộp.",
            "The form must close no earlier than the answer is due.",
            where=f"{where}.closes_at",
        )
    follow = requirement.answering.files_follow_days
    if (
        follow is not None
        and requirement.closes_at is not None
        and requirement.due_at + timedelta(days=follow) > requirement.closes_at
    ):
        raise DeadlinesOutOfOrder(
            "Thời điểm khóa biểu mẫu phải không sớm hơn hạn nộp bổ sung tệp.",
            "The form must close no earlier than its files may follow.",
            where=f"{where}.answering.files_follow_days",
        )
