"""What the front door answers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.directives import IndicatorAsked, MediaAsked, ObligationState, RequirementKind, RuleAsked, SectionAsked
from directives.domain.audience import name_of, types_of
from directives.domain.directive import Closing, DeliveryPurpose, Directive, Recall, Return, Stamp, State
from directives.domain.document_types import DocumentType
from directives.domain.form import CitationRelation, Competence, Form, Priority
from directives.domain.obligation import AnswerState
from directives.domain.requirement import Requirement
from directives.operations.issuing import Issued
from directives.store.obligations import Obligation, Owed
from unit_tree.succession import AnswersAs
from unit_tree.tree import Tree


class RegisterOut(BaseModel):
    """A register and the number it gives next."""

    issuer_unit_id: str
    year: int
    register_of: str = Field(serialization_alias="register")
    next_number: int


class RecipientOut(BaseModel):
    """Somebody who gets a copy."""

    name: str
    purpose: DeliveryPurpose


class AudienceOut(BaseModel):
    """A choice of units; `unit_types` is null when the selector says more than its short form can."""

    selector: dict[str, Any]
    unit_types: tuple[str, ...] | None
    include: tuple[str, ...]
    exclude: tuple[str, ...]


class RequirementOut(BaseModel):
    """One thing that is asked for."""

    requirement_id: UUID
    kind: RequirementKind
    title: str
    as_of: date
    periods: tuple[str, ...]
    indicators: tuple[IndicatorAsked, ...]
    sections: tuple[SectionAsked, ...]
    rules: tuple[RuleAsked, ...]
    media: MediaAsked | None
    audience: AudienceOut
    due_phrase: str
    due_at: datetime
    cut_off_at: datetime | None
    closes_at: datetime | None


class StampOut(BaseModel):
    """Who did it, and when."""

    by: UUID
    at: datetime


class BecauseOut(StampOut):
    """Who did it when, and why."""

    reason: str


class CorrectionOut(StampOut):
    """What was wrong in its form, and which document put it right."""

    what: str
    by_code: str | None


class CitationOut(BaseModel):
    """A document that is cited, as written; `directive_id` is where it lies in this house."""

    text: str
    relation: CitationRelation
    code: str | None
    dated: date | None
    directive_id: UUID | None


class CapacityOut(BaseModel):
    """For whom somebody signs."""

    competence: Competence
    of: str


class SignerOut(BaseModel):
    """Who is to sign; `lines` is what stands above the signature."""

    capacities: tuple[CapacityOut, ...]
    position: str | None
    name: str | None
    lines: tuple[str, ...]


class FormOut(BaseModel):
    """What stands in a directive beside its text and receivers."""

    division: str | None
    place: str | None
    priority: Priority
    citations: tuple[CitationOut, ...]
    signer: SignerOut | None
    contact: str | None


class DirectiveOut(BaseModel):
    """A directive, whole."""

    directive_id: UUID
    state: State
    issuer_unit_id: str
    document_type: DocumentType
    code: str | None
    number: int | None
    number_year: int | None
    notation: str | None
    subject: str
    body: str
    addressees: tuple[str, ...]
    recipients: tuple[RecipientOut, ...]
    replaces_code: str | None
    issued_on: date | None
    drafted: StampOut
    signed: StampOut | None
    numbered: StampOut | None
    issued: StampOut | None
    recalled: BecauseOut | None
    revision: int
    form: FormOut
    edited: StampOut | None
    submitted: StampOut | None
    returned: BecauseOut | None
    corrections: tuple[CorrectionOut, ...]
    closed: BecauseOut | None
    requirements: tuple[RequirementOut, ...]


class IssuedOut(DirectiveOut):
    """A directive that was sent out, and how many units owe an answer to each requirement."""

    obligation_counts: dict[UUID, int]


class ObligationOut(BaseModel):
    """A unit owes an answer to one requirement; names are those of the day it counts."""

    obligation_id: UUID
    requirement_id: UUID
    unit_id: str
    name: str
    answering_unit_id: str
    answering_name: str
    answers_as: AnswersAs
    due_at: datetime
    answer_state: AnswerState
    state: ObligationState
    why_vi: str
    why_en: str


class ObligationsOut(BaseModel):
    """The obligations of a directive."""

    obligations: list[ObligationOut]


class OwedOut(BaseModel):
    """What a unit owes."""

    model_config = ConfigDict(from_attributes=True)

    obligation_id: UUID
    directive_id: UUID
    requirement_id: UUID
    issuer_unit_id: str
    code: str
    subject: str
    issued_on: date
    kind: RequirementKind
    title: str
    unit_id: str
    answering_unit_id: str
    due_phrase: str
    due_at: datetime
    cut_off_at: datetime | None
    closes_at: datetime | None
    answer_state: AnswerState
    state: ObligationState


class OwedByUnitOut(BaseModel):
    """What a unit owes, nearest deadline first."""

    obligations: list[OwedOut]


class OpenCountsOut(BaseModel):
    """How many open obligations each unit answers."""

    open: dict[str, int]


def _stamp(stamp: Stamp | None) -> StampOut | None:
    return StampOut(by=stamp.by, at=stamp.at) if stamp else None


def _because(done: Recall | Return | Closing | None) -> BecauseOut | None:
    return BecauseOut(by=done.stamp.by, at=done.stamp.at, reason=done.reason) if done else None


def _form(form: Form) -> FormOut:
    return FormOut.model_validate(form, from_attributes=True)


def _shown(directive: Directive) -> dict[str, object]:
    number, issue = directive.number, directive.issue
    return {
        "directive_id": directive.id,
        "state": directive.state,
        "issuer_unit_id": directive.issuer_unit_id,
        "document_type": directive.document_type,
        "code": number.code if number else None,
        "number": number.value if number else None,
        "number_year": number.year if number else None,
        "notation": number.notation if number else None,
        "subject": directive.subject,
        "body": directive.body,
        "addressees": directive.addressees,
        "recipients": [RecipientOut(name=each.name, purpose=each.purpose) for each in directive.recipients],
        "replaces_code": directive.replaces_code,
        "issued_on": issue.on if issue else None,
        "drafted": _stamp(directive.drafted),
        "signed": _stamp(directive.signed),
        "numbered": _stamp(number.given if number else None),
        "issued": _stamp(issue.sent if issue else None),
        "recalled": _because(directive.recall),
        "revision": directive.revision,
        "form": _form(directive.form),
        "edited": _stamp(directive.edited),
        "submitted": _stamp(directive.submitted),
        "returned": _because(directive.returned),
        "corrections": [
            CorrectionOut(by=each.stamp.by, at=each.stamp.at, what=each.what, by_code=each.by_code)
            for each in directive.corrections
        ],
        "closed": _because(directive.closing),
        "requirements": [_required(each) for each in directive.requirements],
    }


def _required(requirement: Requirement) -> RequirementOut:
    audience = requirement.audience
    return RequirementOut(
        requirement_id=requirement.id,
        kind=requirement.kind,
        title=requirement.title,
        as_of=requirement.as_of,
        periods=requirement.periods,
        indicators=requirement.indicators,
        sections=requirement.sections,
        rules=requirement.rules,
        media=requirement.media,
        audience=AudienceOut(
            selector=audience.model_dump(mode="json", exclude_defaults=True),
            unit_types=types_of(audience),
            include=audience.include,
            exclude=audience.exclude,
        ),
        due_phrase=requirement.due_phrase,
        due_at=requirement.due_at,
        cut_off_at=requirement.cut_off_at,
        closes_at=requirement.closes_at,
    )


def directive_out(directive: Directive) -> DirectiveOut:
    """Show a directive."""
    return DirectiveOut.model_validate(_shown(directive))


def issued_out(issued: Issued) -> IssuedOut:
    """Show a directive that was sent out."""
    return IssuedOut.model_validate({**_shown(issued.directive), "obligation_counts": issued.obligation_counts})


def obligations_out(directive: Directive, opened: list[Obligation], tree: Tree) -> ObligationsOut:
    """Show the obligations of a directive, with the names of units."""
    as_of = {each.id: each.as_of for each in directive.requirements}
    issued_on = directive.issue.on if directive.issue else None
    return ObligationsOut(
        obligations=[
            ObligationOut(
                obligation_id=each.id,
                requirement_id=each.requirement_id,
                unit_id=each.unit_id,
                name=name_of(tree, each.unit_id, as_of[each.requirement_id]),
                answering_unit_id=each.answering_unit_id,
                answering_name=name_of(tree, each.answering_unit_id, issued_on or as_of[each.requirement_id]),
                answers_as=each.answers_as,
                due_at=each.due_at,
                answer_state=each.answer_state,
                state=each.state,
                why_vi=each.why_vi,
                why_en=each.why_en,
            )
            for each in opened
        ]
    )


def owed_out(owed: list[Owed]) -> OwedByUnitOut:
    """Show what a unit owes."""
    return OwedByUnitOut(obligations=[OwedOut.model_validate(each) for each in owed])
