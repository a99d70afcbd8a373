"""Outline templates, in and out of PostgreSQL: every version stays, the newest one is offered."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directives import IndicatorAsked, RuleAsked, SectionAsked, TargetAsked
from directives.domain.template import OutlineTemplate
from directives.store.directives import frequency_of
from directives.tables import outline_templates as templates

_OF_ISSUER = (
    select(templates)
    .where(templates.c.issuer_unit_id == bindparam("issuer"))
    .ext(distinct_on(templates.c.code))
    .order_by(templates.c.code, templates.c.version.desc())
)
_NEWEST = (
    select(templates)
    .where(templates.c.issuer_unit_id == bindparam("issuer"), templates.c.code == bindparam("wanted"))
    .order_by(templates.c.version.desc())
    .limit(1)
)
_ADD = insert(templates).on_conflict_do_nothing().returning(templates.c.version)


async def of_issuer(connection: AsyncConnection, issuer_unit_id: str) -> list[OutlineTemplate]:
    """Return the newest version of every template of an issuer, by code."""
    return [_template(row) for row in await connection.execute(_OF_ISSUER, {"issuer": issuer_unit_id})]


async def find(connection: AsyncConnection, issuer_unit_id: str, code: str) -> OutlineTemplate | None:
    """Return the newest version of a template, or null while there is none."""
    row = (await connection.execute(_NEWEST, {"issuer": issuer_unit_id, "wanted": code})).one_or_none()
    return None if row is None else _template(row)


async def add(connection: AsyncConnection, template: OutlineTemplate, *, by: UUID, at: datetime) -> bool:
    """Write a new version of a template; say false, and write nothing, when somebody else wrote that version."""
    row = {
        "issuer_unit_id": template.issuer_unit_id,
        "code": template.code,
        "version": template.version,
        "name": template.name,
        "sections": [each.model_dump() for each in template.sections],
        "indicators": [each.model_dump() for each in template.indicators],
        "rules": [each.model_dump() for each in template.rules],
        "targets": [each.model_dump() for each in template.targets],
        "frequency": asdict(template.frequency) if template.frequency else None,
        "kept_by": by,
        "kept_at": at,
    }
    return (await connection.execute(_ADD, row)).scalar() is not None


def _template(row: Row[*tuple[Any, ...]]) -> OutlineTemplate:
    return OutlineTemplate(
        issuer_unit_id=row.issuer_unit_id,
        code=row.code,
        version=row.version,
        name=row.name,
        sections=tuple(SectionAsked.model_validate(each) for each in row.sections),
        indicators=tuple(IndicatorAsked.model_validate(each) for each in row.indicators),
        rules=tuple(RuleAsked.model_validate(each) for each in row.rules),
        targets=tuple(TargetAsked.model_validate(each) for each in row.targets),
        frequency=frequency_of(row.frequency) if row.frequency else None,
    )
