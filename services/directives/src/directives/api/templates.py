"""Outline templates at the front door."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed
from chassis.text import Line, UnitId
from chassis.transaction import OpenTransaction
from contracts.directives import IndicatorAsked, RuleAsked, SectionAsked, TargetAsked
from directives.api.trees import KnownTree
from directives.domain.periods import Frequency
from directives.domain.target import MOST_TARGETS
from directives.domain.template import OutlineTemplate
from directives.file_requests import SectionCode, SectionIn
from directives.operations import templates
from directives.problems import CodeTwice, NothingAsked, RuleUnfit, TargetUnfit, TemplateChanged, UnknownUnits
from directives.requests import FrequencyIn, IndicatorIn, Request, RuleIn
from directives.target_requests import TargetIn
from directives.terms_problems import FilesUnfit

router = APIRouter()


class TemplateIn(Request):
    """An outline to be kept, and the version it was changed from; 0 for a new one."""

    version: int = Field(strict=True, ge=0, le=1_000_000)
    name: Line
    sections: list[SectionIn] = Field(default=[], max_length=100)
    indicators: list[IndicatorIn] = Field(default=[], max_length=200)
    rules: list[RuleIn] = Field(default=[], max_length=200)
    targets: list[TargetIn] = Field(default=[], max_length=MOST_TARGETS)
    frequency: FrequencyIn | None = None

    def template(self, issuer_unit_id: str, code: str) -> OutlineTemplate:
        """Return it as the domain knows it."""
        return OutlineTemplate(
            issuer_unit_id=issuer_unit_id,
            code=code,
            version=self.version,
            name=self.name,
            sections=tuple(each.asked() for each in self.sections),
            indicators=tuple(IndicatorAsked(**each.model_dump()) for each in self.indicators),
            rules=tuple(RuleAsked(**each.model_dump()) for each in self.rules),
            targets=tuple(TargetAsked(**each.model_dump()) for each in self.targets),
            frequency=self.frequency.frequency() if self.frequency else None,
        )


class TemplateOut(BaseModel):
    """An outline in the shape a requirement of a draft takes, with where it is kept."""

    model_config = ConfigDict(from_attributes=True)

    issuer_unit_id: str
    code: str
    version: int
    name: str
    sections: tuple[SectionAsked, ...]
    indicators: tuple[IndicatorAsked, ...]
    rules: tuple[RuleAsked, ...]
    targets: tuple[TargetAsked, ...]
    frequency: Frequency | None
    """By which calendar it is usually asked; null: once."""


class TemplatesOut(BaseModel):
    """The templates of an issuer, by code."""

    templates: list[TemplateOut]


@router.get("/outline-templates/{issuer_unit_id}", responses=may_raise(NotAllowed))
async def list_templates(caller: Calling, tx: OpenTransaction, issuer_unit_id: UnitId) -> TemplatesOut:
    """List the outlines an issuer keeps, each in its newest version."""
    found = await templates.list_templates(tx, issuer_unit_id=issuer_unit_id, by=caller)
    return TemplatesOut(templates=[TemplateOut.model_validate(each) for each in found])


@router.put(
    "/outline-templates/{issuer_unit_id}/{code}",
    responses=may_raise(
        NotAllowed, UnknownUnits, NothingAsked, CodeTwice, RuleUnfit, FilesUnfit, TargetUnfit, TemplateChanged
    ),
)
async def keep_template(
    caller: Calling,
    tx: OpenTransaction,
    tree: KnownTree,
    issuer_unit_id: UnitId,
    code: Annotated[SectionCode, Path()],
    asked: TemplateIn,
) -> TemplateOut:
    """Keep an outline to be asked for again."""
    kept = await templates.keep_template(tx, template=asked.template(issuer_unit_id, code), tree=tree, by=caller)
    return TemplateOut.model_validate(kept)
