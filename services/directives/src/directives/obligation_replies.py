"""What the front door answers about who owes what."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from contracts.directives import ObligationState, RequirementKind
from directives.domain.audience import name_of
from directives.domain.directive import Directive
from directives.domain.obligation import AnswerState
from directives.store.obligations import Obligation, Owed
from unit_tree.succession import AnswersAs
from unit_tree.tree import Tree


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
    period: str | None
    """The period it is the answer of; null: its requirement is asked once."""
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
    period: str | None
    period_name: str | None


class OwedByUnitOut(BaseModel):
    """What a unit owes, nearest deadline first."""

    obligations: list[OwedOut]


class OpenCountsOut(BaseModel):
    """How many open obligations each unit answers."""

    open: dict[str, int]


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
                name=name_of(tree, each.unit_id, each.as_of or as_of[each.requirement_id]),
                answering_unit_id=each.answering_unit_id,
                answering_name=name_of(
                    tree, each.answering_unit_id, each.as_of or issued_on or as_of[each.requirement_id]
                ),
                answers_as=each.answers_as,
                due_at=each.due_at,
                answer_state=each.answer_state,
                state=each.state,
                why_vi=each.why_vi,
                why_en=each.why_en,
                period=each.period or None,
                continues=each.continues,
            )
            for each in opened
        ]
    )


def owed_out(owed: list[Owed]) -> OwedByUnitOut:
    """Show what a unit owes."""
    return OwedByUnitOut(obligations=[OwedOut.model_validate(each) for each in owed])
