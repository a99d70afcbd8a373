"""What people send to the front door."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from chassis.text import IndicatorCode, Line, Narrative, Period, UnitId, composed
from chassis.transaction import new_id
from contracts.directives import (
    Comparison,
    DeliveryPurpose,
    IndicatorAsked,
    IndicatorType,
    Priority,
    RequirementKind,
    RuleAsked,
)
from directives.answering_requests import AnsweringIn
from directives.domain.audience import of_types
from directives.domain.directive import Directive, Recipient, Stamp
from directives.domain.document_types import DocumentType
from directives.domain.form import Capacity, Citation, CitationRelation, Competence, Form, Signer
from directives.domain.outline import MOST_PERCENT, MOST_TERMS, MOST_TIMES
from directives.domain.periods import LAST_DAY_OF_ANY_MONTH, DueKind, DueRule, Frequency
from directives.domain.relation import Relation, RelationKind
from directives.domain.requirement import Requirement
from directives.file_requests import MediaIn, SectionCode, SectionIn
from directives.target_requests import TargetsIn
from directives.terms_requests import TermsIn
from unit_tree.selectors import Level, Selector

_LETTERS = r"(?:[^\W\d_]|[&.])+\d*"
_NOTATION = re.compile(rf"{_LETTERS}(?:-{_LETTERS})*")


def _written(value: object) -> object:
    # A number would pass for seconds since 1970.
    if not isinstance(value, str | date):
        raise ValueError("phải viết theo ISO 8601 / must be written as in ISO 8601")  # noqa: TRY004  pydantic reads ValueError
    return value


def _notation(text: str) -> str:
    if _NOTATION.fullmatch(text) is None:
        raise ValueError("ký hiệu gồm chữ, «&», «.» và dấu gạch nối / letters, “&”, “.” joined by hyphens")
    return text


def _letters(text: str) -> str:
    if re.fullmatch(_LETTERS, text) is None:
        raise ValueError("chỉ gồm chữ, «&» và «.» / letters, “&” and “.” only")
    return text


Day = Annotated[date, BeforeValidator(_written), Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_written),
    Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2100, 12, 31, tzinfo=UTC)),
]
Notation = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=64), AfterValidator(composed), AfterValidator(_notation)
]
"""The part of a code after the number, as in `SGDĐT-GDPT` (Nghị định 30/2020/NĐ-CP, Phụ lục I)."""
Division = Annotated[str, StringConstraints(max_length=32), AfterValidator(composed), AfterValidator(_letters)]
"""How an issuer or a division is abbreviated, as `SGDĐT`, `P.GDTrH`."""
Body = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200_000), AfterValidator(composed)]
"""The text of a directive: some sixty pages."""
Revision = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Year = Annotated[int, Field(ge=2000, le=2100)]
Reason = Annotated[Narrative, StringConstraints(min_length=1), Field(max_length=2_000)]
"""Why; some sentences."""
UnitType = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


MOST_DAYS_AFTER = 100
UNDATED = datetime.max.replace(tzinfo=UTC)
"""When something is due that is asked by a calendar, until the calendar was looked into."""


class Request(BaseModel):
    """A body somebody sends: nothing in it is ignored."""

    model_config = ConfigDict(extra="forbid")


class RecipientIn(Request):
    """Somebody who gets a copy, and what for."""

    name: Line
    purpose: DeliveryPurpose
    audience: "AudienceIn | None" = None
    """The units that are meant, on the tree of the day of issue."""

    def recipient(self) -> Recipient:
        """Return it as the domain knows it."""
        return Recipient(self.name, self.purpose, self.audience.chosen() if self.audience else None)


class IndicatorIn(Request):
    """A figure to be stated."""

    code: IndicatorCode
    name: Line
    type: IndicatorType
    unit_of_measure: Line
    at_most: IndicatorCode | None = None
    only_if: IndicatorCode | None = None
    of_which: IndicatorCode | None = None
    numerator: IndicatorCode | None = None
    denominator: IndicatorCode | None = None
    per_level: bool = Field(default=False, strict=True)
    levels: list[Level] = Field(default=[], max_length=10)
    is_sensitive: bool = Field(default=False, strict=True)
    previous_percent: int | None = Field(default=None, strict=True, ge=0, le=MOST_PERCENT)
    ceiling: IndicatorCode | None = None
    needs_explanation: bool = Field(default=False, strict=True)


class TermIn(Request):
    """A figure, as often as it counts; without an indicator, the number itself."""

    indicator: IndicatorCode | None = None
    times: int = Field(default=1, strict=True, ge=-MOST_TIMES, le=MOST_TIMES)


class RuleIn(Request):
    """What must hold between figures of one period, and what to tell people when it does not."""

    code: SectionCode
    left: list[TermIn] = Field(min_length=1, max_length=MOST_TERMS)
    holds: Comparison
    right: list[TermIn] = Field(min_length=1, max_length=MOST_TERMS)
    message_vi: Line
    message_en: Line
    only_warns: bool = Field(default=False, strict=True)
    needs_explanation: bool = Field(default=False, strict=True)


class DueRuleIn(Request):
    """When the answer of a period is due: so many days after it, or before or on the first such day of a month."""

    kind: DueKind
    count: int = Field(strict=True, ge=0, le=MOST_DAYS_AFTER)
    on_working_day: bool = Field(default=False, strict=True)

    @model_validator(mode="after")
    def _is_a_day_of_any_month(self) -> Self:
        if self.kind in ("before_day", "by_day") and not 1 <= self.count <= LAST_DAY_OF_ANY_MONTH:
            raise ValueError("ngày trong tháng phải từ 1 đến 28 / a day every month has, 1 to 28")
        return self


class FrequencyIn(Request):
    """By which of the issuer's calendars something is asked, over which periods, and when the answers are due."""

    calendar: SectionCode
    due: DueRuleIn
    first: Period | None = None
    last: Period | None = None
    grace: int | None = Field(default=None, strict=True, ge=0, le=MOST_DAYS_AFTER)

    def frequency(self) -> Frequency:
        """Return it as the domain knows it."""
        return Frequency(self.calendar, DueRule(**self.due.model_dump()), self.first, self.last, self.grace)


