"""The words of letters at the front door: for administrators."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotAllowed, NotSignedIn
from chassis.text import composed
from chassis.transaction import OpenTransaction
from notify.domain import Kind
from notify.templates import operations
from notify.templates.filling import PLACEHOLDERS, Template
from notify.templates.problems import TemplateUnfit
from notify.templates.store import Version

router = APIRouter(prefix="/letter-templates", tags=["templates"])
_SAID = (NotSignedIn, NotAllowed)

Words = Annotated[str, Field(min_length=1, max_length=4_000), AfterValidator(composed)]


class TemplateIn(BaseModel):
    """Texts with `{{ placeholders }}`; null: ours."""

    model_config = ConfigDict(extra="forbid")

    subject_vi: Words | None = None
    body_vi: Words | None = None
    subject_en: Words | None = None
    body_en: Words | None = None
    sms: Words | None = None
    zns: Words | None = None

    def template(self) -> Template:
        """Return it as it is kept."""
        return Template(**self.model_dump())


class VersionOut(BaseModel):
    """One version of the template of a kind."""

    kind: Kind
    version: int
    texts: TemplateIn
    changed_by: UUID
    changed_at: datetime


class TemplatesOut(BaseModel):
    """Templates, and what may stand in one."""

    templates: list[VersionOut]
    placeholders: dict[str, str]


class ExampleOut(BaseModel):
    """A letter as it would be written."""

    subject_vi: str
    body_vi: str
    subject_en: str
    body_en: str
    sms: str | None
    zns: str | None


@router.get("", responses=may_raise(*_SAID))
async def read_templates(tx: OpenTransaction, caller: Calling) -> TemplatesOut:
    """Answer the templates of the province; letters of other kinds are in our own words."""
    found = await operations.read_templates(tx, by=caller)
    return TemplatesOut(templates=[_out(each) for each in found], placeholders=PLACEHOLDERS)


@router.get("/{kind}", responses=may_raise(*_SAID, Malformed))
async def read_versions(kind: Kind, tx: OpenTransaction, caller: Calling) -> TemplatesOut:
    """Answer every version of one template, newest first."""
    found = await operations.read_versions(tx, kind=kind, by=caller)
    return TemplatesOut(templates=[_out(each) for each in found], placeholders=PLACEHOLDERS)


@router.put("/{kind}", responses=may_raise(*_SAID, TemplateUnfit, Malformed))
async def put_template(kind: Kind, asked: TemplateIn, tx: OpenTransaction, caller: Calling) -> VersionOut:
    """Keep a template for letters from now on; without texts: ours again."""
    return _out(await operations.put_template(tx, kind=kind, template=asked.template(), by=caller))


@router.post("/{kind}/preview", responses=may_raise(*_SAID, TemplateUnfit, Malformed))
async def preview_template(kind: Kind, asked: TemplateIn, caller: Calling) -> ExampleOut:
    """Answer an example of a letter; nothing is kept."""
    return ExampleOut(**asdict(operations.preview(kind=kind, template=asked.template(), by=caller)))


def _out(each: Version) -> VersionOut:
    return VersionOut(
        kind=each.kind,
        version=each.version,
        texts=TemplateIn.model_construct(**asdict(each.template)),
        changed_by=each.changed_by,
        changed_at=each.changed_at,
    )
