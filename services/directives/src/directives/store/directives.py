"""Directives, what they ask and whom they name, in and out of PostgreSQL."""

from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Row, bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directives import AnsweringAsked, IndicatorAsked, MediaAsked, RuleAsked, SectionAsked, TargetAsked
from directives.domain.directive import (
    Closing,
    Correction,
    Directive,
    Issue,
    Number,
    Recall,
    Recipient,
    Return,
    Stamp,
)
from directives.domain.form import Capacity, Citation, Form, Signer
from directives.domain.periods import DueRule, Frequency
from directives.domain.relation import OWN_ONLY, Relation, Replacement
from directives.domain.requirement import Requirement
from directives.domain.target import Assigned
from directives.domain.terms import Terms
from directives.tables import directive_relations, directives, requirements
from unit_tree.selectors import Selector

_FIND = select(directives).where(directives.c.directive_id == bindparam("directive_id"))
_TAKE = _FIND.with_for_update()
_REQUIREMENTS = (
    select(requirements).where(requirements.c.directive_id == bindparam("directive_id")).order_by(requirements.c.place)
)
_CITED = (
    select(directives.c.directive_id)
    .where(
        directives.c.notation == bindparam("notation"),
        directives.c.number == bindparam("number"),
        directives.c.issued_on.is_not(None),
        or_(bindparam("dated", type_=Date).is_(None), directives.c.issued_on == bindparam("dated", type_=Date)),
    )
    .limit(2)
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
            **_words(directive),
            drafted_by=directive.drafted.by,
            drafted_at=directive.drafted.at,
        )
    )
    await _add_requirements(connection, directive)
    await _add_relations(connection, directive)


async def put_words(connection: AsyncConnection, directive: Directive) -> None:
    """Write what a draft says now, what it asks for, and whom it names."""
    edited = directive.edited or directive.drafted
    await connection.execute(
        update(directives)
        .where(directives.c.directive_id == directive.id)
        .values(**_words(directive), revision=directive.revision, edited_by=edited.by, edited_at=edited.at)
    )
    for table in (requirements, directive_relations):
        await connection.execute(delete(table).where(table.c.directive_id == directive.id))
    await _add_requirements(connection, directive)
    await _add_relations(connection, directive)


async def find_cited(connection: AsyncConnection, number: int, notation: str, dated: date | None) -> UUID | None:
    """Return the one issued directive that bears this number and notation (and day), or null."""
    found = await connection.execute(_CITED, {"number": number, "notation": notation, "dated": dated})
    ids = found.scalars().all()
    return ids[0] if len(ids) == 1 else None


def _words(directive: Directive) -> dict[str, Any]:
    return {
        "document_type": directive.document_type,
        "subject": directive.subject,
        "body": directive.body,
        "addressees": list(directive.addressees),
        "recipients": [_recipient_row(each) for each in directive.recipients],
        "replaces_code": directive.replaces_code,
        "form": _form_row(directive.form),
        "implement_by": directive.implement_by,
        "owning_unit_id": directive.owning_unit_id,
    }


async def _add_requirements(connection: AsyncConnection, directive: Directive) -> None:
    if not directive.requirements:
        return
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
                "rules": [rule.model_dump() for rule in each.rules],
                "media": each.media.model_dump() if each.media else None,
                "answering": each.answering.model_dump(exclude_defaults=True),
                "audience": each.audience.model_dump(mode="json", exclude_defaults=True),
                "due_phrase": each.due_phrase,
                "due_at": each.due_at,
                "cut_off_at": each.cut_off_at,
                "closes_at": each.closes_at,
                "same_as": each.same_as,
                "passes_on": each.passes_on,
                "terms": each.terms.model_dump(mode="json", exclude_defaults=True),
                "frequency": asdict(each.frequency) if each.frequency else None,
                "targets": [target.model_dump() for target in each.targets],
                "reviewing_unit_id": each.reviewing_unit_id,
                "assigned": [[one.indicator, one.unit_id, one.value, one.period] for one in each.assigned],
            }
            for place, each in enumerate(directive.requirements)
        ],
    )


async def _add_relations(connection: AsyncConnection, directive: Directive) -> None:
    if not directive.relations:
        return
    await connection.execute(
        insert(directive_relations),
        [
            {"directive_id": directive.id, "place": place, "kind": each.kind, "target_id": each.directive_id}
            for place, each in enumerate(directive.relations)
        ],
    )