class AudienceIn(Request):
    """A choice of units: a selector, or short for one: all units of some types, and some by name, without others."""

    selector: Selector | None = None
    unit_types: list[UnitType] = Field(default=[], max_length=100)
    include: list[UnitId] = Field(default=[], max_length=5000)
    exclude: list[UnitId] = Field(default=[], max_length=5000)

    @model_validator(mode="after")
    def _is_said_once(self) -> Self:
        if self.selector is not None and (self.unit_types or self.include or self.exclude):
            raise ValueError("hoặc bộ chọn, hoặc cách viết tắt / either the selector or what is short for one")
        return self

    def chosen(self) -> Selector:
        """Return the choice as the domain knows it."""
        return self.selector or of_types(self.unit_types, self.include, self.exclude)


class RequirementIn(TermsIn, TargetsIn):
    """One thing to be asked for."""

    kind: RequirementKind
    title: Line
    as_of: Day
    periods: list[Period] = Field(default=[], max_length=24)
    indicators: list[IndicatorIn] = Field(default=[], max_length=200)
    sections: list[SectionIn] = Field(default=[], max_length=100)
    rules: list[RuleIn] = Field(default=[], max_length=200)
    media: MediaIn | None = None
    answering: AnsweringIn = AnsweringIn()
    audience: AudienceIn
    due_phrase: Line
    due_at: Moment | None = None
    cut_off_at: Moment | None = None
    closes_at: Moment | None = None
    same_as: UUID | None = None
    passes_on: UUID | None = None
    frequency: FrequencyIn | None = None
    reviewing_unit_id: UnitId | None = None

    @model_validator(mode="after")
    def _is_due_once_or_by_a_calendar(self) -> Self:
        if (self.due_at is None) == (self.frequency is None):
            raise ValueError("hoặc thời hạn, hoặc định kỳ / either when it is due or by which calendar")
        return self

    def required(self) -> Requirement:
        """Return it as the domain knows it, with an id of its own."""
        return Requirement(
            id=new_id(),
            kind=self.kind,
            title=self.title,
            as_of=self.as_of,
            periods=tuple(self.periods),
            indicators=tuple(IndicatorAsked(**each.model_dump()) for each in self.indicators),
            sections=tuple(each.asked() for each in self.sections),
            rules=tuple(RuleAsked(**each.model_dump()) for each in self.rules),
            media=self.media.asked() if self.media else None,
            answering=self.answering.asked(),
            audience=self.audience.chosen(),
            due_phrase=self.due_phrase,
            due_at=self.due_at or UNDATED,
            cut_off_at=self.cut_off_at,
            closes_at=self.closes_at,
            same_as=self.same_as,
            passes_on=self.passes_on,
            terms=self.terms(),
            frequency=self.frequency.frequency() if self.frequency else None,
            targets=self.compared_with(),
            assigned=self.given(),
            reviewing_unit_id=self.reviewing_unit_id,
        )


