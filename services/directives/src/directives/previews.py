"""What somebody asks who wants to know whom an audience would reach, and what the front door answers."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from directives.domain.audience import ChosenBy, name_of
from directives.operations.audiences import Preview
from directives.requests import AudienceIn, Day, Request
from directives.terms_requests import RegistrationIn
from unit_tree.succession import AnswersAs
from unit_tree.tree import Tree


class PreviewIn(Request):
    """An audience to try out; without a day of issue, as if it were issued today."""

    audience: AudienceIn
    as_of: Day
    issued_on: Day | None = None
    registration: RegistrationIn | None = None
    """Of a registration: how many places it would take."""


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


class TypeCountOut(BaseModel):
    """How many units of a type would be asked."""

    model_config = ConfigDict(from_attributes=True)

    unit_type: str
    name: str
    units: int


class NobodyReceivesOut(BaseModel):
    """A unit that is to answer and has nobody who could."""

    unit_id: str
    name: str


class PlacesOut(BaseModel):
    """How many places a registration takes, and of how many; whoever has no quota could register nobody."""

    model_config = ConfigDict(from_attributes=True)

    needed: int
    capacity: int | None
    without_quota: tuple[str, ...]


class PreviewOut(BaseModel):
    """Whom a requirement would reach, and what is in the way."""

    as_of: date
    issued_on: date
    units: list[AddressedOut]
    without_lead: list[LeaderlessOut]
    unknown: tuple[str, ...]
    counts: list[TypeCountOut]
    nobody_receives: list[NobodyReceivesOut]
    places: PlacesOut | None
    summary_vi: str
    summary_en: str


def preview_out(preview: Preview, tree: Tree, *, as_of: date, issued_on: date) -> PreviewOut:
    """Show whom an audience means, and why."""
    resolution = preview.resolution
    versions = tree.as_of(as_of).units
    counted = ", ".join(f"{each.units} {each.name}" for each in preview.counts)
    without = len(preview.nobody_receives)
    return PreviewOut(
        as_of=as_of,
        issued_on=issued_on,
        units=[
            AddressedOut(
                unit_id=each.unit_id,
                name=versions[each.unit_id].name,
                unit_type=versions[each.unit_id].unit_type,
                answering_unit_id=each.answering_unit_id,
                answering_name=name_of(tree, each.answering_unit_id, issued_on),
                chosen_by=each.chosen_by,
                answers_as=each.answers_as,
                why_vi=each.why_vi,
                why_en=each.why_en,
            )
            for each in resolution.units
        ],
        without_lead=[LeaderlessOut(unit_id=each, name=name_of(tree, each, as_of)) for each in resolution.without_lead],
        unknown=resolution.unknown,
        counts=[TypeCountOut.model_validate(each) for each in preview.counts],
        nobody_receives=[
            NobodyReceivesOut(unit_id=each, name=name_of(tree, each, issued_on)) for each in preview.nobody_receives
        ],
        places=PlacesOut.model_validate(preview.places) if preview.places else None,
        summary_vi=f"{counted or '0 đơn vị'}; {without} đơn vị chưa có người nhận",
        summary_en=f"{counted or '0 units'}; {without} with nobody to receive it",
    )
