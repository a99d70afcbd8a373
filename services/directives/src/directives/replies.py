"""What the front door answers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.directives import (
    AnsweringAsked,
    DeliveryPurpose,
    IndicatorAsked,
    MediaAsked,
    Priority,
    RequirementKind,
    RuleAsked,
    SectionAsked,
    TargetAsked,
)
from directives.domain.audience import types_of
from directives.domain.directive import Closing, Directive, Recall, Recipient, Return, Stamp, State
from directives.domain.document_types import DocumentType
from directives.domain.form import CitationRelation, Competence, Form
from directives.domain.periods import Frequency
from directives.domain.relation import Relation, RelationKind
from directives.domain.requirement import Requirement
from directives.domain.target import Assigned
from directives.operations.issuing import Issued
from directives.terms_replies import TermsOut
from unit_tree.selectors import Selector


class RegisterOut(BaseModel):
    """A register and the number it gives next."""

    issuer_unit_id: str
    year: int
    register_of: str = Field(serialization_alias="register")
    next_number: int


class AudienceOut(BaseModel):
    """A choice of units; `unit_types` is null when the selector says more than its short form can."""

    selector: dict[str, Any]
    unit_types: tuple[str, ...] | None
    include: tuple[str, ...]
    exclude: tuple[str, ...]


class RecipientOut(BaseModel):
    """Somebody who gets a copy."""

    name: str
    purpose: DeliveryPurpose
    audience: AudienceOut | None


class RequirementOut(TermsOut):
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
    answering: AnsweringAsked
    audience: AudienceOut
    due_phrase: str
    due_at: datetime
    cut_off_at: datetime | None
    closes_at: datetime | None
    same_as: UUID | None
    passes_on: UUID | None
    frequency: Frequency | None
    """By which calendar it is asked again and again; null: once."""
    targets: tuple[TargetAsked, ...]
    assigned: tuple[Assigned, ...] | None
    """What each unit is to reach of the figures that are assigned; null for those who do not write for the issuer."""
    reviewing_unit_id: str | None
    """The division whose desk reviews what comes in for it; null: the one that owns the directive."""


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


class RelationOut(BaseModel):
    """Another directive, and how the two are related."""

    kind: RelationKind
    directive_id: UUID
    code: str


class ReplacementOut(BaseModel):
    """Which directive stands in its place, and since when."""

    by_directive_id: UUID
    by_code: str
    at: datetime


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
    implement_by: datetime | None
    """Until when every unit that is to act issues a document of its own."""
    owning_unit_id: str
    """Who answers questions about it."""
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
    replaced: ReplacementOut | None
    relations: tuple[RelationOut, ...]
    named_by: tuple[RelationOut, ...]
    """The same from the other end: who names this one, and how."""
    requirements: tuple[RequirementOut, ...]


class IssuedOut(DirectiveOut):
    """A directive that was sent out, and how many units owe an answer to each requirement."""

    obligation_counts: dict[UUID, int]


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
        "recipients": [_recipient(each) for each in directive.recipients],
        "replaces_code": directive.replaces_code,
        "implement_by": directive.implement_by,
        "owning_unit_id": directive.owner,
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
        "replaced": _replacement(directive),
        "relations": [_relation(each) for each in directive.relations],
        "named_by": [_relation(each) for each in directive.named_by],
        "requirements": [_required(each) for each in directive.requirements],
    }


def _relation(relation: Relation) -> RelationOut:
    return RelationOut(kind=relation.kind, directive_id=relation.directive_id, code=relation.code)


def _replacement(directive: Directive) -> ReplacementOut | None:
    found = directive.replacement
    if found is None:
        return None
    codes = {each.directive_id: each.code for each in directive.named_by}
    by = found.by_directive_id
    return ReplacementOut(by_directive_id=by, by_code=codes[by], at=found.at)


def _audience(audience: Selector) -> AudienceOut:
    return AudienceOut(
        selector=audience.model_dump(mode="json", exclude_defaults=True),
        unit_types=types_of(audience),
        include=audience.include,
        exclude=audience.exclude,
    )


def _recipient(recipient: Recipient) -> RecipientOut:
    audience = recipient.audience
    return RecipientOut(
        name=recipient.name, purpose=recipient.purpose, audience=_audience(audience) if audience else None
    )


def _required(requirement: Requirement) -> RequirementOut:
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
        answering=requirement.answering,
        audience=_audience(requirement.audience),
        due_phrase=requirement.due_phrase,
        due_at=requirement.due_at,
        cut_off_at=requirement.cut_off_at,
        closes_at=requirement.closes_at,
        same_as=requirement.same_as,
        passes_on=requirement.passes_on,
        **dict(requirement.terms),
        frequency=requirement.frequency,
        targets=requirement.targets,
        assigned=requirement.assigned,
        reviewing_unit_id=requirement.reviewing_unit_id,
    )


def directive_out(directive: Directive, *, is_writers: bool = True) -> DirectiveOut:
    """Show a directive; to those who do not write for its issuer, without what is assigned to other units."""
    shown = DirectiveOut.model_validate(_shown(directive))
    if not is_writers:
        for each in shown.requirements:
            each.assigned = None
    return shown


def issued_out(issued: Issued) -> IssuedOut:
    """Show a directive that was sent out."""
    return IssuedOut.model_validate({**_shown(issued.directive), "obligation_counts": issued.obligation_counts})
