"""What the front door answers."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.directives import (
    DeliveryPurpose,
    IndicatorAsked,
    MediaAsked,
    ObligationState,
    RequirementKind,
    SectionAsked,
)
from directives.domain.audience import AnswersAs, Audience, ChosenBy, Resolution, name_of, reason
from directives.domain.directive import Directive, DocumentType, Recipient, Stamp, State
from directives.domain.obligation import AnswerState
from directives.domain.relation import Relation, RelationKind
from directives.domain.requirement import Requirement
from directives.operations.issuing import Issued
from directives.store.obligations import Obligation, Owed
from unit_tree.tree import Tree


class RegisterOut(BaseModel):
    """A register and the number it gives next."""

    issuer_unit_id: str
    year: int
    register_of: DocumentType = Field(serialization_alias="register")
    next_number: int


class AudienceOut(BaseModel):
    """A choice of units."""

    unit_types: tuple[str, ...]
    include: tuple[str, ...]
    exclude: tuple[str, ...]


class RecipientOut(BaseModel):
    """Somebody who gets a copy."""

    name: str
    purpose: DeliveryPurpose
    audience: AudienceOut | None


class RequirementOut(BaseModel):
    """One thing that is asked for."""

    requirement_id: UUID
    kind: RequirementKind
    title: str
    as_of: date
    periods: tuple[str, ...]
    indicators: tuple[IndicatorAsked, ...]
    sections: tuple[SectionAsked, ...]
    media: MediaAsked | None
    audience: AudienceOut
    due_phrase: str
    due_at: datetime
    cut_off_at: datetime | None
    closes_at: datetime | None
    same_as: UUID | None
    passes_on: UUID | None


class StampOut(BaseModel):
    """Who did it, and when."""

    by: UUID
    at: datetime


class RecallOut(StampOut):
    """Who took it back when, and why."""

    reason: str


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
    recalled: RecallOut | None
    replaced: ReplacementOut | None
    relations: tuple[RelationOut, ...]
    named_by: tuple[RelationOut, ...]
    """The same from the other end: who names this one, and how."""
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
    continues: UUID | None
    """The obligation of a replaced directive whose answer answers this one too."""


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
    assigned_to: UUID | None
    """Who in the answering unit sees to it."""


class OwedByUnitOut(BaseModel):
    """What a unit owes, nearest deadline first."""

    obligations: list[OwedOut]


class OpenCountsOut(BaseModel):
    """How many open obligations each unit answers."""

    open: dict[str, int]


class AddressedOut(BaseModel):
    """A unit that would owe an answer, and why."""

    unit_id: str
    name: str
    unit_type: str
    answering_unit_id: str
    answering_name: str
    chosen_by: ChosenBy
    answers_as: AnswersAs
    why_vi: str
    why_en: str


class LeaderlessOut(BaseModel):
    """A cluster nobody answers for."""

    unit_id: str
    name: str


class PreviewOut(BaseModel):
    """Whom a requirement would reach, and what is in the way."""

    as_of: date
    issued_on: date
    units: list[AddressedOut]
    without_lead: list[LeaderlessOut]
    unknown: tuple[str, ...]


def _stamp(stamp: Stamp | None) -> StampOut | None:
    return StampOut(by=stamp.by, at=stamp.at) if stamp else None


def _shown(directive: Directive) -> dict[str, object]:
    number, issue, recall = directive.number, directive.issue, directive.recall
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
        "recalled": RecallOut(by=recall.stamp.by, at=recall.stamp.at, reason=recall.reason) if recall else None,
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


def _audience(audience: Audience) -> AudienceOut:
    return AudienceOut(unit_types=audience.unit_types, include=audience.include, exclude=audience.exclude)


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
        media=requirement.media,
        audience=_audience(requirement.audience),
        due_phrase=requirement.due_phrase,
        due_at=requirement.due_at,
        cut_off_at=requirement.cut_off_at,
        closes_at=requirement.closes_at,
        same_as=requirement.same_as,
        passes_on=requirement.passes_on,
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
                continues=each.continues,
            )
            for each in opened
        ]
    )


def owed_out(owed: list[Owed]) -> OwedByUnitOut:
    """Show what a unit owes."""
    return OwedByUnitOut(obligations=[OwedOut.model_validate(each) for each in owed])


def preview_out(resolution: Resolution, tree: Tree, *, as_of: date, issued_on: date) -> PreviewOut:
    """Show whom an audience means, and why."""
    units = []
    for each in resolution.units:
        version = tree.version(each.unit_id, as_of)
        why_vi, why_en = reason(each, tree, as_of=as_of, issued_on=issued_on)
        units.append(
            AddressedOut(
                unit_id=each.unit_id,
                name=version.name if version else each.unit_id,
                unit_type=version.unit_type if version else "",
                answering_unit_id=each.answering_unit_id,
                answering_name=name_of(tree, each.answering_unit_id, issued_on),
                chosen_by=each.chosen_by,
                answers_as=each.answers_as,
                why_vi=why_vi,
                why_en=why_en,
            )
        )
    leaderless = [LeaderlessOut(unit_id=each, name=name_of(tree, each, as_of)) for each in resolution.without_lead]
    return PreviewOut(
        as_of=as_of, issued_on=issued_on, units=units, without_lead=leaderless, unknown=resolution.unknown
    )
