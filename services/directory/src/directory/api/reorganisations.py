"""Reorganisations: prepared by hand or from files, tried out, applied."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotFound, NotSignedIn, TooLarge
from chassis.text import Line
from chassis.transaction import OpenTransaction
from directory.api.imports import chosen
from directory.api.sent import Day, Sent
from directory.domain.plan import Plan
from directory.domain.reorganisation import Wrong
from directory.domain.steps import Step
from directory.operations import reorganising
from directory.problems import AlreadyApplied, DryRunOutdated, ImportRejected, ReorganisationFaulty
from directory.store.reorganisations import Reorganisation

FILES_BYTES = 4 << 20
"""The changes of a whole province in one day need half a megabyte."""

router = APIRouter(prefix="/reorganisations")


class ReorganisationIn(Sent):
    """A reorganisation written by hand: every step happens on the day it takes effect."""

    title: Line
    legal_basis: Line
    effective_date: Day
    steps: Annotated[list[Step], Field(min_length=1, max_length=5000)]


class ApplyIn(Sent):
    """The digest of the dry run that was reviewed."""

    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class ReorganisationOut(BaseModel):
    """A reorganisation. `plan` and `digest` are those that were applied."""

    reorganisation_id: UUID
    title: str
    legal_basis: str
    effective_date: date
    state: Literal["draft", "applied"]
    prepared_by: UUID
    prepared_at: datetime
    applied_by: UUID | None
    applied_at: datetime | None
    digest: str | None
    plan: Plan | None = None
    draft: dict[str, Any] | None = None

    @classmethod
    def of(cls, found: Reorganisation, *, whole: bool = True) -> Self:
        """Return a reorganisation as it is shown, in a list without its draft and its plan."""
        shown = {name: getattr(found, name) for name in cls.model_fields if whole or name not in {"plan", "draft"}}
        return cls.model_validate(shown)


class ReorganisationsOut(BaseModel):
    """The newest reorganisations, newest first."""

    reorganisations: list[ReorganisationOut]


class WrongOut(BaseModel):
    """Why it cannot be applied: at a step (0 when at none), about a unit."""

    step: int
    unit_id: str
    what_vi: str
    what_en: str

    @classmethod
    def of(cls, wrong: Wrong) -> Self:
        """Return it as it is shown."""
        return cls(step=wrong.step, unit_id=wrong.unit_id, what_vi=wrong.what_vi, what_en=wrong.what_en)


class MovingObligationOut(BaseModel):
    """An open obligation that loses who answers it; `to_unit_id` is null when a person has to decide."""

    model_config = ConfigDict(from_attributes=True)

    obligation_id: UUID
    directive_id: UUID
    requirement_id: UUID
    unit_id: str
    answering_unit_id: str
    to_unit_id: str | None
    on: date


class DryRunOut(BaseModel):
    """What would change, what stands for exactly that, and what is in the way."""

    digest: str
    plan: Plan
    error_count: int
    errors: list[WrongOut]
    obligations: list[MovingObligationOut]


@router.post("", status_code=201, responses=may_raise(NotSignedIn, NotAllowed))
async def prepare(body: ReorganisationIn, tx: OpenTransaction, caller: Calling) -> ReorganisationOut:
    new = await reorganising.prepare(
        tx,
        title=body.title,
        legal_basis=body.legal_basis,
        effective_date=body.effective_date,
        steps=body.steps,
        by=caller,
    )
    return ReorganisationOut.of(new)


@router.post("/files", status_code=201, responses=may_raise(NotSignedIn, NotAllowed, TooLarge, ImportRejected))
async def prepare_from_files(
    tx: OpenTransaction,
    caller: Calling,
    title: Annotated[Line, Form()],
    legal_basis: Annotated[Line, Form()],
    effective_date: Annotated[Day, Form()],
    units: UploadFile | None = None,
    relations: UploadFile | None = None,
    links: UploadFile | None = None,
    identifiers: UploadFile | None = None,
) -> ReorganisationOut:
    sent = {"units": units, "relations": relations, "links": links, "identifiers": identifiers}
    files = {name: stream for name, file in sent.items() if (stream := chosen(file)) is not None}
    new = await reorganising.prepare_from_files(
        tx, title=title, legal_basis=legal_basis, effective_date=effective_date, files=files, by=caller
    )
    return ReorganisationOut.of(new)


@router.get("", responses=may_raise(NotSignedIn, NotAllowed))
async def list_reorganisations(tx: OpenTransaction, caller: Calling) -> ReorganisationsOut:
    found = await reorganising.list_reorganisations(tx, by=caller)
    return ReorganisationsOut(reorganisations=[ReorganisationOut.of(each, whole=False) for each in found])


@router.get("/{reorganisation_id}", responses=may_raise(NotSignedIn, NotAllowed, NotFound))
async def get_reorganisation(reorganisation_id: UUID, tx: OpenTransaction, caller: Calling) -> ReorganisationOut:
    return ReorganisationOut.of(await reorganising.get_reorganisation(tx, reorganisation_id, by=caller))


@router.get("/{reorganisation_id}/dry-run", responses=may_raise(NotSignedIn, NotAllowed, NotFound, AlreadyApplied))
async def dry_run(reorganisation_id: UUID, tx: OpenTransaction, caller: Calling) -> DryRunOut:
    found = await reorganising.dry_run(tx, reorganisation_id, by=caller)
    errors = [WrongOut.of(each) for each in found.wrong[: reorganising.WRONG_SHOWN]]
    return DryRunOut(
        digest=found.digest,
        plan=found.plan,
        error_count=len(found.wrong),
        errors=errors,
        obligations=[MovingObligationOut.model_validate(each) for each in found.obligations],
    )


@router.post(
    "/{reorganisation_id}/apply",
    responses=may_raise(NotSignedIn, NotAllowed, NotFound, AlreadyApplied, DryRunOutdated, ReorganisationFaulty),
)
async def apply(reorganisation_id: UUID, body: ApplyIn, tx: OpenTransaction, caller: Calling) -> ReorganisationOut:
    return ReorganisationOut.of(await reorganising.apply(tx, reorganisation_id, digest=body.digest, by=caller))


@router.delete(
    "/{reorganisation_id}", status_code=204, responses=may_raise(NotSignedIn, NotAllowed, NotFound, AlreadyApplied)
)
async def discard(reorganisation_id: UUID, tx: OpenTransaction, caller: Calling) -> None:
    await reorganising.discard(tx, reorganisation_id, by=caller)
