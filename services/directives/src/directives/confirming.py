"""A person's confirmation of what a document was read to say: together with that, a draft."""

from typing import Any
from uuid import UUID

from pydantic import Field, ValidationError

from chassis.problems import Malformed
from chassis.text import Line, Period, UnitId
from contracts.directives import RequirementKind
from directives.answering_requests import AnsweringIn
from directives.documents.suggesting import Suggestion
from directives.domain.document_types import DocumentType
from directives.domain.target import MOST_ASSIGNED, MOST_TARGETS
from directives.file_requests import MediaIn, SectionIn
from directives.problems import ConfirmationIncomplete
from directives.requests import (
    AudienceIn,
    Body,
    Day,
    DraftIn,
    FormIn,
    IndicatorIn,
    Moment,
    RecipientIn,
    RelationIn,
    Request,
    RuleIn,
)
from directives.target_requests import AssignedIn, TargetIn
from directives.terms_requests import ConditionIn, DocumentIn, RegistrationIn


class ConfirmedIn(Request):
    """A candidate that is to be asked for; what is not said stays as it was read."""

    candidate: int = Field(strict=True, ge=0)
    kind: RequirementKind | None = None
    title: Line | None = None
    as_of: Day | None = None
    periods: list[Period] | None = Field(default=None, max_length=24)
    indicators: list[IndicatorIn] | None = Field(default=None, max_length=200)
    sections: list[SectionIn] | None = Field(default=None, max_length=100)
    rules: list[RuleIn] = Field(default=[], max_length=200)
    media: MediaIn | None = None
    answering: AnsweringIn = AnsweringIn()
    audience: AudienceIn | None = None
    due_phrase: Line | None = None
    due_at: Moment | None = None
    cut_off_at: Moment | None = None
    closes_at: Moment | None = None
    same_as: UUID | None = None
    passes_on: UUID | None = None
    registration: RegistrationIn | None = None
    document: DocumentIn | None = None
    condition: ConditionIn | None = None
    targets: list[TargetIn] = Field(default=[], max_length=MOST_TARGETS)
    assigned: list[AssignedIn] = Field(default=[], max_length=MOST_ASSIGNED)
    reviewing_unit_id: UnitId | None = None


class ConfirmationIn(Request):
    """What a person says to a proposal: which candidates are asked for, and what is otherwise than it was read."""

    issuer_unit_id: UnitId
    as_of: Day
    requirements: list[ConfirmedIn] = Field(max_length=20)
    document_type: DocumentType | None = None
    subject: Line | None = None
    body: Body | None = None
    addressees: list[Line] | None = Field(default=None, max_length=200)
    recipients: list[RecipientIn] | None = Field(default=None, max_length=200)
    replaces_code: Line | None = None
    form: FormIn | None = None
    relations: list[RelationIn] = Field(default=[], max_length=50)
    implement_by: Moment | None = None
    owning_unit_id: UnitId | None = None


def confirm(suggestion: Suggestion, confirmation: ConfirmationIn) -> DraftIn:
    """Return the draft a person confirmed; raise with what neither the document nor the person says."""
    said = confirmation.model_dump(mode="json", exclude_unset=True, exclude={"as_of", "requirements"})
    draft = {**suggestion.draft, **said}
    draft["requirements"] = [
        _asked(suggestion, each, confirmation, place) for place, each in enumerate(confirmation.requirements)
    ]
    unsaid = [name for name in ("document_type", "subject") if draft[name] is None]
    unsaid += [f"recipients.{place}.purpose" for place, each in enumerate(draft["recipients"]) if not each["purpose"]]
    for place, each in enumerate(draft["requirements"]):
        unsaid += [f"requirements.{place}.{name}" for name in ("due_phrase", "due_at") if each[name] is None]
    if unsaid:
        raise ConfirmationIncomplete(
            f"Văn bản không ghi và người xác nhận chưa quyết định: {', '.join(unsaid)}.",
            f"Neither the document nor the person says: {', '.join(unsaid)}.",
            fields=unsaid,
        )
    try:
        return DraftIn.model_validate(draft)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(each) for each in first["loc"])
        raise Malformed(
            f"Dự thảo đề xuất từ văn bản chưa dùng được ở «{where}»: {first['msg']}.",
            f"The draft suggested from the document does not do at {where}: {first['msg']}.",
            where=where,
        ) from error


def _asked(suggestion: Suggestion, confirmed: ConfirmedIn, confirmation: ConfirmationIn, place: int) -> dict[str, Any]:
    if confirmed.candidate >= len(suggestion.requirements):
        raise ConfirmationIncomplete(
            f"Văn bản không có yêu cầu thứ {confirmed.candidate}.",
            f"The document has no candidate {confirmed.candidate}.",
            fields=[f"requirements.{place}.candidate"],
        )
    said = confirmed.model_dump(mode="json", exclude_unset=True, exclude={"candidate"})
    read = {name: value for name, value in suggestion.requirements[confirmed.candidate].items() if name != "candidate"}
    return {"as_of": confirmation.as_of.isoformat(), **read, **said}