async def put(connection: AsyncConnection, directive: Directive) -> None:
    """Write how far a directive has come; what it says is written by `put_words`."""
    signed, number, issue, recall = directive.signed, directive.number, directive.issue, directive.recall
    submitted, returned, closing = directive.submitted, directive.returned, directive.closing
    replacement = directive.replacement
    await connection.execute(
        _PUT,
        {
            "id": directive.id,
            "form": _form_row(directive.form),
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
            "submitted_by": submitted.by if submitted else None,
            "submitted_at": submitted.at if submitted else None,
            "returned_by": returned.stamp.by if returned else None,
            "returned_at": returned.stamp.at if returned else None,
            "return_reason": returned.reason if returned else None,
            "register": number.register if number else None,
            "corrections": [
                {"what": each.what, "by_code": each.by_code, "by": str(each.stamp.by), "at": each.stamp.at.isoformat()}
                for each in directive.corrections
            ],
            "closed_by": closing.stamp.by if closing else None,
            "closed_at": closing.stamp.at if closing else None,
            "close_reason": closing.reason if closing else None,
            "replaced_by": replacement.by_directive_id if replacement else None,
            "replaced_at": replacement.at if replacement else None,
        },
    )


def bare(row: Row[*tuple[Any, ...]]) -> Directive:
    """Return a directive as its own row has it, without requirements and relations."""
    return _directive(row, ())


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
        form=_form(row.form),
        revision=row.revision,
        edited=Stamp(row.edited_by, row.edited_at) if row.edited_at else None,
        submitted=Stamp(row.submitted_by, row.submitted_at) if row.submitted_at else None,
        returned=Return(row.return_reason, Stamp(row.returned_by, row.returned_at)) if row.returned_at else None,
        number=replace(number_of(row), register=row.register) if row.number else None,
        issue=Issue(row.issued_on, Stamp(row.issued_by, row.issued_at)) if row.issued_on else None,
        recall=Recall(row.recall_reason, Stamp(row.recalled_by, row.recalled_at)) if row.recalled_at else None,
        corrections=tuple(
            Correction(each["what"], each["by_code"], Stamp(UUID(each["by"]), datetime.fromisoformat(each["at"])))
            for each in row.corrections
        ),
        closing=Closing(row.close_reason, Stamp(row.closed_by, row.closed_at)) if row.closed_at else None,
        implement_by=row.implement_by,
        owning_unit_id=row.owning_unit_id,
        replacement=Replacement(row.replaced_by, row.replaced_at) if row.replaced_at else None,
    )


def _form_row(form: Form) -> dict[str, Any]:
    row = asdict(form)
    for each in row["citations"]:
        each["dated"] = each["dated"] and each["dated"].isoformat()
        each["directive_id"] = each["directive_id"] and str(each["directive_id"])
    return row


def _form(row: dict[str, Any]) -> Form:
    if not row:
        return Form()
    signer = row["signer"]
    return Form(
        division=row["division"],
        place=row["place"],
        priority=row["priority"],
        citations=tuple(
            Citation(
                each["text"],
                each["relation"],
                each["code"],
                date.fromisoformat(each["dated"]) if each["dated"] else None,
                UUID(each["directive_id"]) if each["directive_id"] else None,
            )
            for each in row["citations"]
        ),
        signer=signer
        and Signer(tuple(Capacity(**each) for each in signer["capacities"]), signer["position"], signer["name"]),
        contact=row["contact"],
    )


def _recipient_row(recipient: Recipient) -> dict[str, Any]:
    audience = recipient.audience
    return {
        "name": recipient.name,
        "purpose": recipient.purpose,
        "audience": None if audience is None else audience.model_dump(mode="json", exclude_defaults=True),
    }


def _recipient(row: dict[str, Any]) -> Recipient:
    audience = row.get("audience")
    return Recipient(row["name"], row["purpose"], None if audience is None else Selector.model_validate(audience))


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
        rules=tuple(RuleAsked.model_validate(each) for each in row.rules),
        media=MediaAsked.model_validate(row.media) if row.media else None,
        answering=AnsweringAsked.model_validate(row.answering),
        audience=Selector.model_validate(row.audience),
        due_phrase=row.due_phrase,
        due_at=row.due_at,
        cut_off_at=row.cut_off_at,
        closes_at=row.closes_at,
        same_as=row.same_as,
        passes_on=row.passes_on,
        terms=Terms.model_validate(row.terms),
        frequency=frequency_of(row.frequency) if row.frequency else None,
        targets=tuple(TargetAsked.model_validate(each) for each in row.targets),
        assigned=tuple(Assigned(*each) for each in row.assigned),
        reviewing_unit_id=row.reviewing_unit_id,
    )


def frequency_of(row: dict[str, Any]) -> Frequency:
    """Return by which calendar something is asked, as a row says it."""
    return Frequency(**{**row, "due": DueRule(**row["due"])})
