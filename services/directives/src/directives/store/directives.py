"""Directives and registers, in and out of PostgreSQL."""

from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Row,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directives import IndicatorAsked, MediaAsked, SectionAsked
from directives.domain.audience import Audience
from directives.domain.directive import Directive, Issue, Number, Recall, Recipient, Stamp
from directives.domain.relation import OWN_ONLY, Relation, Replacement
from directives.domain.requirement import Requirement
from directives.tables import directive_relations, directives, registers, requirements

_FIND = select(directives).where(directives.c.directive_id == bindparam("directive_id"))
_TAKE = _FIND.with_for_update()
_REQUIREMENTS = (
    select(requirements).where(requirements.c.directive_id == bindparam("directive_id")).order_by(requirements.c.place)
)
_RELATION = select(
    directive_relations.c.kind,
    *directives.c["directive_id", "number", "number_year", "notation", "numbered_by", "numbered_at"],
)
_NAMES = (
    _RELATION.join_from(directive_relations, directives, directives.c.directive_id == directive_relations.c.target_id)
    .where(directive_relations.c.directive_id == bindparam("directive_id"))
    .order_by(directive_relations.c.place)
)
# What an issuer did to its own directive, whoever reads that may know; who else names it is not everybody's business.
_NAMED_BY = (
    _RELATION.join_from(
        directive_relations, directives, directives.c.directive_id == directive_relations.c.directive_id
    )
    .where(
        directive_relations.c.target_id == bindparam("directive_id"),
        directive_relations.c.kind.in_(sorted(OWN_ONLY)),
        directives.c.issued_at.is_not(None),
    )
    .order_by(directives.c.issued_at, directives.c.directive_id)
)
_PUT = update(directives).where(directives.c.directive_id == bindparam("id"))


async def take(connection: AsyncConnection, directive_id: UUID) -> Directive | None:
    """Return a directive locked for change, or null."""
    return await _read(connection, _TAKE, directive_id)


async def find(connection: AsyncConnection, directive_id: UUID) -> Directive | None:
    """Return a directive, or null."""
    return await _read(connection, _FIND, directive_id)


async def get(connection: AsyncConnection, directive_id: UUID) -> Directive:
    """Return a directive that exists."""
    found = await find(connection, directive_id)
    if found is None:
        raise LookupError(f"there is no directive {directive_id}")
    return found


async def _read(connection: AsyncConnection, statement: Any, directive_id: UUID) -> Directive | None:
    key = {"directive_id": directive_id}
    row = (await connection.execute(statement, key)).one_or_none()
    if row is None:
        return None
    required = (await connection.execute(_REQUIREMENTS, key)).all()
    named = [_relation(each) for each in await connection.execute(_NAMES, key)]
    named_by = [_relation(each) for each in await connection.execute(_NAMED_BY, key)]
    return replace(
        _directive(row, tuple(_requirement(each) for each in required)),
        relations=tuple(named),
        named_by=tuple(named_by),
    )


async def add(connection: AsyncConnection, directive: Directive) -> None:
    """Write a new draft with its requirements."""
    await connection.execute(
        insert(directives).values(
            directive_id=directive.id,
            issuer_unit_id=directive.issuer_unit_id,
            document_type=directive.document_type,
            subject=directive.subject,
            body=directive.body,
            addressees=list(directive.addressees),
            recipients=[asdict(each) for each in directive.recipients],
            replaces_code=directive.replaces_code,
            implement_by=directive.implement_by,
            owning_unit_id=directive.owning_unit_id,
            drafted_by=directive.drafted.by,
            drafted_at=directive.drafted.at,
        )
    )
    await connection.execute(
        insert(requirements),
        [
            {
                "requirement_id": each.id,
                "directive_id": directive.id,
                "place": place,
                "kind": each.kind,
                "title": each.title,
                "as_of": each.as_of,
                "periods": list(each.periods),
                "indicators": [indicator.model_dump() for indicator in each.indicators],
                "sections": [section.model_dump() for section in each.sections],
                "media": each.media.model_dump() if each.media else None,
                "audience": asdict(each.audience),
                "due_phrase": each.due_phrase,
                "due_at": each.due_at,
                "cut_off_at": each.cut_off_at,
                "closes_at": each.closes_at,
                "same_as": each.same_as,
                "passes_on": each.passes_on,
            }
            for place, each in enumerate(directive.requirements)
        ],
    )
    if directive.relations:
        await connection.execute(
            insert(directive_relations),
            [
                {"directive_id": directive.id, "place": place, "kind": each.kind, "target_id": each.directive_id}
                for place, each in enumerate(directive.relations)
            ],
        )