class CitationIn(Request):
    """A document that is cited, as written; with its number and notation it may be found here."""

    text: Line
    relation: CitationRelation
    code: Line | None = None
    dated: Day | None = None


class CapacityIn(Request):
    """For whom somebody signs, as `KT.` and `GIÁM ĐỐC`."""

    competence: Competence
    of: Line


class SignerIn(Request):
    """Who is to sign."""

    capacities: list[CapacityIn] = Field(default=[], max_length=3)
    position: Line | None = None
    name: Line | None = None

    def known(self) -> Signer:
        """Return them as the domain knows them."""
        return Signer(tuple(Capacity(each.competence, each.of) for each in self.capacities), self.position, self.name)


class FormIn(Request):
    """What stands in a directive beside its text and receivers."""

    division: Division | None = None
    place: Line | None = None
    priority: Priority = "normal"
    citations: list[CitationIn] = Field(default=[], max_length=100)
    signer: SignerIn | None = None
    contact: Line | None = None

    def written(self) -> Form:
        """Return it as the domain knows it; what is cited is not looked up yet."""
        return Form(
            division=self.division,
            place=self.place,
            priority=self.priority,
            citations=tuple(Citation(each.text, each.relation, each.code, each.dated) for each in self.citations),
            signer=self.signer.known() if self.signer else None,
            contact=self.contact,
        )


class RelationIn(Request):
    """How the directive names another one that was issued."""

    kind: RelationKind
    directive_id: UUID


class DraftIn(Request):
    """A directive as somebody writes it."""

    issuer_unit_id: UnitId
    document_type: DocumentType
    subject: Line
    body: Body
    addressees: list[Line] = Field(max_length=200)
    recipients: list[RecipientIn] = Field(max_length=200)
    replaces_code: Line | None = None
    form: FormIn = FormIn()
    requirements: list[RequirementIn] = Field(max_length=20)
    relations: list[RelationIn] = Field(default=[], max_length=50)
    implement_by: Moment | None = None
    owning_unit_id: UnitId | None = None

    def drafted(self, stamp: Stamp) -> Directive:
        """Return it as the domain knows it, with an id of its own."""
        return Directive(
            id=new_id(),
            issuer_unit_id=self.issuer_unit_id,
            document_type=self.document_type,
            subject=self.subject,
            body=self.body,
            addressees=tuple(self.addressees),
            recipients=tuple(each.recipient() for each in self.recipients),
            replaces_code=self.replaces_code,
            form=self.form.written(),
            requirements=tuple(each.required() for each in self.requirements),
            drafted=stamp,
            implement_by=self.implement_by,
            owning_unit_id=self.owning_unit_id,
            relations=tuple(Relation(each.kind, each.directive_id, code="") for each in self.relations),
        )


class EditIn(DraftIn):
    """What a draft is to say, whole, and the revision that was changed."""

    revision: Revision


class SeenIn(Request):
    """The revision of the draft that somebody read; null: they do not say."""

    revision: Revision | None = None


class NumberIn(Request):
    """The notation that follows the number, or null for that of the issuer's scheme; without a year, this one."""

    notation: Notation | None = None
    year: Annotated[Year, Field(strict=True)] | None = None


class ReasonIn(Request):
    """Why."""

    reason: Reason


class CorrectionIn(Request):
    """What was wrong, and the document that put it right."""

    what: Reason
    by_code: Line | None = None
