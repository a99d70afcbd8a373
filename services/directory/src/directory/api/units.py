"""Units: what they are on a day, and the leads of clusters."""

from datetime import date
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotFound, NotSignedIn
from chassis.text import UnitId
from chassis.transaction import OpenTransaction
from contracts.directory import LineageKind, RelationKind
from directory.api.sent import Day, Sent, UnitTypeCode
from directory.domain.units import LEAD, UnitOnDay
from directory.operations import units
from directory.problems import NotACluster, NotAMember, UnknownUnitType

router = APIRouter()


class UnitOut(BaseModel):
    """A unit on one day."""

    unit_id: str
    unit_type: str
    unit_type_name: str
    name: str
    short_name: str
    abbreviation: str | None
    levels: list[str]
    valid_from: date
    valid_to: date | None
    administrative_parent_id: str | None
    reporting_parent_id: str | None
    professional_parent_ids: list[str]
    territory_ids: list[str]
    cluster_ids: list[str]
    lead_id: str | None

    @classmethod
    def of(cls, unit: UnitOnDay, **more: Any) -> Self:
        """Return a unit as it is shown."""
        parents = unit.parents
        return cls(
            unit_id=unit.unit_id,
            unit_type=unit.unit_type,
            unit_type_name=unit.unit_type_name,
            name=unit.name,
            short_name=unit.short_name,
            abbreviation=unit.abbreviation,
            levels=list(unit.levels),
            valid_from=unit.valid_from,
            valid_to=unit.valid_to,
            administrative_parent_id=next(iter(parents.get("administrative", ())), None),
            reporting_parent_id=next(iter(parents.get("reporting", ())), None),
            professional_parent_ids=list(parents.get("professional", ())),
            territory_ids=list(parents.get("territory", ())),
            cluster_ids=list(parents.get("cluster", ())),
            lead_id=next(iter(parents.get(LEAD, ())), None),
            **more,
        )


class UnitsOut(BaseModel):
    """Units on one day, by id."""

    units: list[UnitOut]


class VersionOut(BaseModel):
    """What a unit was called and was, over a span of days."""

    model_config = ConfigDict(from_attributes=True)

    valid_from: date
    valid_to: date | None
    unit_type: str
    name: str
    short_name: str
    abbreviation: str | None
    levels: list[str] | None
    """Null when they are those of the type."""


class RelationOut(BaseModel):
    """A dated edge to a unit above, or to the lead."""

    model_config = ConfigDict(from_attributes=True)

    kind: RelationKind
    parent_id: str
    valid_from: date
    valid_to: date | None


class LineageOut(BaseModel):
    """What a unit became."""

    model_config = ConfigDict(from_attributes=True)

    kind: LineageKind
    to_unit_id: str
    effective_date: date
    legal_basis: str


class IdentifierOut(BaseModel):
    """A code others know the unit by."""

    model_config = ConfigDict(from_attributes=True)

    scheme: str
    code: str
    valid_from: date
    valid_to: date | None


class UnitHistoryOut(UnitOut):
    """A unit on one day, and everything dated about it."""

    version: int
    versions: list[VersionOut]
    relations: list[RelationOut]
    lineage: list[LineageOut]
    identifiers: list[IdentifierOut]


class LeadIn(Sent):
    """Which school leads a cluster, and from which day."""

    school_id: UnitId
    valid_from: Day


class LeadOut(BaseModel):
    """Who led, leads and will lead a cluster, in the order of days."""

    unit_id: str
    version: int
    leads: list[RelationOut]


@router.get("/units", responses=may_raise(NotSignedIn, UnknownUnitType))
async def units_on(
    tx: OpenTransaction,
    _caller: Calling,
    on: Annotated[Day | None, Query()] = None,
    unit_type: Annotated[UnitTypeCode | None, Query()] = None,
) -> UnitsOut:
    return UnitsOut(units=[UnitOut.of(unit) for unit in await units.units_on(tx, on, unit_type=unit_type)])


@router.get("/units/{unit_id}", responses=may_raise(NotSignedIn, NotFound))
async def unit_on(
    unit_id: UnitId, tx: OpenTransaction, _caller: Calling, on: Annotated[Day | None, Query()] = None
) -> UnitHistoryOut:
    unit, history = await units.unit_on(tx, unit_id, on)
    return UnitHistoryOut.of(
        unit,
        version=history.version,
        versions=history.versions,
        relations=history.relations,
        lineage=history.lineage,
        identifiers=history.identifiers,
    )


@router.put("/clusters/{unit_id}/lead", responses=may_raise(NotSignedIn, NotAllowed, NotFound, NotACluster, NotAMember))
async def appoint_lead(unit_id: UnitId, body: LeadIn, tx: OpenTransaction, caller: Calling) -> LeadOut:
    cluster = await units.appoint_lead(
        tx, cluster_id=unit_id, school_id=body.school_id, valid_from=body.valid_from, by=caller
    )
    leads = [RelationOut.model_validate(lead) for lead in cluster.leads]
    return LeadOut(unit_id=cluster.unit_id, version=cluster.version, leads=leads)