async def put(connection: AsyncConnection, directive: Directive) -> None:
    """Write how far a directive has come; what it says does not change after drafting."""
    signed, number, issue, recall = directive.signed, directive.number, directive.issue, directive.recall
    replacement = directive.replacement
    await connection.execute(
        _PUT,
        {
            "id": directive.id,
            "signed_by": signed.by if signed else None,
            "signed_at": signed.at if signed else None,
            "number": number.value if number else None,
            "number_year": number.year if number else None,
            "notation": number.notation if number else None,
            "numbered_by": number.given.by if number else None,
            "numbered_at": number.given.at if number else None,
            "issued_on": issue.on if issue else None,
            "issued_by": issue.sent.by if issue else None,
            "issued_at": issue.sent.at if issue else None,
            "recalled_by": recall.stamp.by if recall else None,
            "recalled_at": recall.stamp.at if recall else None,
            "recall_reason": recall.reason if recall else None,
            "replaced_by": replacement.by_directive_id if replacement else None,
            "replaced_at": replacement.at if replacement else None,
        },
    )


def _directive(row: Row[*tuple[Any, ...]], required: tuple[Requirement, ...]) -> Directive:
    return Directive(
        id=row.directive_id,
        issuer_unit_id=row.issuer_unit_id,
        document_type=row.document_type,
        subject=row.subject,
        body=row.body,
        addressees=tuple(row.addressees),
        recipients=tuple(_recipient(each) for each in row.recipients),
        replaces_code=row.replaces_code,
        requirements=required,
        drafted=Stamp(row.drafted_by, row.drafted_at),
        signed=Stamp(row.signed_by, row.signed_at) if row.signed_at else None,
        number=number_of(row) if row.number else None,
        issue=Issue(row.issued_on, Stamp(row.issued_by, row.issued_at)) if row.issued_on else None,
        recall=Recall(row.recall_reason, Stamp(row.recalled_by, row.recalled_at)) if row.recalled_at else None,
        implement_by=row.implement_by,
        owning_unit_id=row.owning_unit_id,
        replacement=Replacement(row.replaced_by, row.replaced_at) if row.replaced_at else None,
    )


def _audience(written: dict[str, list[str]]) -> Audience:
    return Audience(**{name: tuple(units) for name, units in written.items()})


def _recipient(written: dict[str, Any]) -> Recipient:
    audience = written.get("audience")
    return Recipient(written["name"], written["purpose"], _audience(audience) if audience else None)


def _relation(row: Row[*tuple[Any, ...]]) -> Relation:
    return Relation(row.kind, row.directive_id, number_of(row).code)


def number_of(row: Row[*tuple[Any, ...]]) -> Number:
    """Return the number a row carries; the row must have one."""
    return Number(row.number, row.number_year, row.notation, Stamp(row.numbered_by, row.numbered_at))


def _requirement(row: Row[*tuple[Any, ...]]) -> Requirement:
    return Requirement(
        id=row.requirement_id,
        kind=row.kind,
        title=row.title,
        as_of=row.as_of,
        periods=tuple(row.periods),
        indicators=tuple(IndicatorAsked.model_validate(each) for each in row.indicators),
        sections=tuple(SectionAsked.model_validate(each) for each in row.sections),
        media=MediaAsked.model_validate(row.media) if row.media else None,
        audience=_audience(row.audience),
        due_phrase=row.due_phrase,
        due_at=row.due_at,
        cut_off_at=row.cut_off_at,
        closes_at=row.closes_at,
        same_as=row.same_as,
        passes_on=row.passes_on,
    )


# Registers.

_KEY = ("issuer_unit_id", "year", "register")
_first = upsert(registers).values(next_number=2)
_DRAW = _first.on_conflict_do_update(index_elements=_KEY, set_={"next_number": registers.c.next_number + 1}).returning(
    registers.c.next_number - 1
)
_given = upsert(registers)
_RAISE = _given.on_conflict_do_update(
    index_elements=_KEY,
    set_={"next_number": _given.excluded.next_number},
    where=registers.c.next_number <= _given.excluded.next_number,
).returning(registers.c.next_number)
_NEXT = select(registers.c.next_number).where(*(registers.c[name] == bindparam(name) for name in _KEY))


async def draw_number(connection: AsyncConnection, issuer_unit_id: str, year: int, register: str) -> int:
    """Return the next number; until this transaction ends no other can draw from the same register."""
    key = {"issuer_unit_id": issuer_unit_id, "year": year, "register": register}
    return int((await connection.execute(_DRAW, key)).scalar_one())


async def raise_register(
    connection: AsyncConnection, issuer_unit_id: str, year: int, register: str, next_number: int
) -> int:
    """Let a register go on with `next_number` unless it is past it; return its next number."""
    key = {"issuer_unit_id": issuer_unit_id, "year": year, "register": register}
    raised = (await connection.execute(_RAISE, {**key, "next_number": next_number})).scalar_one_or_none()
    if raised is None:
        raised = (await connection.execute(_NEXT, key)).scalar_one()
    return int(raised)
